"""Checks of what a user writes into a penalty."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from bayesreg.errors import InputError
from bayesreg.hyperpriors import Hyperprior

LARGEST = 1e100
RELATIVE_TO = ("dispersion", None, "sigma")


def check_relative_to(value: object) -> None:
    """Raise unless ``value`` is one of the three ways a prior can depend on the dispersion."""
    if not (value is None or isinstance(value, str)) or value not in RELATIVE_TO:
        raise InputError(
            f"relative_to={value!r} is not known; allowed: 'dispersion' (lam / phi), None (an absolute prior) or "
            "'sigma' (a prior scale in units of sigma)."
        )


def check_scales(penalty: Any) -> None:
    """Raise where a law whose variances are multiples of the dispersion is asked for as an absolute prior."""
    if penalty.relative_to is None:
        raise InputError(
            f"relative_to=None is not possible for {type(penalty).__name__}, whose variances are multiples of the "
            "dispersion; allowed: 'sigma' (with sigma, when it is sampled) or 'dispersion' (at the model's dispersion)."
        )


def check_flag(name: str, value: object) -> None:
    """Raise unless ``value`` is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise InputError(f"{name}={value!r} is not a flag; it must be True or False.")


def check_limits(value: Any) -> tuple[float, float] | None:
    """Return the limits as a pair of numbers, which must enclose 0; None: no limits."""
    if value is None:
        return None
    pair = tuple(value) if isinstance(value, tuple | list | np.ndarray) else ()
    numbers = len(pair) == 2 and all(isinstance(end, Real) and not isinstance(end, bool) for end in pair)
    if not numbers or not float(pair[0]) <= 0.0 <= float(pair[1]) or pair[0] == pair[1]:
        raise InputError(
            f"limits={value!r} are not limits; allowed: a pair (lower, upper) of numbers with lower <= 0 <= upper, "
            "such as (0, 2) or (-1, inf)."
        )
    return float(pair[0]), float(pair[1])


def check_strength(name: str, value: Any, *, prior_units: bool, zero: bool = False) -> None:
    """Raise unless ``value`` can be a strength.

    In loss units that is a number >= 0 or None; in prior units a number > 0, or >= 0 with ``zero``.
    """
    if isinstance(value, Hyperprior):
        return
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if is_number and (float(value) > LARGEST or 0.0 < float(value) < 1.0 / LARGEST) and np.isfinite(float(value)):
        raise InputError(
            f"{name}={value!r} is outside the range {1.0 / LARGEST:g} to {LARGEST:g} in which a strength can be "
            "computed with. Give the columns or the response in other units; for no penalty use br.Flat()."
        )
    if not prior_units:
        if value is None or (is_number and 0.0 <= float(value) < np.inf):
            return
        raise InputError(
            f"{name}={value!r} is not a strength: it must be a finite number >= 0, a prior of it such as "
            "br.HalfCauchy(1.0), or None to leave it open."
        )
    if not (is_number and 0.0 <= float(value) < np.inf and (zero or float(value) > 0.0)):
        raise InputError(
            f"{name}={value!r} is not the {name} of a prior: it must be a finite number {'>= 0' if zero else '> 0'}, "
            "or a prior of it such as br.HalfCauchy(1.0). For no prior at all use br.Flat()."
        )


def check_positive(name: str, value: Any, above: float = 0.0) -> None:
    """Raise unless ``value`` is a finite number greater than ``above``."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not (is_number and above < float(value) < np.inf):
        raise InputError(f"{name}={value!r} is not allowed: it must be a finite number > {above:g}.")


def check_share(name: str, value: Any) -> None:
    """Raise unless ``value`` lies in [0, 1]."""
    if not (isinstance(value, Real) and not isinstance(value, bool) and 0.0 <= float(value) <= 1.0):
        raise InputError(f"{name}={value!r} is not a share: it must lie between 0 (all squares) and 1 (all absolute).")
