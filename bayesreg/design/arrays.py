"""A matrix and a response -> `Design`, without a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from bayesreg.design.columns import Column, as_array, as_column
from bayesreg.design.frames import Table
from bayesreg.design.missing import complete_rows
from bayesreg.design.read_matrix import Given, read_matrix
from bayesreg.design.record import Design
from bayesreg.design.response import response_values
from bayesreg.design.sources import NewRows
from bayesreg.design.spec import DesignSpec, OffsetRule
from bayesreg.design.weights import aligned, check_weights, row_values, weight_kind
from bayesreg.errors import DataError, InputError
from bayesreg.matrices import blank_rows, missing_entries, take_rows


@dataclass(frozen=True, eq=False)
class ArraySource:
    """Design columns that are the columns of a matrix: by name in a table, by position in an array."""

    names: tuple[str, ...]

    def matrix(self, data: Any) -> NewRows:
        """Return the columns of new rows; see `bayesreg.design.sources.Source`."""
        given = read_matrix(data, names=self.names)
        missing, _ = missing_entries(given.X, given.incomplete)
        blank_rows(given.X, missing)
        return given.X, missing, given.index, given.table


def from_arrays(
    X: Any,
    y: Any,
    *,
    names: Sequence[str] | None = None,
    intercept: bool = True,
    weights: Any = None,
    offset: Any = None,
    missing: str = "raise",
) -> Design:
    """Turn a matrix and a response into a `Design`.

    Parameters
    ----------
    X : array, DataFrame or SciPy sparse matrix
        (n, p) numbers. One copy is made, in the memory order of the original; a sparse matrix is copied by columns
        (`scipy.sparse.csc_array`) and never made dense here.
    y : array or Series
        n numbers, or labels of two kinds. A Series is aligned with a pandas X by its index; a named one names the
        response, which is "y" otherwise.
    names : sequence of str, optional
        p unique names; the names of the DataFrame, or x0, x1 ... by default.
    intercept : bool, default True
        Whether the model has an intercept (which X does not contain).
    weights, offset, missing
        As for `build`; not by column name.

    Returns
    -------
    Design

    Raises
    ------
    DataError
        If shapes, types or values do not fit.

    Examples
    --------
    >>> design = from_arrays(np.array([[1.0, 2.0], [3.0, 5.0]]), [0.0, 1.0])
    >>> design.names, design.response
    (('x0', 'x1'), 'y')
    """
    given = read_matrix(X, names=None)
    index = given.index
    chosen = _names(names, given.table, given.X.shape[1])
    if not intercept and not chosen:
        raise DataError("X has no columns and there is no intercept: there is nothing to estimate.")
    y = y.iloc[:, 0] if isinstance(y, pd.DataFrame) and y.shape[1] == 1 else y
    if given.table is None and isinstance(y, pd.Series) and len(y) == len(index):
        index = y.index
    response, label = _response(y, index)
    values, kind = weight_kind(weights)
    extras = {"weights": _extra(values, "weights", index), "offset": _extra(offset, "offset", index)}
    masks = [(label, response.missing), *((name, np.isnan(one)) for name, one in extras.items() if one is not None)]
    keep = _rows_to_keep(given, chosen, masks, missing)
    kept = {name: None if one is None else one[keep] for name, one in extras.items()}
    outcome, levels = response_values(response.take(keep), label)
    return Design(
        X=given.X if keep.all() else take_rows(given.X, keep),
        y=outcome,
        names=chosen,
        terms=chosen,
        intercept=bool(intercept),
        response=label,
        levels=levels,
        weights=None if kept["weights"] is None else check_weights(kept["weights"], kind),
        weights_kind=kind,
        offset=kept["offset"],
        dropped=int((~keep).sum()),
        index=index if keep.all() else index[keep],
        spec=DesignSpec(None, ArraySource(chosen), OffsetRule("none" if offset is None else "array")),
    )


def _rows_to_keep(
    given: Given, names: tuple[str, ...], masks: Sequence[tuple[str, np.ndarray]], missing: str
) -> np.ndarray:
    """Return which rows (n,) have all columns and everything else that is used."""
    gone, counts = missing_entries(given.X, given.incomplete)
    counted = [(names[j], int(count)) for j, count in zip(given.incomplete, counts, strict=True)]
    for name, mask in masks:
        if mask.any():
            gone |= mask
            counted.append((name, int(mask.sum())))
    return complete_rows(gone, counted, missing=missing)


def _names(names: Sequence[str] | None, table: Table | None, p: int) -> tuple[str, ...]:
    if names is None:
        return tuple(table.names) if table is not None else tuple(map("x{}".format, range(p)))
    chosen = tuple(names) if isinstance(names, Iterable) else ()
    if isinstance(names, str) or len(chosen) != p or not all(isinstance(name, str) and name for name in chosen):
        raise InputError(f"names={names!r} does not fit X of {p} columns; give {p} texts.")
    if len(set(chosen)) != p:
        raise InputError(f"names has {next(one for one in chosen if chosen.count(one) > 1)!r} twice; names are unique.")
    return chosen


def _response(y: Any, index: pd.Index) -> tuple[Column, str]:
    label = _label(y)
    if isinstance(y, pd.Series):
        return as_column(label, aligned(y, "y", index=index)), label
    array = as_array("y", y)
    if array.ndim == 2 and array.shape[1] == 1:
        y = array[:, 0]
    column = as_column(label, y)
    if len(column.values) != len(index):
        raise DataError(f"y has {len(column.values)} values, X has {len(index)} rows; one value a row is needed.")
    return column, label


def _label(y: Any) -> str:
    """Return the name of a Series that has one, else "y"."""
    if not nw.dependencies.is_into_series(y):
        return "y"
    name = nw.from_native(y, series_only=True).name
    return "y" if name is None or name == "" else str(name)


def _extra(values: Any, what: str, index: pd.Index) -> np.ndarray | None:
    if isinstance(values, str):
        raise InputError(f"{what}={values!r} is a column name, but the model is built from arrays; give the values.")
    return None if values is None else row_values(values, what, index=index)
