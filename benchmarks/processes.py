"""Processes that solve, asked one at a time, and stopped when they take longer than a limit."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from benchmarks.adapters import Adapter, Setting
from benchmarks.posterior.record import Contestant
from benchmarks.threads import environment


class SolverError(Exception):
    """A solver ended without an answer: too slow, out of memory, or an error of its own; the text says which."""


@final
@dataclass(frozen=True, eq=False)
class Solver:
    """A package at a tolerance, in a process of its own with the problem loaded.

    Attributes
    ----------
    adapter : Adapter or Contestant
    setting : Setting
    process : Popen
    log : Path
        What it writes to standard error.
    """

    adapter: Adapter | Contestant
    setting: Setting
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def name(self) -> str:
        """The package and its setting."""
        return f"{self.adapter.package}:{self.setting.label}"

    def ask(self, request: str, limit: float) -> dict[str, Any]:
        """Return the answer to a request.

        Raises
        ------
        SolverError
            If there is none within ``limit`` seconds, or the process ended.
        """
        if request:
            try:
                self.process.stdin.write(f"{request}\n".encode())  # type: ignore[union-attr]
                self.process.stdin.flush()  # type: ignore[union-attr]
            except BrokenPipeError:
                raise SolverError(self._why()) from None
        ready, _, _ = select.select([self.process.stdout], [], [], limit)  # type: ignore[type-var]
        if not ready:
            self.stop()
            raise SolverError(f"stopped after {limit:g} s")
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            raise SolverError(self._why())
        return dict(json.loads(line))

    def _why(self) -> str:
        """Return the last line of what a process that ended wrote, or its status."""
        status = self.process.wait()
        text = self.log.read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return f"failed: {lines[-1].strip()[:300] if lines else f'status {status}'}"

    def stop(self) -> None:
        """End the process and those that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue


def start(
    folder: Path, adapter: Adapter | Contestant, setting: Setting, *, gigabytes: float, module: str = "benchmarks.child"
) -> Solver:
    """Start a solver, whose work is in a module, on the problem in a folder; its temporary files go there too."""
    tolerance = "" if setting.tolerance is None else repr(setting.tolerance)
    words = [str(folder), adapter.package, setting.label, tolerance, f"{gigabytes:g}"]
    log = folder / f"{adapter.package} {setting.label}.log".replace("/", "_")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [adapter.interpreter(), "-m", module, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**environment(), "TMPDIR": str(folder)},
            start_new_session=True,
        )
    return Solver(adapter, setting, process, log)


def wait_until_ready(solver: Solver, limit: float) -> float:
    """Return the seconds until the package was imported and the data were loaded."""
    begun = time.perf_counter()
    solver.ask("", limit)
    return time.perf_counter() - begun
