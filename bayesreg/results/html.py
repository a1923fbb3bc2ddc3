"""A sheet as HTML: self-contained, escaped, and at home on light and dark pages."""

from __future__ import annotations

from html import escape

from bayesreg.results.sheet import Sheet, SheetColumn

_FONT = "font-family:system-ui,sans-serif;font-size:13px;line-height:1.45"
_NUMBERS = "font-variant-numeric:tabular-nums;white-space:pre"
_RULE = "1px solid currentColor"


def to_html(sheet: Sheet) -> str:
    """Render the sheet as one ``<div>`` with inline styles only.

    Examples
    --------
    >>> from bayesreg.results.sheet import SheetColumn
    >>> "x &lt; 3" in to_html(Sheet("fit", (SheetColumn("coefficient", ("x < 3",), "left"),)))
    True
    """
    facts = " &nbsp;·&nbsp; ".join(
        f"{escape(name)}: <b>{escape(value)}</b>" for name, value in sheet.header.items() if value
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in sheet.notes)
    return "".join(
        (
            f'<div class="bayesreg" style="{_FONT};overflow-x:auto">',
            f'<div style="font-weight:600;margin-bottom:2px">{escape(sheet.title)}</div>',
            f'<div style="opacity:.8;margin-bottom:6px">{facts}</div>' if facts else "",
            _table(sheet.columns),
            f'<ul style="opacity:.8;margin:6px 0 0;padding-left:18px;max-width:76ch">{notes}</ul>' if notes else "",
            "</div>",
        )
    )


def _table(columns: tuple[SheetColumn, ...]) -> str:
    """Render the columns."""
    head = "".join(_cell("th", column.header, column, f"border-bottom:{_RULE};font-weight:600") for column in columns)
    rows = zip(*(column.cells for column in columns), strict=True)
    body = "".join(
        "<tr>" + "".join(_cell("td", text, column) for text, column in zip(row, columns, strict=True)) + "</tr>"
        for row in rows
    )
    style = f"border-collapse:collapse;border-top:{_RULE};border-bottom:{_RULE};color:inherit;background:none"
    return f'<table style="{style}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(tag: str, text: str, column: SheetColumn, style: str = "") -> str:
    """Render one cell; line breaks of a header are kept."""
    numbers = _NUMBERS if column.align == "right" else "white-space:normal"
    css = f"text-align:{column.align};padding:2px 10px;background:none;{numbers};{style}".rstrip(";")
    return f'<{tag} style="{css}">{escape(text).replace(chr(10), "<br>")}</{tag}>'
