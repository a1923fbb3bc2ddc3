"""Checks of arguments that several verbs take."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from bayesreg.errors import InputError


def check_level(level: Any) -> float:
    """Return a probability strictly between 0 and 1, or raise."""
    if isinstance(level, Real) and not isinstance(level, bool) and 0.0 < float(level) < 1.0:
        return float(level)
    raise InputError(f"level={level!r} is not a probability; it must lie between 0 and 1, e.g. 0.95.")


def check_whole(name: str, value: Any, least: int) -> int:
    """Return a whole number of at least ``least``, or raise."""
    if isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least:
        return int(value)
    raise InputError(f"{name}={value!r} is not allowed; it must be a whole number >= {least}.")


def check_strengths(name: str, values: Any) -> np.ndarray:
    """Return finite strengths > 0 as an array (k,), k > 0, or raise."""
    array = np.atleast_1d(np.asarray(values))
    numeric = array.dtype.kind in "iuf" and array.ndim == 1 and array.size > 0
    if numeric and np.all(np.isfinite(array) & (array > 0)):
        return array.astype(float)
    raise InputError(f"{name}={values!r} are not strengths; they must be finite numbers > 0.")


def check_name(name: str, value: Any, known: Sequence[str]) -> str:
    """Return a value that is one of a few names.

    Raises
    ------
    InputError
        With the names that are allowed.

    Examples
    --------
    >>> check_name("rule", "min", ("min", "1se"))
    'min'
    """
    if not isinstance(value, str) or value not in known:
        raise InputError(f"{name}={value!r} is not known; allowed: {', '.join(map(repr, known))}.")
    return value
