"""Normal priors: the posterior at a known sigma, and the normal-inverse-gamma one."""

from __future__ import annotations

import numpy as np
from scipy import stats

from tests.reference.oracles.margins import Margin, from_cdf


def known_sigma(X: np.ndarray, y: np.ndarray, sigma: float, precision: np.ndarray) -> list[Margin]:
    """Return the margins of ``b`` under ``b ~ N(0, precision^-1)``, ``y ~ N(X b, sigma^2)``."""
    cov = np.linalg.inv(X.T @ X / sigma**2 + precision)
    mean = cov @ X.T @ y / sigma**2
    laws = [stats.norm(m, s) for m, s in zip(mean, np.sqrt(np.diag(cov)), strict=True)]
    return [from_cdf(law.mean(), law.std(), law.cdf, (0.0,)) for law in laws]


def normal_inverse_gamma(
    X: np.ndarray, y: np.ndarray, precision: np.ndarray, a: float, b: float, *, lost: float = 0.0
) -> list[Margin]:
    """Return the margins of ``b``, then of sigma, under ``b ~ N(0, sigma^2 precision^-1)``, ``sigma^2 ~ IG(a, b)``.

    ``lost`` rows are taken by what was projected out: 1 with centred columns and a flat intercept.

    References
    ----------
    O'Hagan and Forster (2004), Kendall's Advanced Theory of Statistics 2B: Bayesian Inference.
    """
    M = X.T @ X + precision
    mean = np.linalg.solve(M, X.T @ y)
    shape = a + 0.5 * (len(y) - lost)
    scale = b + 0.5 * (np.sum((y - X @ mean) ** 2) + mean @ precision @ mean)
    widths = np.sqrt(scale / shape * np.diag(np.linalg.inv(M)))
    laws = [stats.t(2.0 * shape, m, s) for m, s in zip(mean, widths, strict=True)]
    found = [from_cdf(law.mean(), law.std(), law.cdf, (0.0,)) for law in laws]
    squared = stats.invgamma(shape, scale=scale)
    first = np.sqrt(scale) * np.exp(_log_gamma_ratio(shape))
    sd = float(np.sqrt(squared.mean() - first**2))
    return [*found, from_cdf(first, sd, lambda s: squared.cdf(np.square(s)))]


def _log_gamma_ratio(shape: float) -> float:
    """Return ``log Gamma(shape - 1/2) - log Gamma(shape)``."""
    from scipy.special import gammaln

    return float(gammaln(shape - 0.5) - gammaln(shape))
