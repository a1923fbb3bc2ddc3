"""Gaussian family, identity link: ``b(eta) = eta^2 / 2``, dispersion ``phi = sigma^2``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.families.base import Canonical, refuse_outside
from bayesreg.xp import NUMPY, Array, Namespace

LOG_2PI = float(np.log(2.0 * np.pi))


@final
@dataclass(frozen=True)
class Gaussian(Canonical):
    """``y ~ N(eta, phi / w)`` for precision weights, ``w`` copies of ``y ~ N(eta, phi)`` for frequency weights."""

    name = "gaussian"
    label = "gaussian"
    link = "identity"
    has_dispersion = True
    effect = ""

    def cumulant(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return 0.5 * eta * eta

    def conjugate(self, mu: Array, xp: Namespace = NUMPY) -> Array:
        return 0.5 * mu * mu

    def half_deviance(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        residual = y - eta
        return 0.5 * residual * residual

    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return eta

    def link_function(self, mu: np.ndarray) -> np.ndarray:
        return mu

    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return 0.0 * eta + 1.0

    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        base = 0.5 * (LOG_2PI + xp.log(phi)) + 0.0 * y
        if frequency:
            return weights * base
        present = weights > 0.0
        return xp.where(present, base - 0.5 * xp.log(xp.where(present, weights, 1.0)), 0.0)

    def check_response(self, y: np.ndarray, name: str) -> None:
        refuse_outside(y, np.isfinite(y), name, self.name, "finite numbers", "Remove or correct these rows.")

    def in_mean_domain(self, mu: np.ndarray) -> np.ndarray:
        return np.isfinite(mu)

    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return rng.normal(mean, np.sqrt(phi))
