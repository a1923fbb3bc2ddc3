"""One problem, all its solvers: interleaved runs, then the certificate of each."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import processes
from benchmarks.adapters import ADAPTERS
from benchmarks.processes import Solver, SolverError
from benchmarks.record import Facts, Problem, save

MEGABYTE = 2**20
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How to measure.

    Attributes
    ----------
    repeats : int
        Runs after the first. A solver has fewer where they would take longer than ``limit`` together.
    limit : float
        Seconds that one run may take.
    gigabytes : float
        Address space of one solver.
    solvers : tuple of str
        Packages, or ``package:setting``; empty: all.
    """

    repeats: int = 5
    limit: float = 300.0
    gigabytes: float = 16.0
    solvers: tuple[str, ...] = ()

    def wants(self, package: str, label: str) -> bool:
        """Return whether a solver is measured."""
        return not self.solvers or package in self.solvers or f"{package}:{label}" in self.solvers


@dataclass
class Runs:
    """What one solver did: its first run, the later ones, and why it ended early."""

    solver: Solver
    first: dict[str, Any] = field(default_factory=dict)
    later: list[dict[str, Any]] = field(default_factory=list)
    proof: dict[str, Any] = field(default_factory=dict)
    status: str = "solved"

    def wants_more(self, limit: float) -> bool:
        """Return whether another run is worth its time."""
        spent = sum(run["seconds"] for run in self.later)
        return self.status == "solved" and (not self.later or spent + self.later[-1]["seconds"] <= limit)


def measure(problem: Problem, options: Options, say: Say) -> dict[str, Any]:
    """Return the record of a problem: its facts, and a row a solver."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        save(problem, folder)
        started, rows = _start(problem.facts, folder, options, say)
        try:
            _run_all(started, options, say)
        finally:
            for runs in started:
                runs.solver.stop()
    _add_excess(started)
    _add_ratio(started)
    rows += [_row(runs) for runs in started]
    return {"facts": asdict(problem.facts), "rows": rows}


def _start(facts: Facts, folder: Path, options: Options, say: Say) -> tuple[list[Runs], list[dict[str, Any]]]:
    """Return the solvers that run, and rows for the packages that do not, with the reason."""
    started, rows = [], []
    for adapter in ADAPTERS.values():
        wanted = [one for one in adapter.settings(facts) if options.wants(adapter.package, one.label)]
        if not wanted:
            continue
        refused = adapter.refuses(facts)
        why = refused or adapter.missing()
        if why:
            kind = "refused" if refused else "skipped"
            say(f"  {adapter.package}: {kind}: {why}")
            rows.append({"package": adapter.package, "setting": "", "status": f"{kind}: {why}"})
            continue
        started += [Runs(processes.start(folder, adapter, setting, gigabytes=options.gigabytes)) for setting in wanted]
    return started, rows


def _run_all(started: Sequence[Runs], options: Options, say: Say) -> None:
    """Run every solver once, then all in turn, then ask each for its certificate."""
    for runs in started:
        _try(runs, say, lambda one: processes.wait_until_ready(one.solver, options.limit))
    for runs in started:
        _try(runs, say, lambda one: one.first.update(one.solver.ask("run", options.limit)))
    for _ in range(options.repeats):
        for runs in started:
            if runs.wants_more(options.limit):
                _try(runs, say, lambda one: one.later.append(one.solver.ask("run", options.limit)))
    for runs in started:
        _try(runs, say, lambda one: one.proof.update(one.solver.ask("certify", 10.0 * options.limit)))
        if runs.status == "solved":
            say(f"  {runs.solver.name}: {_seconds(runs):.4g} s, gap {runs.proof.get('gap', float('nan')):.1e}")


def _try(runs: Runs, say: Say, step: Callable[[Runs], Any]) -> None:
    if runs.status == "solved":
        try:
            step(runs)
        except SolverError as error:
            runs.status = str(error)
            say(f"  {runs.solver.name}: {error}")


def _add_excess(started: Sequence[Runs]) -> None:
    """Say by how much each objective is above the lowest of all solvers, the worst over strengths."""
    solved = [runs for runs in started if "objective" in runs.proof]
    if solved:
        lowest = np.min([runs.proof["objective"] for runs in solved], axis=0)
        for runs in solved:
            runs.proof["excess"] = float((np.array(runs.proof.pop("objective")) - lowest).max())


def _add_ratio(started: Sequence[Runs]) -> None:
    """Say how many times as long as bayesreg each takes: the median over the rounds in which both ran."""
    ours = next((runs for runs in started if runs.solver.adapter.package == "bayesreg" and runs.later), None)
    if ours is None:
        return
    for runs in started:
        pairs = [one["seconds"] / other["seconds"] for one, other in zip(runs.later, ours.later, strict=False)]
        if pairs and runs.status == "solved":
            runs.proof["ratio"] = statistics.median(pairs)


def _seconds(runs: Runs) -> float:
    return statistics.median(run["seconds"] for run in runs.later or [runs.first])


def _row(runs: Runs) -> dict[str, Any]:
    """Return what is kept of a solver."""
    adapter, setting = runs.solver.adapter, runs.solver.setting
    row: dict[str, Any] = {
        "package": adapter.package,
        "setting": setting.label,
        "tolerance": setting.tolerance,
        "status": runs.status,
    }
    if not runs.first:
        return row
    kept = runs.later or [runs.first]
    return row | {
        "first": runs.first["seconds"],
        "seconds": _seconds(runs),
        "fastest": min(run["seconds"] for run in kept),
        "runs": len(runs.later),
        "parts": {name: statistics.median(run["parts"][name] for run in kept) for name in runs.first["parts"]},
        "peak_mb": round(max(run["peak"] for run in (runs.first, *runs.later)) / MEGABYTE, 1),
        "added_mb": round(max(run["peak"] - run["before"] for run in kept) / MEGABYTE, 1)
        if adapter.peak is None
        else None,
        "warnings": runs.first["warnings"],
        "warning": runs.first["warning"],
        **runs.proof,
    }
