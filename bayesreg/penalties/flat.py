"""No penalty = a flat, improper prior of height 1: the mode is the maximum-likelihood estimate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.penalties.base import CoefficientWeights, RelativeTo, Strength, Traits
from bayesreg.penalties.separable import Plain
from bayesreg.xp import Array, Namespace


@final
@dataclass(frozen=True, repr=False)
class Flat(Plain):
    """No penalty: an improper flat prior, under which the mode is the maximum-likelihood estimate.

    Between two finite limits it is a uniform distribution.

    Parameters
    ----------
    positive : bool
        Restrict to ``b_j >= 0``: non-negative least squares.
    limits : (float, float), optional
        Restrict each coefficient, on the user's scale, to ``lower <= b <= upper``, with
        ``lower <= 0 <= upper``.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Flat().traits.proper, br.Flat(limits=(-1.0, 2.0)).traits.proper
    (False, True)
    """

    law = "Flat"
    is_flat = True
    weights: CoefficientWeights = field(default=None, init=False, kw_only=True)
    relative_to: RelativeTo = field(default=None, init=False, kw_only=True)

    @property
    def traits(self) -> Traits:
        proper = self.limits is not None and bool(np.isfinite(self.limits).all())
        return Traits(
            convex=True,
            smooth=not self.is_cut,
            separable=True,
            sparse=self.ends_at_zero,
            proper=proper,
            has_mode=proper,
            scales_columns=False,
        )

    def strength(self, dispersion: float) -> Strength:
        return Strength(0.0, 0.0)

    def to_prior(self, dispersion: float) -> Flat:
        return self

    def to_penalty(self, dispersion: float) -> Flat:
        return self

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        return 0.0 * beta

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        return 0.0 * strength.rate

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        return z.copy()

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        raise UnsupportedError("br.Flat() is not a distribution and has no draws; use a proper prior.")

    def _moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        infinite = np.full(np.shape(strength.rate), np.inf)
        return infinite, infinite

    def _size_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return np.full(np.shape(strength.rate), np.inf)
