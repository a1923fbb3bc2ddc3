"""Which facts a translation between two rows needs, and their numbers: what cancels may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayesreg.conventions.facts import UNIT_DISPERSION, check_fact, missing
from bayesreg.conventions.rows import Columns, Convention, Exponents, Pair
from bayesreg.errors import InputError

SWITCHES: Mapping[str, tuple[Columns, Columns]] = {
    "glmnet": ("standardized", "raw"),
    "adelie": ("standardized", "raw"),
    "lasso2": ("standardized (n - 1)", "raw"),
}
"""What ``standardize=True`` and ``False`` make of the columns, for packages that have this argument."""


def columns_of(row: Convention, standardize: bool | None) -> Columns:
    """Return what the penalty of a row acts on, once ``standardize`` is said (None: it is not)."""
    if standardize is None or row.package not in SWITCHES:
        return row.columns
    return SWITCHES[row.package][0 if standardize else 1]


def column_facts(source: Columns, target: Columns) -> tuple[str, ...]:
    """Return the facts by which columns of two kinds differ: ``s_j``, and ``n`` where one counts n - 1.

    Examples
    --------
    >>> column_facts("raw", "standardized (n - 1)")
    ('s_j', 'n')
    >>> column_facts("either", "raw")
    ()
    """
    pair = _both(source, target)
    scaled = [columns != "raw" for columns in pair]
    reduced = [columns == "standardized (n - 1)" for columns in pair]
    return (*(("s_j",) if scaled[0] != scaled[1] else ()), *(("n",) if reduced[0] != reduced[1] else ()))


def on_columns(pair: Pair, source: Columns, target: Columns, facts: Mapping[str, float]) -> Pair:
    """Return strengths of the source's columns on those of the target: ``l1 / k`` and ``l2 / k^2``.

    ``k`` is the target's scale of the column over the source's.

    Examples
    --------
    >>> on_columns(Pair(2.0, 8.0), "standardized", "raw", {"s_j": 2.0})
    Pair(l1=4.0, l2=32.0)
    """
    used = column_facts(source, target)
    before, after = (_scale(columns, used, facts) for columns in _both(source, target))
    ratio = before / after
    return Pair(pair.l1 * ratio, pair.l2 * ratio**2)


def _both(source: Columns, target: Columns) -> tuple[Columns, Columns]:
    """Return the two kinds, where "either" is what the other is: ours never divides by n - 1."""
    if source == "either":
        source = "standardized" if target == "standardized (n - 1)" else target
    if target == "either":
        target = "standardized" if source == "standardized (n - 1)" else source
    return source, target


def _scale(columns: Columns, used: tuple[str, ...], facts: Mapping[str, float]) -> float:
    scale = facts["s_j"] if columns != "raw" and "s_j" in used else 1.0
    if columns == "standardized (n - 1)" and "n" in used:
        scale *= (facts["n"] / (facts["n"] - 1.0)) ** 0.5
    return float(scale)


def missing_scale(source: Convention, target: Convention, where: str) -> InputError:
    """Return the error that a conversion between raw and standardised columns is told no ``s_j``."""
    raw, scaled = (source, target) if source.columns == "raw" else (target, source)
    return InputError(
        f"{where} needs s_j=: the 1/n standard deviation of the column, because {scaled.call} divides by it and "
        f"{raw.call} penalises the columns as they are, so one number holds for one column only. For columns that are "
        "standardised already it is s_j=1. Give it by name."
    )


def needed_facts(source: Convention, target: Convention, share: float) -> set[str]:
    """Return the facts that do not cancel between two rows, in the parts that are there."""
    parts = [(source.f, target.f)] if share > 0.0 else []
    parts += [(source.f + source.g, target.f + target.g)] if share < 1.0 else []
    return {name for before, after in parts for name, exponent in _net(before, after).items() if exponent}


def numbers_of(
    source: Convention, target: Convention, share: float, facts: Mapping[str, Any], where: str
) -> dict[str, float]:
    """Return every fact of both rows; one that cancels may be left out, and stands at 1."""
    needed = needed_facts(source, target, share)
    unit = next((row.family for row in (source, target) if row.family in UNIT_DISPERSION), None)
    numbers = {}
    for name in dict.fromkeys(fact for row in (source, target) for fact, _ in row.f + row.g):
        if name in facts:
            numbers[name] = check_fact(name, facts[name])
            if name == "dispersion" and unit and numbers[name] != 1.0:
                raise InputError(f"dispersion={facts[name]!r} has no meaning for a {unit} response, which has phi = 1.")
        elif name in needed and not (name == "dispersion" and unit):
            raise missing(name, where)
        else:
            numbers[name] = 1.0
    return numbers


def column_numbers(names: tuple[str, ...], facts: Mapping[str, Any], error: InputError, where: str) -> dict[str, float]:
    """Return the facts of two kinds of columns, checked; ``error`` is raised where ``s_j`` is missing."""
    for name in names:
        if name not in facts:
            raise error if name == "s_j" else _missing_rows(where)
    numbers = {name: check_fact(name, facts[name]) for name in names}
    if numbers.get("n", 2.0) <= 1.0:
        raise InputError(f"n={facts['n']!r} is not allowed: a standard deviation of n - 1 rows needs n > 1.")
    return numbers


def _missing_rows(where: str) -> InputError:
    return InputError(
        f"{where} needs n=: the number of rows, because one side divides columns by standard deviations of n - 1 rows "
        "and the other by 1/n ones. Give it by name."
    )


def _net(before: Exponents, after: Exponents) -> dict[str, int]:
    net: dict[str, int] = {}
    for name, exponent in before:
        net[name] = net.get(name, 0) + exponent
    for name, exponent in after:
        net[name] = net.get(name, 0) - exponent
    return net
