"""The laws of a model as the exports write them: parts of one kind, with the strength as it was given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.blocks import Block
from bayesreg.penalties import Penalty
from bayesreg.resolved import Resolved

KINDS = {
    "Flat": "flat",
    "L1": "laplace",
    "Laplace": "laplace",
    "L2": "normal",
    "Normal": "normal",
    "ElasticNet": "elastic net",
    "ElasticNetPrior": "elastic net",
    "StudentT": "student t",
    "Cauchy": "student t",
    "Horseshoe": "horseshoe",
    "GroupLasso": "group",
    "GroupLaplace": "group",
}
"""Penalties that exports write -> the kind of their law."""


@final
@dataclass(frozen=True, eq=False)
class Part:
    """Coefficients under one law.

    Attributes
    ----------
    label : str
        As the model names them.
    name : str
        The same as an identifier.
    kind : str
        One of the values of `KINDS`.
    penalty : Penalty
        As it was written.
    at : ndarray of int (d,)
        Positions among the columns that are kept.
    factor : ndarray (d,)
        Penalty weights, > 0; all 1 in a flat part.
    rate, precision : float
        Strengths in the penalty's own units: ``lam`` and its shares, or those of the prior at ``sigma = 1``.
    relative : bool
        Whether the law moves with sigma.
    phi : bool
        Whether loss units are divided by a dispersion.
    positive : bool
    metric : bool
        Of a group: whether its columns are orthonormalised.
    alone : bool
        Whether it is the only part.
    """

    label: str
    name: str
    kind: str
    penalty: Penalty
    at: np.ndarray
    factor: np.ndarray
    rate: float
    precision: float
    relative: bool
    phi: bool
    positive: bool
    metric: bool
    alone: bool = False

    @property
    def variable(self) -> str:
        """What the coefficients are called in a program."""
        return "b" if self.alone else f"b_{self.name}"

    @property
    def common(self) -> float:
        """The weight that all coefficients share; 1 where they have their own."""
        return float(self.factor[0]) if np.all(self.factor == self.factor[0]) else 1.0

    @property
    def has_factors(self) -> bool:
        """Whether the coefficients have weights of their own."""
        return bool(np.any(self.factor != self.factor[0]))

    @property
    def freedom(self) -> float:
        """Degrees of freedom of a t law."""
        return float(getattr(self.penalty, "freedom", 1.0))


@final
@dataclass(frozen=True)
class Words:
    """How a language writes what the strengths need; ``phi`` and ``sigma`` are names or numbers."""

    sqrt: Callable[[str], str]
    square: Callable[[str], str]
    over: str = " / "
    phi: str = "phi"
    sigma: str = "sigma"


def number(value: float) -> str:
    """Return a number to 15 digits, which every language reads."""
    return repr(float(f"{float(value):.15g}"))


def scale(part: Part, words: Words) -> str:
    """Return the scale of a part's law as an expression: Laplace scale, standard deviation, t scale or tau."""
    by_square = part.kind in ("normal", "student t")
    strength = (part.precision if by_square else part.rate) * part.common
    factor = f"w_{part.name}" if part.has_factors else ""
    if part.penalty.prior_units:
        base = number(strength**-0.5 if by_square else 1.0 / strength) + (f" * {words.sigma}" if part.relative else "")
        return base + (f"{words.over}{words.sqrt(factor) if by_square else factor}" if factor else "")
    lam = f"({number(strength)} * {factor})" if factor else number(strength)
    if by_square:
        inner = f"{words.phi if part.phi else '1.0'}{words.over}{lam}"
        return f"{words.sigma}{words.over}{words.sqrt(lam)}" if part.relative else words.sqrt(inner)
    unit = words.phi if part.phi else "1.0"
    return f"{words.sqrt(words.phi)} * {words.sigma}{words.over}{lam}" if part.relative else f"{unit}{words.over}{lam}"


def square_of(part: Part, words: Words) -> str:
    """Return the precision of the square of an elastic net as an expression."""
    value = number(part.precision * part.common) + (f" * w_{part.name}" if part.has_factors else "")
    if part.relative:
        return f"{value}{words.over}{words.square(words.sigma)}"
    return value if part.penalty.prior_units or not part.phi else f"{value}{words.over}{words.phi}"


def rate_of(part: Part, words: Words) -> str:
    """Return the rate of a group's length as an expression."""
    value = number(part.rate * part.common)
    if part.penalty.prior_units:
        return f"{value} / {words.sigma}" if part.relative else value
    if part.relative:
        return f"{value} / ({words.sqrt(words.phi)} * {words.sigma})"
    return f"{value} / {words.phi}" if part.phi else value


def scale_at(part: Part, phi: float, sigma: float | None = None) -> np.ndarray:
    """Return the same scales as numbers (d,), at ``sigma`` (default ``sqrt(phi)``)."""
    strength = part.penalty.strength(phi)
    moved = 1.0 if sigma is None or not part.relative else sigma / np.sqrt(phi)
    if part.kind in ("normal", "student t"):
        return np.asarray(moved / np.sqrt(strength.precision * part.factor))
    return np.asarray(moved / (strength.rate * part.factor))


def make_parts(resolved: Resolved, block: Block, kept: np.ndarray, named: str) -> list[Part]:
    """Return the parts of a block: its law, and apart the coefficients that are flat under it.

    Parameters
    ----------
    resolved : Resolved
    block : Block
        With a law of `KINDS` and its strength given.
    kept : ndarray of int (k,)
        The coefficients that are not excluded, the intercept left out.
    named : str
        An identifier for the block.
    """
    at = np.intersect1d(block.columns, kept)
    strength = block.penalty.strength(1.0)
    flat = (resolved.factor[at] == 0.0) | (strength.rate + strength.precision <= 0.0)
    found = []
    for chosen, free in ((~flat, False), (flat, True)):
        if not chosen.any():
            continue
        where = at[chosen]
        factor = np.ones(where.size) if free else resolved.factor[where]
        single = len(block.columns) == 1 and KINDS[type(block.penalty).__name__] == "group"
        found.append(
            Part(
                label=block.label,
                name=f"{named}_free" if free and not flat.all() else named,
                kind="flat" if free else "laplace" if single else _kind(block.penalty),
                penalty=block.penalty,
                at=np.searchsorted(kept, where),
                factor=factor,
                rate=float(strength.rate),
                precision=float(strength.precision),
                relative=bool(resolved.sigma_relative[where].any()) and not free,
                phi=resolved.likelihood.has_dispersion,
                positive=bool((resolved.lower[where] >= 0.0).all()),
                metric=block.metric is not None and resolved.standardize is not False,
            )
        )
    return found


def _kind(penalty: Penalty) -> str:
    kind, strength = KINDS[type(penalty).__name__], penalty.strength(1.0)
    if kind != "elastic net":
        return kind
    return "laplace" if strength.precision == 0.0 else "normal" if strength.rate == 0.0 else kind
