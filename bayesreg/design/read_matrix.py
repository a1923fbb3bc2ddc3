"""A matrix in any form -> float64 columns of its own: arrays and tables dense, sparse matrices by columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from scipy import sparse

from bayesreg.design.columns import Column, as_array, from_array
from bayesreg.design.frames import Table, read
from bayesreg.design.missing import check_finite_values
from bayesreg.errors import DataError
from bayesreg.matrices import Matrix, as_columns, column, columns_not_finite, first_infinite

NUMERIC = "biuf"
"""Kinds of NumPy types that are numbers as they stand."""


@dataclass(frozen=True, eq=False)
class Given:
    """A matrix as it was given.

    Attributes
    ----------
    X : numpy.ndarray or scipy.sparse.csc_array
        (n, p) float64, NaN where missing, never infinite; a copy.
    index : pandas.Index
        Labels of the n rows.
    table : Table or None
        The table that it came from; None for an array or a sparse matrix.
    incomplete : numpy.ndarray of int
        The columns with a missing entry.
    """

    X: Matrix
    index: pd.Index
    table: Table | None
    incomplete: np.ndarray


def read_matrix(data: Any, *, names: Sequence[str] | None) -> Given:
    """Return a copy of a matrix as float64 columns.

    Parameters
    ----------
    data : array, DataFrame, dict of arrays or SciPy sparse matrix
        Two-dimensional, numbers or true/false values; NaN where missing, never infinite. One copy is made, in the
        memory order of the original.
    names : sequence of str or None
        Columns wanted: picked by name from a table, by position from an array. None: all.

    Raises
    ------
    DataError
        If the shape, a type or a value does not fit, or a column is not there.
    """
    table: Table | None = None
    if sparse.issparse(data):
        X: Matrix = _sparse(data, names)
    elif nw.dependencies.is_into_dataframe(data) or isinstance(data, Mapping):
        table = read(data, empty=names is not None)
        X = _from_table(table, names)
    else:
        X = _from_array(as_array("X", data), names)
    incomplete = columns_not_finite(X)
    j = first_infinite(X, incomplete)
    if j is not None:
        label = str(j) if table is None else repr((names or tuple(table.names))[j])
        check_finite_values(f"column {label} of X", column(X, j))
    return Given(X, pd.RangeIndex(X.shape[0]) if table is None else table.index, table, incomplete)


def _check_shape(shape: tuple[int, ...], names: Sequence[str] | None) -> None:
    if len(shape) != 2:
        raise DataError(f"X has shape {shape}; it must be two-dimensional, rows by columns.")
    if names is not None and shape[1] != len(names):
        shown = ", ".join(names[:8])
        raise DataError(f"X has {shape[1]} columns, the model has {len(names)} ({shown}).")
    if not shape[0] and names is None:
        raise DataError(f"X is empty, of shape {shape}; at least one row is needed.")


def _sparse(data: Any, names: Sequence[str] | None) -> sparse.csc_array:
    _check_shape(data.shape, names)
    if data.dtype.kind not in NUMERIC:
        raise DataError(f"the sparse X holds values of type {data.dtype}; X must hold real numbers. Convert it first.")
    return as_columns(data)


def _from_array(values: np.ndarray, names: Sequence[str] | None) -> np.ndarray:
    _check_shape(values.shape, names)
    if values.dtype.kind in NUMERIC:
        return np.array(values, dtype=np.float64, order="K")
    labels = names or [f"x{place}" for place in range(values.shape[1])]
    return _stacked([_numbers(from_array(name, values[:, j])) for j, name in enumerate(labels)], len(values))


def _from_table(table: Table, names: Sequence[str] | None) -> np.ndarray:
    if names is None and table.odd:
        raise DataError(
            f"X has the column name {table.odd[0]!r}, which is not a text; rename it, or give an array and names=."
        )
    wanted = list(table.names) if names is None else list(names)
    absent = [name for name in wanted if name not in table.names]
    if absent:
        raise DataError(
            f"the new data have no column {absent[0]!r}; the model has {', '.join(map(repr, wanted[:12]))}."
        )
    whole = _whole(table, wanted)
    return _stacked([_numbers(table.column(name)) for name in wanted], len(table)) if whole is None else whole


def _whole(table: Table, wanted: list[str]) -> np.ndarray | None:
    """Return columns of a pandas frame of plain numbers in one step; None if the table is anything else."""
    frame = nw.to_native(table.source, pass_through=True)
    if not isinstance(frame, pd.DataFrame) or not wanted:
        return None
    frame = frame if wanted == list(table.names) and not table.odd else frame[wanted]
    if not all(isinstance(kind, np.dtype) and kind.kind in NUMERIC for kind in set(frame.dtypes)):
        return None
    values = frame.to_numpy(dtype=np.float64)
    return values if values.flags.writeable else np.array(values, order="K")  # read-only: a view of the frame


def _numbers(values: Column) -> np.ndarray:
    if values.kind == "label":
        raise DataError(
            f"column {values.name!r} of X holds text labels (such as {values.levels[0]!r}); X must hold numbers. "
            "Code labels as numbers, or use a formula and a table."
        )
    return values.numbers()


def _stacked(columns: list[np.ndarray], n: int) -> np.ndarray:
    matrix = np.empty((n, len(columns)), order="F")
    for place, values in enumerate(columns):
        matrix[:, place] = values
    return matrix
