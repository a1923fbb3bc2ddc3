"""The tables that README and the pages show, rendered from the package's own data."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from functools import cache

from bayesreg.conventions import CONVENTIONS
from bayesreg.conventions.rows import KINDS, Convention
from bayesreg.design.functions import FUNCTIONS
from bayesreg.families import LIKELIHOODS
from bayesreg.penalties import REGISTRY
from bayesreg.support import FIRTH, LATER, VARIANTS, Cell, support_table

FAMILIES = tuple(law.label for law in LIKELIHOODS.values())
COLUMNS = (
    ("fit()", "given", "fit", ""),
    ("path()", "given", "path", ""),
    ("sample(), pymc()", "given", "sample", "nuts"),
    ("exact draws", "given", "sample", "exact"),
    ("Gibbs draws", "given", "sample", "gibbs"),
    ("learned strength", "open", "sample", "nuts"),
)
CUT = (("positive", "positive", "fit", ""), ("limits", "limits", "fit", ""))


def cells_of(penalty: str, variant: str, verb: str, engine: str) -> list[Cell]:
    """Return the cells of one penalty and verb, one a family; none where it can not be written so."""
    asked = (penalty, variant, verb, engine)
    return [cell for cell in _cells() if (cell.penalty, cell.variant, cell.verb, cell.engine) == asked]


@cache
def _cells() -> tuple[Cell, ...]:
    return tuple(support_table())


def families_of(cells: Sequence[Cell]) -> str:
    """Return the families for which cells work."""
    works = [cell.family for cell in cells if cell.works]
    if not cells:
        return "-"
    return "all" if len(works) == len(cells) else ", ".join(works) or "no"


def note_of(cells: Sequence[Cell]) -> str:
    """Return why some of the cells do not work, as a short sentence; empty where all do."""
    refused = [cell for cell in cells if not cell.works]
    if not refused:
        return ""
    text = refused[0].reason.replace(refused[0].family, _either(refused)).partition(", and this one is")[0]
    short = re.split(r"[:.] ", text)[0].rstrip(".").replace("a regularised horseshoe", "a horseshoe")
    return general(short, refused[0].penalty) + "."


def general(reason: str, penalty: str) -> str:
    """Return a reason that names its penalty without the name: it is the same for others."""
    return reason.replace(f"Under {penalty} ", "Under this penalty ").replace(f"{penalty}() has", "The penalty has")


def support_rows(columns: Sequence[tuple[str, str, str, str]]) -> list[list[str]]:
    """Return a row a penalty: where each verb works."""
    return [
        [f"br.{penalty}", *(families_of(cells_of(penalty, *column[1:])) for column in columns)]
        for penalty in (*REGISTRY, FIRTH)
    ]


def support_markdown() -> str:
    """Return the support table for README: penalties that behave alike in one row, reasons as notes."""
    notes: list[str] = []
    alike: dict[tuple[str, ...], list[str]] = {}
    for penalty in (*REGISTRY, FIRTH):
        row = []
        for column in COLUMNS:
            cells = cells_of(penalty, *column[1:])
            note = note_of(cells)
            if note and note not in notes:
                notes.append(note)
            row.append(f"{families_of(cells)} ({notes.index(note) + 1})" if note else families_of(cells))
        alike.setdefault(tuple(row), []).append(f"`{penalty}`")
    headings = ["penalty", *(heading for heading, *_ in COLUMNS)]
    rows = [[", ".join(names), *row] for row, names in alike.items()]
    table_lines = [f"| {' | '.join(line)} |" for line in (headings, ["---"] * len(headings), *rows)]
    below = [f"{k}. {note}" for k, note in enumerate(notes, start=1)]
    return "\n".join([*table_lines, "", *below])


def refusals() -> dict[str, list[Cell]]:
    """Return each reason of the support table with the cells that it refuses, once for penalties and families alike."""
    found: dict[str, list[Cell]] = {}
    for cell in _cells():
        if cell.reason and cell.engine not in LATER:
            text = general(cell.reason, cell.penalty).replace(cell.family, "{family}")
            found.setdefault(text, []).append(cell)
    return {text.replace("{family}", _either(cells)): cells for text, cells in found.items()}


def _either(cells: Sequence[Cell]) -> str:
    return " or ".join(dict.fromkeys(cell.family for cell in cells))


def where(cells: Sequence[Cell]) -> str:
    """Return which cells these are, in words."""
    penalties = list(dict.fromkeys(cell.penalty for cell in cells))
    asked = dict.fromkeys((cell.verb, cell.engine) for cell in cells)
    verbs = [
        f"{verb}({f'engine={engine!r}' if engine not in ('', 'auto') else ''})"
        for verb, engine in asked
        if engine in ("", "auto") or (verb, "auto") not in asked
    ]
    families = list(dict.fromkeys(cell.family for cell in cells))
    variants = list(dict.fromkeys(cell.variant for cell in cells))
    few = ", ".join(penalties) if len(penalties) <= 3 else f"{len(penalties)} penalties, such as {penalties[0]}"
    parts = [few, ", ".join(f"``{verb}``" for verb in verbs)]
    if len(variants) < len(VARIANTS) and variants[0] != "given":
        parts.append(" or ".join({"open": "strength not given"}.get(name, f"``{name}=``") for name in variants))
    if len(families) < len(FAMILIES):
        parts.append(", ".join(families))
    return "; ".join(parts)


def list_table(headings: Sequence[str], rows: Iterable[Sequence[str]], widths: str = "auto", kind: str = "") -> str:
    """Return a list-table directive; ``kind`` is its class for the style sheet."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}"]
    lines += [f"   :class: {kind}", ""] if kind else [""]
    for row in [headings, *rows]:
        cells = ["\\-" if cell == "-" else cell for cell in row]
        lines += [f"   {'* -' if k == 0 else '  -'} {cell}".rstrip() for k, cell in enumerate(cells)]
    return "\n".join([*lines, ""])


