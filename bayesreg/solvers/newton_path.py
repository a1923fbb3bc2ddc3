"""Modes of a family other than the Gaussian along decreasing strengths: proximal Newton on a working set of columns."""

from __future__ import annotations

import numpy as np

from bayesreg.solvers.batch import next_batch
from bayesreg.solvers.found import Solution
from bayesreg.solvers.newton import Model, NewtonEnd, solve_newton
from bayesreg.solvers.problem import Problem

NEWTON = "proximal Newton on a working set: exact on each second-order model"
FEW = 16  # columns that are all worked on
VIOLATION = 1e-12  # share of the largest score beyond which a column outside the working set must come in
MARGIN = 0.85  # share of its limit from which a score brings a column into the working set
BATCH = 4  # strengths between two checks of all columns


def follow_newton(problem: Problem, multipliers: np.ndarray, start: np.ndarray) -> list[Solution]:
    """Return the modes at decreasing multipliers of the strengths, each started from those before.

    Parameters
    ----------
    problem : Problem
        With penalties that are absolute values and squares.
    multipliers : ndarray (k,)
    start : ndarray (m,)

    References
    ----------
    Tibshirani et al. (2012), Strong rules for discarding predictors in lasso-type problems.
    """
    m = start.size
    keep = (problem.l1 <= 0.0) | problem.positive if m > FEW else np.ones(m, dtype=bool)
    found: list[Solution] = []
    g, score, before = start, _score(problem, start), np.inf
    problem.length  # noqa: B018 (kept by each multiple and choice of columns)
    reduced, model = _on(problem, keep), None
    scale = VIOLATION * max(float(np.abs(score).max(initial=0.0)), np.finfo(float).tiny)
    while len(found) < multipliers.size:
        batch = next_batch(multipliers, len(found), BATCH)
        if not keep.all():
            new = (
                np.abs(score) >= min(MARGIN, batch[-1] / before) * before * problem.l1 if before < np.inf else g != 0.0
            )
            near = np.abs(score) >= MARGIN * batch[-1] * problem.l1
            reduced, model, keep = _widened(problem, reduced, model, keep, keep | new | near)
        while True:
            points, model = _solve(reduced, keep, batch, g, found, model)
            if keep.all():
                break
            score = _score(problem, points[-1].g)
            wrong = (np.where(problem.positive, score, np.abs(score)) > batch[-1] * problem.l1 + scale) & ~keep
            if not wrong.any():
                break
            reduced, model, keep = _widened(problem, reduced, model, keep, keep | wrong)
        found += points
        g, before = found[-1].g, float(batch[-1])
    return found


def _on(problem: Problem, keep: np.ndarray) -> Problem:
    return problem if keep.all() else problem.restricted(keep)


def _widened(
    problem: Problem, reduced: Problem, model: Model | None, keep: np.ndarray, wanted: np.ndarray
) -> tuple[Problem, Model | None, np.ndarray]:
    """Return the problem on the coordinates ``wanted``, which include ``keep``, and the model carried over to them."""
    if np.array_equal(keep, wanted):
        return reduced, model, keep
    wider, place = _on(problem, wanted), np.flatnonzero(keep[wanted])
    return wider, (None if model is None else model.widened(wider.Z, place)), wanted


def _solve(
    reduced: Problem,
    keep: np.ndarray,
    batch: np.ndarray,
    start: np.ndarray,
    found: list[Solution],
    model: Model | None,
) -> tuple[list[Solution], Model | None]:
    """Return the modes on the working set at each multiplier, and the last second-order model."""
    points: list[Solution] = []
    for t in batch:
        earlier = [one.g for one in (*found[-3:], *points)][-3:]
        g = _ahead(earlier, start)[keep]
        end = solve_newton(reduced.multiplied(float(t)), g, model)
        model = end.model
        points.append(_placed(reduced, end, keep))
    return points, model


def _ahead(earlier: list[np.ndarray], start: np.ndarray) -> np.ndarray:
    """Return a start: the last modes carried on, by a parabola where all three have the same signs."""
    if len(earlier) < 2:
        return earlier[-1] if earlier else start
    last, ahead = earlier[-1], 2.0 * earlier[-1] - earlier[-2]
    if len(earlier) > 2 and all(np.array_equal(np.sign(one), np.sign(last)) for one in earlier[:-1]):
        ahead += last - 2.0 * earlier[-2] + earlier[-3]
    return np.where(ahead * last > 0.0, ahead, last)


def _placed(problem: Problem, end: NewtonEnd, keep: np.ndarray) -> Solution:
    g = np.zeros(keep.size)
    g[keep] = end.g
    held = (end.g != 0.0) | ((problem.l1 <= 0.0) & ~problem.positive)
    known = not problem.l2.any() and end.model is not None and end.model.held is not None
    edf = float(np.count_nonzero(held)) if known else None
    return Solution(g, NEWTON, end.iterations, end.passes, end.converged, edf=edf)


def _score(problem: Problem, g: np.ndarray) -> np.ndarray:
    eta = problem.Z @ g + problem.offset
    return np.asarray(problem.Z.T @ (problem.weights * problem.likelihood.score(problem.y, eta)))
