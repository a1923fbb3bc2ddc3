r"""Pareto-smoothed importance sampling, many sets of weights at a time.

The largest importance ratios of a set are replaced by the order statistics of a generalised Pareto distribution fitted
to them. Its shape ``k`` says whether an average under the weights can be trusted: it can below 0.7.

References
----------
Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling. Zhang and Stephens (2009), A new
and efficient estimation method for the generalized Pareto distribution.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

KHAT_LIMIT = 0.7
"""Averages under weights with a larger shape can not be trusted, whatever the number of draws."""
FEWEST = 5
"""Draws in a tail to which a distribution is fitted."""


def khat_limit(draws: int) -> float:
    """Return the shape above which so many draws are too few: ``min(1 - 1 / log10(draws), 0.7)``."""
    return float(min(1.0 - 1.0 / np.log10(max(draws, 11)), KHAT_LIMIT))


def tail_size(draws: int, efficiency: float = 1.0) -> int:
    """Return how many of the largest ratios are smoothed."""
    if draws * efficiency > 225.0:
        return int(3.0 * np.sqrt(draws / efficiency))
    return draws // 5


def smooth(log_ratios: np.ndarray, efficiency: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return smoothed, normalised log weights, and the shape of each tail.

    Parameters
    ----------
    log_ratios : ndarray (m, S)
        Log importance ratios of m targets at the same S draws, up to a constant each. For leave-one-out they are minus
        the log likelihood of a row.
    efficiency : float
        Effective over actual number of draws; dependent draws get a longer tail.

    Returns
    -------
    ndarray (m, S)
        Log weights; their exponentials sum to 1.
    ndarray (m,)
        Shapes ``k``: -inf where all ratios of the tail are equal, inf where a ratio is not finite or the tail is
        shorter than five draws.

    Examples
    --------
    >>> weights, k = smooth(np.random.default_rng(0).normal(0.0, 0.1, (2, 1000)))
    >>> bool(abs(np.exp(weights).sum(axis=1) - 1.0).max() < 1e-12), bool((k < 0.5).all())
    (True, True)
    """
    draws = log_ratios.shape[1]
    top = log_ratios.max(axis=1, keepdims=True)
    sound = np.isfinite(top[:, 0])
    log_weights = np.where(sound[:, None], log_ratios - np.where(sound[:, None], top, 0.0), 0.0)
    shape = np.where(sound, -np.inf, np.inf)
    count = min(tail_size(draws, efficiency), draws - 1)
    if count < FEWEST:
        shape[:] = np.inf
        return log_weights - logsumexp(log_weights, axis=1, keepdims=True), shape
    order = np.argpartition(log_weights, draws - count - 1, axis=1)[:, draws - count - 1 :]
    values = np.take_along_axis(log_weights, order, axis=1)
    inner = np.argsort(values, axis=1, kind="stable")
    order, values = np.take_along_axis(order, inner, axis=1), np.take_along_axis(values, inner, axis=1)
    cutoff, tail = np.exp(values[:, :1]), np.exp(values[:, 1:])
    fits = sound & (tail[:, -1] > tail[:, 0])
    excess = tail[fits] - cutoff[fits]
    k, sigma = fit_pareto(excess)
    shape[fits] = np.where(np.isfinite(k), k, np.inf)
    place = (np.arange(count) + 0.5) / count
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        smoothed = np.log(cutoff[fits] + _quantiles(place, k, sigma))
    smoothed = np.where(np.isfinite(k)[:, None], np.minimum(smoothed, 0.0), values[fits, 1:])
    rows = np.flatnonzero(fits)[:, None]
    log_weights[rows, order[fits, 1:]] = smoothed
    return log_weights - logsumexp(log_weights, axis=1, keepdims=True), shape


def fit_pareto(excess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return shape and scale (m,) of generalised Pareto distributions, each fitted to a row of sorted excesses (m, t).

    Zhang and Stephens' posterior mean over a grid, with the shape drawn to 1/2 by a prior worth ten draws; nan where
    the first quartile is not above the smallest.
    """
    count = excess.shape[1]
    grid = 30 + int(np.sqrt(count))
    quartile = excess[:, int(count / 4 + 0.5) - 1]
    usable = quartile > excess[:, 0]
    quartile, largest = np.where(usable, quartile, 1.0), np.where(usable, excess[:, -1], 1.0)
    steps = 1.0 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))
    b = steps / (3.0 * quartile[:, None]) + 1.0 / largest[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        shapes = np.stack([np.log1p(-b[:, g, None] * excess).mean(axis=1) for g in range(grid)], axis=1)
        profile = count * (np.log(-(b / shapes)) - shapes - 1.0)
    weight = np.exp(profile - logsumexp(profile, axis=1, keepdims=True))
    weight = np.where(weight >= 10.0 * np.finfo(float).eps, weight, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = weight / weight.sum(axis=1, keepdims=True)
        mean = (b * weight).sum(axis=1)
        k = np.log1p(-mean[:, None] * excess).mean(axis=1)
        sigma = -k / mean
    k = (count * k + 10.0 * 0.5) / (count + 10.0)
    return np.where(usable, k, np.nan), np.where(usable, sigma, np.nan)


def _quantiles(prob: np.ndarray, k: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return the quantiles (m, t) of generalised Pareto distributions."""
    k, sigma = k[:, None], sigma[:, None]
    safe = np.where(np.abs(k) < 1e-30, 1.0, k)
    curved = sigma * np.expm1(-safe * np.log1p(-prob)) / safe
    return np.where(np.abs(k) < 1e-30, -sigma * np.log1p(-prob), curved)
