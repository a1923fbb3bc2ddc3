"""Linear model with Student-t errors: a response that is far from its mean counts little; ``phi = 1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import gammaln

from bayesreg.errors import DataError
from bayesreg.families.base import Likelihood, refuse_outside
from bayesreg.xp import NUMPY, Array, Namespace


@final
@dataclass(frozen=True)
class StudentErrors(Likelihood):
    """``y = eta + sigma e`` with ``e`` of Student's t distribution with ``df`` degrees of freedom; weights are counts.

    A row's loss ``(df + 1) / 2 log(1 + r^2 / (df sigma^2))`` of its residual ``r`` is not convex: the pull of a row
    falls off beyond ``sqrt(df) sigma``, and a mode is certified as a stationary point.

    References
    ----------
    Lange, Little and Taylor (1989), Robust statistical modeling using the t distribution.
    """

    df: float = 4.0
    sigma: Array = 1.0

    name = "student_t"
    label = "student_t"
    link = "identity"
    has_dispersion = False
    effect = ""
    convex = False
    nuisance = "sigma"

    def half_deviance(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        z = (y - eta) / self.sigma
        return np.float64(0.5 * (self.df + 1.0)) * xp.log1p(z * z / np.float64(self.df))

    def score(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        residual = y - eta
        return (self.df + 1.0) * residual / (self.df * self.sigma**2 + residual * residual)

    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return eta

    def link_function(self, mu: np.ndarray) -> np.ndarray:
        return mu

    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return 0.0 * eta + (self.df + 1.0) / ((self.df + 3.0) * self.sigma**2)

    def bend(self, y: Array, eta: Array) -> Array:
        """Return the curvature of the parabola that touches the loss and lies above it."""
        return (self.df + 1.0) / (self.df * self.sigma**2 + (y - eta) ** 2)

    def variance(self, mu: np.ndarray) -> np.ndarray:
        return 0.0 * mu + (self.sigma**2 * self.df / (self.df - 2.0) if self.df > 2.0 else np.inf)

    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        half = 0.5 * self.df
        constant = np.float64(gammaln(half) - gammaln(half + 0.5) + 0.5 * np.log(np.pi * self.df))
        return weights * (constant + xp.log(self.sigma) + 0.0 * y)

    def check_response(self, y: np.ndarray, name: str) -> None:
        refuse_outside(y, np.isfinite(y), name, self.name, "finite numbers", "Remove or correct these rows.")

    def check_weights(self, y: np.ndarray, weights: np.ndarray | None, kind: str | None, name: str) -> None:
        if weights is not None and kind != "frequency":
            said = "no kind" if kind is None else f"kind={kind!r}"
            raise DataError(
                f"The weights have {said}, and Student-t errors take counts of rows alone. Give br.Weights(values, "
                "kind='frequency'), or family='gaussian' for variances that differ."
            )

    def fenchel_gap(self, y: np.ndarray, residual: np.ndarray, eta: np.ndarray) -> np.ndarray:
        """It bounds nothing: no line lies below the loss but flat ones."""
        return np.full(np.broadcast_shapes(y.shape, residual.shape, eta.shape), np.inf)

    def guess(self, y: np.ndarray, weights: np.ndarray) -> float:
        """Return the weighted standard deviation of the response, which is too large."""
        return float(np.sqrt(np.average((y - np.average(y, weights=weights)) ** 2, weights=weights)))

    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return mean + self.sigma * rng.standard_t(self.df, mean.shape)
