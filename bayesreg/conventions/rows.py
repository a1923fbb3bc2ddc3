"""What one row of the convention table says, and the arithmetic that every row shares.

A program that minimises ``A sum_i w_i l_i + a1 |b| + a2 b^2 / 2``, ``l_i`` half the unit deviance, has the
same minimiser as ours with ``l1 = a1 / A`` and ``l2 = a2 / A``: the strengths in *loss units*, per data
set. In every program of the table both are a power of one argument times known facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, final

from bayesreg.errors import InputError

Exponents = tuple[tuple[str, int], ...]
Columns = Literal["raw", "standardized", "standardized (n - 1)", "either"]
Status = Literal["fitted", "stored", "documented", "own"]
KINDS: Mapping[str, str] = {
    "coefficients": "penalises the size of single coefficients",
    "group": "penalises the length of groups of coefficients",
    "mcp": "is a minimax concave penalty",
    "student_t": "is the scale of a t prior",
    "cauchy": "is the scale of a Cauchy prior",
    "laplace_chi2": "is the scale of a Laplace prior whose scale is learned",
    "horseshoe": "is the global scale of a regularised horseshoe",
}
"""What the strengths of one kind do; only rows of one kind convert."""
LOSS_KINDS = ("coefficients", "group", "mcp")
"""Kinds of rows whose strengths have loss units; the others are prior densities with units of their own."""


class Pair(NamedTuple):
    """Strengths in loss units: ``l1 |b| + l2 b^2 / 2`` beside ``sum_i w_i d_i / 2``.

    Attributes
    ----------
    l1, l2 : float
        Factors of the absolute value and of half the square, >= 0, per data set.
    """

    l1: float
    l2: float


@final
@dataclass(frozen=True)
class Example:
    """One conversion with its result, shown in the table and run by a test.

    Attributes
    ----------
    value : float
        The number in the units of the row that holds the example.
    target : str
        The row to convert to.
    result : float or None
        What comes out; None where the conversion is refused.
    facts : mapping
        What it depends on.
    """

    value: float
    target: str
    result: float | None
    facts: Mapping[str, Any]


def example(value: float, target: str, result: float | None, **facts: Any) -> Example:
    """Return an `Example` with its facts by name."""
    return Example(value, target, result, facts)


@final
@dataclass(frozen=True, kw_only=True)
class Convention:
    """One argument of one program: ``l1 = c v share f`` and ``l2 = c v (1 - share) f g``, ``v = value**power``.

    Attributes
    ----------
    package, estimator, argument : str
        Where the number is written; `name` joins them.
    family : str
        Family of the response, or "any".
    A, a1, a2 : str
        The program's own objective: the factor of its loss, and of its two penalties.
    share : str or float
        The argument that holds the share of the absolute value, or the share itself where it is fixed.
    default_share : float or None
        The program's default of that argument.
    power : int
        Exponent of the value: -1 for inverse strengths and Laplace scales, -2 for standard deviations.
    constant : float
        The factor ``c``: a loss that is not halved has 1/2, a square that is not halved 2.
    f, g : tuple of (fact, exponent)
        Facts that multiply both strengths, and ``l2`` alone.
    columns : "raw", "standardized", "standardized (n - 1)" or "either"
        What the penalty acts on: columns as given, divided by their standard deviation, or as the user says.
    kind : str
        What is penalised: "coefficients" by absolute value and square, "group", "mcp", or the law of another prior.
        Only rows of one kind convert.
    fixed : mapping
        Arguments beside the strength that must have one value for this row to hold.
    shape : mapping
        Arguments beside the strength that the law shares with ours: our name for each of theirs.
    defaults : mapping
        The program's defaults of them.
    weights : str or None
        The argument that holds one factor a column.
    positive : bool
        Whether the program has ``positive=``.
    intercept_penalized : bool
        Whether the program penalises its intercept too.
    status : "fitted", "stored", "documented" or "own"
        The test runs the package, reads stored fits of it, or emulates its documented objective; or it is ours.
    since, until : str
        First version with the argument, and last; empty where that does not matter.
    refused : str
        Why the number has no reading as a penalty; empty where it has one.
    note : str
        What goes wrong with this argument.
    tested_by : str
        The test that compares this row with the program, or with its documented objective.
    example : Example
        One conversion.
    """

    package: str
    estimator: str
    argument: str
    family: str
    A: str
    a1: str
    a2: str
    share: str | float
    default_share: float | None = None
    power: int = 1
    constant: float = 1.0
    f: Exponents = ()
    g: Exponents = ()
    columns: Columns = "raw"
    kind: str = "coefficients"
    fixed: Mapping[str, Any] = field(default_factory=dict)
    shape: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    weights: str | None = None
    positive: bool = False
    intercept_penalized: bool = False
    status: Status
    since: str = ""
    until: str = ""
    refused: str = ""
    note: str = ""
    tested_by: str
    example: Example

    @property
    def name(self) -> str:
        """``package.estimator.argument``."""
        return f"{self.call}.{self.argument}"

    @property
    def call(self) -> str:
        """``package.estimator``."""
        return f"{self.package}.{self.estimator}"

    @property
    def share_name(self) -> str | None:
        """The argument that holds the share, or None where the share is fixed."""
        return self.share if isinstance(self.share, str) else None

    @property
    def absolute(self) -> bool:
        """Whether the number is of a prior as it is, whatever the dispersion: a scale or a precision."""
        return ("dispersion", 1) in self.f

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts that the strengths depend on, the share among them."""
        names = [fact for fact, _ in self.f + self.g]
        return tuple(([self.share] if isinstance(self.share, str) else []) + names)

    @property
    def shown_example(self) -> tuple[str, str]:
        """The example as a line of Python, and what it returns, or the error that it raises."""
        case = self.example
        facts = "".join(f", {name}={value!r}" for name, value in case.facts.items())
        line = f"br.convert({case.value!r}, {self.name!r}, {case.target!r}{facts})"
        refused = "UnsupportedError" if self.refused else "InputError"
        return line, refused if case.result is None else repr(case.result)

    @property
    def l1(self) -> str:
        """The loss-unit strength of the absolute value, as text."""
        if self.refused or self.kind not in LOSS_KINDS:
            return "none"
        return "0" if self.share == 0.0 else self._text(self.f, self.share_name or "")

    @property
    def l2(self) -> str:
        """The loss-unit strength of half the square, as text."""
        if self.refused or self.kind not in LOSS_KINDS:
            return "none"
        rest = f"(1 - {self.share_name})" if self.share_name else ""
        return "0" if self.share == 1.0 else self._text(self.f + self.g, rest)

    def _text(self, exponents: Exponents, share: str) -> str:
        powers = [*exponents, (self.argument, self.power)]
        top = [] if self.constant == 1.0 else [f"{self.constant:g}"]
        top += [_power(name, power) for name, power in powers if power > 0] + ([share] if share else [])
        bottom = [_power(name, -power) for name, power in powers if power < 0]
        return " / ".join([" * ".join(top) or "1", *bottom])


