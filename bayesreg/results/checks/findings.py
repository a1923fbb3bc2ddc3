"""Findings about a posterior: what was seen, how much it matters, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, final

import pandas as pd

from bayesreg.results.html import to_html
from bayesreg.results.sheet import Sheet, columns_of, to_text

Severity = Literal["problem", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "note")
SHOWN = 5


@final
@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes
    ----------
    severity : {"problem", "warning", "note"}
        The draws or numbers mislead; they may; worth knowing.
    topic : str
    finding : str
        What was seen, with its numbers.
    remedy : str
        What to do.
    coefficients : tuple of str
        Those that it is about; empty: the whole posterior.
    """

    severity: Severity
    topic: str
    finding: str
    remedy: str
    coefficients: tuple[str, ...] = ()


@final
@dataclass(frozen=True, eq=False, repr=False)
class Findings:
    """What `Posterior.check` found, the most severe first.

    Attributes
    ----------
    title : str
    items : tuple of Finding
    passed : tuple of str
        What was looked at and is in order, or could not be looked at, as sentences.
    """

    title: str
    items: tuple[Finding, ...]
    passed: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether there is neither a problem nor a warning."""
        return all(one.severity == "note" for one in self.items)

    @property
    def frame(self) -> pd.DataFrame:
        """A row a finding: severity, topic, coefficients, finding, remedy."""
        rows = [(one.severity, one.topic, ", ".join(one.coefficients), one.finding, one.remedy) for one in self.items]
        return pd.DataFrame(rows, columns=["severity", "topic", "coefficients", "finding", "remedy"])

    @property
    def sheet(self) -> Sheet:
        """The table as strings."""
        counts = {name: sum(one.severity == name for one in self.items) for name in SEVERITIES}
        said = ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count)
        header = {"findings": said or "none: everything that was looked at is in order"}
        shown = self.frame.drop(columns="coefficients")
        return Sheet(self.title, columns_of(shown) if self.items else (), header, self.passed)

    def __str__(self) -> str:
        return to_text(self.sheet)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        return to_html(self.sheet)


def ordered(items: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, the most severe first."""
    return tuple(sorted(items, key=lambda one: SEVERITIES.index(one.severity)))


def named(names: Iterable[str]) -> str:
    """Return names for a sentence, at most five of them.

    Examples
    --------
    >>> named("abcdefg")
    'a, b, c, d, e and 2 more'
    """
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
