"""Modes over a range of strengths: each point certified, each started from the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.mode import Mode, Solution, check_existence, find_null, gaussian_loss, make_mode, solve
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.ridge import solve_ridge_path

SMALLEST_RATIO = 1e-10
MAX_ROUNDS = 100


@final
@dataclass(frozen=True, eq=False)
class ModePath:
    """Modes at decreasing multiples of a model's strengths.

    Attributes
    ----------
    multipliers : ndarray (k,)
    modes : tuple of Mode
    """

    multipliers: np.ndarray
    modes: tuple[Mode, ...]


def find_path(design: Design, resolved: Resolved, multipliers: np.ndarray) -> ModePath:
    """Return the modes at ``multipliers`` times the strengths of ``resolved``, in decreasing order."""
    check_existence(design, resolved)
    problem = make_problem(design, resolved)
    multipliers = np.sort(np.asarray(multipliers, dtype=float))[::-1]
    null_objective = find_null(LogJoint(design, resolved), problem)
    start = problem.from_user(LogJoint(design, resolved).null())
    modes = []
    gaussian = problem.likelihood.name == "gaussian"
    if gaussian and problem.is_smooth:
        solutions = [
            Solution(g, "closed form: one singular value decomposition for the path", 1, True)
            for g in solve_ridge_path(problem, multipliers)
        ]
    else:
        solutions = []
    loss = gaussian_loss(problem) if gaussian and not solutions else None
    for k, factor in enumerate(multipliers):
        scaled = replace(problem, l1=factor * problem.l1, l2=factor * problem.l2)
        solution = solutions[k] if solutions else solve(scaled, start, loss)
        start = solution.g
        modes.append(make_mode(LogJoint(design, resolved.multiplied(factor)), scaled, solution, null_objective, loss))
    return ModePath(multipliers, tuple(modes))


def multiplier_grid(design: Design, resolved: Resolved, count: int, ratio: float | None) -> np.ndarray:
    """Return ``count`` multipliers, evenly spaced in logarithm from the largest that matters, decreasing.

    With an absolute value in the penalty the largest is the smallest at which every coefficient so
    penalised is 0 (quadratic blocks follow the same multiplier). For quadratic penalties alone it is 100 times
    the largest eigenvalue of the curvature relative to the penalty, where the fit is all but flat.
    """
    problem, joint = make_problem(design, resolved), LogJoint(design, resolved)
    n, m = problem.Z.shape
    if np.any(problem.l1 > 0.0):
        largest = _largest_sparse(problem, joint)
        ratio = ratio if ratio is not None else (1e-3 if n > m else 1e-2)
    else:
        squares = _spectrum(problem, joint)
        largest = 100.0 * squares.max()
        if ratio is None:
            ratio = max(SMALLEST_RATIO, 1e-4 * squares[squares > 1e-10 * squares.max()].min() / squares.max())
    return largest * np.geomspace(1.0, ratio, count)


def _largest_sparse(problem: Problem, joint: LogJoint) -> float:
    sparse = problem.l1 > 0.0
    reduced = problem.restricted(~(sparse | problem.positive))
    start = np.zeros(reduced.l1.size)
    start[: int(reduced.intercept)] = joint.null()[0]
    factor = 0.0
    for _ in range(MAX_ROUNDS):
        scaled = replace(reduced, l2=factor * reduced.l2) if factor > 0.0 else reduced
        start = solve(scaled, start).g if start.size else start
        eta = reduced.Z @ start + problem.offset
        slope = problem.Z.T @ (problem.weights * problem.likelihood.score(problem.y, eta))
        needed = float((np.where(problem.positive, slope, np.abs(slope))[sparse] / problem.l1[sparse]).max())
        if needed <= factor * (1.0 + 1e-12):
            break
        factor = needed
    if factor <= 0.0:
        raise DataError(
            "No coefficient leaves 0 at any strength: no column restricted to positive=True has a positive slope. "
            "Drop positive=True, or turn the sign of columns."
        )
    return factor


def _spectrum(problem: Problem, joint: LogJoint) -> np.ndarray:
    penalised = problem.l2 > 0.0
    eta = joint.eta(joint.null())
    root = np.sqrt(problem.weights * problem.likelihood.curvature(eta))
    scaled = problem.Z[:, penalised] * root[:, None] / np.sqrt(problem.l2[penalised])
    return np.linalg.svd(scaled, compute_uv=False) ** 2
