"""References for joint penalties: convex programmes solved by SciPy, and brute-force minimisation."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog, minimize

from bayesreg.penalties import Strength


def objective(law, strength, z, x):
    return 0.5 * float((x - z) @ (x - z)) + float(law.value(x, strength))


def brute_prox(law, strength, z, starts):
    """Return the smallest value that Nelder-Mead finds of ``|x - z|^2 / 2 + value(x)``."""
    options = {"xatol": 1e-10, "fatol": 1e-13, "maxiter": 4000, "maxfev": 8000}
    runs = [
        minimize(lambda x: objective(law, strength, z, x), x0, method="Nelder-Mead", options=options) for x0 in starts
    ]
    return min(float(run.fun) for run in runs)


def polyhedral_dual_norm(dual, rows):
    """Return ``max dual @ b`` over ``max rows @ b <= 1``, for a norm that is the largest of linear functions."""
    found = linprog(-dual, A_ub=rows, b_ub=np.ones(len(rows)), bounds=(None, None), method="highs")
    assert found.status == 0
    return -found.fun


def at(rate):
    return Strength(rate, 0.0)


def standard_errors(values, expected):
    """Return how many standard errors the mean of draws (n, ...) is from ``expected``, at most."""
    values = np.asarray(values, dtype=float)
    return float(np.abs((values.mean(axis=0) - expected) / (values.std(axis=0) / np.sqrt(len(values)))).max())
