"""The specification of a design: how new rows become columns, frozen when the model is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from bayesreg.design.frames import Table
from bayesreg.design.record import Rows
from bayesreg.design.sources import FormulaSource, Source
from bayesreg.design.unseen import Unseen, rows_with_unseen
from bayesreg.design.weights import check_column_name, numeric, row_values
from bayesreg.errors import DataError, InputError
from bayesreg.matrices import Matrix, blank_rows


@dataclass(frozen=True)
class OffsetRule:
    """Where the offset of new rows comes from.

    Parameters
    ----------
    kind : {"none", "column", "array"}
        No offset; a column of the data; values that must be given again.
    name : str
        The column's name.

    Examples
    --------
    >>> from bayesreg.design import build
    >>> build("y ~ x", {"y": [1, 2], "x": [3, 4], "t": [5, 6]}, offset="t").spec.offset
    OffsetRule(kind='column', name='t')
    """

    kind: Literal["none", "column", "array"] = "none"
    name: str = ""


@dataclass(frozen=True, eq=False)
class DesignSpec:
    """Turns new data into rows of a design; never learns levels, knots or means again.

    Parameters
    ----------
    formula : str or None
        As given; None for a design from arrays.
    source : Source
        Makes the columns.
    offset : OffsetRule
        Makes the offset.

    Examples
    --------
    >>> from bayesreg.design import build
    >>> spec = build("y ~ x + g", {"y": [1.0, 2.0, 4.0], "x": [0, 1, 2], "g": ["a", "b", "b"]}).spec
    >>> spec.rows({"x": [5, None], "g": ["a", "b"]}).X
    array([[ 5.,  0.],
           [nan, nan]])
    """

    formula: str | None
    source: Source
    offset: OffsetRule = OffsetRule()

    def rows(self, data: Any, *, offset: Any = None) -> Rows:
        """Return the design of new rows.

        Parameters
        ----------
        data : table
            As for `build`; needs the columns that the terms use, not the response.
        offset : str or array-like, optional
            Offset of the new rows. A column named when building is taken from ``data`` unless given here; an offset
            that was an array must be given.

        Returns
        -------
        Rows
            As many rows as ``data``; NaN where a value is missing.

        Raises
        ------
        DataError
            For a level that was not seen, a missing column, a changed type, an infinite value, or a missing offset.
        InputError
            If an offset is given to a model that has none.
        """
        return self._rows(*self.source.matrix(data), offset)

    def rows_with_unseen(self, data: Any, *, offset: Any = None) -> tuple[Rows, tuple[Unseen, ...]]:
        """Return the design of new rows, and the effects that rows of unseen levels of groups have in it.

        The columns of such groups, the ``g`` of ``(1 | g)``, are 0 in these rows; see `Unseen`.
        """
        if not isinstance(self.source, FormulaSource):
            return self.rows(data, offset=offset), ()
        X, missing, index, table, unseen = rows_with_unseen(self.source, data)
        return self._rows(X, missing, index, table, offset), unseen

    def _rows(self, X: Matrix, missing: np.ndarray, index: pd.Index, table: Table | None, offset: Any) -> Rows:
        values = self._offset(offset, table, index)
        if values is not None:
            missing = missing | np.isnan(values)
            blank_rows(X, missing)
        return Rows(X, values, missing, index)

    def _offset(self, given: Any, table: Table | None, index: pd.Index) -> np.ndarray | None:
        if self.offset.kind == "none":
            if given is not None:
                raise InputError("an offset was given for new rows, but the model was built without one; leave it out.")
            return None
        if given is None and self.offset.kind == "array":
            raise DataError("the model was built with an offset; give the offset of the new rows, offset=[...].")
        chosen = self.offset.name if given is None else given
        return self._from_table(chosen, table) if isinstance(chosen, str) else row_values(chosen, "offset", index=index)

    def _from_table(self, name: str, table: Table | None) -> np.ndarray:
        if table is None:
            raise DataError(f"offset={name!r} names a column, but the new rows are a bare array; give the values.")
        check_column_name(name, "offset", table.names)
        return numeric(table.column(name), f"offset column {name!r}")
