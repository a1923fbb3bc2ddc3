"""Whether fits can stand side by side: what must agree is checked, what may differ is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bayesreg.errors import InputError
from bayesreg.matrices import are_equal
from bayesreg.results.priors import describe_penalty, describe_sigma
from bayesreg.results.protocol import Fit, resolved_of


def check_comparable(fits: Mapping[str, Fit]) -> None:
    """Raise unless all fits have the same data, family and coefficients.

    Raises
    ------
    InputError
        Naming the two fits and everything in which they differ.
    """
    (first, reference), *others = fits.items()
    for name, fit in others:
        differences = _differences(reference, fit)
        if differences:
            raise InputError(
                f"br.compare: {first!r} and {name!r} can not stand in one table, they differ in "
                f"{'; '.join(differences)}. Fits are compared on the same rows, family and coefficients: fit both on "
                "the same data with the same formula."
            )


def differing_priors(fits: Mapping[str, Fit]) -> tuple[str, ...]:
    """Return sentences that say where the penalised fits use different priors or dispersions."""
    penalised = {name: fit for name, fit in fits.items() if fit.kind != "mle"}
    posteriors = {name: fit for name, fit in fits.items() if fit.kind == "posterior"}
    notes = (
        _differing(penalised, "priors", _prior_key, _prior),
        _differing(penalised, "dispersions", lambda r: r.phi, lambda r: f"phi = {r.phi:.4g} ({r.phi_rule})"),
        _differing(posteriors, "priors of sigma", lambda r: r.sigma_prior, describe_sigma),
    )
    return tuple(note for note in notes if note)


def _differences(left: Fit, right: Fit) -> list[str]:
    """Return what differs between the data, families and coefficients of two fits."""
    if left.model is right.model:
        return []
    a, b = left.model.design, right.model.design
    p, q = resolved_of(left), resolved_of(right)
    found = []
    if p.family != q.family:
        found.append(f"the family ({p.family.name}, {p.family.link} link; {q.family.name}, {q.family.link} link)")
    if a.response != b.response:
        found.append(f"the response ({a.response!r} and {b.response!r})")
    if p.coefficients != q.coefficients:
        found.append(f"the coefficients ({_only(p.coefficients, q.coefficients)})")
    if a.n != b.n:
        return [*found, f"the rows ({a.n} and {b.n})"]
    same = {
        "the values of the response": np.array_equal(a.y, b.y),
        "the weights": p.frequency == q.frequency and np.array_equal(p.weights, q.weights),
        "the offset": np.array_equal(p.offset, q.offset),
        "the values of the columns": p.coefficients != q.coefficients or are_equal(a.X, b.X),
    }
    return [*found, *(what for what, equal in same.items() if not equal)]


def _only(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    """Say which coefficients only one side has."""
    first = [name for name in left if name not in right]
    second = [name for name in right if name not in left]
    if not first and not second:
        return "their order"
    sides = (("first", first), ("second", second))
    return "; ".join(f"only in the {side}: {', '.join(names)}" for side, names in sides if names)


def _differing(fits: Mapping[str, Fit], what: str, key: Callable[[Any], Any], describe: Callable[[Any], str]) -> str:
    """Return a sentence if ``key`` of the resolved models differs, "" otherwise."""
    groups: list[tuple[Any, list[str], str]] = []
    for name, fit in fits.items():
        value = key(resolved_of(fit))
        for known, names, _ in groups:
            if known == value:
                names.append(name)
                break
        else:
            groups.append((value, [name], describe(resolved_of(fit))))
    if len(groups) < 2:
        return ""
    parts = [f"{', '.join(names)}: {text}" for _, names, text in groups]
    return f"These fits use different {what}: {'; '.join(parts)}."


def _prior_key(resolved: Any) -> tuple[Any, ...]:
    """Return what fixes the prior: canonical strengths, to rounding, and constraints."""
    numbers = (*resolved.strength.rate, *resolved.strength.precision)
    flags = (*resolved.sigma_relative, *resolved.positive, *resolved.excluded)
    return (*(f"{float(number):.9g}" for number in numbers), *(bool(flag) for flag in flags))


def _prior(resolved: Any) -> str:
    """Describe the penalty and the phi that makes it a prior."""
    return f"{describe_penalty(resolved)} at phi = {resolved.phi:.4g}"
