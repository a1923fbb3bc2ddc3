"""Logistic likelihoods, of 0/1 responses and of proportions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.augmented.base import Augmentation
from bayesreg.posterior.gibbs.augmented.polya_gamma import draw_polya_gamma
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class LogitAugmentation(Augmentation):
    """``w y`` successes in ``w`` trials: ``omega ~ PG(w, eta)``, ``linear = w (y - 1/2)``; ``w`` need not be whole.

    References
    ----------
    Polson, Scott and Windle (2013), Bayesian inference for logistic models using Polya-Gamma latent variables.
    """

    y: np.ndarray
    weights: np.ndarray

    def draw(self, eta: np.ndarray, nuisance: np.ndarray, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
        linear = np.broadcast_to(self.weights * (self.y - 0.5), eta.shape)
        return draw_polya_gamma(self.weights, eta, streams), linear
