"""What a factor of a formula evaluates to: a numeric column, a block of columns, or coded labels.

Each has the same two faces: ``spans_intercept`` (does it contain the constant column, so that it must be reduced where
an intercept is there) and ``encode(name, reduced=...)`` (names and columns).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from formulaic.transforms.contrasts import TreatmentContrasts

from bayesreg.errors import DataError

Encoded = tuple[list[str], np.ndarray]


@dataclass(frozen=True, eq=False)
class Numeric:
    """One numeric column: ``values`` has shape (n,)."""

    values: np.ndarray

    @property
    def spans_intercept(self) -> bool:
        """Never: one number a row carries no constant that could be taken out."""
        return False

    def width(self, *, reduced: bool) -> int:
        """Return 1."""
        return 1

    def encode(self, name: str, *, reduced: bool) -> Encoded:
        """Return the name itself and the values as (n, 1)."""
        return [name], self.values[:, None]


@dataclass(frozen=True, eq=False)
class Block:
    """Several numeric columns made by one call, such as a spline basis.

    Parameters
    ----------
    fields : tuple
        Labels of the columns, printed as ``name[field]``.
    values : numpy.ndarray
        Shape (n, k).
    spans_intercept : bool
        Whether the columns sum to a constant; reduced, the first is left out.
    """

    fields: tuple[Hashable, ...]
    values: np.ndarray
    spans_intercept: bool = False

    def width(self, *, reduced: bool) -> int:
        """Return the number of columns."""
        return len(self.fields) - reduced

    def encode(self, name: str, *, reduced: bool) -> Encoded:
        """Return ``name[field]`` and the columns."""
        start = 1 if reduced else 0
        return [f"{name}[{field}]" for field in self.fields[start:]], self.values[:, start:]


@dataclass(frozen=True, eq=False)
class Coded:
    """Labels coded by a contrast.

    Parameters
    ----------
    codes : numpy.ndarray
        Shape (n,), integers into ``levels``.
    levels : tuple
        All levels known, in order.
    contrasts : formulaic contrasts
        Its coding matrix gives the columns when reduced; indicators of all levels otherwise.
    spans_intercept : bool
        False keeps all levels whatever else is in the formula (``full(g)``).
    """

    codes: np.ndarray
    levels: tuple[Hashable, ...]
    contrasts: Any
    spans_intercept: bool = True

    def width(self, *, reduced: bool) -> int:
        """Return the number of columns."""
        return len(self.levels) - reduced

    def encode(self, name: str, *, reduced: bool) -> Encoded:
        """Return formulaic's names (``g[T.b]``, ``g[b]``) and the coded columns, float64."""
        levels = list(self.levels)
        if reduced and len(levels) < 2:
            raise DataError(
                f"{name} has the single level {levels[0]!r}, so it is constant next to the intercept; leave it out, "
                "or take out the intercept with `- 1`."
            )
        try:
            fields = list(self.contrasts.get_coding_column_names(levels, reduced_rank=reduced))
            values = self._columns(levels, fields, reduced=reduced)
        except (ValueError, TypeError) as error:
            raise DataError(f"{name} can not be coded: {error} Its levels are {shown_levels(levels)}.") from error
        pattern = self.contrasts.get_factor_format(levels, reduced_rank=reduced)
        return [pattern.format(name=name, field=field) for field in fields], values

    def _columns(self, levels: list[Any], fields: list[Any], *, reduced: bool) -> np.ndarray:
        """Return indicator columns of the levels kept, or rows of the contrast's coding matrix."""
        if reduced and not isinstance(self.contrasts, TreatmentContrasts):
            return self.contrasts.get_coding_matrix(levels, reduced_rank=True).to_numpy(dtype=np.float64)[self.codes]
        kept = set(fields)
        place = np.cumsum([level in kept for level in levels]) - 1
        place[[level not in kept for level in levels]] = -1
        column = place[self.codes]
        values = np.zeros((len(column), len(fields)))
        rows = np.flatnonzero(column >= 0)
        values[rows, column[rows]] = 1.0
        return values

    def full(self) -> Coded:
        """Return the same labels with an indicator column for every level, whatever else is in the formula."""
        return replace(self, spans_intercept=False)


Value = Numeric | Block | Coded


def shown_levels(levels: list[Any] | tuple[Any, ...], *, most: int = 12) -> str:
    """Return levels for a message, at most ``most`` of them.

    Examples
    --------
    >>> shown_levels(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    text = ", ".join(repr(level) for level in levels[:most])
    return f"{text} and {len(levels) - most} more" if len(levels) > most else text
