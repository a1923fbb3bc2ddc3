"""A matrix and a response -> `Design`, without a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from scipy import sparse

from bayesreg.design.columns import Column, as_array, as_column, from_array
from bayesreg.design.frames import Table, read
from bayesreg.design.missing import check_finite_values, rows_to_keep
from bayesreg.design.record import Design
from bayesreg.design.response import response_values
from bayesreg.design.sources import Matrix
from bayesreg.design.spec import DesignSpec, OffsetRule
from bayesreg.design.weights import aligned, check_weights, row_values, weight_kind
from bayesreg.errors import DataError, InputError

MAX_DENSE_BYTES = 2**30
"""Largest dense copy of a sparse matrix: 1 GiB."""


@dataclass(frozen=True, eq=False)
class ArraySource:
    """Design columns that are the columns of a matrix: by name in a table, by position in an array."""

    names: tuple[str, ...]

    def matrix(self, data: Any) -> Matrix:
        """Return the columns of new rows; see `bayesreg.design.sources.Source`."""
        X, index, table = read_matrix(data, names=self.names)
        missing = np.isnan(X).any(axis=1)
        X[missing] = np.nan
        return X, missing, index, table


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
        (n, p) numbers; a sparse matrix is made dense if that takes at most 1 GiB.
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
    matrix, index, table = read_matrix(X, names=None)
    chosen = _names(names, table, matrix.shape[1])
    if not intercept and not chosen:
        raise DataError("X has no columns and there is no intercept: there is nothing to estimate.")
    y = y.iloc[:, 0] if isinstance(y, pd.DataFrame) and y.shape[1] == 1 else y
    if table is None and isinstance(y, pd.Series) and len(y) == len(index):
        index = y.index
    response, label = _response(y, index)
    values, kind = weight_kind(weights)
    extras = {"weights": _extra(values, "weights", index), "offset": _extra(offset, "offset", index)}
    masks = [(name, np.isnan(matrix[:, place])) for place, name in enumerate(chosen)]
    masks += [(label, response.missing), *((name, np.isnan(one)) for name, one in extras.items() if one is not None)]
    keep = rows_to_keep(masks, len(matrix), missing=missing)
    kept = {name: None if one is None else one[keep] for name, one in extras.items()}
    outcome, levels = response_values(response.take(keep), label)
    return Design(
        X=np.asfortranarray(matrix[keep]),
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
        index=index[keep],
        spec=DesignSpec(None, ArraySource(chosen), OffsetRule("none" if offset is None else "array")),
    )


def read_matrix(data: Any, *, names: Sequence[str] | None) -> tuple[np.ndarray, pd.Index, Table | None]:
    """Return a matrix as (n, p) float64 (a copy), the labels of its rows and its table.

    Parameters
    ----------
    data : array, DataFrame, dict of arrays or SciPy sparse matrix
        Two-dimensional, numbers or true/false values; NaN where missing, never infinite.
    names : sequence of str or None
        Columns wanted: picked by name from a table, by position from an array. None: all.

    Raises
    ------
    DataError
        If the shape, a type or a value does not fit, or a column is not there.
    """
    if sparse.issparse(data):
        return _array(_dense(data), names)
    if nw.dependencies.is_into_dataframe(data) or isinstance(data, Mapping):
        return _table(read(data, empty=names is not None), names)
    return _array(as_array("X", data), names)


def _dense(data: Any) -> np.ndarray:
    size = 8 * data.shape[0] * data.shape[1]
    if size > MAX_DENSE_BYTES:
        raise DataError(
            f"the sparse X of shape {data.shape} would take {size / 2**30:.1f} GiB as a dense matrix, more than "
            f"{MAX_DENSE_BYTES / 2**30:.0f} GiB; keep fewer columns or rows."
        )
    return data.toarray()


def _array(values: np.ndarray, names: Sequence[str] | None) -> tuple[np.ndarray, pd.Index, None]:
    if values.ndim != 2:
        raise DataError(f"X has shape {values.shape}; it must be two-dimensional, rows by columns.")
    if names is not None and values.shape[1] != len(names):
        raise DataError(f"X has {values.shape[1]} columns, the model has {len(names)} ({', '.join(names[:8])}).")
    if not len(values) and names is None:
        raise DataError(f"X is empty, of shape {values.shape}; at least one row is needed.")
    if values.dtype.kind not in "biuf":
        labels = names or [f"x{place}" for place in range(values.shape[1])]
        numbers = [_numbers(from_array(name, values[:, place])) for place, name in enumerate(labels)]
        return _stacked(numbers, len(values), labels), pd.RangeIndex(len(values)), None
    matrix = np.array(values, dtype=np.float64, order="F")
    check_finite_values("X", matrix.ravel(order="K"))
    return matrix, pd.RangeIndex(len(values)), None


def _table(table: Table, names: Sequence[str] | None) -> tuple[np.ndarray, pd.Index, Table]:
    wanted = list(table.names) if names is None else list(names)
    if names is None and table.odd:
        raise DataError(
            f"X has the column name {table.odd[0]!r}, which is not a text; rename it, or give an array and names=."
        )
    absent = [name for name in wanted if name not in table.names]
    if absent:
        raise DataError(
            f"the new data have no column {absent[0]!r}; the model has {', '.join(map(repr, wanted[:12]))}."
        )
    return _stacked([_numbers(table.column(name)) for name in wanted], len(table), wanted), table.index, table


def _numbers(column: Column) -> np.ndarray:
    if column.kind == "label":
        raise DataError(
            f"column {column.name!r} of X holds text labels (such as {column.levels[0]!r}); X must hold numbers. "
            "Code labels as numbers, or use a formula and a table."
        )
    numbers = column.numbers()
    check_finite_values(f"column {column.name!r}", numbers)
    return numbers


def _stacked(columns: list[np.ndarray], n: int, names: Sequence[str]) -> np.ndarray:
    matrix = np.empty((n, len(names)), order="F")
    for place, column in enumerate(columns):
        matrix[:, place] = column
    return matrix


def _names(names: Sequence[str] | None, table: Table | None, p: int) -> tuple[str, ...]:
    if names is None:
        return tuple(table.names) if table is not None else tuple(f"x{place}" for place in range(p))
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
