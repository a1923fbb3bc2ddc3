"""Ridge by conjugate gradients, for designs with many rows and many columns: products with the design only."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bayesreg.solvers.columns import square_sums
from bayesreg.solvers.problem import Problem

TOLERANCE = 1e-12  # of the gradient's norm, preconditioned, to that at 0
MAX_STEPS = 20_000
NUMBERS = 2**23  # of a matrix of coordinates that is iterated on at a time


class Iterated(NamedTuple):
    """Minimisers ``g`` (s, m), the steps that they took, and whether all came within the tolerance."""

    g: np.ndarray
    steps: int
    converged: bool


def iterate_ridge(problem: Problem, multipliers: np.ndarray, *, tolerance: float = TOLERANCE) -> Iterated:
    """Return the minimisers of a Gaussian problem at ``multipliers`` (s,) of its quadratic penalty.

    Each strength has its own iteration, with the diagonal of the curvature as preconditioner; strengths share
    products with the design. No matrix of the size of the inner products is formed.

    References
    ----------
    Hestenes and Stiefel (1952), Methods of conjugate gradients for solving linear systems.
    """
    together = max(1, NUMBERS // problem.l2.size)
    starts = range(0, multipliers.size, together)
    parts = [_iterate(problem, multipliers[start : start + together], tolerance) for start in starts]
    g, steps = np.vstack([part.g for part in parts]), max(part.steps for part in parts)
    return Iterated(g, steps, all(part.converged for part in parts))


def curvature_product(problem: Problem, t: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return the second derivatives of a Gaussian problem at ``t`` (s,) of its penalty, times ``g`` (m, s)."""
    penalty = problem.l2[:, None] * g
    if problem.root is not None:
        penalty += problem.root.T @ (problem.root @ g)
    return np.asarray(problem.Z.T @ (problem.weights[:, None] * (problem.Z @ g)) + t * penalty)


def _iterate(problem: Problem, t: np.ndarray, tolerance: float) -> Iterated:
    forms = problem.l2 if problem.root is None else problem.l2 + (problem.root**2).sum(axis=0)
    diagonal = square_sums(problem.Z, problem.weights)[:, None] + t * forms[:, None]
    score = problem.Z.T @ (problem.weights * (problem.y - problem.offset))
    g = np.zeros((score.size, t.size))
    residual = np.repeat(score[:, None], t.size, axis=1)
    scaled = residual / diagonal
    direction, size = scaled.copy(), (residual * scaled).sum(axis=0)
    limit, open_, step = tolerance**2 * size, size > 0.0, 0
    while open_.any() and step < MAX_STEPS:
        step += 1
        bent = curvature_product(problem, t, direction)
        length = np.where(open_, size, 0.0) / np.where(open_, (direction * bent).sum(axis=0), 1.0)
        g += length * direction
        residual -= length * bent
        scaled = residual / diagonal
        before, size = size, (residual * scaled).sum(axis=0)
        direction = scaled + size / np.where(before > 0.0, before, 1.0) * direction
        open_ &= size > limit
    return Iterated(g.T, step, not open_.any())
