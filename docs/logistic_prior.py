"""Logistic prior = log-cosh penalty: ``value = 2 log cosh(rate b / 2)``, quadratic near 0 and linear far from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, final

import numpy as np
from scipy.special import xlogy

from bayesreg.penalties import Separable, Strength, Traits
from bayesreg.penalties.scale_family import ScaleFamily
from bayesreg.xp import Array, Namespace


@final
@dataclass(frozen=True, repr=False)
class Logistic(ScaleFamily, Separable):
    """A logistic prior on each coefficient: a ridge for small ones, a lasso without zeros for large ones."""

    law = "Logistic"
    strength_powers = (("scale", -1.0),)
    prior_units = True
    scale: float

    @property
    def traits(self) -> Traits:
        free = not self.positive
        return Traits(
            convex=True, smooth=free, separable=True, sparse=not free, proper=True, has_mode=True, scales_columns=True
        )

    def strength(self, dispersion: float) -> Strength:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        return Strength(float(1.0 / (self.given(self.scale) * sigma)), 0.0)

    def to_prior(self, dispersion: float) -> Self:
        return self

    def to_penalty(self, dispersion: float) -> Self:
        return self

    def weighted(self, strength: Strength, factor: Array) -> Strength:
        return Strength(strength.rate * factor, strength.precision)

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        size = strength.rate * xp.abs(beta)
        near = size < 1.0  # where the difference of two large terms would cancel
        fall = xp.expm1(-0.5 * xp.where(near, size, 0.0))
        return xp.where(
            near, 2.0 * xp.log1p(0.5 * fall**2 / (1.0 + fall)), size + 2.0 * xp.softplus(-size) - np.log(4.0)
        )

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        free = strength.rate <= 0.0
        return xp.where(free, 0.0, np.log(4.0) - xp.log(xp.where(free, 1.0, strength.rate)))

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        return strength.rate * np.tanh(0.5 * strength.rate * size)

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        return 0.5 * strength.rate**2 * (1.0 - np.tanh(0.5 * strength.rate * size) ** 2)

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        low, high = np.zeros_like(z), np.abs(z)
        for _ in range(1100):
            middle = 0.5 * (low + high)
            beyond = middle + step * self.slope(middle, strength) > np.abs(z)
            low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
            if np.all(high - low <= np.spacing(high)):
                break
        return np.sign(z) * high

    def _fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        share = np.maximum(dual, 0.0) / strength.rate if self.positive else dual / strength.rate
        inside = np.abs(share) <= 1.0
        safe = np.where(inside, share, 0.0)
        conjugate = xlogy(1.0 + safe, 1.0 + safe) + xlogy(1.0 - safe, 1.0 - safe)
        return np.where(inside, self.value(beta, strength) + conjugate - beta * dual, np.inf)

    def _gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        size = np.maximum(dual, 0.0) if self.positive else np.abs(dual)
        outside = size > strength.rate + slack
        return float((size / strength.rate)[outside].max(initial=0.0))

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.logistic(0.0, 1.0 / np.asarray(strength.rate), size)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        scale = 1.0 / np.asarray(strength.rate, dtype=float)
        return 2.0 * np.log(2.0) * scale, np.pi**2 / 3.0 * scale**2

    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return 2.0 * np.arctanh(prob) / np.asarray(strength.rate, dtype=float)
