"""adelie: ``grpnet``. Its wheels stop at Python 3.12: ``BENCHMARKS_ADELIE_PYTHON`` names an interpreter that has it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from typing import Any

import numpy as np

from benchmarks.adapters.base import Adapter, Run, Setting, kind, tolerances
from benchmarks.record import Facts, Problem, timed

VARIABLE = "BENCHMARKS_ADELIE_PYTHON"
KINDS = ("gaussian l1", "gaussian elastic_net", "gaussian group", "bernoulli l1", "poisson l1")


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    return "" if kind(facts) in KINDS else f"has no {facts.family} path with the penalty {facts.penalty}"


def interpreter() -> str:
    """Return the Python that has the package."""
    return os.environ.get(VARIABLE, sys.executable)


def missing() -> str:
    """Return why the package can not be run here."""
    if VARIABLE not in os.environ:
        known = importlib.util.find_spec("adelie") is not None
        return "" if known else f"adelie is not installed; {VARIABLE} may name a Python that has it"
    command = [interpreter(), "-c", "import adelie, scipy"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{VARIABLE}={interpreter()!r} can not import adelie and scipy"


def version() -> str:
    """Return the version, as its own interpreter has it."""
    if interpreter() == sys.executable:
        return importlib.metadata.version("adelie")
    command = [interpreter(), "-c", "import importlib.metadata as m; print(m.version('adelie'))"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return the function that fits this problem."""
    import adelie as ad

    laws = {"gaussian": ad.glm.gaussian, "bernoulli": ad.glm.binomial, "poisson": ad.glm.poisson}
    sizes = problem.group_sizes

    def path() -> tuple[np.ndarray, Any]:
        X = problem.X
        if problem.facts.sparse:
            X = ad.matrix.sparse(X, method="naive", n_threads=1)
        state = ad.grpnet(
            X,
            laws[problem.facts.family](problem.y),
            groups=np.concatenate([[0], np.cumsum(sizes)[:-1]]),
            alpha=problem.facts.share,
            lmda_path=problem.alphas,
            tol=setting.tolerance,
            irls_tol=setting.tolerance,
            intercept=problem.facts.intercept,
            early_exit=False,
            progress_bar=False,
            n_threads=1,
        )
        return state.betas.toarray(), state.intercepts

    return lambda: timed(path)


ADAPTER = Adapter(
    "adelie",
    lambda facts: tolerances(1e-7, 1e-12, 1e-15),
    refuses,
    prepare,
    missing,
    version,
    interpreter=interpreter,
)
