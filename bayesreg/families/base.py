"""What a likelihood is: an exponential-dispersion family at its canonical link, written once against ``xp``.

With linear predictor ``eta``, cumulant ``b`` and dispersion ``phi``, row ``i`` has

    log p(y | eta, phi) = -(w / phi) * d(y, eta) / 2 - log_normalizer(y, phi, w),

where the half deviance ``d/2 = b(eta) - y eta + b*(y)`` is never negative and ``b*`` is the convex
conjugate of ``b``. Its first derivative in ``eta`` is ``mu - y``, its second the variance function.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from bayesreg.errors import DataError
from bayesreg.xp import NUMPY, Array, Namespace


@dataclass(frozen=True)
class Likelihood(ABC):
    """One row's likelihood; subclasses are final and stateless."""

    name: ClassVar[str]
    link: ClassVar[str]
    has_dispersion: ClassVar[bool]
    effect: ClassVar[str]
    """What ``exp(beta)`` is called: "odds ratio", "rate ratio", or "" where it has no name."""

    @abstractmethod
    def cumulant(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``b(eta)``, elementwise."""

    @abstractmethod
    def conjugate(self, mu: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``b*(mu) = sup_eta (mu eta - b(eta))``, elementwise."""

    @abstractmethod
    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``mu = b'(eta)``, elementwise."""

    @abstractmethod
    def link_function(self, mu: np.ndarray) -> np.ndarray:
        """Return ``eta`` with ``mean(eta) = mu``."""

    @abstractmethod
    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``b''(eta)``, the variance function at the mean, elementwise."""

    @abstractmethod
    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        """Return what a row's log density subtracts beside ``w d / (2 phi)``; ``frequency`` says what ``w`` means."""

    @abstractmethod
    def check_response(self, y: np.ndarray, name: str) -> None:
        """Raise `DataError` where ``y`` is outside the family's support, naming the first value."""

    @abstractmethod
    def in_mean_domain(self, mu: np.ndarray) -> np.ndarray:
        """Return where ``conjugate(mu)`` is finite."""

    @abstractmethod
    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a response of weight 1 for each mean."""

    def half_deviance(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``d(y, eta) / 2 >= 0``, elementwise."""
        return self.cumulant(eta, xp) - y * eta + self.conjugate(y, xp)

    @final
    def score(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``d/d eta log p`` at unit dispersion and weight: ``y - mu``."""
        return y - self.mean(eta, xp)

    @final
    def log_likelihood(
        self, y: Array, eta: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY
    ) -> Array:
        """Return ``log p(y | eta, phi)``, elementwise, in nats."""
        fit = weights * self.half_deviance(y, eta, xp) / phi
        return -fit - self.log_normalizer(y, phi, weights, frequency, xp)


def refuse_outside(y: np.ndarray, allowed: np.ndarray, name: str, family: str, support: str, remedy: str) -> None:
    """Raise a `DataError` naming the first value of the response that is not ``allowed``."""
    if allowed.all():
        return
    row = int(np.argmin(allowed))
    count = int((~allowed).sum())
    raise DataError(
        f"The response {name!r} has {count} value(s) outside the support of the {family} family, the first "
        f"{float(y[row])!r} in row {row}; allowed: {support}. {remedy}"
    )
