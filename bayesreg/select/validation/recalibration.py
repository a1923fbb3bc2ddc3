"""A response regressed on what was predicted for it."""

from __future__ import annotations

import numpy as np

from bayesreg.families import Likelihood

STEPS, SMALL = 50, 1e-10
FLAT = 1e-8
"""Where no row has more information than this, classes are separated."""
FAR = 1e6
"""A slope or intercept beyond this many units of the predictor is that of separated classes."""


def recalibrate(
    likelihood: Likelihood, y: np.ndarray, eta: np.ndarray, weights: np.ndarray, *, slope: bool
) -> tuple[float, float]:
    """Return the intercept ``a`` and the slope ``b`` that maximise the likelihood of ``y`` at ``a + b eta``.

    Without ``slope``, ``b`` is 1. Both are nan where there is no finite maximum, or ``eta`` is the same in all rows.

    Parameters
    ----------
    likelihood : Likelihood
    y, eta, weights : ndarray (n,)
    slope : bool

    Examples
    --------
    >>> from bayesreg.families import Gaussian
    >>> y, eta = np.array([1.0, 2.0, 4.0]), np.array([0.0, 1.0, 2.0])
    >>> [round(float(one), 4) for one in recalibrate(Gaussian(), y, eta, np.ones(3), slope=True)]
    [0.8333, 1.5]
    """
    used = weights > 0.0
    y, eta, weights = y[used], eta[used], weights[used]
    middle = float(weights @ eta / weights.sum())
    spread = float(np.sqrt(weights @ (eta - middle) ** 2 / weights.sum()))
    if slope and not spread > 1e-12 * max(1.0, abs(middle)):
        return np.nan, np.nan
    X = np.column_stack([np.ones(y.size), (eta - middle) / spread]) if slope else np.ones((y.size, 1))
    fixed = np.zeros(y.size) if slope else eta
    start = np.array([middle, spread]) if slope else np.zeros(1)
    found = _maximise(likelihood, y, X, fixed, weights, start)
    if not np.isfinite(found).all():
        return np.nan, np.nan
    if not slope:
        return float(found[0]), 1.0
    return float(found[0] - found[1] * middle / spread), float(found[1] / spread)


def _maximise(
    likelihood: Likelihood, y: np.ndarray, X: np.ndarray, fixed: np.ndarray, weights: np.ndarray, beta: np.ndarray
) -> np.ndarray:
    """Return the maximum by Newton steps with the expected information, halved where they go too far; else nan."""

    def loss(at: np.ndarray) -> float:
        with np.errstate(over="ignore"):
            return float(weights @ likelihood.half_deviance(y, fixed + X @ at))

    value, scale = loss(beta), float(weights.sum())
    for _ in range(STEPS):
        eta = fixed + X @ beta
        gradient = X.T @ (weights * likelihood.score(y, eta))
        curvature = weights * likelihood.curvature(eta)
        if not curvature.max() > FLAT * weights.max():
            break
        information = X.T @ (curvature[:, None] * X)
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            return np.full(beta.size, np.nan)
        if abs(gradient @ step) <= SMALL**2 * scale:
            return np.asarray(beta + step)
        ahead = loss(beta + step)
        while not ahead <= value and np.abs(step).max() > SMALL:
            step = 0.5 * step
            ahead = loss(beta + step)
        beta, value = beta + step, ahead
        if np.abs(beta).max() > FAR * max(1.0, float(np.abs(y).max())):
            break
    return np.full(beta.size, np.nan)
