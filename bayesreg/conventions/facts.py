"""The facts that a conversion is told by name, and their checks."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from bayesreg.errors import InputError

UNIT_DISPERSION = ("bernoulli", "poisson")

POSITIVE = {
    "n": "the number of rows (with case weights: their sum), because the loss is divided by it",
    "dispersion": "phi (sigma^2 of a Gaussian response), because a prior scale and a penalty differ by it",
    "s_y": "the 1/n standard deviation of y, because glmnet divides the squared part by it",
}
SHARES = {
    "l1_ratio": "the share of the absolute value, between 0 (ridge) and 1 (lasso)",
    "alpha": "glmnet's share of the absolute value, between 0 (ridge) and 1 (lasso)",
    "L1_wt": "statsmodels' share of the absolute value, between 0 (ridge) and 1 (lasso)",
}


def is_number(value: object) -> bool:
    """Whether ``value`` is a real number, not a truth value."""
    return isinstance(value, Real) and not isinstance(value, bool)


def check_fact(name: str, value: Any) -> float:
    """Return a fact as a float, or raise `InputError` saying what it is and what it may be."""
    if name in POSITIVE and not (is_number(value) and 0.0 < float(value) < np.inf):
        raise InputError(f"{name}={value!r} is not allowed: it is {POSITIVE[name]}, a finite number > 0.")
    if name in SHARES and not (is_number(value) and 0.0 <= float(value) <= 1.0):
        raise InputError(f"{name}={value!r} is not allowed: it is {SHARES[name]}.")
    return float(value)


def check_value(name: str, value: Any, *, inverse: bool) -> float:
    """Return a strength as a float, or raise; an ``inverse`` strength may be infinite and not 0."""
    low_ok = is_number(value) and (float(value) > 0.0 if inverse else float(value) >= 0.0)
    if not (low_ok and (inverse or float(value) < np.inf)):
        allowed = "a number > 0 (inf: no penalty)" if inverse else "a finite number >= 0"
        raise InputError(f"{name}={value!r} is not a strength; allowed: {allowed}.")
    return float(value)


def refuse_unused(given: Mapping[str, Any], allowed: tuple[str, ...], where: str) -> None:
    """Raise for the first argument that ``where`` has no use for."""
    unused = [name for name in given if name not in allowed]
    if not unused:
        return
    hint = ""
    if unused[0] == "standardize":
        hint = " Standardising is the model's: say it as br.Model(..., standardize=True) or False."
    listed = ", ".join(allowed) or "none"
    raise InputError(f"{unused[0]}={given[unused[0]]!r} is not used by {where}; it uses: {listed}. Leave it out.{hint}")


def missing(name: str, where: str) -> InputError:
    """Return the error that ``where`` needs the fact ``name``."""
    meaning = POSITIVE.get(name) or SHARES[name]
    return InputError(f"{where} needs {name}=: {meaning}. Give it by name.")
