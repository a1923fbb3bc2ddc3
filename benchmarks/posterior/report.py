"""The table of a result; every figure comes from its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]
HEADINGS = ("package", "warm s", "cold s", "smallest ESS", "of", "ESS / s", "x", "R-hat", "apart", "remarks")
MEANING = (
    "Four chains on all cores, one thread of linear algebra in each. Warm s: from the data frame to draws, the median "
    "of the runs after the first; cold s: a whole process from its start to its first draws, imports and compilers "
    "included. Smallest ESS is the bulk effective sample size of the worst of all coefficients, sigma and the prior's "
    "strength; ESS / s divides it by warm seconds, and x is how many times as large bayesreg's ESS / s is. Apart is "
    "the largest distance of a posterior mean from that of a long run of bayesreg, in posterior standard deviations; "
    "where a remark says that the model is another, it is not an error."
)


def _number(value: float | None, digits: int = 3) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.{digits}g}"


def cells(row: Record, ours: float | None) -> list[str]:
    """Return the cells of one package; ``ours`` is bayesreg's effective sample size a second."""
    if row["status"] != "finished" and "seconds" not in row:
        cold = _number(row.get("cold"))
        remarks = [row["status"], row["remark"]]
        return [row["package"], "", cold, "", "", "", "", "", "", "; ".join(filter(None, remarks))]
    speed = row["ess_per_second"]
    times = "" if ours is None or row["package"] == "bayesreg" or not speed else f"{ours / speed:.3g}"
    remarks = [row["remark"], "" if row["status"] == "finished" else row["status"]]
    remarks += ["the first run" if row["runs"] == 0 else ""]
    apart = "" if "deviation" not in row else f"{row['deviation']:.2g} ({row['farthest']})"
    numbers = [_number(row["seconds"]), _number(row["cold"]), _number(row["ess"]), row["weakest"], _number(speed)]
    return [row["package"], *numbers, times, f"{row['rhat']:.4g}", apart, "; ".join(filter(None, remarks))]


def markdown(record: Record) -> str:
    """Return one table a problem, and what was measured where."""
    machine = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [MEANING, ""]
    if record["quick"]:
        lines += ["These are small versions of the problems, to see that everything runs.", ""]
    for name, made in record["problems"].items():
        facts, told = made["facts"], made["reference"]
        ours = next((row.get("ess_per_second") for row in made["rows"] if row["package"] == "bayesreg"), None)
        long = (
            f"4 x {told['draws']} draws, smallest ESS {_number(told['ess'])}"
            if told["status"] == "finished"
            else told["status"]
        )
        lines += [f"**{name}**, {facts['n']} x {facts['p']}: {facts['fitted']}.", ""]
        lines += [f"Reference: {long}. Measured {made['measured']['date']}, commit {made['measured']['commit']}.", ""]
        table = [HEADINGS, ["---"] * len(HEADINGS), *(cells(row, ours) for row in made["rows"])]
        lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in table]
        lines.append("")
    place = f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}"
    return "\n".join([*lines, f"{place}; Python {machine['python']}; {versions}.", ""])
