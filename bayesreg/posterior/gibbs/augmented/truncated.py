"""Normal deviates that are positive."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from bayesreg.posterior.gibbs.streams import Streams


def draw_positive(mean: np.ndarray, streams: Streams) -> np.ndarray:
    """Return normal deviates of means (K, n) and variance 1, given that they are positive.

    By inversion in logarithms, which keeps its accuracy however far below 0 a mean is: the upper tail probability of
    ``x - mean`` is uniform between 0 and ``Phi(mean)``.
    """
    log_tail = log_ndtr(mean) + np.log(streams.uniform(*mean.shape[1:]))
    return np.maximum(mean - ndtri_exp(np.minimum(log_tail, -1e-300)), 0.0)
