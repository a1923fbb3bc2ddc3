"""Cells "estimate [lower, upper]" whose parts line up under each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayesreg.results.numbers import decimals_for, format_number
from bayesreg.results.sheet import SheetColumn

PARTS = ("estimate", "lower", "upper")


def interval_columns(wide: pd.DataFrame, headings: Mapping[str, str]) -> tuple[SheetColumn, ...]:
    """Return a column per fit from the ``wide`` frame of a comparison.

    Parameters
    ----------
    wide : pandas.DataFrame
        With columns "<fit> estimate", "<fit> lower", "<fit> upper".
    headings : mapping
        Name of the fit -> head of its column; "[95 %]" is added where there are intervals.

    Returns
    -------
    tuple of SheetColumn
        All numbers of a row have the same decimals, and all of the table where that leaves two digits to each row.
    """
    values = {name: wide[[f"{name} {part}" for part in PARTS]].to_numpy(dtype=float) for name in headings}
    decimals = _row_decimals(np.hstack(list(values.values())))
    return tuple(_column(headings[name], block, decimals) for name, block in values.items())


def _row_decimals(table: np.ndarray) -> list[int | None]:
    """Return the decimals of each row: one number for all if every row keeps two significant digits."""
    largest = [np.nanmax(np.abs(row[np.isfinite(row)]), initial=0.0) for row in table]
    shared = decimals_for(largest)
    if shared is not None and all(size == 0.0 or size >= 10.0 ** (1 - shared) for size in largest):
        return [shared] * len(table)
    return [decimals_for(row) for row in table]


def _column(heading: str, block: np.ndarray, decimals: list[int | None]) -> SheetColumn:
    """Return the cells of one fit, each part padded to its longest."""
    texts = [
        [format_number(float(value), places) for value in row] for row, places in zip(block, decimals, strict=True)
    ]
    widths = [max((len(row[part]) for row in texts), default=0) for part in range(len(PARTS))]
    has_interval = bool(np.isfinite(block[:, 1:]).any())
    cells = tuple(_cell(row, widths, has_interval) for row in texts)
    return SheetColumn(f"{heading} [95 %]" if has_interval else heading, cells)


def _cell(row: list[str], widths: list[int], has_interval: bool) -> str:
    """Join one estimate and its interval."""
    estimate, lower, upper = (text.rjust(width) for text, width in zip(row, widths, strict=True))
    if not has_interval:
        return estimate.strip()
    blank = " " * (widths[1] + widths[2] + 4)
    return f"{estimate} [{lower}, {upper}]" if row[1] or row[2] else f"{estimate} {blank}"
