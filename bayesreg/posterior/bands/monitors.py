"""How far weighted draws can be trusted: Pareto tails of weights, effective numbers of draws."""

from __future__ import annotations

import numpy as np

from bayesreg.posterior.psis import smooth, tail_size

LEVEL, MANY = float(np.log(2.0)), 20
"""So many largest weights within a factor of two have no heavy tail: at k = 0.7 that has probability 1e-4."""
FEWEST = 4
"""Draws of a chain that diagnostics need."""


def smooth_weights(log_weights: np.ndarray, efficiency: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Pareto-smoothed weights (K, S), each row of sum 1, and k-hat (K,), at most 0 for bounded weights.

    Weights of a mixture have a bound, near which they crowd; the shape of a Pareto law fitted to that crowd alone would
    mean nothing.

    Parameters
    ----------
    log_weights : ndarray (K, S)
    efficiency : float
        Independent draws that one draw is worth.
    """
    smoothed, khat = smooth(log_weights, efficiency)
    size = log_weights.shape[1]
    count = min(tail_size(size, efficiency), size - 1)
    cutoff = np.partition(log_weights, size - count - 1, axis=1)[:, size - count - 1]
    level = (log_weights.max(axis=1) - cutoff <= LEVEL) & (count >= MANY)
    return np.exp(smoothed), np.where(level, np.minimum(khat, 0.0), khat)


def least_ess(series: np.ndarray) -> float:
    """Return the smallest bulk effective sample size of quantities (chains, draws, k), at most their number."""
    from arviz_stats.base import array_stats

    if series.shape[1] < FEWEST:
        return 1.0
    found = np.asarray(array_stats.ess(series, chain_axis=0, draw_axis=1, method="bulk"))
    return float(np.clip(np.nanmin(found), 1.0, series.shape[0] * series.shape[1]))


def largest_rhat(series: np.ndarray) -> float:
    """Return the largest R-hat of quantities (chains, draws, k); nan where the chains are too short."""
    from arviz_stats.base import array_stats

    if series.shape[1] < FEWEST:
        return float("nan")
    return float(np.nanmax(np.asarray(array_stats.rhat(series, chain_axis=0, draw_axis=1))))
