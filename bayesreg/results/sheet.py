"""A table ready to be read: strings with a title, a header and notes, and its rendering as text.

`Summary` and `Comparison` turn their frames into a `Sheet`; the renderers (text here, HTML in ``html.py``, LaTeX in
``latex.py``) know nothing of statistics.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Literal

import pandas as pd

from bayesreg.results.numbers import format_column

if TYPE_CHECKING:
    from rich.table import Table

NARROWEST, WIDEST_TEXT = 72, 40
"""Characters: the least width at which notes are wrapped, and the width at which a column of text is folded."""


@dataclass(frozen=True)
class SheetColumn:
    """One column of strings.

    Attributes
    ----------
    header : str
        Its name; may hold a line break.
    cells : tuple of str
        One a row.
    align : {"left", "right"}
        Numbers stand right, text left.
    """

    header: str
    cells: tuple[str, ...]
    align: Literal["left", "right"] = "right"


@dataclass(frozen=True)
class Sheet:
    """A table of strings with what stands above and below it.

    Attributes
    ----------
    title : str
        One line.
    header : mapping
        Facts of the fit, name -> value.
    columns : tuple of SheetColumn
        All of the same length.
    notes : tuple of str
        Sentences under the table.
    """

    title: str
    columns: tuple[SheetColumn, ...]
    header: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def columns_of(frame: pd.DataFrame) -> tuple[SheetColumn, ...]:
    """Return the columns of a frame as strings; an index that is more than a count comes first."""
    plain = frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
    series = [(str(name), plain.iloc[:, position]) for position, name in enumerate(plain.columns)]
    return tuple(SheetColumn(name, format_column(values), _align(values)) for name, values in series)


def to_text(sheet: Sheet) -> str:
    """Render the sheet as plain text, its width set by its content and not by the terminal."""
    body = _render(_rich_table(sheet))
    width = max(NARROWEST, max((len(line) for line in body.splitlines()), default=0))
    parts = [sheet.title, *_header_lines(sheet.header, width), body]
    notes = [textwrap.fill(note, width, subsequent_indent="  ", initial_indent="- ") for note in sheet.notes]
    return "\n".join(part for part in [*parts, *notes] if part)


def _align(values: pd.Series) -> Literal["left", "right"]:
    """Numbers right, text and flags left."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return "right" if numeric else "left"


def _header_lines(header: Mapping[str, str], width: int) -> list[str]:
    """Return "name: value" pairs, as many a line as fit."""
    pairs = [f"{name}: {value}" for name, value in header.items() if value]
    lines: list[str] = []
    for pair in pairs:
        if lines and len(lines[-1]) + 3 + len(pair) <= width:
            lines[-1] += f" | {pair}"
        else:
            lines.append(pair)
    return [textwrap.fill(line, width, subsequent_indent="  ") for line in lines]


def _rich_table(sheet: Sheet) -> Table:
    """Return a rich table; every string is a `Text`, so brackets in names are not read as markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    for column in sheet.columns:
        longest = max((len(cell) for cell in column.cells), default=0)
        folds = column.align == "left" and longest > WIDEST_TEXT
        width = WIDEST_TEXT if folds else None
        table.add_column(Text(column.header), justify=column.align, no_wrap=not folds, max_width=width, overflow="fold")
    for row in zip(*(column.cells for column in sheet.columns), strict=True):
        table.add_row(*(Text(cell) for cell in row))
    return table


def _render(table: Table) -> str:
    """Print a rich table into a string, without colours and without the terminal's width."""
    from rich.console import Console

    console = Console(
        file=StringIO(),
        width=10_000,
        color_system=None,
        force_jupyter=False,
        legacy_windows=False,
        force_terminal=False,
    )
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())
