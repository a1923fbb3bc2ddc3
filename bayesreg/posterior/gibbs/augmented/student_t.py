"""Student-t errors: normal ones whose precisions are gamma variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.augmented.base import Augmentation
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class StudentAugmentation(Augmentation):
    """``y = eta + sigma e``: ``omega = g / sigma^2``, ``g ~ Gamma(w (df + 1) / 2, (df + (y - eta)^2 / sigma^2) / 2)``.

    ``linear = omega y``. The weight ``w`` of a row multiplies its log likelihood.

    References
    ----------
    Lange, Little and Taylor (1989), Robust statistical modeling using the t distribution.
    """

    y: np.ndarray
    weights: np.ndarray
    df: float

    def draw(self, eta: np.ndarray, nuisance: np.ndarray, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
        variance = nuisance[:, None] ** 2
        rate = 0.5 * (self.df * variance + (self.y - eta) ** 2)
        shape = np.broadcast_to(0.5 * self.weights * (self.df + 1.0), eta.shape)
        omega = streams.gamma(shape) / rate
        return omega, omega * self.y
