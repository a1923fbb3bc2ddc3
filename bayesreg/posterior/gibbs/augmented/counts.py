"""Negative binomial likelihoods of counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.augmented.base import Augmentation
from bayesreg.posterior.gibbs.augmented.polya_gamma import draw_polya_gamma
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class NegativeBinomialAugmentation(Augmentation):
    """Counts of mean ``exp(eta)`` and shape ``r``: ``omega ~ PG(w (y + r), eta - log r)``.

    ``linear = w (y - r) / 2 + omega log r``, because the log odds are ``eta - log r``.

    References
    ----------
    Polson, Scott and Windle (2013), Bayesian inference for logistic models using Polya-Gamma latent variables.
    """

    y: np.ndarray
    weights: np.ndarray

    def draw(self, eta: np.ndarray, nuisance: np.ndarray, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
        shape = nuisance[:, None]
        omega = draw_polya_gamma(self.weights * (self.y + shape), eta - np.log(shape), streams)
        return omega, 0.5 * self.weights * (self.y - shape) + omega * np.log(shape)
