"""What every test of a row does: compare a package's coefficients with an independent solver, and with our own mode."""

import numpy as np
import pytest
from scipy.optimize import minimize

import bayesreg as br

from .oracle import CUMULANT, solve

CLOSE = 1e-7
"""Relative to the largest coefficient; it holds wherever the package stops at its own optimum."""
OURS = 1e-6
"""Our mode is certified by its duality gap, 1e-8 or less of the loss: half the digits of the coefficients at worst."""


def strengths(penalty, phi=1.0):
    """Loss-unit strengths ``(l1, l2)``, one a column where the penalty has weights."""
    strength = penalty.strength(phi)
    factors = 1.0 if penalty.weights is None else np.asarray(penalty.weights)
    return phi * strength.rate * factors, phi * strength.precision * factors


def near(values, wanted, close):
    size = max(np.abs(wanted).max(), 1e-300)
    np.testing.assert_allclose(np.ravel(values), wanted, rtol=0.0, atol=close * size)


def our_mode(X, y, penalty, *, family="gaussian", intercept=True, weights=None, standardize=False, phi=1.0):
    """Coefficients and intercept of Model.fit."""
    kind = None if weights is None else br.Weights(weights, kind="frequency")
    told = {"dispersion": phi} if family == "gaussian" else {}
    model = br.Model.from_arrays(
        X, y, penalty=penalty, family=family, intercept=intercept, weights=kind, standardize=standardize, **told
    )
    params = model.fit().params.to_numpy()
    return (params[1:], params[0]) if intercept else (params, 0.0)


def agree(coef, constant, penalty, X, y, *, close=CLOSE, phi=1.0, standardize=False, **options):
    """The package's fit is the optimum at the mapped strengths, found by the oracle and by us."""
    scale = X.std(axis=0) if standardize else np.ones(X.shape[1])
    l1, l2 = strengths(penalty, phi)
    wanted, intercept = solve(X, y, l1 * scale, l2 * scale**2, **options)
    assert np.abs(wanted).max() > 0.0
    near(coef, wanted, close)
    assert np.ravel(constant)[0] == pytest.approx(intercept, rel=10 * close, abs=10 * close)
    ours, our_intercept = our_mode(X, y, penalty, standardize=standardize, phi=phi, **options)
    near(ours, wanted, OURS)
    assert our_intercept == pytest.approx(intercept, rel=10 * OURS, abs=10 * OURS)


def minimise(X, y, factor, a1, a2, *, family="gaussian", intercept=True):
    """Minimise ``factor sum (b(eta) - y eta) + a1 |b|_1 + a2 b'b / 2`` as it is written; return ``(b, intercept)``."""
    p = X.shape[1]
    cumulant, mean, _ = CUMULANT[family]

    def objective(theta):  # intercept, positive and negative parts
        beta = theta[1 : p + 1] - theta[p + 1 :]
        eta = theta[0] + X @ beta
        score = factor * (mean(eta) - y)
        slope = X.T @ score + a2 * beta
        value = factor * np.sum(cumulant(eta) - y * eta) + a1 * theta[1:].sum() + a2 / 2 * beta @ beta
        return value, np.r_[score.sum(), slope + a1, a1 - slope]

    bounds = [(None, None) if intercept else (0.0, 0.0)] + [(0, None)] * (2 * p)
    start = np.zeros(2 * p + 1)
    start[0] = y.mean() if intercept and family == "gaussian" else 0.0
    found = minimize(objective, start, jac=True, bounds=bounds, method="L-BFGS-B",
                     options={"ftol": 0.0, "gtol": 1e-11, "maxiter": 10_000, "maxfun": 50_000})  # fmt: skip
    return found.x[1 : p + 1] - found.x[p + 1 :], found.x[0]
