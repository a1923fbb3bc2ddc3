"""Penalties that are one function of all the coefficients of a block: groups, chains, sorted and quadratic forms."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Self, final

import numpy as np

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties.base import BlockData, Bound, Penalty, Strength
from bayesreg.xp import NUMPY, Array, Namespace


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class Joint(Penalty):
    """A penalty of a whole block of coefficients, with scalar strengths.

    It is written for coefficients (..., d); what depends on ``d`` alone (normaliser, moments, mixture) reads
    `size`, which `bind` and `sized` set.
    """

    size = 1  # not a field: how many coefficients the law acts on

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.weights is not None and not isinstance(self.weights, str):
            self._check_joint_weights()

    def _check_joint_weights(self) -> None:
        raise InputError(
            f"{type(self).__name__} acts on its coefficients together and takes no weights= by coefficient. Penalise "
            "the terms under keys of their own, with strengths of their own."
        )

    @final
    def sized(self, d: int) -> Self:
        """Return the law of ``d`` coefficients."""
        other = copy(self)
        object.__setattr__(other, "size", int(d))
        return other

    def lengths(self) -> tuple[float, float] | None:
        """Return ``(a, c)`` if the penalty of a block is ``rate * (a * sum |b_j| + c * ||b||)``; None: it is not."""
        return None

    def first_change(self, beta: np.ndarray, direction: np.ndarray) -> float | None:
        """Return the smallest step > 0 from ``beta`` (d,) along a direction (d,) of its face at which that face ends.

        Infinite where it does not end; None where the end is not known, as for lengths of groups.
        """
        return None

    def bind(self, data: BlockData) -> Bound:
        """Return the law of the block; see `Penalty.bind`."""
        return Bound(self.sized(len(data.names)))

    @final
    def log_normalizer(self, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return ``log of the integral of exp(-value)`` over the block, of height 1 along flat directions."""
        return self._log_normalizer(strength, xp)

    @final
    def value(self, beta: Array, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return the penalty of the block (...) in nats, for coefficients (..., d)."""
        return self._value(beta, strength, xp)

    @final
    def prox(self, z: np.ndarray, strength: Strength, step: float = 1.0) -> np.ndarray:
        """Return ``argmin_x |x - z|^2 / 2 + step * value(x)`` (d,)."""
        return self._prox(np.array(z, dtype=float), strength, step)

    @final
    def draw(self, strength: Strength, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Return prior draws of shape ``size``, the block's coefficients along its last axis.

        Raises
        ------
        UnsupportedError
            If the prior is improper: it has no draws.
        """
        shape = (size,) if isinstance(size, int) else tuple(size)
        if not self.traits.proper or float(strength.rate) + float(strength.precision) <= 0.0:
            raise UnsupportedError(
                f"{type(self).__name__} is flat along some direction here: it is not a distribution and has no draws. "
                "Give a positive strength, or a proper prior such as br.Normal(scale)."
            )
        return self._draw(strength, rng, shape)
