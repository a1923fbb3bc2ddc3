"""Whole processes in turn: how long each takes from nothing to a lasso, in elapsed and in processor seconds."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.adapters import ADAPTERS
from benchmarks.measure import Options
from benchmarks.processes import SolverError
from benchmarks.threads import environment

HERE = Path(__file__).parent
SCRIPTS = {
    "bayesreg": "fit_bayesreg.py",
    "scikit-learn": "fit_scikit_learn.py",
    "statsmodels": "fit_statsmodels.py",
}
WORDS = "A new process, from a CSV of 442 rows to one lasso fit"


def measure_cold(options: Options, say: Callable[[str], None]) -> dict[str, Any]:
    """Return the record of the cold start, and of a small fit when everything is warm."""
    import bayesreg as br

    wanted = [name for name in SCRIPTS if options.wants(name, "default")]
    status = {name: f"skipped: {why}" if (why := ADAPTERS[name].missing()) else "solved" for name in wanted}
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in wanted}
    again: list[dict[str, float]] = []
    coefs: dict[str, Mapping[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        csv = Path(name) / "diabetes.csv"
        br.datasets.diabetes().to_csv(csv, index=False)
        for _ in range(1 + options.repeats):
            for package in wanted:
                if status[package] != "solved":
                    continue
                try:
                    printed, spent = _run(HERE / SCRIPTS[package], csv, options.limit)
                    if package == "bayesreg":
                        again.append(json.loads(_run(HERE / "fit_again.py", csv, options.limit)[0]))
                except SolverError as error:
                    status[package] = str(error)
                    continue
                runs[package].append(spent)
                coefs[package] = json.loads(printed)
    rows = [_row(package, status[package], runs[package], coefs) for package in wanted]
    for row in rows:
        say(f"  {row['package']}: {row.get('seconds', float('nan')):.4g} s, {row['status']}")
    return {"fitted": WORDS, "rows": rows, "again": _median(again) if again else {}}


def _run(script: Path, csv: Path, limit: float) -> tuple[str, dict[str, float]]:
    """Return what a script prints, and its elapsed and processor seconds.

    Raises
    ------
    SolverError
        If it takes longer than the limit, or fails.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, str(script), str(csv)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(), timeout=limit)
    except subprocess.TimeoutExpired:
        raise SolverError(f"stopped after {limit:g} s") from None
    except subprocess.CalledProcessError as error:
        raise SolverError(f"failed: {(error.stderr.strip() or 'no message').splitlines()[-1][:300]}") from None
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, {"seconds": seconds, "processor": processor}


def _row(
    package: str, status: str, spent: list[dict[str, float]], coefs: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    """Return what is kept of a package: medians after the first run, which filled the disk's cache."""
    row: dict[str, Any] = {"package": package, "setting": "default", "status": status}
    if not spent:
        return row
    agreed = coefs.get("scikit-learn", coefs[package])
    largest = max(abs(value) for value in agreed.values())
    apart = max(abs(coefs[package][name] - value) for name, value in agreed.items()) / largest
    return row | {"first": spent[0]["seconds"], "runs": len(spent) - 1, "apart": apart, **_median(spent)}


def _median(runs: list[dict[str, float]]) -> dict[str, float]:
    kept = runs[1:] or runs
    return {name: statistics.median(run[name] for run in kept) for name in runs[0]}