def support_rst() -> str:
    """Return the support table and the reasons of its refusals, as a page part."""
    columns = (*COLUMNS, *CUT)
    rows = [[f"`~bayesreg.{row[0].removeprefix('br.')}`", *row[1:]] for row in support_rows(columns)]
    reasons = [[reason, where(cells)] for reason, cells in refusals().items()]
    return "\n".join(
        [
            list_table(["penalty", *(heading for heading, *_ in columns)], rows, "22 10 10 11 10 10 10 9 9"),
            "Why the others are refused",
            "--------------------------",
            "",
            list_table(["the reason", "for"], reasons, "64 36"),
        ]
    )


STATUS = {
    "fitted": "Run by",
    "stored": "Stored fits in",
    "documented": "Its documented objective in",
    "own": "Our own, in",
}
"""How a row is tested, in words that the name of the test follows."""
OF_ITS_PENALTY = {"group": "of the norm of a group", "mcp": "of the slope at 0"}
"""What the strength of a kind with loss units multiplies, where it is not that of single coefficients."""


def conventions_rst() -> str:
    """Return the convention table of all packages, one section a package, with the example of each row."""
    headings = ["argument", "in loss units, per data set", "acts on columns", "to know; how it is tested"]
    parts = []
    for package in dict.fromkeys(row.package for row in CONVENTIONS):
        rows = [row for row in CONVENTIONS if row.package == package]
        cells = [convention_cells(row) for row in rows]
        shown = [line for row in rows if row.example.result is not None for line in shown_lines(row)]
        parts += [package, "^" * len(package), "", list_table(headings, cells, "32 25 10 33", "conventions")]
        parts += [".. code-block:: pycon", "", *(f"   {line}" for line in shown), ""]
    return "\n".join(parts)


def convention_cells(row: Convention) -> list[str]:
    """Return the cells of one row of the convention table."""
    versions = [row.since and f"Since: {row.since}.", row.until and f"Until: {row.until}."]
    path, _, test = row.tested_by.partition("::")
    tested = f"*{STATUS[row.status]}* :download:`{test} <../{path}>`"
    note = " ".join(filter(None, [*versions, literal(row.note), tested]))
    return [f"``{row.name}``", strengths_of(row), row.columns, note]


def strengths_of(row: Convention) -> str:
    """Return what a row's number multiplies the absolute value and half the square by, or why it has no such units."""
    if row.refused:
        return f"none: {row.refused}"
    if row.l1 == "none":
        return f"none: it {KINDS[row.kind]}"
    if row.kind in OF_ITS_PENALTY:
        return f"``{row.l1}`` {OF_ITS_PENALTY[row.kind]}"
    parts = [(row.l1, "of ``|b|``"), (row.l2, "of ``b^2/2``")]
    return "\n       ".join(f"| ``{strength}`` {what}" for strength, what in parts if strength != "0")


def literal(note: str) -> str:
    """Return a note whose names with a trailing underscore, stars and bars are no markup."""
    return re.sub(r"([*|`_])", r"\\\1", note)


def shown_lines(row: Convention) -> list[str]:
    """Return the example of a row as lines of a Python session."""
    call, result = row.shown_example
    return [f">>> {call}", result]


def functions_rst() -> str:
    """Return the functions that a formula may call: what they do, and the constants that may follow."""
    special = {name: entry for name, entry in FUNCTIONS.items() if entry.stateful or entry.takes == "any"}
    rows = []
    for name, function in special.items():
        constants = "; ".join(f"``{parameter.name}``: {parameter.allowed}" for parameter in function.parameters)
        rows.append(
            [f"``{name}``", summary_of(function.apply), constants or "none", "yes" if function.stateful else "no"]
        )
    plain = ", ".join(f"``{name}``" for name in FUNCTIONS if name not in special and not name.startswith("np."))
    ufuncs = ", ".join(f"``{name}``" for name in FUNCTIONS if name.startswith("np."))
    return "\n".join(
        [
            f"Element by element: {plain}, and under NumPy's names {ufuncs}. The others:",
            "",
            list_table(["function", "does", "constants that may follow", "learns"], rows, "13 32 45 10"),
        ]
    )


def summary_of(value: object) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(value) or "").partition("\n")[0]
