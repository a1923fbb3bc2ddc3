"""The conditions of optimality in extended precision: what a stored solution is judged by, whoever found it."""

from typing import NamedTuple

import numpy as np

from tests.reference.solutions.problem import mean_and_curvature, score

LONG = np.longdouble
KKT = 1e-14
SLACK = 1e-8


class Optimality(NamedTuple):
    """Distance to stationarity and slack of the strict inequalities, over the largest score where nothing is fitted."""

    kkt: float
    slack: float


def optimality(problem, u):
    """Return how well ``u`` meets the conditions of optimality; scores are those of columns of unit size."""
    dual, size = score(problem, u), np.sqrt(problem.weights @ problem.Z**2 / problem.weights.sum())
    unit = (np.abs(score(problem, null_fit(problem))) / size).max()
    worst, least = LONG(0.0), LONG(np.inf)
    for law, at in problem.laws:
        residual, slack = law.residual(u[at], dual[at])
        worst, least = max(worst, np.abs(residual / size[at]).max()), min(least, slack / size[at].max())
    return Optimality(float(worst / unit), float(least / unit))


def null_fit(problem):
    """Return coordinates (m,) that are 0 but for an intercept, which is at its optimum."""
    u = np.zeros(problem.Z.shape[1], dtype=LONG)
    if problem.names[0] != "Intercept":
        return u
    one = problem.Z[:, :1]
    for _ in range(100):
        mean, curvature = mean_and_curvature(problem, problem.offset + one @ u[:1])
        step = problem.weights @ (problem.y - mean) / (problem.weights @ curvature)
        u[0] += np.clip(step, -1.0, 1.0) if problem.family != "gaussian" else step
    return u


def coordinates(problem, coefficients):
    """Return ``u`` (m,) from a mapping of names to the texts of nonzero coefficients."""
    return problem.forward @ np.array([LONG(coefficients.get(name, "0")) for name in problem.names])
