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
    missing = {name: why for name in wanted if (why := ADAPTERS[name].missing())}
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in wanted if name not in missing}
    coefs: dict[str, Mapping[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        csv = Path(name) / "diabetes.csv"
        br.datasets.diabetes().to_csv(csv, index=False)
        for _ in range(1 + options.repeats):
            for package in runs:
                printed, spent = _run(HERE / SCRIPTS[package], csv, options.limit)
                runs[package].append(spent)
                coefs[package] = json.loads(printed)
        wants_ours = options.wants("bayesreg", "default")
        again = [json.loads(_run(HERE / "fit_again.py", csv, options.limit)[0]) for _ in range(1 + options.repeats)]
    rows = [{"package": one, "setting": "", "status": f"skipped: {why}"} for one, why in missing.items()]
    rows += [_row(package, spent, coefs) for package, spent in runs.items()]
    for row in rows:
        say(f"  {row['package']}: {row.get('seconds', float('nan')):.4g} s, {row['status']}")
    return {"fitted": WORDS, "rows": rows, "again": _median(again) if wants_ours else {}}


def _run(script: Path, csv: Path, limit: float) -> tuple[str, dict[str, float]]:
    """Return what a script prints, and its elapsed and processor seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, str(script), str(csv)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(), timeout=limit)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, {"seconds": seconds, "processor": processor}


def _row(package: str, spent: list[dict[str, float]], coefs: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return what is kept of a package: medians after the first run, which filled the disk's cache."""
    agreed = coefs.get("scikit-learn", coefs[package])
    largest = max(abs(value) for value in agreed.values())
    apart = max(abs(coefs[package][name] - value) for name, value in agreed.items()) / largest
    return {
        "package": package,
        "setting": "default",
        "status": "solved",
        "first": spent[0]["seconds"],
        "runs": len(spent) - 1,
        "apart": apart,
        **_median(spent),
    }


def _median(runs: list[dict[str, float]]) -> dict[str, float]:
    kept = runs[1:] or runs
    return {name: statistics.median(run[name] for run in kept) for name in runs[0]}
