"""Negative binomial family, log link: counts of variance ``mu + mu^2 / shape``; ``phi = 1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.families.base import Likelihood, snap
from bayesreg.families.logistic import entropy, is_probability
from bayesreg.families.poisson import check_counts, draw_counts
from bayesreg.xp import NUMPY, Array, Namespace

LARGEST = 1e6
"""Shapes above it are Poisson counts: their variance is not told from the mean."""


@final
@dataclass(frozen=True)
class NegativeBinomial(Likelihood):
    r"""``y ~ Poisson(exp(eta) g)`` with ``g`` gamma of mean 1 and variance ``1 / shape``; a weight multiplies.

    With ``t = eta - log(shape)`` a row's loss is that of ``y + shape`` trials at the logit ``t``, of which ``y``
    succeed, so that it is convex in ``eta``.
    """

    shape: Array = 1.0

    name = "negative_binomial"
    label = "negative_binomial"
    link = "log"
    has_dispersion = False
    effect = "rate ratio"
    nuisance = "shape"

    def half_deviance(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        t = eta - xp.log(self.shape)
        trials = (y + self.shape) * (xp.softplus(t) - xp.log1p(y / self.shape))
        return trials + xp.xlogy(y, y) - y * eta

    def score(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        return y - (y + self.shape) * xp.expit(eta - xp.log(self.shape))

    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.exp(eta)

    def link_function(self, mu: np.ndarray) -> np.ndarray:
        return np.log(mu)

    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return self.shape * xp.expit(eta - xp.log(self.shape))

    def bend(self, y: Array, eta: Array) -> Array:
        t = eta - np.log(self.shape)
        return (y + self.shape) * NUMPY.expit(t) * NUMPY.expit(-t)

    def variance(self, mu: np.ndarray) -> np.ndarray:
        return mu + mu**2 / self.shape

    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        top = xp.gammaln(y + self.shape) - xp.gammaln(self.shape) - xp.gammaln(y + 1.0)
        return weights * ((y + self.shape) * xp.log1p(y / self.shape) - xp.xlogy(y, y / self.shape) - top)

    def check_response(self, y: np.ndarray, name: str) -> None:
        check_counts(y, name, self.name)

    def fenchel_gap(self, y: np.ndarray, residual: np.ndarray, eta: np.ndarray) -> np.ndarray:
        """It is that of ``y + shape`` trials, of which the dual point has the share ``(y - residual) / trials``."""
        t, trials = eta - np.log(self.shape), y + self.shape
        share = snap((y - residual) / trials, is_probability)
        inside = is_probability(share)
        share = np.where(inside, share, 0.5)
        gap = trials * np.maximum(NUMPY.softplus(t) - share * t + entropy(share), 0.0)
        return np.where(inside, gap, np.inf)

    def guess(self, y: np.ndarray, weights: np.ndarray) -> float:
        """Return the shape of the moments of the counts, ``mean^2 / (variance - mean)``, within bounds."""
        mean = float(np.average(y, weights=weights))
        excess = float(np.average((y - mean) ** 2, weights=weights)) - mean
        return float(np.clip(mean**2 / excess, 1e-3, 1e3)) if excess > 0.0 else 1e3

    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        around = rng.gamma(np.broadcast_to(self.shape, mean.shape)) / self.shape
        return draw_counts(mean * around, rng)
