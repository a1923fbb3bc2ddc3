"""What a likelihood is, written once against ``xp``: `Likelihood`, and `Canonical` for canonical links.

With linear predictor ``eta`` and dispersion ``phi``, row ``i`` has

    log p(y | eta, phi) = -(w / phi) * d(y, eta) / 2 - log_normalizer(y, phi, w),

where the half deviance ``d/2`` is never negative. An exponential-dispersion family at its canonical link has
``d/2 = b(eta) - y eta + b*(y)`` with a cumulant ``b`` and its convex conjugate ``b*``; its first derivative in ``eta``
is ``mu - y``, its second the variance function.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from bayesreg.errors import DataError
from bayesreg.xp import NUMPY, Array, Namespace


@dataclass(frozen=True)
class Likelihood(ABC):
    """One row's likelihood; subclasses are final, and hold no more than known or estimated parameters."""

    name: ClassVar[str]
    link: ClassVar[str]
    has_dispersion: ClassVar[bool]
    effect: ClassVar[str]
    """What ``exp(beta)`` is called: "odds ratio", "rate ratio", or "" where it has no name."""
    label: ClassVar[str]
    """The name in tables, with the link where there are several."""
    convex: ClassVar[bool] = True
    """Whether the half deviance is convex in ``eta``."""
    counts_trials: ClassVar[bool] = False
    """Whether weights are the numbers of trials that a response is a proportion of."""
    nuisance: ClassVar[str] = ""
    """The parameter beside ``eta``, at which `at` puts the likelihood; "" where there is none."""

    @abstractmethod
    def half_deviance(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``d(y, eta) / 2 >= 0``, elementwise."""

    @abstractmethod
    def score(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return minus the derivative of the half deviance in ``eta``: at unit dispersion that of ``log p``."""

    @abstractmethod
    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``mu``, elementwise."""

    @abstractmethod
    def link_function(self, mu: np.ndarray) -> np.ndarray:
        """Return ``eta`` with ``mean(eta) = mu``."""

    @abstractmethod
    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return the expected second derivative of the half deviance: the information of a row, elementwise."""

    @abstractmethod
    def variance(self, mu: np.ndarray) -> np.ndarray:
        """Return the variance of a response of mean ``mu`` at unit dispersion and weight."""

    @abstractmethod
    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        """Return what a row's log density subtracts beside ``w d / (2 phi)``; ``frequency`` says what ``w`` means."""

    @abstractmethod
    def check_response(self, y: np.ndarray, name: str) -> None:
        """Raise `DataError` where ``y`` is outside the family's support, naming the first value."""

    @abstractmethod
    def fenchel_gap(self, y: np.ndarray, residual: np.ndarray, eta: np.ndarray) -> np.ndarray:
        """Return ``f(eta) + f*(-residual) + residual eta >= 0`` of the half deviance ``f`` of ``y``, elementwise.

        It is infinite where ``-residual`` is no slope of ``f``, and 0 where ``residual`` is the score at ``eta``.
        """

    @abstractmethod
    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a response of weight 1 for each mean."""

    def bend(self, y: Array, eta: Array) -> Array:
        """Return the second derivative of the half deviance in ``eta``, or what serves Newton steps in its place."""
        return self.curvature(eta)

    def check_weights(self, y: np.ndarray, weights: np.ndarray | None, kind: str | None, name: str) -> None:
        """Raise `DataError` where the weights of the rows do not go with the responses; most families take any."""
        return

    def guess(self, y: np.ndarray, weights: np.ndarray) -> float:
        """Return a rough value of the nuisance parameter from the responses alone; 1 where there is none."""
        return 1.0

    def at(self, nuisance: Array) -> Likelihood:
        """Return the likelihood at a value of its nuisance parameter, a number, an array or a variable."""
        if not self.nuisance:
            return self
        value = np.float64(nuisance) if isinstance(nuisance, float) else nuisance  # PyTensor rounds Python's numbers
        return replace(self, **{self.nuisance: value})

    @final
    def log_likelihood(
        self, y: Array, eta: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY
    ) -> Array:
        """Return ``log p(y | eta, phi)``, elementwise, in nats."""
        fit = weights * self.half_deviance(y, eta, xp) / phi
        return -fit - self.log_normalizer(y, phi, weights, frequency, xp)


@dataclass(frozen=True)
class Canonical(Likelihood, ABC):
    """An exponential-dispersion family at its canonical link: the score is ``y - mu``."""

    @abstractmethod
    def cumulant(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``b(eta)``, elementwise."""

    @abstractmethod
    def conjugate(self, mu: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``b*(mu) = sup_eta (mu eta - b(eta))``, elementwise."""

    @abstractmethod
    def in_mean_domain(self, mu: np.ndarray) -> np.ndarray:
        """Return where ``conjugate(mu)`` is finite."""

    def half_deviance(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        return self.cumulant(eta, xp) - y * eta + self.conjugate(y, xp)

    def variance(self, mu: np.ndarray) -> np.ndarray:
        return np.asarray(self.curvature(self.link_function(mu)))

    @final
    def score(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        return y - self.mean(eta, xp)

    @final
    def fenchel_gap(self, y: np.ndarray, residual: np.ndarray, eta: np.ndarray) -> np.ndarray:
        """With the mean ``nu = y - residual`` of the dual point it is the half deviance of ``nu``."""
        nu = snap(y - residual, self.in_mean_domain)
        inside = self.in_mean_domain(nu)
        gap = np.maximum(self.half_deviance(np.where(inside, nu, self.mean(eta)), eta), 0.0)
        return np.where(inside, gap, np.inf)


def snap(means: np.ndarray, inside: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Move dual means that rounding has put just outside their range back to its edge."""
    for edge in (0.0, 1.0):
        near = np.abs(means - edge) < 1e-14
        means = np.where(near & ~inside(means), edge, means)
    return means


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
