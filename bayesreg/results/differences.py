"""In what two models differ beside the strengths of their penalties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from bayesreg.blocks import Block
from bayesreg.matrices import is_sparse
from bayesreg.resolved import Resolved

SAME = 1e-8
"""Strengths and estimates of the dispersion that agree to this share are the same."""
STATED = ("weights", "relative_to", "positive", "limits")
"""Fields of a penalty whose effect is compared by coefficient, or that may differ."""


def differences(first: Any, second: Any) -> Iterator[str]:
    """Yield in what two models differ, as phrases; strengths may differ where one of them is learned.

    Parameters
    ----------
    first, second : Model
    """
    a, b = first.resolved, second.resolved
    if a.coefficients != b.coefficients:
        yield f"the coefficients ({len(a.coefficients)} and {len(b.coefficients)})"
        return
    parts = {
        "the response": (first.design.y, second.design.y),
        "the columns": (_entries(first.design.X), _entries(second.design.X)),
        "the weights": (a.weights, b.weights),
        "the offset": (a.offset, b.offset),
        "the limits of coefficients": (np.stack([a.lower, a.upper]), np.stack([b.lower, b.upper])),
        "the weights of the penalty": (a.factor, b.factor),
        "the scales that penalties act on": (a.scale, b.scale),
    }
    for what, (left, right) in parts.items():
        if left.shape != right.shape or not np.array_equal(left, right, equal_nan=True):
            yield what
    if a.family != b.family:
        yield f"the family ({a.family.name} and {b.family.name})"
    if a.frequency != b.frequency:
        yield "the kind of the weights"
    if a.sigma_prior != b.sigma_prior:
        yield f"the prior of sigma ({a.sigma_prior!r} and {b.sigma_prior!r})"
    if not np.isclose(a.phi, b.phi, rtol=SAME):
        yield f"the dispersion phi ({a.phi:.4g} and {b.phi:.4g})"
    yield from _laws(a, b)


def _entries(X: Any) -> np.ndarray:
    """Return the numbers of a matrix, sparse or not, as one array."""
    return np.concatenate([X.data, X.indices, X.indptr]) if is_sparse(X) else np.asarray(X)


def _laws(a: Resolved, b: Resolved) -> Iterator[str]:
    """Yield in what the laws of the coefficients differ, and the strengths that are numbers in both models."""
    here, there = _by_coefficient(a), _by_coefficient(b)
    for j, name in enumerate(a.coefficients):
        one, other = here[j], there[j]
        if _shape(one, a.phi) != _shape(other, b.phi) or not np.array_equal(one.columns, other.columns):
            yield f"the law of {name!r} ({one.penalty!r} and {other.penalty!r})"
            return
        if a.learned_of(one) >= 0 or b.learned_of(other) >= 0:
            continue
        left, right = (np.array(resolved.strength.at(j)) for resolved in (a, b))
        if not np.allclose(left, right, rtol=SAME, atol=0.0) or a.sigma_relative[j] != b.sigma_relative[j]:
            yield f"the strength of {name!r}, which neither learns ({one.penalty!r} and {other.penalty!r})"
            return


def _by_coefficient(resolved: Resolved) -> list[Block]:
    """Return the block of each coefficient."""
    found: dict[int, Block] = {int(j): block for block in resolved.blocks for j in block.columns}
    return [found[j] for j in range(len(resolved.coefficients))]


def _shape(block: Block, phi: float) -> tuple[Any, ...]:
    """Return what a law is beside its strength: the kind of its penalty, and its other numbers."""
    law = block.law.multiplied(1.0).to_penalty(phi)
    moving = {*law.strength_names, *(name for name, _ in law.tied_powers), *STATED}
    numbers = [(part.name, getattr(law, part.name)) for part in fields(law) if part.name not in moving]
    return type(law).__name__, *((name, np.asarray(value).tolist()) for name, value in numbers)
