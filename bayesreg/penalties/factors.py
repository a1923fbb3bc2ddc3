"""Penalty weights: factors by position or by name that do not change and can be hashed, as penalties can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Real
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.errors import InputError


@final
class Factors(Mapping[Any, Any]):
    """A copy of a mapping from name to factor."""

    __slots__ = ("_table",)

    def __init__(self, table: Mapping[Any, Any]) -> None:
        self._table = dict(table)

    def __getitem__(self, key: Any) -> Any:
        return self._table[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __hash__(self) -> int:
        return hash(frozenset(self._table.items()))

    def __repr__(self) -> str:
        return repr(self._table)


def frozen_weights(weights: Any) -> Any:
    """Return a copy of penalty weights that the caller can not change: a tuple, or a mapping by name.

    A Series goes by its index where that holds names, never by position.
    """
    if isinstance(weights, pd.Series) and not isinstance(weights.index, pd.RangeIndex):
        return Factors(dict(weights))
    if isinstance(weights, Mapping):
        return Factors(weights)
    if isinstance(weights, list):
        return tuple(weights)
    return tuple(weights.tolist()) if isinstance(weights, (np.ndarray, pd.Series)) and weights.ndim else weights


def check_weights(weights: Any) -> None:
    """Raise unless the penalty weights are factors >= 0 (infinity allowed)."""
    if weights is None:
        return
    if isinstance(weights, str):
        raise InputError(
            f"weights={weights!r} is not known; allowed: an array of numbers >= 0 in column order, or a mapping from "
            "column or term to a number; 'sqrt' for groups."
        )
    pairs = weights.items() if isinstance(weights, Mapping) else enumerate(np.atleast_1d(np.asarray(weights)).tolist())
    for key, value in pairs:
        if not (isinstance(value, Real) and not isinstance(value, bool) and float(value) >= 0.0):
            raise InputError(
                f"The penalty weight of {key!r} is {value!r}; allowed: numbers >= 0 (0 leaves the coefficient free, "
                "float('inf') forces it to 0)."
            )
