"""Numbers as text: the values of one column share their decimals, so that the eye can compare them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

SIGNIFICANT = 3
"""Significant digits of a typical value of a column."""
WIDEST = 7
"""Digits at most for the largest value, and decades at most over which a column shares its decimals."""
TINY = 1e-300
"""A p-value below this is shown as such a bound: it comes from the end of the range of a float, where 0 is no 0."""


def decimals_for(values: Iterable[float]) -> int | None:
    """Choose the decimals that a column of numbers shares.

    The median of the nonzero magnitudes gets three significant digits, smaller ones win up to two decimals more, and
    the largest value has at most seven digits.

    Parameters
    ----------
    values : iterable of float
        The column; zeros and values that are not finite have no say.

    Returns
    -------
    int or None
        Decimals >= 0; None where no number of decimals shows both the smallest and the largest value, so that each has
        to be written on its own.

    Examples
    --------
    >>> decimals_for([-334.57, -22.86, 5.6, 0.0])
    1
    >>> decimals_for([1e-9, 1e9]) is None
    True
    """
    magnitudes = np.abs(np.asarray(list(values), dtype=float))
    magnitudes = magnitudes[np.isfinite(magnitudes) & (magnitudes > 0.0)]
    if magnitudes.size == 0:
        return 0
    orders = np.floor(np.log10(magnitudes)).astype(int)
    wanted = max(SIGNIFICANT - 1 - int(np.median(orders)), 0)
    affordable = WIDEST - 1 - max(int(orders.max()), 0)
    if affordable < wanted or orders.max() - orders.min() >= WIDEST - 1:
        return None
    return min(max(wanted, -int(orders.min())), wanted + 2, affordable)


def format_number(value: float, decimals: int | None) -> str:
    """Write one number: "" for NaN, with significant digits of its own where ``decimals`` is None.

    "0" is kept for an exact zero: a small value reads "0.00", or keeps a digit where there are no decimals.

    Examples
    --------
    >>> [format_number(value, 2) for value in (1.0, 0.0, -0.001, float("nan"), float("inf"))]
    ['1.00', '0', '-0.00', '', 'inf']
    """
    if np.isnan(value) or value == 0.0:
        return "" if np.isnan(value) else "0"
    if not np.isfinite(value):
        return "inf" if value > 0 else "-inf"
    if decimals is None:
        return _alone(value)
    shown = f"{value:.{decimals}f}"
    return f"{value:.1g}" if shown in ("0", "-0") else shown


def _alone(value: float) -> str:
    """Write a number by itself: significant digits, in scientific notation only where it is very large or small."""
    order = int(np.floor(np.log10(abs(value))))
    if -4 <= order < WIDEST:
        return f"{value:.{max(SIGNIFICANT - 1 - order, 0)}f}"
    return f"{value:.{SIGNIFICANT - 1}e}"


def format_column(column: pd.Series) -> tuple[str, ...]:
    """Write a column of a frame: numbers with shared decimals, flags as "yes" or "", the rest as text.

    A column called "p_value" shows what lies below 1e-300 as "<1e-300".

    Examples
    --------
    >>> format_column(pd.Series([1.0, -0.25, float("nan")]))
    ('1.00', '-0.25', '')
    >>> format_column(pd.Series([True, False]))
    ('yes', '')
    >>> format_column(pd.Series([0.0, 0.25], name="p_value"))
    ('<1e-300', '0.250')
    """
    if pd.api.types.is_bool_dtype(column):
        return tuple("yes" if flag is True or flag is np.True_ else "" for flag in column)
    if not pd.api.types.is_numeric_dtype(column):
        return tuple(format_value(value) for value in column)
    if pd.api.types.is_integer_dtype(column):
        return tuple("" if pd.isna(value) else str(value) for value in column)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    tiny = values < TINY if column.name == "p_value" else np.zeros(values.shape, dtype=bool)
    decimals = decimals_for(values[~tiny])
    return tuple(
        f"<{TINY:g}" if bound else format_number(float(value), decimals)
        for value, bound in zip(values, tiny, strict=True)
    )


def format_value(value: object) -> str:
    """Write one value of a mixed column; a number gets four significant digits."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else f"{float(value):.{SIGNIFICANT + 1}g}"
    return str(value)
