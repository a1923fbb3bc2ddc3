r"""A sheet as LaTeX: a ``booktabs`` table with its notes under it."""

from __future__ import annotations

import re

from bayesreg.results.sheet import Sheet

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
_NEGATIVE = re.compile(r"(?<![\w.])-(?=[\d.]|inf)")


def to_latex(sheet: Sheet) -> str:
    r"""Render the sheet as a ``table`` environment; the preamble needs ``\usepackage{booktabs}``.

    Examples
    --------
    >>> from bayesreg.results.sheet import SheetColumn
    >>> sheet = Sheet("a fit", (SheetColumn("s_1", ("-2.5",)),))
    >>> r"s\_1" in to_latex(sheet) and "$-$2.5" in to_latex(sheet)
    True
    """
    align = "".join("l" if column.align == "left" else "r" for column in sheet.columns)
    rows = zip(*(column.cells for column in sheet.columns), strict=True)
    facts = [f"{name}: {value}" for name, value in sheet.header.items() if value]
    below = " ".join([*(["; ".join(facts) + "."] if facts else []), *sheet.notes])
    lines = [
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{escape_latex(sheet.title)}}}",
        rf"\begin{{tabular}}{{{align}}}",
        r"\toprule",
        _row(tuple(column.header for column in sheet.columns)),
        r"\midrule",
        *(_row(row) for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        *([rf"\par\smallskip{{\footnotesize {escape_latex(below)}}}"] if below else []),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escape_latex(text: str) -> str:
    r"""Return ``text`` with LaTeX's special characters escaped and minus signs before numbers in math mode."""
    escaped = "".join(_SPECIAL.get(character, character) for character in text)
    return _NEGATIVE.sub("$-$", escaped)


def _row(cells: tuple[str, ...]) -> str:
    """Return one line of the tabular; a bracket at its start would be read as an option of the line before."""
    line = " & ".join(escape_latex(" ".join(cell.split())) for cell in cells) + r" \\"
    return f"{{}}{line}" if line.startswith(("[", "*")) else line
