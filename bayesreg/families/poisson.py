"""Poisson family, log link: ``b(eta) = exp(eta)``, ``phi = 1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.families.base import Canonical, refuse_outside
from bayesreg.xp import NUMPY, Array, Namespace

LARGE = 1e15
"""Counts with larger means are their mean, from which they differ by less than a part in ten million."""


@final
@dataclass(frozen=True)
class Poisson(Canonical):
    """``y ~ Poisson(exp(eta))``; a log exposure goes into the offset, a weight multiplies the log likelihood."""

    name = "poisson"
    label = "poisson"
    link = "log"
    has_dispersion = False
    effect = "rate ratio"

    def cumulant(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.exp(eta)

    def conjugate(self, mu: Array, xp: Namespace = NUMPY) -> Array:
        return xp.xlogy(mu, mu) - mu

    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.exp(eta)

    def link_function(self, mu: np.ndarray) -> np.ndarray:
        return np.log(mu)

    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.exp(eta)

    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        return weights * (xp.gammaln(y + 1.0) - self.conjugate(y, xp))

    def check_response(self, y: np.ndarray, name: str) -> None:
        check_counts(y, name, self.name)

    def in_mean_domain(self, mu: np.ndarray) -> np.ndarray:
        return mu >= 0.0

    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return draw_counts(mean, rng)


def check_counts(y: np.ndarray, name: str, family: str) -> None:
    """Raise `DataError` unless every response is a count."""
    allowed = np.isfinite(y) & (y >= 0.0) & (y == np.round(y))
    remedy = "Counts are whole; give a rate as its count with offset=log(exposure)."
    refuse_outside(y, allowed, name, family, "whole numbers >= 0", remedy)


def draw_counts(mean: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a Poisson count of each mean."""
    counts = rng.poisson(np.minimum(mean, LARGE)).astype(float)
    return np.where(mean > LARGE, mean, counts)
