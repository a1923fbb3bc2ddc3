"""What a prior of a strength is: a density on one positive number that says how wide a block's prior is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from bayesreg.xp import NUMPY, Array, Namespace

Quantity = Literal["scale", "rate", "sd", "R2"]


@dataclass(frozen=True)
class Hyperprior(ABC):
    """A prior of the strength of a penalty, given in place of the number.

    It is a density on one quantity of the block: the ``scale`` of its law (in units of sigma where the
    prior is relative to it), the ``rate`` (its inverse), the ``sd`` of the block's linear predictor, or the
    prior share ``R2`` of the variance that the block explains.
    """

    quantity: ClassVar[Quantity]

    @abstractmethod
    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``log p(x)`` of the quantity, normalised, elementwise."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        """Return draws of the quantity."""

    @abstractmethod
    def quantile(self, prob: float) -> float:
        """Return the ``x`` with ``P(quantity <= x) = prob``."""
