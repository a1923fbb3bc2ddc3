"""Proximal Newton: second-order models of the likelihood, each minimised exactly with the penalty."""

from __future__ import annotations

import numpy as np

from bayesreg.solvers.active_set import solve_quadratic
from bayesreg.solvers.problem import Problem
from bayesreg.solvers.quadratic import Quadratic

MAX_NEWTON = 200
ROUNDING = 64.0 * np.finfo(float).eps


def solve_newton(problem: Problem, start: np.ndarray) -> tuple[np.ndarray, int, bool]:
    """Return ``(g, iterations, converged)`` for a family whose log likelihood is concave in ``eta``.

    Each step minimises the second-order model plus the penalty; a line search on the objective makes it
    descend from anywhere. It ends when a step changes the objective by no more than rounding.

    Parameters
    ----------
    problem : Problem
    start : ndarray (m,)

    References
    ----------
    Lee, Sun and Saunders (2014), Proximal Newton-type methods for minimizing composite functions.
    """
    law, Z, w = problem.likelihood, problem.Z, problem.weights
    g = start.copy()
    eta = Z @ g + problem.offset
    value = _objective(problem, g, eta)
    quiet = 0
    for iteration in range(1, MAX_NEWTON + 1):
        loss = Quadratic(Z, w * law.curvature(eta), w * law.score(problem.y, eta), g)
        target, *_ = solve_quadratic(loss, problem.l1, problem.l2, problem.positive, start=g)
        direction = target - g
        along = Z @ direction
        predicted = -(loss.residual @ along) + _penalty(problem, target) - _penalty(problem, g)
        if predicted >= -ROUNDING * abs(value):
            quiet += 1
            if predicted >= 0.0 or quiet > 2:
                return _better(problem, g, target), iteration, True
        step, new_value = 1.0, _objective(problem, target, eta + along)
        while not new_value <= value + 1e-4 * step * predicted + ROUNDING * abs(value):
            step *= 0.5
            if step < 1e-12:
                return g, iteration, False
            new_value = _objective(problem, g + step * direction, eta + step * along)
        g = target if step == 1.0 else g + step * direction
        eta = Z @ g + problem.offset
        value = new_value
    return g, MAX_NEWTON, False


def _penalty(problem: Problem, g: np.ndarray) -> float:
    return float(problem.l1 @ np.abs(g) + 0.5 * problem.l2 @ (g * g))


def _objective(problem: Problem, g: np.ndarray, eta: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        rows = problem.likelihood.half_deviance(problem.y, eta)
    return float(problem.weights @ rows) + _penalty(problem, g)


def _better(problem: Problem, g: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the last Newton point unless it is worse by more than rounding."""
    old = _objective(problem, g, problem.Z @ g + problem.offset)
    new = _objective(problem, target, problem.Z @ target + problem.offset)
    return target if new <= old + ROUNDING * abs(old) else g
