"""rstanarm in R, a process beside ours. Its Laplace priors have fixed scales, its horseshoe a slab (made wide here)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.adapters import Setting
from benchmarks.posterior.record import CHAINS, Contestant, Draws, Facts, Problem

SCRIPT = Path(__file__).with_suffix(".R")
FAMILIES = {"gaussian": "gaussian", "bernoulli": "binomial", "poisson": "poisson"}


def remark(facts: Facts) -> str:
    """Return in what its model differs."""
    if facts.prior == "horseshoe":
        return "regularised horseshoe, the slab of scale 1000"
    return "Laplace scales fixed at the posterior median of the reference" if facts.scale is None else ""


@cache
def _asked() -> tuple[str, str]:
    """Return the version, or why there is none."""
    if shutil.which("Rscript") is None:
        return "", "Rscript is not on the path"
    command = ["Rscript", "-e", "cat(as.character(packageVersion('rstanarm')), R.version$major, R.version$minor)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return "", "R has no package rstanarm"
    version, major, minor = done.stdout.split()
    return f"{version} (R {major}.{minor})", ""


def prepare(problem: Problem, setting: Setting) -> Callable[[int], Callable[[], Draws]]:
    """Return a function that has R sample the problem."""
    facts, folder = problem.facts, Path(tempfile.mkdtemp(prefix="benchmark-rstanarm-"))
    arrays = {"X": problem.X.T, "y": problem.y}
    if facts.prior == "laplace":
        if problem.scales is None:
            raise RuntimeError("no reference run to take the scales from")
        arrays["scales"] = problem.scales
    for name, values in arrays.items():
        np.ascontiguousarray(values, dtype=np.float64).tofile(folder / f"{name}.bin")
    sizes = (facts.n, facts.p, facts.tune, facts.draws, CHAINS)
    command = ["Rscript", str(SCRIPT), str(folder), FAMILIES[facts.family], facts.prior, *map(str, sizes)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    _line(process)

    def run(seed: int) -> Callable[[], Draws]:
        process.stdin.write(f"{seed}\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        count = int(_line(process).split()[2])

        def read() -> Draws:
            values = np.fromfile(folder / "draws.bin").reshape(count, CHAINS, facts.draws)
            found = {"coef": np.moveaxis(values[: facts.p], 0, -1)}
            return found | ({"sigma": values[facts.p]} if count > facts.p else {})

        return read

    return run


def _line(process: subprocess.Popen[str]) -> str:
    """Return the next line that tells of our work; Stan writes others."""
    for line in process.stdout or ():
        if line.startswith(("ready", "done")):
            return line
    raise RuntimeError(f"R ended with status {process.wait()}; its message is above")


CONTESTANT = Contestant(
    "rstanarm",
    remark,
    lambda facts: "",
    prepare,
    lambda: _asked()[1],
    lambda: _asked()[0],
    lambda: sys.executable,
    learns=False,
)