def _power(name: str, exponent: int) -> str:
    return name if exponent == 1 else f"{name}^{exponent}"


def product(exponents: Exponents, facts: Mapping[str, float]) -> float:
    """Return the product of facts, each to its exponent."""
    result = 1.0
    for name, exponent in exponents:
        result *= facts[name] ** exponent
    return result


def to_pair(row: Convention, value: float, share: float, facts: Mapping[str, float]) -> Pair:
    """Return the loss-unit strengths that ``value`` stands for in ``row``."""
    common = row.constant * product(row.f, facts) * _raised(row, value, row.power)
    l1 = common * share if share > 0.0 else 0.0
    l2 = common * (1.0 - share) * product(row.g, facts) if share < 1.0 else 0.0
    return Pair(l1, l2)


def from_pair(row: Convention, pair: Pair, facts: Mapping[str, float]) -> tuple[float, float | None]:
    """Return ``(value, share)`` of ``row`` for loss-unit strengths; at strength 0 the share is None."""
    l1 = pair.l1 / (row.constant * product(row.f, facts)) if pair.l1 > 0.0 else 0.0
    l2 = pair.l2 / (row.constant * product(row.f + row.g, facts)) if pair.l2 > 0.0 else 0.0
    total = l1 + l2
    if total == 0.0:
        return (float("inf") if row.power < 0 else 0.0), None
    return _raised(row, total, 1.0 / row.power), l1 / total


def _raised(row: Convention, base: float, exponent: float) -> float:
    """Return ``base**exponent``, or raise where a finite positive number leaves the range of a float."""
    if base in (0.0, float("inf")):
        return base**exponent
    try:
        result = base**exponent
    except OverflowError:
        result = 0.0
    if result == 0.0:
        raise InputError(f"{row.name}: {base:g} to the power {exponent:g} is outside the range of a float. Rescale it.")
    return result
