"""The left side of a formula as numbers; two labels become 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.design.columns import Column, reads_as_number
from bayesreg.design.missing import check_finite_values
from bayesreg.design.values import Block, Coded, shown_levels
from bayesreg.errors import DataError, FormulaError

Response = tuple[np.ndarray, tuple[str, ...] | None]


def response_values(value: Any, name: str) -> Response:
    """Turn an evaluated response into numbers.

    Parameters
    ----------
    value : Column, Coded or numpy.ndarray
        Length n, nothing missing.
    name : str
        As printed, for messages.

    Returns
    -------
    y : numpy.ndarray
        (n,) float64, finite.
    levels : tuple of str or None
        Of a response of two labels (y = 1 for the second), else None.

    Raises
    ------
    DataError
        If the labels are not exactly two, or a number is not finite.
    FormulaError
        If it is several columns.
    """
    if isinstance(value, Block):
        raise FormulaError(f"the response {name} is several columns; it must be one.")
    if isinstance(value, Coded):
        return _binary(value.codes, value.levels, name)
    if isinstance(value, Column):
        return _column(value, name)
    values = np.asarray(value)
    if values.dtype == bool:
        return _binary(values.astype(np.int64), (False, True), name)
    return _finite(values.astype(np.float64), name), None


def _column(column: Column, name: str) -> Response:
    if column.kind == "label":
        return _binary(column.values, column.levels, name)
    if column.kind == "flag":
        return _binary(column.values.astype(np.int64), (False, True), name)
    return _finite(column.numbers(), name), None


def _finite(y: np.ndarray, name: str) -> np.ndarray:
    check_finite_values(f"the response {name}", y)
    if np.isnan(y).any():
        raise DataError(
            f"the response {name} is not a number in {int(np.isnan(y).sum())} of {len(y)} rows, although its columns "
            "are; check for logarithms and roots of negative values."
        )
    return y


def _binary(codes: np.ndarray, levels: tuple[Any, ...], name: str) -> Response:
    used = np.unique(codes)
    seen = [levels[code] for code in used]
    numbers = sum(isinstance(level, str) and reads_as_number(level) for level in seen)
    if len(seen) > 2 and numbers > len(seen) / 2:
        raise DataError(
            f"the response {name} is text, although {numbers} of its {len(seen)} labels are numbers "
            f"({shown_levels(seen)}); convert it with pd.to_numeric."
        )
    if len(seen) != 2:
        raise DataError(
            f"the response {name} has {len(seen)} level(s), {shown_levels(seen)}; a response of labels needs exactly "
            "two. Give numbers, or merge or drop levels."
        )
    return (codes == used[1]).astype(np.float64), (str(seen[0]), str(seen[1]))
