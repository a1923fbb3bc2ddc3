"""The strengths of a penalised fit as the packages that find modes need them: one pair, and factors of columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bayesreg.export.parts import number
from bayesreg.export.subject import Subject


class Common(NamedTuple):
    """What every column shares, in loss units on what the penalties act on.

    Attributes
    ----------
    l1, l2 : float
        Factors of the absolute value and of half the square.
    factor : ndarray (k,)
        By how much a column's strength exceeds them; 0 where it is not penalised.
    source : str
        Where the numbers come from, as a comment.
    """

    l1: float
    l2: float
    factor: np.ndarray
    source: str

    @property
    def total(self) -> float:
        """``l1 + l2``."""
        return self.l1 + self.l2

    @property
    def share(self) -> float:
        """The share of the absolute value."""
        return self.l1 / self.total if self.total > 0.0 else 1.0

    @property
    def alike(self) -> bool:
        """Whether every column has the same strength."""
        return bool(np.all(self.factor == 1.0))


def common(subject: Subject) -> Common:
    """Return the strengths of a model whose laws all have the same share of squares."""
    held = [part for part in subject.parts if part.kind != "flat"]
    factor = np.zeros(subject.k)
    if not held:
        return Common(0.0, 0.0, factor, "no penalty")
    phi = subject.resolved.phi
    pairs = []
    for part in held:
        strength = part.penalty.strength(phi)
        loss = not part.penalty.prior_units
        pairs.append((part.rate, part.precision) if loss else (strength.rate * phi, strength.precision * phi))
    l1, l2 = (float(one) * held[0].common for one in pairs[0])
    for part, (own1, own2) in zip(held, pairs, strict=True):
        factor[part.at] = (own1 + own2) / (l1 + l2) * part.factor
    factor[np.abs(factor - 1.0) < 1e-13] = 1.0
    units = " at phi = " + number(phi) if any(part.penalty.prior_units for part in held) and held[0].phi else ""
    return Common(l1, l2, factor, f"{held[0].penalty!r} in loss units{units}")


def total_weight(subject: Subject) -> str:
    """Return what the mean of the loss divides by, in Python."""
    return "weights.sum()" if subject.has_weights else "len(y)"
