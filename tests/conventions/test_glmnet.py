"""glmnet's rows, against its documented objective solved here in its own steps.

For a Gaussian response glmnet scales y to unit 1/n variance and its lambda with it, descends on
``1/(2n) RSS + lambda sum f_j (alpha |b_j| + (1 - alpha) / 2 b_j^2)`` over standardised columns, and scales
back; for other families it minimises the mean negative log likelihood plus the same penalty.
"""

import numpy as np
import pytest
from scipy.optimize import minimize

from bayesreg.conventions import from_package

from .oracle import CUMULANT, solve


def glmnet_gaussian(X, y, lam, alpha, factor):
    n, p = X.shape
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    s_y = y.std()
    residual = (y - y.mean()) / s_y
    factor = factor * p / factor.sum()
    beta, lam = np.zeros(p), lam / s_y
    for _ in range(20_000):
        largest = 0.0
        for j in range(p):
            z = Z[:, j] @ residual / n + beta[j]
            new = np.sign(z) * max(abs(z) - lam * alpha * factor[j], 0.0) / (1.0 + lam * (1.0 - alpha) * factor[j])
            residual = residual - Z[:, j] * (new - beta[j])
            largest, beta[j] = max(largest, abs(new - beta[j])), new
        if largest < 1e-13:
            break
    return beta * s_y / X.std(axis=0)


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("factor", [None, np.r_[0.0, 2.0, np.ones(8)]])
def test_gaussian(raw, alpha, factor):
    X, y = raw
    theirs = glmnet_gaussian(X, y, 9.0, alpha, np.ones(10) if factor is None else factor)
    penalty = from_package("glmnet", lambda_=9.0, alpha=alpha, n=442, s_y=y.std(), penalty_factor=factor)
    rate, precision = penalty.strength(1.0)
    weights = np.ones(10) if penalty.weights is None else np.asarray(penalty.weights)
    scale = X.std(axis=0)
    ours, _ = solve(X, y, rate * weights * scale, precision * weights * scale**2)
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=1e-9 * np.abs(theirs).max())


def test_leaving_s_y_out_is_far_off(raw):
    X, y = raw
    theirs = glmnet_gaussian(X, y, 9.0, 0.0, np.ones(10))
    scale = X.std(axis=0)
    wrong, _ = solve(X, y, 0.0, 442 * 9.0 * scale**2)
    assert np.abs((wrong - theirs) * scale).max() > 1.0


@pytest.mark.parametrize(("family", "ours"), [("binomial", "bernoulli"), ("poisson", "poisson")])
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
def test_binomial_and_poisson(request, family, ours, alpha):
    X, y = request.getfixturevalue("binary" if ours == "bernoulli" else "counts")
    n, p = X.shape
    lam = 0.03
    cumulant, mean, _ = CUMULANT[ours]

    def objective(theta):  # intercept, positive and negative parts
        beta = theta[1 : p + 1] - theta[p + 1 :]
        eta = theta[0] + X @ beta
        value = np.mean(cumulant(eta) - y * eta)
        score = (mean(eta) - y) / n
        slope = X.T @ score + lam * (1 - alpha) * beta
        gradient = np.r_[score.sum(), slope + lam * alpha, -slope + lam * alpha]
        return value + lam * (alpha * theta[1:].sum() + (1 - alpha) / 2 * beta @ beta), gradient

    bounds = [(None, None)] + [(0, None)] * (2 * p)
    found = minimize(objective, np.zeros(2 * p + 1), jac=True, bounds=bounds, method="L-BFGS-B",
                     options={"ftol": 0.0, "gtol": 1e-11, "maxiter": 10_000, "maxfun": 50_000})  # fmt: skip
    theirs = found.x[1 : p + 1] - found.x[p + 1 :]
    penalty = from_package("glmnet", lambda_=lam, alpha=alpha, family=family, n=n)
    wanted, _ = solve(X, y, *penalty.strength(1.0), family=ours)
    # L-BFGS-B ends where the objective no longer changes in double precision: half the digits of the minimiser.
    np.testing.assert_allclose(wanted, theirs, rtol=0.0, atol=1e-6 * np.abs(theirs).max())
