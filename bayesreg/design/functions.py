"""The fixed table of functions that a formula may call; nothing else can be called but the user's own by name.

A function is data: how many leading arguments are expressions of columns, which constants may follow, and a plain
function of arrays. Functions that learn from the data (means, knots, polynomials, levels) keep what they learned in
``state``, so that new rows are never used to learn it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesreg.design import transforms
from bayesreg.design.contrasts import read_contrast
from bayesreg.design.parameters import Parameter, items, one_of, real, reals, switch, switch_or_real, whole


@dataclass(frozen=True)
class Function:
    """One entry of the table.

    Parameters
    ----------
    apply : callable
        ``apply(*values, **options)``, or ``apply(value, state, **options)`` when stateful.
    values : int
        Number of leading arguments that are expressions of columns.
    parameters : tuple of Parameter
        Constants that may follow.
    takes : {"numbers", "any"}
        Whether the values are turned into float64 arrays before the call.
    stateful : bool
        Whether it keeps what it learned from the training rows.
    """

    apply: Callable[..., Any]
    values: int = 1
    parameters: tuple[Parameter, ...] = ()
    takes: str = "numbers"
    stateful: bool = False


_UNARY = (
    *("log", "log10", "log2", "log1p", "exp", "exp2", "expm1", "sqrt", "cbrt", "square"),
    *("abs", "sign", "floor", "ceil", "rint", "sin", "cos", "tan", "arcsin", "arccos"),
    *("arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "reciprocal", "negative"),
)
_BINARY = (*("maximum", "minimum", "power", "hypot", "arctan2", "add", "subtract", "multiply", "divide"),)
_PLAIN = (
    *("log", "log10", "log2", "log1p", "exp", "exp2", "expm1", "sqrt", "abs", "sin"),
    *("cos", "tan", "sinh", "cosh", "tanh"),
)

_DF = Parameter("df", whole(1, 1_000), "a whole number from 1 to 1000")
_KNOTS = Parameter("knots", reals, "a list of numbers")
_BOUNDS = (Parameter("lower_bound", real, "a number"), Parameter("upper_bound", real, "a number"))
_EXTRAPOLATE = Parameter(
    "extrapolation", one_of("raise", "clip", "zero", "extend"), "'raise', 'clip', 'zero' or 'extend'"
)
_SPLINE = (_DF, _KNOTS, *_BOUNDS, Parameter("constraints", one_of("center"), "'center'"))
_CENTER = Parameter("center", switch_or_real, "True, False or a number")
_DDOF = Parameter("ddof", whole(0, 1), "0 or 1")

_ELEMENTWISE = {
    **{name: Function(getattr(np, name)) for name in _PLAIN},
    **{f"np.{name}": Function(getattr(np, name)) for name in _UNARY},
    **{f"np.{name}": Function(getattr(np, name), values=2) for name in _BINARY},
}

_STATEFUL = {
    "poly": Function(
        transforms.poly,
        parameters=(
            Parameter("degree", whole(1, 100), "a whole number from 1 to 100"),
            Parameter("raw", switch, "True or False"),
        ),
        stateful=True,
    ),
    "bs": Function(
        transforms.basis_spline,
        parameters=(
            _DF,
            _KNOTS,
            Parameter("degree", whole(0, 20), "a whole number from 0 to 20"),
            Parameter("include_intercept", switch, "True or False"),
            *_BOUNDS,
            _EXTRAPOLATE,
        ),
        stateful=True,
    ),
    "cr": Function(transforms.natural_spline, parameters=(*_SPLINE, _EXTRAPOLATE), stateful=True),
    "cs": Function(transforms.natural_spline, parameters=(*_SPLINE, _EXTRAPOLATE), stateful=True),
    "cc": Function(transforms.cyclic_spline, parameters=(*_SPLINE, _EXTRAPOLATE), stateful=True),
    "scale": Function(
        transforms.scale,
        parameters=(_CENTER, Parameter("scale", switch_or_real, "True, False or a number"), _DDOF),
        stateful=True,
    ),
    "standardize": Function(
        transforms.standardize,
        parameters=(_CENTER, Parameter("rescale", switch_or_real, "True, False or a number"), _DDOF),
        stateful=True,
    ),
    "center": Function(transforms.center, stateful=True),
}

_FACTORS = {
    "C": Function(
        transforms.factor,
        parameters=(
            Parameter("contrasts", read_contrast, "a contrast such as contr.sum or contr.treatment('b')"),
            Parameter("levels", items, "a list of levels"),
            Parameter("spans_intercept", switch, "True or False"),
        ),
        takes="any",
        stateful=True,
    ),
    "full": Function(transforms.full, takes="any", stateful=True),
    "interaction": Function(transforms.interaction, values=2, takes="any"),
    "I": Function(transforms.identity, takes="any"),
}

FUNCTIONS: dict[str, Function] = {**_ELEMENTWISE, **_STATEFUL, **_FACTORS}
"""Name in a formula -> function."""
