"""What a law is, how one is checked, and the report of a run.

A law yields comparisons of two numbers that must agree; the runner stops at the first that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np

from bayesreg.errors import LawError

Relation = Literal["equal to", "at least", "at most"]


@final
@dataclass(frozen=True, eq=False)
class Comparison:
    """Numbers that a law compares, elementwise.

    Attributes
    ----------
    at : str
        Where: the strength, the point, what is compared.
    got, expected : float or ndarray
        Broadcast against each other.
    within : float or ndarray
        Allowed absolute difference, >= 0.
    relation : {"equal to", "at least", "at most"}
    points : ndarray, optional
        The points behind the elements, for the message.
    """

    at: str
    got: Any
    expected: Any
    within: Any = 0.0
    relation: Relation = "equal to"
    points: Any = None

    def fault(self) -> str:
        """Return what is wrong, as a sentence; empty where all hold. Nan never holds."""
        got, expected, within = np.broadcast_arrays(*map(_floats, (self.got, self.expected, self.within)))
        with np.errstate(invalid="ignore"):
            signed = {"at least": expected - got, "at most": got - expected}.get(self.relation, np.abs(got - expected))
        holds = (signed <= within) | (got == expected)
        if holds.all():
            return ""
        bad = int(np.argmin(holds.ravel()))
        point = "" if self.points is None else f" {float(np.broadcast_to(self.points, got.shape).flat[bad]):.6g}"
        return (
            f"{self.at}{point}: {float(got.flat[bad])!r} must be {self.relation} {float(expected.flat[bad])!r} "
            f"(allowed difference {within.flat[bad]:.3g})"
        )


def _floats(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=float)


@final
@dataclass(frozen=True, eq=False)
class Law:
    """A named statement with its check.

    Attributes
    ----------
    name : str
    statement : str
        The law in a line.
    look : str
        The method to correct where it fails.
    check : callable
        Case to comparisons.
    applies : callable
        Case to whether the law says something about it.
    """

    name: str
    statement: str
    look: str
    check: Callable[[Any], Iterable[Comparison]]
    applies: Callable[[Any], bool]

    def faults(self, case: Any) -> Iterator[str]:
        """Yield what is wrong with a case."""
        for comparison in self.check(case):
            fault = comparison.fault()
            if fault:
                yield fault


def law(
    *, look: str, applies: Callable[[Any], bool] = lambda case: True
) -> Callable[[Callable[[Any], Iterable[Comparison]]], Law]:
    """Turn a generator of comparisons into a `Law` of the same name, stated by the first line of its docstring."""

    def register(check: Callable[[Any], Iterable[Comparison]]) -> Law:
        statement = str(check.__doc__).splitlines()[0].rstrip(".")
        return Law(check.__name__, statement, look, check, applies)

    return register


@final
@dataclass(frozen=True)
class Report:
    """What a checker found to hold.

    Attributes
    ----------
    subject : str
        What was checked.
    laws : tuple of str
        Names of the laws that hold.
    skipped : tuple of str
        Names of the laws that say nothing about it, such as the moments of a flat prior.

    Examples
    --------
    >>> import bayesreg as br
    >>> report = br.testing.check_penalty(br.Flat())
    >>> "prior_moments" in report.skipped
    True
    """

    subject: str
    laws: tuple[str, ...]
    skipped: tuple[str, ...]


def run(laws: Iterable[Law], case: Any, subject: str) -> Report:
    """Check each law on a case.

    Raises
    ------
    LawError
        At the first law that does not hold, with its name, the point and the numbers.
    """
    held, skipped = [], []
    for item in laws:
        if not item.applies(case):
            skipped.append(item.name)
            continue
        for fault in item.faults(case):
            found = f"{fault[0].upper()}{fault[1:]}"
            raise LawError(f"{subject} breaks the law {item.name!r}: {item.statement}. {found}. Correct {item.look}.")
        held.append(item.name)
    return Report(subject, tuple(held), tuple(skipped))
