"""Hyperpriors of the scale of a law, and of its inverse, the rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import gammaincinv, gammaln, ndtri

from bayesreg.hyperpriors.base import Hyperprior, Quantity, check_parameters
from bayesreg.xp import NUMPY, Array, Namespace


@final
@dataclass(frozen=True)
class HalfCauchy(Hyperprior):
    r"""Half-Cauchy prior on the scale of a law: ``p(tau) = 2 / (pi s (1 + tau^2 / s^2))``.

    Parameters
    ----------
    scale : float
        Median of the law's scale, > 0.

    Raises
    ------
    InputError
        If the scale is not a finite number > 0.

    References
    ----------
    Polson and Scott (2012), On the half-Cauchy prior for a global scale parameter.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Laplace(scale=br.HalfCauchy(1.0)).is_given
    False
    """

    scale: float

    def __post_init__(self) -> None:
        check_parameters(self)

    @property
    def quantity(self) -> Quantity:
        return "scale"

    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        scale = np.float64(self.scale)
        return np.log(2.0 / np.pi) - np.log(scale) - xp.log(1.0 + (x / scale) ** 2)

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return self.scale * np.abs(rng.standard_cauchy(size))

    def quantile(self, prob: float) -> float:
        return float(self.scale * np.tan(0.5 * np.pi * prob))


@final
@dataclass(frozen=True)
class HalfNormal(Hyperprior):
    r"""Half-normal prior on the scale of a law: ``p(tau) = sqrt(2 / pi) / s exp(-tau^2 / (2 s^2))``.

    Parameters
    ----------
    scale : float
        Standard deviation of the normal that is folded, > 0.

    Raises
    ------
    InputError
        If the scale is not a finite number > 0.

    References
    ----------
    Gelman (2006), Prior distributions for variance parameters in hierarchical models.

    Examples
    --------
    >>> import bayesreg as br
    >>> round(br.HalfNormal(2.0).quantile(0.95), 2)
    3.92
    """

    scale: float

    def __post_init__(self) -> None:
        check_parameters(self)

    @property
    def quantity(self) -> Quantity:
        return "scale"

    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        scale = np.float64(self.scale)
        return 0.5 * np.log(2.0 / np.pi) - np.log(scale) - 0.5 * (x / scale) ** 2

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return self.scale * np.abs(rng.standard_normal(size))

    def quantile(self, prob: float) -> float:
        return float(self.scale * ndtri(0.5 * (1.0 + prob)))


@final
@dataclass(frozen=True)
class Gamma(Hyperprior):
    r"""Gamma prior on the rate of a law, the inverse of its scale.

    ``p(r) = rate^shape r^(shape - 1) exp(-rate r) / Gamma(shape)`` with ``r = 1 / tau``. For a Laplace
    law ``r`` is the lasso's strength in prior units; Park and Casella (2008) give a gamma prior to ``r^2``.

    Parameters
    ----------
    shape : float
        > 0.
    rate : float
        > 0; the mean of the law's rate is ``shape / rate``.

    Raises
    ------
    InputError
        If a parameter is not a finite number > 0.

    References
    ----------
    Park and Casella (2008), The Bayesian lasso.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.L1(lam=br.Gamma(2.0, 0.1)).hyperprior
    Gamma(shape=2.0, rate=0.1)
    """

    shape: float
    rate: float

    def __post_init__(self) -> None:
        check_parameters(self)

    @property
    def quantity(self) -> Quantity:
        return "rate"

    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        shape, rate = np.float64(self.shape), np.float64(self.rate)
        return shape * np.log(rate) - gammaln(shape) + xp.xlogy(shape - 1.0, x) - rate * x

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.gamma(self.shape, 1.0 / self.rate, size)

    def quantile(self, prob: float) -> float:
        return float(gammaincinv(self.shape, prob) / self.rate)
