"""Reference times: the one matrix operation that a problem can not do without, and no coefficients."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.adapters.base import Adapter, Run, Setting, version_of
from benchmarks.record import Answer, Facts, Problem


def refuses(facts: Facts) -> str:
    """Return where no operation is the reference."""
    return "" if _operation(facts) else "no single operation is the reference here"


def _operation(facts: Facts) -> str:
    if facts.task == "loo":
        return "one SVD of X"
    return "X'X once" if facts.family == "gaussian" and facts.n > facts.p and not facts.sparse else ""


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return the operation."""

    def run() -> Answer:
        start = time.perf_counter()
        if problem.facts.task == "loo":
            np.linalg.svd(problem.X, full_matrices=False)
        else:
            problem.X.T @ problem.X
        return Answer(time.perf_counter() - start)

    return run


ADAPTER = Adapter(
    "numpy",
    lambda facts: (Setting(_operation(facts)),),
    refuses,
    prepare,
    lambda: "",
    version_of("numpy"),
)
