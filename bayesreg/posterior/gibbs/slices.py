"""Slice sampling of many independent one-dimensional densities at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesreg.errors import EngineError
from bayesreg.posterior.gibbs.streams import Streams

STEPS, SHRINKS = 50, 200


def slice_step(
    log_density: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    width: float | np.ndarray,
    streams: Streams,
    at_x: np.ndarray | None = None,
) -> np.ndarray:
    """Return one step of slice sampling with stepping out from each of ``x`` (K, ...).

    Parameters
    ----------
    log_density : callable
        Elementwise, (K, ...) to (K, ...): each element has a density of its own.
    x : ndarray (K, ...)
    width : float or ndarray
        About as wide as the densities.
    streams : Streams
    at_x : ndarray, optional
        ``log_density(x)``, where it is known.

    References
    ----------
    Neal (2003), Slice sampling.
    """
    inner = x.shape[1:]
    level = (log_density(x) if at_x is None else at_x) - streams.exponential(*inner)
    low = x - width * streams.uniform(*inner)
    high = low + width
    for end, sign in ((low, -1.0), (high, 1.0)):
        for _ in range(STEPS):
            outside = log_density(end) > level
            if not outside.any():
                break
            end += np.where(outside, sign * width, 0.0)
    found, done = x.copy(), np.zeros(x.shape, dtype=bool)
    for _ in range(SHRINKS):
        trial = low + (high - low) * streams.uniform(*inner)
        inside = log_density(trial) >= level
        found = np.where(inside & ~done, trial, found)
        done |= inside
        if done.all():
            return found
        low, high = np.where(trial < x, trial, low), np.where(trial < x, high, trial)
    raise EngineError(
        "A step of the Gibbs sampler did not find a point of its density. Check the response and columns for extreme "
        "values, or use engine='nuts'."
    )
