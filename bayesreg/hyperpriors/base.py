"""What a prior of a strength is: a density on one positive number that says how wide a block's prior is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np

from bayesreg.errors import InputError
from bayesreg.xp import NUMPY, Array, Namespace

Quantity = Literal["scale", "rate", "sd", "R2"]
QUANTITIES: tuple[Quantity, ...] = ("scale", "rate", "sd", "R2")


@dataclass(frozen=True)
class Hyperprior(ABC):
    """A prior of the strength of a penalty, given in place of the number.

    The block's law has one shape, and its width is a scale ``tau``: at ``tau = 1`` it is the law of
    strength 1 (for ``L1`` a Laplace of scale 1, for ``L2`` a Normal of sd 1), and at ``tau`` that law
    stretched by ``tau``, on the scale that the penalty acts on. A hyperprior is a density on one of

    ========  ==========================================================================================
    quantity  what it is
    ========  ==========================================================================================
    "scale"   ``tau``
    "rate"    ``1 / tau``
    "sd"      prior standard deviation of the block's linear predictor, ``tau sqrt(v)``
    "R2"      prior share of the variance that the block explains, ``tau^2 v / (tau^2 v + 1)``
    ========  ==========================================================================================

    with ``v`` the prior variance of the block's linear predictor at ``tau = 1``. Where the prior is
    relative to sigma, ``tau`` is in units of sigma: always for "R2" and for a strength left open, for
    ``lam`` unless ``relative_to=None``, for ``scale`` under ``relative_to="sigma"``, and only for
    families with a dispersion.

    Examples
    --------
    >>> import bayesreg as br
    >>> isinstance(br.HalfCauchy(1.0), br.Hyperprior), br.HalfCauchy(1.0).quantity
    (True, 'scale')
    """

    @property
    @abstractmethod
    def quantity(self) -> Quantity:
        """What the density is of: "scale", "rate", "sd" or "R2"."""

    @abstractmethod
    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``log p(x)`` of the quantity, normalised, elementwise."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        """Return draws of the quantity."""

    @abstractmethod
    def quantile(self, prob: float) -> float:
        """Return the ``x`` with ``P(quantity <= x) = prob``."""


def check_parameters(law: object) -> None:
    """Raise unless every parameter of a law of a positive number is a finite number > 0."""
    for name, value in vars(law).items():
        if not (isinstance(value, Real) and not isinstance(value, bool) and 0.0 < float(value) < np.inf):
            raise InputError(f"{type(law).__name__}: {name}={value!r} must be a finite number > 0.")


def check_probability(law: object, name: str, value: object) -> None:
    """Raise unless a parameter lies strictly between 0 and 1."""
    if not (isinstance(value, Real) and not isinstance(value, bool) and 0.0 < float(value) < 1.0):
        raise InputError(f"{type(law).__name__}: {name}={value!r} must be a number between 0 and 1.")
