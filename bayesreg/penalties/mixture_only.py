"""Joint priors that are known as scale mixtures only: the density of a block has no closed form."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import NoReturn, Self, final

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.penalties.base import Face, Strength, Traits
from bayesreg.penalties.joint import Joint
from bayesreg.penalties.mixture import Mixture


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class MixtureOnly(Joint):
    """A prior of a block, exchangeable in its coefficients, that is sampled through its latent variables.

    It has no mode and no proximal operator: what needs one is refused with `no_mode`.
    """

    @property
    @final
    def traits(self) -> Traits:
        return Traits(
            convex=False,
            smooth=False,
            separable=False,
            sparse=False,
            proper=True,
            has_mode=False,
            scales_columns=True,
        )

    @abstractmethod
    def mixture(self) -> Mixture:
        """Return the law of the block as a normal scale mixture."""

    @final
    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        return np.full(np.shape(strength.precision), np.nan)

    @final
    def to_prior(self, dispersion: float) -> Self:
        return self

    @final
    def to_penalty(self, dispersion: float) -> Self:
        """Return the same object: the prior has no strength in loss units."""
        return self

    @final
    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return self.sized(size[-1]).mixture().draw(strength, rng, size)

    @final
    def _refuse(self) -> NoReturn:
        raise UnsupportedError(self.no_mode)

    @final
    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        self._refuse()

    @final
    def subdifferential_distance(self, beta: np.ndarray, score: np.ndarray, strength: Strength) -> np.ndarray:
        self._refuse()

    @final
    def fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        self._refuse()

    @final
    def gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        self._refuse()

    @final
    def face(self, beta: np.ndarray, strength: Strength) -> Face:
        self._refuse()
