"""A process that samples one problem with one package, on request; see `benchmarks.posterior.measure`.

Requests are lines on standard input: ``run <seed>`` samples, ``keep <file>`` writes the draws of the last run. Answers
are lines of JSON on standard output. What packages print goes to standard error.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import memory
from benchmarks.adapters import Setting
from benchmarks.child import protocol
from benchmarks.posterior.adapters import CONTESTANTS
from benchmarks.posterior.record import load


def serve(arguments: list[str]) -> None:
    """Answer requests until the input ends."""
    folder, package, label, _, gigabytes = arguments
    memory.limit(float(gigabytes))
    with protocol() as answers:

        def tell(report: dict[str, Any]) -> None:
            answers.write(json.dumps(report) + "\n")
            answers.flush()

        run = CONTESTANTS[package].prepare(load(Path(folder)), Setting(label))
        read = None
        tell({"ready": True})
        for line in sys.stdin:
            request, _, given = line.strip().partition(" ")
            if request == "run":
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    start = time.perf_counter()
                    read = run(int(given))
                    tell({"seconds": time.perf_counter() - start})
            elif read is not None:
                np.savez(given, **read())
                tell({"kept": given})


if __name__ == "__main__":
    serve(sys.argv[1:])
