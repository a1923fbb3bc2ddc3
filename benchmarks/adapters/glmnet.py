"""glmnet in R, a process beside ours: data go over as binary files, and R takes the time itself.

The path is asked for to its end (``fdev = 0``, ``devmax = 1``), so that every strength of the grid has coefficients.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.adapters.base import Adapter, Run, Setting, kind, tolerances
from benchmarks.memory import peak_of
from benchmarks.record import FOLDS, Answer, Facts, Problem

SCRIPT = Path(__file__).with_suffix(".R")
FAMILIES = {"gaussian": "gaussian", "bernoulli": "binomial", "poisson": "poisson"}
KINDS = ("gaussian l1", "gaussian elastic_net", "bernoulli l1", "poisson l1", "gaussian l1 cv")
STARTED: list[subprocess.Popen[str]] = []


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    return "" if kind(facts) in KINDS else f"has no {facts.family} path with the penalty {facts.penalty}"


@cache
def _asked() -> tuple[str, str]:
    """Return the version, or why there is none."""
    if shutil.which("Rscript") is None:
        return "", "Rscript is not on the path"
    command = ["Rscript", "-e", "cat(as.character(packageVersion('glmnet')), R.version$major, R.version$minor)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return "", "R has no package glmnet"
    version, major, minor = done.stdout.split()
    return f"{version} (R {major}.{minor})", ""


def _write(problem: Problem, folder: Path) -> None:
    """Write the arrays as R reads them: doubles and 32-bit integers, columns one after the other."""
    arrays = {"y": problem.y, "alphas": problem.alphas}
    if problem.facts.sparse:
        arrays |= {"data": problem.X.data, "indices": problem.X.indices, "indptr": problem.X.indptr}
    else:
        arrays["X"] = problem.X.T
    for name, values in arrays.items():
        kind_of = np.int32 if values.dtype.kind == "i" else np.float64
        np.ascontiguousarray(values, dtype=kind_of).tofile(folder / f"{name}.bin")


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return a function that has R fit the problem."""
    facts, folder = problem.facts, Path(tempfile.mkdtemp(prefix="benchmark-glmnet-"))
    _write(problem, folder)
    numbers = (
        *(facts.n, facts.p, facts.share, int(facts.intercept), int(facts.sparse), setting.tolerance),
        FOLDS * int(facts.task == "cv"),
    )
    command = ["Rscript", str(SCRIPT), str(folder), FAMILIES[facts.family], *map(str, numbers)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    STARTED.append(process)
    _line(process)

    def run() -> Answer:
        process.stdin.write("run\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        _, seconds, count = _line(process).split()
        if int(count) != problem.lams.size:
            raise RuntimeError(f"glmnet stopped after {count} of {problem.lams.size} strengths")
        if facts.task == "cv":
            return Answer(float(seconds), fold_fits=lambda: _fold_fits(process, problem, folder))
        coefs = np.fromfile(folder / "beta.bin").reshape(problem.lams.size, facts.p)
        return Answer(float(seconds), coefs, np.fromfile(folder / "a0.bin"))

    return run


def _fold_fits(process: subprocess.Popen[str], problem: Problem, folder: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return what R finds without each fold."""
    process.stdin.write("folds\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]
    _line(process)
    coefs = np.fromfile(folder / "beta.bin").reshape(FOLDS, problem.lams.size, problem.facts.p)
    return list(zip(coefs, np.fromfile(folder / "a0.bin").reshape(FOLDS, -1), strict=True))


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline()  # type: ignore[union-attr]
    if not line:
        raise RuntimeError(f"R ended with status {process.wait()}; its message is above")
    return line


def peak() -> int:
    """Return the peak resident set of R, in bytes."""
    return max((peak_of(_worker(process.pid)) for process in STARTED), default=0)


def _worker(process: int) -> int:
    """Return the process that computes: Rscript replaces itself by R, or waits for it."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    children = listed.read_text(encoding="utf-8").split() if listed.exists() else []
    return int(children[0]) if children else process


ADAPTER = Adapter(
    "glmnet",
    lambda facts: tolerances(1e-7, 1e-10, 1e-14),
    refuses,
    prepare,
    lambda: _asked()[1],
    lambda: _asked()[0],
    peak=peak,
)
