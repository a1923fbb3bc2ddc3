"""Priors on sigma, used when it is sampled."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, final

import numpy as np
from scipy.special import gammaln, stdtrit

from bayesreg.errors import UnsupportedError
from bayesreg.hyperpriors import Hyperprior, check_parameters
from bayesreg.hyperpriors.base import Quantity
from bayesreg.xp import NUMPY, Array, Namespace


@dataclass(frozen=True)
class SigmaPrior(ABC):
    """A prior density for sigma; `log_density` is with respect to sigma and normalised where it can be."""

    proper: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_parameters(self)

    @abstractmethod
    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``log p(sigma)``, elementwise."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        """Return draws of sigma."""


@final
@dataclass(frozen=True)
class HalfT(SigmaPrior, Hyperprior):
    """Half-t prior on sigma, or on the scale of a penalty's law.

    The absolute value of a Student t with ``df`` degrees of freedom times ``scale``.

    Parameters
    ----------
    df : float
        Degrees of freedom, > 0.
    scale : float
        Scale, > 0: of sigma in units of the response, of a law's scale as in `Hyperprior`.

    Raises
    ------
    InputError
        If a parameter is not a finite number > 0.

    References
    ----------
    Gelman (2006), Prior distributions for variance parameters in hierarchical models.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.HalfT(df=3, scale=2.5)
    HalfT(df=3, scale=2.5)
    """

    df: float
    scale: float

    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        half = np.float64(self.df + 1.0) / 2.0
        return _log_half_t(self.df, self.scale) - half * xp.log(1.0 + (sigma / np.float64(self.scale)) ** 2 / self.df)

    @property
    def quantity(self) -> Quantity:
        return "scale"

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return self.scale * np.abs(rng.standard_t(self.df, size))

    def quantile(self, prob: float) -> float:
        return float(self.scale * stdtrit(self.df, 0.5 * (1.0 + prob)))


@final
@dataclass(frozen=True)
class Exponential(SigmaPrior, Hyperprior):
    """Exponential prior on sigma, ``p(sigma) = rate exp(-rate sigma)``, or on the scale of a penalty's law.

    Parameters
    ----------
    rate : float
        Rate, > 0: of sigma in 1 / (units of the response).

    Raises
    ------
    InputError
        If the rate is not a finite number > 0.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Exponential(rate=0.1)
    Exponential(rate=0.1)
    """

    rate: float

    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        return np.log(self.rate) - np.float64(self.rate) * sigma

    @property
    def quantity(self) -> Quantity:
        return "scale"

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.exponential(1.0 / self.rate, size)

    def quantile(self, prob: float) -> float:
        return float(-np.log1p(-prob) / self.rate)


@final
@dataclass(frozen=True)
class InverseGamma(SigmaPrior):
    """Inverse-gamma prior on sigma^2: ``p(sigma^2) ~ (sigma^2)^(-a - 1) exp(-b / sigma^2)``.

    Parameters
    ----------
    a : float
        Shape, > 0.
    b : float
        Scale, in squared units of the response, > 0.

    Raises
    ------
    InputError
        If a parameter is not a finite number > 0.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.InverseGamma(a=2.0, b=3000.0)
    InverseGamma(a=2.0, b=3000.0)
    """

    a: float
    b: float

    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        constant = np.log(2.0) + self.a * np.log(self.b) - gammaln(self.a)
        return constant - (2.0 * np.float64(self.a) + 1.0) * xp.log(sigma) - np.float64(self.b) / sigma**2

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return np.sqrt(self.b / rng.gamma(self.a, 1.0, size))


@final
@dataclass(frozen=True)
class Jeffreys(SigmaPrior):
    """The improper prior ``p(sigma) ~ 1 / sigma``, asked for with ``dispersion="jeffreys"``."""

    proper = False

    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        return -xp.log(sigma)

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        raise UnsupportedError(
            "dispersion='jeffreys' is the improper prior 1 / sigma: it is not a distribution and has no draws. Give "
            "a proper prior such as dispersion=br.HalfT(df, scale), or a number."
        )


@lru_cache(maxsize=64)
def _log_half_t(df: float, scale: float) -> np.float64:
    """Return the log density of a half-t at 0."""
    half = 0.5 * (df + 1.0)
    constant = np.log(2.0) + gammaln(half) - gammaln(df / 2.0) - 0.5 * np.log(df * np.pi)
    return np.float64(constant - np.log(scale))
