"""Where the columns of a design come from: a formula, or a matrix whose columns are the design.

Each source turns new data into rows without learning anything again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from bayesreg.design.columns import KIND_TEXT, Column, Kind
from bayesreg.design.evaluate import Context
from bayesreg.design.frames import Table, read
from bayesreg.design.matrix import Layout
from bayesreg.design.missing import check_finite
from bayesreg.design.terms import Parsed
from bayesreg.errors import DataError
from bayesreg.matrices import Matrix

NewRows = tuple[Matrix, np.ndarray, pd.Index, Table | None]
"""X (m, p), missing (m,), labels of the rows, and the table they came from (None for a bare array)."""


class Source(Protocol):
    """Turns new data into design columns."""

    def matrix(self, data: Any) -> NewRows:
        """Return X, missing, index and table of new data."""


@dataclass(frozen=True, eq=False)
class FormulaSource:
    """The right side of a formula with everything that was learned from the training rows.

    Parameters
    ----------
    parsed : Parsed
        The formula.
    layout : Layout
        Coding of each term.
    state : dict
        Levels, knots, means: what the functions learned.
    kinds : mapping
        Column -> its kind in the training data, and others that may stand for it.
    functions : mapping
        The user's functions.
    names : tuple of str
        Names of the design columns.
    """

    parsed: Parsed
    layout: Layout
    state: Mapping[str, Mapping[str, Any]]
    kinds: Mapping[str, tuple[Kind, ...]]
    functions: Mapping[str, Callable[..., Any]]
    names: tuple[str, ...]

    def matrix(self, data: Any) -> NewRows:
        """Return the columns of new rows; see `Source`."""
        columns, missing, table = self.read(data)
        X = np.full((len(table), len(self.names)), np.nan, order="F")
        rows = np.flatnonzero(~missing)
        if rows.size:
            X[rows] = self.values({name: column.take(rows) for name, column in columns.items()}, len(rows))
        return X, missing, table.index, table

    def read(self, data: Any) -> tuple[dict[str, Column], np.ndarray, Table]:
        """Return the columns of new data that the terms use, which rows (m,) miss a value, and the table."""
        table = read(data, empty=True)
        columns = {name: self._column(table, name) for name in self.parsed.columns}
        check_finite(columns)
        missing = np.zeros(len(table), dtype=bool)
        for column in columns.values():
            missing |= column.missing
        return columns, missing, table

    def values(self, columns: Mapping[str, Column], n: int, *, extend: bool = False) -> np.ndarray:
        """Return the design columns (n, p) of columns of data without missing values; ``extend`` as in `Context`."""
        state = {key: dict(learned) for key, learned in self.state.items()}
        context = Context(columns, self.functions, state, n, extend)
        values = {key: context.factor(one) for key, one in self.parsed.factors.items()}
        names, _, X = self.layout.columns(values, n)
        if tuple(names) != self.names:
            raise DataError(
                f"the new rows make the columns {names[:8]}, the fit has {list(self.names[:8])}; a function given by "
                "the user must return the same columns for new rows."
            )
        return X

    def _column(self, table: Table, name: str) -> Column:
        if name not in table.names:
            raise DataError(
                f"the new data have no column {name!r}, which the model needs; the model uses {self._uses()}."
            )
        column = table.column(name)
        known = self.kinds[name]
        if column.kind not in (*known, "empty") and len(table):
            raise DataError(
                f"column {name!r} holds {KIND_TEXT[column.kind]} in the new data, but the model was fitted with "
                f"{KIND_TEXT[known[0]]}; convert it."
            )
        return column

    def _uses(self) -> str:
        return ", ".join(repr(name) for name in self.parsed.columns)
