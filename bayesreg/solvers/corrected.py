"""The mode of a corrected likelihood: Newton steps on the modified score, halved until the objective falls.

References
----------
Heinze and Schemper (2002), A solution to the problem of separation in logistic regression.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from bayesreg.corrections import Correction
from bayesreg.objective import LogJoint
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import Problem

MAX_STEPS = 200
HALVINGS = 40
LONGEST = 5.0  # in the linear predictor, for one step
ROUNDING = 64.0 * np.finfo(float).eps
SCOPE = "a stationary point of the likelihood times Jeffreys prior, which need not be concave"


def solve_corrected(
    joint: LogJoint, problem: Problem, correction: Correction, start: np.ndarray
) -> tuple[np.ndarray, int, bool]:
    """Return ``(g, iterations, converged)`` from ``start`` (m,), in the coordinates of the problem."""
    law, w, Z = problem.likelihood, problem.weights, as_array(problem.Z)
    g, value, quiet = start.copy(), joint.objective(problem.to_user(start)), 0
    for iteration in range(1, MAX_STEPS + 1):
        eta = Z @ g + problem.offset
        score = Z.T @ (w * law.score(problem.y, eta) + correction.pull(eta))
        step = _direction(Z, w * law.curvature(eta), correction.curvature(eta), score)
        step *= min(1.0, LONGEST / max(float(np.abs(Z @ step).max()), LONGEST))
        gain = float(score @ step)
        if gain <= ROUNDING * ROUNDING * max(1.0, abs(value)):
            return g + step, iteration, True
        for _ in range(HALVINGS):
            new = joint.objective(problem.to_user(g + step))
            if new <= value + ROUNDING * abs(value):
                break
            step *= 0.5
        else:
            return g, iteration, False
        quiet = quiet + 1 if new >= value - ROUNDING * abs(value) else 0
        g, value = g + step, new
        if quiet > 3:
            return g, iteration, True
    return g, MAX_STEPS, False


def _direction(Z: np.ndarray, curvature: np.ndarray, correction: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the Newton step; without the correction's curvature where that leaves it indefinite."""
    information = (Z * curvature[:, None]).T @ Z
    for matrix in (information + correction, information):
        try:
            return np.asarray(cho_solve(cho_factor(matrix, lower=True, check_finite=False), score))
        except LinAlgError:
            continue
    return np.asarray(np.linalg.lstsq(information, score, rcond=None)[0])


def corrected_dof(problem: Problem, correction: Correction, g: np.ndarray) -> float:
    """Return the divergence of the fit: the trace of the likelihood's information over that of the log joint."""
    eta = problem.Z @ g + problem.offset
    rows = as_array(problem.Z) * np.sqrt(problem.weights * problem.likelihood.curvature(eta))[:, None]
    information = rows.T @ rows
    return float(np.trace(np.linalg.solve(information + correction.curvature(eta), information)))
