"""Hyperpriors of what a block does to the linear predictor: its standard deviation, its share of the variance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from scipy.special import betaincinv, betaln

from bayesreg.hyperpriors.base import Hyperprior, Quantity, check_parameters, check_probability
from bayesreg.xp import NUMPY, Array, Namespace


@final
@dataclass(frozen=True)
class R2(Hyperprior):
    r"""Beta prior on the share ``R^2`` of the variance that the block explains a priori.

    ``R^2 = v / (v + 1)`` with ``v`` the prior variance of the block's linear predictor in units of
    ``sigma^2``: ``v = tau^2 trace(S C)``, ``S`` the covariance of its columns and ``C`` that of its
    coefficients at scale 1. The law's scale ``tau`` follows. ``R^2 ~ Beta(mean precision, (1 - mean)
    precision)``. Strengths that are left open have ``R2()`` together: one ``R^2`` for all of them, its
    ``v`` shared out by a uniform Dirichlet.

    Parameters
    ----------
    mean : float
        Prior mean of R^2, in (0, 1).
    precision : float
        > 0; mean 0.5 and precision 2 are the uniform distribution.

    Raises
    ------
    InputError
        If a parameter is outside its range.

    References
    ----------
    Zhang, Naughton, Bondell and Reich (2022), Bayesian regression using a prior on the model fit: the
    R2-D2 shrinkage prior.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.R2().quantile(0.25)
    0.25
    """

    mean: float = 0.5
    precision: float = 2.0

    def __post_init__(self) -> None:
        check_parameters(self)
        check_probability(self, "mean", self.mean)

    @property
    def quantity(self) -> Quantity:
        return "R2"

    @property
    def shapes(self) -> tuple[float, float]:
        """The two parameters of the beta distribution."""
        return self.mean * self.precision, (1.0 - self.mean) * self.precision

    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        a, b = (np.float64(shape) for shape in self.shapes)
        return xp.xlogy(a - 1.0, x) + xp.xlogy(b - 1.0, 1.0 - x) - _log_beta(a, b)

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.beta(*self.shapes, size)

    def quantile(self, prob: float) -> float:
        return float(betaincinv(*self.shapes, prob))


@final
@dataclass(frozen=True)
class PenalizedComplexity(Hyperprior):
    r"""Exponential prior on the standard deviation of the block's linear predictor, by a tail probability.

    ``p(s) = r exp(-r s)`` with ``r = -log(prob) / upper``, so that ``P(s > upper) = prob``. It penalises
    the distance from the model without the block at a constant rate. ``s`` is on the scale of the linear
    predictor, in units of sigma where the prior is relative to sigma.

    Parameters
    ----------
    upper : float
        A standard deviation that is unlikely to be exceeded, > 0.
    prob : float
        The probability of that, in (0, 1).

    Raises
    ------
    InputError
        If a parameter is outside its range.

    References
    ----------
    Simpson, Rue, Riebler, Martins and Sorbye (2017), Penalising model component complexity: a principled,
    practical approach to constructing priors.

    Examples
    --------
    >>> import bayesreg as br
    >>> round(br.PenalizedComplexity(upper=3.0, prob=0.05).quantile(0.95), 12)
    3.0
    """

    upper: float = 3.0
    prob: float = 0.05

    def __post_init__(self) -> None:
        check_parameters(self)
        check_probability(self, "prob", self.prob)

    @property
    def quantity(self) -> Quantity:
        return "sd"

    @property
    def rate(self) -> float:
        """Rate of the exponential distribution."""
        return float(-np.log(self.prob) / self.upper)

    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        return np.log(self.rate) - np.float64(self.rate) * x

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.exponential(1.0 / self.rate, size)

    def quantile(self, prob: float) -> float:
        return float(-np.log1p(-prob) / self.rate)


@lru_cache(maxsize=64)
def _log_beta(a: float, b: float) -> np.float64:
    """Return the log of the beta function."""
    return np.float64(betaln(a, b))
