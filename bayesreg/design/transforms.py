"""Functions of a formula that return columns: polynomials, splines, scaling, factors.

Thin covers of formulaic's own transforms, with their state held by us. Each takes the values, the state (a dict that is
empty when learning and holds what was learned afterwards) and constants.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from formulaic.transforms import basis_spline as _bs
from formulaic.transforms import center as _center
from formulaic.transforms import cyclic_cubic_spline as _cc
from formulaic.transforms import natural_cubic_spline as _cr
from formulaic.transforms import poly as _poly
from formulaic.transforms import scale as _scale

from bayesreg.design.columns import Column, from_array
from bayesreg.design.contrasts import default
from bayesreg.design.values import Block, Coded, shown_levels
from bayesreg.errors import DataError

State = dict[str, Any]


def poly(x: np.ndarray, state: State, **options: Any) -> Block:
    """Return orthonormal polynomials of x, degree 1 to ``degree`` (or its powers when ``raw``)."""
    values = np.asarray(_poly(x, _state=state, **options))
    first = 0 if options.get("raw") else 1
    return Block(tuple(range(first, first + values.shape[1])), values)


def basis_spline(x: np.ndarray, state: State, **options: Any) -> Block:
    """Return the B-spline basis of x; knots and bounds are learned once."""
    return _from_dict(_bs(x, _state=state, **options), spans_intercept=bool(options.get("include_intercept")))


def natural_spline(x: np.ndarray, state: State, **options: Any) -> Block:
    """Return the natural cubic regression spline basis of x."""
    return _from_dict(_cr(x, _state=state, **options))


def cyclic_spline(x: np.ndarray, state: State, **options: Any) -> Block:
    """Return the cyclic cubic regression spline basis of x."""
    return _from_dict(_cc(x, _state=state, **options))


def scale(x: np.ndarray, state: State, **options: Any) -> np.ndarray:
    """Return (x - mean) / sd with the mean and sd (ddof 1) of the training rows."""
    return np.asarray(_scale(x, _state=state, **options))


def standardize(x: np.ndarray, state: State, **options: Any) -> np.ndarray:
    """Return `scale` with ddof 0, as patsy has it."""
    rescale = options.pop("rescale", True)
    return scale(x, state, **{"ddof": 0, **options, "scale": rescale})


def center(x: np.ndarray, state: State) -> np.ndarray:
    """Return x minus its mean over the training rows."""
    return np.asarray(_center(x, _state=state))


def identity(value: Any) -> Any:
    """Return the value; true/false values become numbers 0 and 1."""
    return value.numbers() if isinstance(value, Column) and value.kind in ("flag", "empty") else value


def factor(value: Any, state: State, **options: Any) -> Coded:
    """Return the value as labels, coded by ``contrasts`` (treatment by default) over ``levels``."""
    column = value if isinstance(value, Column) else from_array("", np.asarray(value))
    levels = options.get("levels") or state.get("levels") or observed_levels(column)
    state.setdefault("levels", list(levels))
    return Coded(
        codes=codes_of(column, levels),
        levels=tuple(levels),
        contrasts=options.get("contrasts") or default(),
        spans_intercept=options.get("spans_intercept", True),
    )


def full(value: Any, state: State) -> Coded:
    """Return indicator columns of all levels, whether or not there is an intercept."""
    return (value if isinstance(value, Coded) else factor(value, state)).full()


def interaction(one: Any, other: Any) -> Column:
    """Return the pairs of two factors' labels as labels ``a:b``, those that occur, in the order of their levels."""
    left, right = _coded(one), _coded(other)
    pairs = left.codes * len(right.levels) + right.codes
    used, codes = np.unique(pairs, return_inverse=True)
    levels = [f"{left.levels[pair // len(right.levels)]}:{right.levels[pair % len(right.levels)]}" for pair in used]
    if len(set(levels)) < len(levels):
        raise DataError(
            "two pairs of labels read alike when they are joined by a colon; rename the labels that have one."
        )
    name = ":".join(value.name for value in (one, other) if isinstance(value, Column))
    return Column(name, "label", codes.astype(np.int64), np.zeros(len(codes), dtype=bool), tuple(levels), declared=True)


def _coded(value: Any) -> Coded:
    return value if isinstance(value, Coded) else factor(value, {})


def observed_levels(column: Column) -> list[Hashable]:
    """Return category order for labels, sorted distinct values otherwise."""
    if column.kind == "label":
        return list(column.levels)
    return np.unique(column.values).tolist()


def codes_of(column: Column, levels: list[Any] | tuple[Any, ...]) -> np.ndarray:
    """Return the position of each value in ``levels``.

    Raises
    ------
    DataError
        If a value is not among them; the message names the column, the value and the levels.
    """
    if column.kind == "label" and column.levels == tuple(levels) and not column.missing.any():
        return column.values
    labels = column.labels()
    codes = pd.Index(levels, dtype=object).get_indexer(pd.Index(labels, dtype=object))
    unknown = np.flatnonzero(codes < 0)
    if unknown.size:
        value = labels[unknown[0]]
        where = f"column {column.name!r}" if column.name else "a factor"
        raise DataError(
            f"{where} has the level {value!r} ({unknown.size} row(s)), which is not among the known levels "
            f"{shown_levels(levels)}; leave these rows out or give one of the known levels."
        )
    return codes


def _from_dict(fields: Any, *, spans_intercept: bool = False) -> Block:
    names = tuple(fields)
    return Block(names, np.column_stack([fields[name] for name in names]), spans_intercept)
