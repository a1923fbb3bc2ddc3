"""XGBoost's and LightGBM's rows, against their documented rules for a leaf and for a coefficient, in NumPy."""

import numpy as np
import pytest

from bayesreg.conventions import from_package

from .peers import agree

ALPHA, LAMBDA = 900.0, 12.0


def shrunk(value, threshold):
    return np.sign(value) * np.maximum(np.abs(value) - threshold, 0.0)


@pytest.mark.parametrize("package", ["xgboost.gbtree", "lightgbm.leaves"])
@pytest.mark.parametrize(("alpha", "lam"), [(ALPHA, 0.0), (0.0, LAMBDA), (ALPHA, LAMBDA)])
def test_leaves(standardised, package, alpha, lam):
    """The leaves of one tree: indicators as columns, the residuals of the base score as response, no intercept."""
    X, y = standardised
    leaf = np.digitize(X[:, 2], [-1.0, 0.0, 1.0])
    indicators = (leaf[:, None] == np.arange(4)).astype(float)
    residual = y - y.mean()
    gradient, hessian = -indicators.T @ residual, indicators.sum(axis=0)
    weights = -shrunk(gradient, alpha) / (hessian + lam)
    penalty = from_package(package, reg_alpha=alpha, reg_lambda=lam)
    agree(weights, 0.0, penalty, indicators, residual, intercept=False)


def coordinate_step(gradient, hessian, weight, alpha, lam):
    """XGBoost's update of one weight: a Newton step of the square, shrunk, not beyond 0."""
    gradient, hessian = gradient + lam * weight, hessian + lam
    if weight - gradient / hessian >= 0.0:
        return max(-(gradient + alpha) / hessian, -weight)
    return min(-(gradient - alpha) / hessian, -weight)


@pytest.mark.parametrize(("alpha", "lam"), [(2.0, 0.0), (0.0, 0.05), (2.0, 0.05)])
def test_gblinear(standardised, alpha, lam):
    """Both strengths are multiplied by the sum of the weights before a round, the bias has none."""
    X, y = standardised
    beta, bias, n = np.zeros(10), 0.0, len(y)
    for _ in range(20_000):
        before = beta.copy()
        bias -= np.mean(bias + X @ beta - y)
        for j in range(10):
            score = X[:, j] @ (bias + X @ beta - y)
            beta[j] += coordinate_step(score, X[:, j] @ X[:, j], beta[j], n * alpha, n * lam)
        if np.abs(beta - before).max() < 1e-12:
            break
    penalty = from_package("xgboost.gblinear", reg_alpha=alpha, reg_lambda=lam, n=n)
    agree(beta, bias, penalty, X, y)
