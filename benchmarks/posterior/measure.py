"""One problem, all packages: a long reference run, then each package in a process of its own.

A process is timed from its start to its first draws (cold: imports, compilers, everything) and, in further runs, from
the data frame to the draws (warm). A run that takes longer than the limit is stopped, and the row says so.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import processes
from benchmarks.adapters import Setting
from benchmarks.measure import Options
from benchmarks.posterior.adapters import CONTESTANTS
from benchmarks.posterior.adapters.bayesreg import LONGER, REFERENCE
from benchmarks.posterior.quality import deviation, effective, moments
from benchmarks.posterior.record import Contestant, Draws, Facts, Problem, save
from benchmarks.processes import Solver, SolverError

Say = Callable[[str], None]
Reference = dict[str, tuple[np.ndarray, np.ndarray]]
CHILD = "benchmarks.posterior.child"


def measure(problem: Problem, options: Options, say: Say) -> dict[str, Any]:
    """Return the record of a problem: its facts, the reference run, and a row a package."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        save(problem, folder)
        reference, told, scales = _reference(problem, folder, options, say)
        if scales is not None:
            save(replace(problem, scales=scales), folder)
        rows = []
        for contestant in CONTESTANTS.values():
            if options.wants(contestant.package, "default"):
                row = _row(problem.facts, contestant, folder, reference, options)
                rows.append(row)
                say(f"  {row['package']}: {_told(row)}")
    return {"facts": asdict(problem.facts), "reference": told, "rows": rows}


def _told(row: dict[str, Any]) -> str:
    if row["status"] != "finished":
        return str(row["status"])
    return f"{row['seconds']:.3g} s, cold {row['cold']:.3g} s, {row['ess_per_second']:.4g} ESS/s"


def _reference(
    problem: Problem, folder: Path, options: Options, say: Say
) -> tuple[Reference, dict[str, Any], np.ndarray | None]:
    """Return the moments of a long run, what is told of it, and the prior scales for packages that can not learn."""
    sd, facts = problem.X.std(axis=0), problem.facts
    scales = None if facts.scale is None else facts.scale / sd
    solver = processes.start(folder, CONTESTANTS["bayesreg"], REFERENCE, gigabytes=options.gigabytes, module=CHILD)
    try:
        solver.ask("", options.limit)
        seconds = solver.ask("run 0", LONGER * options.limit)["seconds"]
        draws = _kept(solver, folder, options.limit)
    except SolverError as error:
        say(f"  reference: {error}")
        return {}, {"status": str(error)}, scales
    finally:
        solver.stop()
    if scales is None and "strength" in draws:
        scales = float(np.median(draws["strength"] * draws.get("sigma", 1.0))) / sd
    told = {"status": "finished", "seconds": seconds, "draws": int(draws["coef"].shape[1]), **effective(draws)}
    return moments(draws), told, scales


def _kept(solver: Solver, folder: Path, limit: float) -> Draws:
    """Return the draws of the last run."""
    file = folder / "draws.npz"
    solver.ask(f"keep {file}", limit)
    with np.load(file) as arrays:
        draws = {name: arrays[name] for name in arrays.files}
    file.unlink()
    return draws


def _row(facts: Facts, contestant: Contestant, folder: Path, reference: Reference, options: Options) -> dict[str, Any]:
    """Return what is kept of a package."""
    row: dict[str, Any] = {"package": contestant.package, "remark": contestant.remark(facts)}
    refused = contestant.refuses(facts)
    why = refused or contestant.missing()
    if why:
        return row | {"status": f"{'refused' if refused else 'skipped'}: {why}"}
    start = time.perf_counter()
    solver = processes.start(folder, contestant, Setting("default"), gigabytes=options.gigabytes, module=CHILD)
    runs: list[dict[str, Any]] = []
    try:
        solver.ask("", options.limit)
        first = solver.ask("run 1", options.limit)["seconds"]
        row |= {"cold": time.perf_counter() - start, "first": first}
        runs.append({"seconds": first, **_judged(solver, folder, reference, options.limit)})
        for seed in range(2, 2 + options.repeats):
            if sum(run["seconds"] for run in runs) + runs[-1]["seconds"] > options.limit:
                break
            seconds = solver.ask(f"run {seed}", options.limit)["seconds"]
            runs.append({"seconds": seconds, **_judged(solver, folder, reference, options.limit)})
    except SolverError as error:
        row["status"] = str(error).replace("stopped after", "not finished in")
    finally:
        solver.stop()
    return {"status": "finished", **row, **_summary(runs)} if runs else row


def _judged(solver: Solver, folder: Path, reference: Reference, limit: float) -> dict[str, Any]:
    draws = _kept(solver, folder, limit)
    return effective(draws) | deviation(draws, reference)


def _summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return medians over the warm runs, the first only where there is no other; the rest is the worst of them."""
    kept = runs[1:] or runs
    found = {
        "runs": len(runs) - 1,
        "seconds": statistics.median(run["seconds"] for run in kept),
        "ess": statistics.median(run["ess"] for run in kept),
        "ess_per_second": statistics.median(run["ess"] / run["seconds"] for run in kept),
        "weakest": min(kept, key=lambda run: run["ess"])["weakest"],
        "rhat": max(run["rhat"] for run in kept),
    }
    far = [run for run in kept if "deviation" in run]
    return found | ({name: max(far, key=_away)[name] for name in ("deviation", "farthest")} if far else {})


def _away(run: dict[str, Any]) -> float:
    return float(run["deviation"])
