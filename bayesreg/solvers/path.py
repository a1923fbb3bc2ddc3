"""Modes over a range of strengths: each point certified, each started from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.composite import make_composite
from bayesreg.solvers.general import gaussian_model
from bayesreg.solvers.grid import general_grid
from bayesreg.solvers.mode import (
    Mode,
    Solution,
    check_existence,
    find_null,
    gaussian_loss,
    holds_all,
    is_direct,
    make_general_mode,
    make_mode,
    null_scale,
    solve,
)
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.ridge import solve_ridge_path, spectrum_of

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
    if not is_direct(resolved, problem):
        return ModePath(multipliers, _general_modes(design, resolved, multipliers, null_objective))
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
        scaled = problem.multiplied(factor)
        solution = solutions[k] if solutions else solve(scaled, start, loss)
        start = solution.g
        modes.append(make_mode(LogJoint(design, resolved.multiplied(factor)), scaled, solution, null_objective, loss))
    return ModePath(multipliers, tuple(modes))


def _general_modes(
    design: Design, resolved: Resolved, multipliers: np.ndarray, null_objective: float
) -> tuple[Mode, ...]:
    """Return the modes of a model with penalties of any law, each started from the one before."""
    composite, beta, modes = make_composite(design, resolved), LogJoint(design, resolved).null(), []
    loss = gaussian_model(composite) if composite.likelihood.name == "gaussian" else None
    for factor in multipliers:
        other = resolved.multiplied(factor)
        scaled, joint = composite.at(other), LogJoint(design, other)
        modes.append(make_general_mode(joint, scaled, scaled.from_user(beta), null_objective, loss))
        beta = modes[-1].beta
    return tuple(modes)


def multiplier_grid(design: Design, resolved: Resolved, count: int, ratio: float | None) -> np.ndarray:
    """Return ``count`` multipliers, evenly spaced in logarithm from the largest that matters, decreasing.

    With a kink at 0 in the penalty the largest is the smallest at which every coefficient so penalised is 0 (smooth
    blocks follow the same multiplier); a penalty with an infinite slope at 0, which holds it there at any strength,
    counts from where 0 would be the lowest point for an orthogonal design. For smooth penalties alone it is 100 times
    the largest eigenvalue of the curvature relative to the penalty (for other laws than quadratic forms, to the normal
    law of the same spread), where the fit is all but flat.
    """
    if not holds_all(resolved):
        joint = LogJoint(design, resolved)
        return general_grid(joint, make_composite(design, resolved), null_scale(joint), count, ratio)
    problem, joint = make_problem(design, resolved), LogJoint(design, resolved)
    n, m = problem.Z.shape
    if np.any(problem.l1 > 0.0):
        largest = _largest_sparse(problem, joint)
        ratio = ratio if ratio is not None else (1e-3 if n > m else 1e-2)
    else:
        squares = spectrum_of(problem, problem.weights * problem.likelihood.curvature(joint.eta(joint.null())))
        return smooth_grid(squares, count, ratio)
    return largest * np.geomspace(1.0, ratio, count)


def smooth_grid(squares: np.ndarray, count: int, ratio: float | None) -> np.ndarray:
    """Return ``count`` multipliers, decreasing, from the eigenvalues (r,) of the curvature relative to the penalty."""
    top = squares.max()
    if ratio is None:
        ratio = max(SMALLEST_RATIO, 1e-4 * squares[squares > 1e-10 * top].min() / top)
    return np.asarray(100.0 * top * np.geomspace(1.0, ratio, count))


def _largest_sparse(problem: Problem, joint: LogJoint) -> float:
    sparse = problem.l1 > 0.0
    reduced = problem.restricted(~(sparse | problem.positive))
    start = np.zeros(reduced.l1.size)
    start[: int(reduced.intercept)] = joint.null()[0]
    factor = 0.0
    for _ in range(MAX_ROUNDS):
        scaled = reduced.multiplied(factor) if factor > 0.0 else reduced
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
