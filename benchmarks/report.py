"""Tables of a result, for README (Markdown) and the pages (reStructuredText); every figure comes from its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
EXACT = 1e-6
HEADINGS = (
    "package",
    "setting",
    "median s",
    "x bayesreg",
    "first s",
    "gap",
    "KKT",
    "above best",
    "peak MB",
    "added MB",
    "remarks",
)
COLD = ("package", "elapsed s", "processor s", "apart", "remarks")
MEANING = (
    "Seconds are medians of interleaved runs with one thread, from arrays in memory to coefficients at every "
    "strength; x bayesreg is the median, over rounds in which every solver ran once, of a package's time over "
    "bayesreg's; first s is the first call, compilers included. The gap is the duality gap relative to the loss "
    "without slopes, computed from the coefficients alone and the same way for every package, the worst over the "
    "strengths; a package's own dual point can be better than the one it gives. KKT is the largest violation of the "
    "conditions of optimality relative to the largest score; above best is how far the objective is above the lowest "
    "that any package reached. Peak MB is the largest resident set of the process; added MB how much of it a warm run "
    "adds to imports, data and results that are already there."
)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _small(value: float | None) -> str:
    return "" if value is None else f"{value:.0e}" if value > 0.0 else "0"


def cells(row: Record) -> list[str]:
    """Return the cells of one solver."""
    parts = [f"{name} alone {_seconds(value)} s" for name, value in row.get("parts", {}).items()]
    remarks = parts if row["status"] == "solved" else [row["status"], *parts]
    if "loo_error" in row:
        remarks.append(f"leave-one-out accuracy off by {_small(row['loo_error'])}")
    if row.get("warnings"):
        remarks.append(f"warned {row['warnings']} times")
    if row["status"] == "solved" and row.get("runs") == 0:
        remarks.append("one run")
    return [
        row["package"],
        row["setting"],
        _seconds(row.get("seconds")),
        _seconds(row.get("ratio")),
        _seconds(row.get("first")),
        _small(row.get("gap")),
        _small(row.get("kkt")),
        _small(row.get("excess")),
        *("" if row.get(name) is None else f"{row[name]:.0f}" for name in ("peak_mb", "added_mb")),
        "; ".join(remarks),
    ]


def cold_cells(row: Record) -> list[str]:
    """Return the cells of one package's cold start."""
    solved = row["status"] == "solved"
    figures = [_seconds(row.get("seconds")), _seconds(row.get("processor")), _small(row.get("apart"))]
    return [row["package"], *figures, "" if solved else row["status"]]


def sentence(again: Record) -> str:
    """Return the sentence about a small fit when everything is warm."""
    milliseconds = {name: f"{1e3 * value:.2g} ms" for name, value in again.items()}
    return (
        f"A second bayesreg fit of this model in a warm process takes {milliseconds['total']}: the formula "
        f"{milliseconds['formula']}, the rest {milliseconds['beyond']}."
    )


def origin(record: Record) -> str:
    """Return where the figures come from."""
    machine = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    size = "small versions of the problems, only to see that everything runs; " if record["quick"] else ""
    whole = {"date": machine["date"], "commit": machine["commit"], "repeats": record["repeats"]}
    each = [one.get("measured", whole) for one in record["problems"].values()] or [whole]
    dates, commits = sorted({one["date"] for one in each}), list(dict.fromkeys(one["commit"] for one in each))
    repeats = sorted({one["repeats"] for one in each})
    return (
        f"Measured {' to '.join(dict.fromkeys((dates[0], dates[-1])))} at commit{'s' * (len(commits) > 1)} "
        f"{', '.join(commits)}: {size}{machine['processor']}, {machine['cores']} "
        f"cores, {machine['memory_gb']:g} GB, {machine['system']}, Python {machine['python']}, {machine['blas']}, "
        f"{' or '.join(map(str, repeats))} runs after the first. {versions}."
    )


def _error(row: Record) -> float:
    """Return the gap; where there are no coefficients to take it from, the error of the leave-one-out accuracy."""
    return float(row.get("gap", row.get("loo_error", 1.0)))


def fastest(rows: Sequence[Record], *, ours: bool) -> Record | None:
    """Return the fastest row of bayesreg, or of the Python packages beside it, that is exact to `EXACT`."""
    solved = [row for row in rows if row["status"] == "solved" and _error(row) <= EXACT]
    kept = [row for row in solved if (row["package"] == "bayesreg") == ours and row["package"] != "glmnet"]
    return min(kept, key=lambda row: row["seconds"], default=None)


def summary_rows(record: Record) -> list[list[str]]:
    """Return a row a problem: bayesreg, the fastest Python package that is exact, glmnet, one matrix operation."""
    made = []
    for name, problem in record["problems"].items():
        if "facts" not in problem:
            continue
        rows = problem["rows"]
        quick = [row for row in rows if row["package"] == "glmnet" and row["setting"] == "default" and "gap" in row]
        chosen = (fastest(rows, ours=True), fastest(rows, ours=False), quick[0] if quick else None)
        shown = [f"{_seconds(row['seconds'])} s ({_small(_error(row))})" if row else "-" for row in chosen]
        if chosen[1] is not None:
            times = f", {_seconds(chosen[1]['ratio'])} x" if "ratio" in chosen[1] else ""
            shown[1] = f"{chosen[1]['package']} {shown[1]}{times}"
        floor = [
            f"{row['setting']} {_seconds(row['seconds'])} s"
            for row in rows
            if row["package"] == "numpy" and "first" in row
        ]
        shown.append(floor[0] if floor else "-")
        facts = problem["facts"]
        made.append([name, f"{facts['n']} x {facts['p']}", facts["fitted"].partition(";")[0], *shown])
    return made


def markdown(record: Record) -> str:
    """Return the summary for README."""
    headings = ("problem", "n x p", "fitted", "bayesreg", f"fastest other at {EXACT:g}", "glmnet, default", "for scale")
    lines = [
        "In brackets the duality gap relative to the loss without slopes, the worst over the strengths (where a "
        "package returns leave-one-out accuracy alone, its relative error). The fastest other is the fastest Python "
        f"package at a setting that reaches {EXACT:g}; 2 x: it takes twice as long as bayesreg, the median of runs "
        "side by side.",
        "",
    ]
    return "\n".join([*lines, _markdown_table(headings, summary_rows(record)), "", origin(record), ""])


def _markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, ["---"] * len(headings), *rows))


def rst(record: Record) -> str:
    """Return all tables for the pages: one section a problem."""
    parts = [origin(record), "", MEANING, ""]
    for name, problem in record["problems"].items():
        if "facts" in problem:
            facts = problem["facts"]
            strengths = f"{facts['n']} x {facts['p']}, {facts['strengths']} strengths: {facts['fitted']}."
            rows = sorted(problem["rows"], key=lambda row: row.get("seconds", float("inf")))
            parts += [*_section(name), strengths, "", _rst_table(HEADINGS, [cells(row) for row in rows])]
        else:
            parts += [*_section(name), f"{problem['fitted']}.", ""]
            parts.append(_rst_table(COLD, [cold_cells(row) for row in problem["rows"]]))
            parts += [sentence(problem["again"]), ""] if problem["again"] else []
    return "\n".join(parts)


def _section(name: str) -> list[str]:
    return [name, "-" * len(name), ""]


def _rst_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (headings, *rows):
        lines += [
            f"   {'* -' if k == 0 else '  -'} {cell.replace('*', chr(92) + '*')}".rstrip() for k, cell in enumerate(row)
        ]
    return "\n".join([*lines, ""])
