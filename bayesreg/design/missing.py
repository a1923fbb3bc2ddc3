"""Rows with missing or infinite values: named and counted, dropped only when asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bayesreg.design.columns import Column
from bayesreg.errors import DataError, InputError, MissingValuesError

ACTIONS = ("raise", "drop")
"""What ``missing=`` may be."""

SHOWN = 40
"""Most columns that a message counts."""


def rows_to_keep(masks: Sequence[tuple[str, np.ndarray]], n: int, *, missing: str) -> np.ndarray:
    """Return which rows are complete.

    Parameters
    ----------
    masks : sequence of pairs
        Name and (n,) bool, True where the value is missing. Names may repeat (a column may be called "weights").
    n : int
        Number of rows.
    missing : {"raise", "drop"}
        What to do when a value is missing.

    Returns
    -------
    numpy.ndarray
        (n,) bool.

    Raises
    ------
    MissingValuesError
        If a value is missing and ``missing="raise"``; the message counts them by column.
    DataError
        If no row is complete.

    Examples
    --------
    >>> rows_to_keep([("x", np.array([False, True]))], 2, missing="drop").tolist()
    [True, False]
    """
    gone = np.zeros(n, dtype=bool)
    for _, mask in masks:
        gone |= mask
    return complete_rows(gone, [(name, int(mask.sum())) for name, mask in masks if mask.any()], missing=missing)


def complete_rows(gone: np.ndarray, counted: Sequence[tuple[str, int]], *, missing: str) -> np.ndarray:
    """Return which rows (n,) are complete, from which are not and how many values are missing by name.

    Raises
    ------
    MissingValuesError, DataError
        As `rows_to_keep`.
    """
    if missing not in ACTIONS:
        raise InputError(f"missing={missing!r} is not known; it must be 'raise' or 'drop'.")
    if not gone.any():
        return ~gone
    n, more = len(gone), f" and {len(counted) - SHOWN} more" if len(counted) > SHOWN else ""
    counts = ", ".join(f"{name}: {count}" for name, count in counted[:SHOWN]) + more
    if missing == "raise":
        raise MissingValuesError(
            f"values are missing ({counts}; {int(gone.sum())} of {n} rows). "
            'Fill them in, or drop these rows with missing="drop".'
        )
    if gone.all():
        raise DataError(f"every one of the {n} rows has a missing value ({counts}); nothing is left to fit.")
    return ~gone


def check_finite(columns: Mapping[str, Column], *, rows: np.ndarray | None = None) -> None:
    """Refuse infinite numbers.

    Parameters
    ----------
    columns : mapping
        Name -> `Column` of length n.
    rows : numpy.ndarray, optional
        (n,) bool, the rows that are looked at; all by default.

    Raises
    ------
    DataError
        Naming the column, how many values are infinite and the first row.
    """
    for name, column in columns.items():
        if column.kind == "number" and column.values.dtype.kind == "f":
            check_finite_values(f"column {name!r}", column.values, rows=rows)


def check_finite_values(what: str, values: np.ndarray, *, rows: np.ndarray | None = None) -> None:
    """Refuse infinite values of an array; see `check_finite`."""
    infinite = np.isinf(values) if rows is None else np.isinf(values) & rows
    if infinite.any():
        raise DataError(
            f"{what} has {int(infinite.sum())} infinite value(s), the first in row {int(infinite.argmax())} (counted "
            "from 0); numbers must be finite. Replace them, or set them missing."
        )
