"""A process that solves one problem with one package at one tolerance, on request; see `benchmarks.processes`.

Requests are lines on standard input, answers are lines of JSON on standard output. What packages print goes to
standard error.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import memory
from benchmarks.adapters import ADAPTERS, Adapter, Setting
from benchmarks.adapters.base import Run
from benchmarks.certificate import certify, exact_loo
from benchmarks.record import Answer, Problem, load


@dataclass(frozen=True)
class Work:
    """What this process is for."""

    problem: Problem
    adapter: Adapter
    solve: Run


def start(folder: str, package: str, label: str, tolerance: str) -> Work:
    """Load the problem and the package."""
    problem, adapter = load(Path(folder)), ADAPTERS[package]
    setting = Setting(label, float(tolerance) if tolerance else None)
    return Work(problem, adapter, adapter.prepare(problem, setting))


def measure(work: Work) -> tuple[Answer, dict[str, Any]]:
    """Solve once; say how long it took, what it needed and whether the package warned."""
    memory.reset_peak()
    before = memory.resident()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = work.solve()
    texts = [f"{one.category.__name__}: {one.message}".split("\n")[0] for one in caught if _tells(one)]
    report = {
        "seconds": answer.seconds,
        "parts": dict(answer.parts),
        "before": before,
        "peak": (work.adapter.peak or memory.peak)(),
        "warnings": len(texts),
        "warning": texts[0][:200] if texts else "",
    }
    return answer, report


def _tells(one: warnings.WarningMessage) -> bool:
    """Return whether a warning is about the result, not about a future version."""
    return not issubclass(one.category, DeprecationWarning | FutureWarning | PendingDeprecationWarning)


def judge(problem: Problem, answer: Answer) -> dict[str, Any]:
    """Return the certificate of an answer, the worst over the strengths."""
    report: dict[str, Any] = {}
    if answer.coefs is not None and answer.intercepts is not None:
        proof = certify(problem, answer.coefs, answer.intercepts)
        report |= {
            "gap": float(proof.gap.max()),
            "kkt": float(proof.kkt.max()),
            "objective": proof.objective.tolist(),
            "nonzero": int(proof.nonzero[-1]),
        }
    if answer.fold_fits is not None:
        fits = enumerate(answer.fold_fits())
        proofs = [certify(problem.without(fold), coefs, intercepts) for fold, (coefs, intercepts) in fits]
        report |= {
            "gap": float(max(proof.gap.max() for proof in proofs)),
            "kkt": float(max(proof.kkt.max() for proof in proofs)),
            "objective": np.concatenate([proof.objective for proof in proofs]).tolist(),
        }
    if answer.loo is not None:
        exact = exact_loo(problem, answer.dispersion)
        report["loo_error"] = float((np.abs(answer.loo - exact) / np.abs(exact)).max())
    return report


@contextmanager
def protocol() -> Iterator[Any]:
    """Keep standard output for answers: everything else that writes to it is sent to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        yield answers


def serve(arguments: list[str]) -> None:
    """Answer requests until the input ends."""
    folder, package, label, tolerance, gigabytes = arguments
    memory.limit(float(gigabytes))
    with protocol() as answers:

        def tell(report: dict[str, Any]) -> None:
            answers.write(json.dumps(report) + "\n")
            answers.flush()

        work = start(folder, package, label, tolerance)
        answer: Answer | None = None
        tell({"ready": True})
        for line in sys.stdin:
            if line.strip() == "run":
                answer, report = measure(work)
                tell(report)
            elif answer is not None:
                tell(judge(work.problem, answer))


if __name__ == "__main__":
    serve(sys.argv[1:])
