"""What MCP and SCAD share: constant tails, so that they are penalties and no priors."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Literal, NoReturn, Self, final

import numpy as np

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties.base import BlockData, Bound, Strength, Traits
from bayesreg.penalties.separable import Separable
from bayesreg.penalties.validation import check_positive
from bayesreg.xp import Array, Namespace

Bend = float | Literal["rows"]


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class FlatTailed(Separable):
    """A penalty whose slope falls from ``rate`` to 0, and that is constant from there on."""

    not_learned = (
        "A penalty that is constant far out is no prior distribution, so its strength has no posterior to be learned "
        "from. Give lam=<number>, follow Model.path(), or use a prior such as br.Laplace or br.Horseshoe."
    )
    rows = 1.0  # not a field: the sum of the case weights, set by `bind`

    @final
    def bind(self, data: BlockData) -> Bound:
        """Return the law for this many rows, which ``bend="rows"`` refers to."""
        return Bound(self.of_rows(float(np.sum(data.weights))))

    @final
    def of_rows(self, rows: float) -> Self:
        """Return the same penalty for data whose case weights sum to ``rows``; before, it is that of one row."""
        other = copy(self)
        object.__setattr__(other, "rows", rows)
        return other

    @final
    def bend_of(self, bend: Bend) -> float:
        """Return the bend as a number, in loss units."""
        return self.rows if isinstance(bend, str) else float(bend)

    @property
    @final
    def traits(self) -> Traits:
        return Traits(
            convex=False, smooth=False, separable=True, sparse=True, proper=False, has_mode=True, scales_columns=True
        )

    @property
    @final
    def other_face(self) -> str:
        return "no prior: constant far from 0"

    @final
    def weighted(self, strength: Strength, factor: Array) -> Strength:
        """Return the strength with another slope at 0 and the same bend, as in other software; 0 frees."""
        return Strength(strength.rate * factor, strength.precision * (factor > 0.0))

    @final
    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        return dispersion * (np.asarray(strength.rate) + 0.0 * np.asarray(strength.precision))

    @final
    def to_prior(self, dispersion: float) -> NoReturn:
        """Raise: there is no such prior.

        Raises
        ------
        UnsupportedError
            Always.
        """
        raise UnsupportedError(
            f"{self.written} is constant far from 0: exp(-penalty) has no finite integral, so it is no prior. For a "
            "prior with sparse modes and little bias use br.LogPenalty(lam, eta) or br.SpikeSlabLasso(slab_scale, "
            "spike_scale), or br.L1(lam)."
        )

    @final
    def to_penalty(self, dispersion: float) -> Self:
        """Return the same object: it is in loss units."""
        return self

    @final
    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        return 0.0 * (strength.rate + strength.precision)

    @final
    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        raise UnsupportedError(
            f"{self.written} is no prior and has no draws. Use br.LogPenalty(lam, eta) or br.L1(lam)."
        )

    @final
    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        infinite = np.full(np.shape(strength.rate), np.inf)
        return infinite, infinite

    @final
    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return np.full(np.shape(strength.rate), np.inf)


def check_bend(value: object) -> None:
    """Raise unless ``value`` is a number > 0 or "rows"."""
    if isinstance(value, str):
        if value != "rows":
            raise InputError(
                f'bend={value!r} is not known; allowed: a number > 0, or "rows" (the sum of case weights).'
            )
        return
    check_positive("bend", value)


def safe_arrays(strength: Strength) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rate, precision and whether the penalty is none; both are 1 there."""
    rate, precision = (np.asarray(part, dtype=float) for part in np.broadcast_arrays(*strength))
    free = rate <= 0.0
    return np.where(free, 1.0, rate), np.where(free, 1.0, precision), free
