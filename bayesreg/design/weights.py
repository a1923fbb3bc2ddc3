"""Weights and offsets: a column, an array, or a Series that is aligned by its index."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from bayesreg.design.columns import as_column
from bayesreg.design.frames import suggest
from bayesreg.design.missing import check_finite_values
from bayesreg.errors import DataError, InputError

KINDS = ("precision", "frequency")
"""What a weight can mean."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of the rows, with what they mean.

    Parameters
    ----------
    values : str, array-like or pandas.Series
        Name of a column, or n numbers >= 0, not all zero. A Series is aligned by its index.
    kind : {"precision", "frequency"}, optional
        ``"precision"``: row i has variance phi / w_i, the number of observations stays n. ``"frequency"``: row i stands
        for w_i rows (whole numbers), the number of observations is sum(w). None: not said.

    Examples
    --------
    >>> Weights([1, 2, 3], kind="frequency").kind
    'frequency'
    """

    values: Any
    kind: Literal["precision", "frequency"] | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise InputError(
                f"kind={self.kind!r} is not a kind of weights; it must be 'precision', 'frequency' or None."
            )


def weight_kind(weights: Any) -> tuple[Any, str | None]:
    """Split ``weights=`` into the values and their kind."""
    return (weights.values, weights.kind) if isinstance(weights, Weights) else (weights, None)


def row_values(values: Any, what: str, *, index: pd.Index, finite: bool = True) -> np.ndarray:
    """Return one number a row.

    Parameters
    ----------
    values : array-like or Series
        n numbers; a pandas Series is put in the order of ``index``.
    what : str
        ``"weights"`` or ``"offset"``, for messages.
    index : pandas.Index
        Labels of the n rows.
    finite : bool, default True
        Whether infinite numbers are refused here; False leaves it to the caller, who knows which rows are used.

    Returns
    -------
    numpy.ndarray
        (n,) float64, NaN where missing.

    Raises
    ------
    DataError
        If the length or the labels do not fit, or a value is not a number.

    Examples
    --------
    >>> row_values(pd.Series([1.0, 2.0], index=["b", "a"]), "weights", index=pd.Index(["a", "b"])).tolist()
    [2.0, 1.0]
    """
    if isinstance(values, pd.Series):
        values = aligned(values, what, index=index)
    column = as_column(what, values)
    if len(column.values) != len(index):
        raise DataError(f"{what} has {len(column.values)} values for {len(index)} rows; one value a row is needed.")
    return numeric(column, what, finite=finite)


def numeric(column: Any, what: str, *, finite: bool = True) -> np.ndarray:
    """Return a column's numbers (NaN where missing, finite if so asked) or refuse it by the name ``what``."""
    if column.kind == "label":
        raise DataError(f"{what} holds text (such as {column.levels[0]!r}); numbers are needed.")
    numbers = column.numbers()
    if finite:
        check_finite_values(what, numbers)
    return numbers


def aligned(series: pd.Series, what: str, *, index: pd.Index) -> pd.Series:
    """Return ``series`` in the order of ``index``.

    Raises
    ------
    DataError
        If the labels are not the same set, or repeated in another order.
    """
    if series.index.equals(index):
        return series
    if len(series) != len(index):
        raise DataError(f"{what} is a Series of {len(series)} values for {len(index)} rows; one value a row is needed.")
    if not series.index.is_unique or not index.is_unique:
        raise DataError(
            f"{what} is a Series whose index differs from the data's and has repeated labels; give an array."
        )
    places = series.index.get_indexer(index)
    if (places < 0).any():
        label = index[int((places < 0).argmax())]
        raise DataError(
            f"{what} is a Series without the row label {label!r} of the data ({int((places < 0).sum())} of "
            f"{len(index)} labels differ); give it the data's index, or give an array in the order of the rows."
        )
    return series.iloc[places]


def check_weights(weights: np.ndarray, kind: str | None) -> np.ndarray:
    """Return weights that are >= 0, not all zero, and whole when they are frequencies.

    Raises
    ------
    DataError
        Naming the first value that is not allowed.
    """
    if (weights < 0).any():
        row = int((weights < 0).argmax())
        raise DataError(
            f"weights has the negative value {weights[row]:g} in row {row} (counted from 0); weights are >= 0."
        )
    if not weights.any():
        raise DataError("all weights are zero; at least one row needs a positive weight.")
    if kind == "frequency" and (weights != np.round(weights)).any():
        row = int((weights != np.round(weights)).argmax())
        raise DataError(
            f"weights has the value {weights[row]:g} in row {row} (counted from 0), but kind='frequency' counts rows; "
            "give whole numbers, or kind='precision'."
        )
    return weights


def check_column_name(name: str, what: str, names: Collection[str]) -> None:
    """Refuse a column name that is not in the data."""
    if name not in names:
        raise DataError(f"{what}={name!r} is not a column of the data{suggest(name, names)}.")
