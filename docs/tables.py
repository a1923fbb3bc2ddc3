"""The tables that README and the pages show, rendered from the package's own data."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

from bayesreg.conventions import table
from bayesreg.design.functions import FUNCTIONS
from bayesreg.families import LIKELIHOODS
from bayesreg.penalties import REGISTRY
from bayesreg.support import refusal, support_table

FAMILIES = tuple(dict.fromkeys(family for family, _ in LIKELIHOODS))
COLUMNS = (
    ("mle()", "mle", ""),
    ("fit()", "fit", ""),
    ("path()", "path", ""),
    ("sample(), exact", "sample", "exact"),
    ("sample(), nuts", "sample", "nuts"),
    ("pymc()", "pymc", ""),
)


def families_of(penalty: str, verb: str, engine: str) -> str:
    """Return the families for which a penalty of given strength supports a verb."""
    works = [family for family in FAMILIES if not refusal(family, penalty, "given", verb, engine)]
    return "all" if len(works) == len(FAMILIES) else ", ".join(works) or "no"


def support_rows() -> list[list[str]]:
    """Return a row a penalty: where each verb works."""
    return [
        [f"br.{penalty}", *(families_of(penalty, verb, engine) for _, verb, engine in COLUMNS)] for penalty in REGISTRY
    ]


def support_headings() -> list[str]:
    """Return the headings of `support_rows`."""
    return ["penalty", *(heading for heading, _, _ in COLUMNS)]


def support_markdown() -> str:
    """Return the support table for README."""
    headings = support_headings()
    lines = [headings, ["---"] * len(headings), *[[f"`{row[0]}`", *row[1:]] for row in support_rows()]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def refusals() -> dict[str, list[str]]:
    """Return each reason of the support table with the cells that it refuses."""
    found: dict[str, list[str]] = {}
    for cell in support_table():
        if cell.reason:
            verb = f"sample(engine={cell.engine!r})" if cell.engine else f"{cell.verb}()"
            found.setdefault(cell.reason, []).append(f"{cell.family}, {cell.penalty} ({cell.variant}), {verb}")
    return found


def list_table(headings: Sequence[str], rows: Iterable[Sequence[str]], widths: str = "auto") -> str:
    """Return a list-table directive."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in [headings, *rows]:
        lines += [f"   {'* -' if k == 0 else '  -'} {cell}".rstrip() for k, cell in enumerate(row)]
    return "\n".join([*lines, ""])


def support_rst() -> str:
    """Return the support table and the reasons of its refusals, as a page part."""
    rows = [[f"``{row[0]}``", *row[1:]] for row in support_rows()]
    reasons = [[reason, f"{len(cells)}", cells[0]] for reason, cells in refusals().items()]
    return "\n".join(
        [
            list_table(support_headings(), rows),
            "Why the others are refused",
            "--------------------------",
            "",
            list_table(["the error says", "cells", "for example"], reasons, "50 10 40"),
        ]
    )


def conventions_rst() -> str:
    """Return the convention table of all packages, one section a package."""
    frame = table()
    parts = []
    for package, rows in frame.groupby("package", sort=False):
        cells = [
            [f"``{row.name_}``", f"``{row.l1}``", f"``{row.l2}``", row.facts.replace(",", ", ") or "none", row.note]
            for row in rows.rename(columns={"name": "name_"}).itertuples()
        ]
        headings = ["argument", "lam of ``|b|``", "lam of ``b^2 / 2``", "to be told", "to know"]
        parts += [str(package), "-" * len(str(package)), "", list_table(headings, cells, "24 18 18 12 28")]
    return "\n".join(parts)


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
