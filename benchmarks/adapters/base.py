"""What every adapter says about its package."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from benchmarks.record import Answer, Facts, Problem

Run = Callable[[], Answer]


@final
@dataclass(frozen=True)
class Setting:
    """A tolerance that a package is run at; ``tolerance`` is None where it has none."""

    label: str
    tolerance: float | None = None


@final
@dataclass(frozen=True)
class Adapter:
    """How a package is run.

    Attributes
    ----------
    package : str
    settings : callable
        The tolerances at which a problem is solved, the package's default first.
    refuses : callable
        Why the package does not solve a problem; "" where it does.
    prepare : callable
        Imports the package and returns a function without arguments that solves the problem once. Imports are not
        timed; everything from arrays in memory to coefficients is.
    missing : callable
        Why the package can not be run here; "" where it can.
    version : callable
    interpreter : callable
        The Python that runs it.
    peak : callable or None
        Peak resident set in bytes of another process that does the work; None: the work is done in ours.
    """

    package: str
    settings: Callable[[Facts], tuple[Setting, ...]]
    refuses: Callable[[Facts], str]
    prepare: Callable[[Problem, Setting], Run]
    missing: Callable[[], str]
    version: Callable[[], str]
    interpreter: Callable[[], str] = lambda: sys.executable
    peak: Callable[[], int] | None = None


def installed(module: str) -> Callable[[], str]:
    """Return a function that says why a module can not be imported."""

    def missing() -> str:
        return "" if importlib.util.find_spec(module) else f"{module} is not installed (uv run --group bench ...)"

    return missing


def version_of(distribution: str) -> Callable[[], str]:
    """Return a function that reads the version of a distribution."""
    return lambda: importlib.metadata.version(distribution)


def tolerances(*values: float) -> tuple[Setting, ...]:
    """Return settings, the first of which is the default."""
    return tuple(Setting("default" if k == 0 else f"{value:g}", value) for k, value in enumerate(values))


def kind(facts: Facts) -> str:
    """Return family and penalty in one word, such as ``gaussian l1``; the task where it is not a path."""
    return f"{facts.family} {facts.penalty}" + ("" if facts.task == "path" else f" {facts.task}")
