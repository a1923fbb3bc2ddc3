"""How far a posterior moves when its prior, or its likelihood, is raised to a power near 1.

References
----------
Kallioinen, Paananen, Bürkner and Vehtari (2024), Detecting and diagnosing prior and likelihood sensitivity with
power-scaling. Nguyen and Vreeken (2015), Non-parametric Jensen-Shannon divergence.
"""

from __future__ import annotations

import numpy as np

from bayesreg.posterior.psis import smooth

POWERS = (0.99, 1.01)
THRESHOLD = 0.05
"""A sensitivity above this counts: what the authors propose."""


def sensitivity(values: np.ndarray, log_density: np.ndarray) -> np.ndarray:
    """Return how fast each marginal posterior moves with the power of one factor of the joint density.

    It is the derivative of the cumulative Jensen-Shannon distance with respect to ``log2`` of the power, by central
    differences at the powers 0.99 and 1.01, from the same draws under smoothed importance weights.

    Parameters
    ----------
    values : ndarray (S, k)
        Draws of k quantities.
    log_density : ndarray (S,)
        Log of the factor (prior or likelihood) at the draws, up to a constant.

    Returns
    -------
    ndarray (k,)
        0 where nothing moves; nan where the factor is not finite at some draw.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((4000, 1))
    >>> bool(sensitivity(x, np.zeros(4000))[0] < 1e-5)
    True
    >>> bool(sensitivity(x, -0.5 * (x[:, 0] - 3.0) ** 2)[0] > 0.5)
    True
    """
    if not np.isfinite(log_density).all():
        return np.full(values.shape[1], np.nan)
    steps = np.array(POWERS) - 1.0
    weights = np.exp(smooth(steps[:, None] * log_density)[0])
    distance = [np.maximum(_distance(values, w), _distance(-values, w)) for w in weights]
    slopes = [moved / abs(np.log2(power)) for moved, power in zip(distance, POWERS, strict=True)]
    return np.asarray(0.5 * (slopes[0] + slopes[1]))


def _distance(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the cumulative Jensen-Shannon distance (k,) between draws (S, k) and the same draws under weights (S,)."""
    order = np.argsort(values, axis=0, kind="stable")
    width = np.diff(np.take_along_axis(values, order, axis=0), axis=0)
    count = values.shape[0]
    plain = np.linspace(1.0 / count, 1.0 - 1.0 / count, count - 1)[:, None]
    moved = np.cumsum(weights[order], axis=0)[:-1]
    middle = np.log2(0.5 * (plain + moved))
    plain_area, moved_area = (width * plain).sum(axis=0), (width * moved).sum(axis=0)
    rest = 0.5 / np.log(2.0) * (moved_area - plain_area)
    log_moved = np.log2(np.where(moved > 0.0, moved, 1.0))
    first = (width * plain * (np.log2(plain) - middle)).sum(axis=0) + rest
    second = (width * moved * (log_moved - middle)).sum(axis=0) - rest
    bound = plain_area + moved_area
    total = np.maximum(first, 0.0) + np.maximum(second, 0.0)
    return np.sqrt(np.divide(total, bound, out=np.zeros_like(bound), where=bound > 0.0))
