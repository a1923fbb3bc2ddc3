"""The facts that a conversion is told by name, and their checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np

from bayesreg.errors import InputError

UNIT_DISPERSION = ("bernoulli", "poisson")

POSITIVE = {
    "n": "the number of rows (with case weights: their sum), because the loss is divided by it",
    "dispersion": "phi (sigma^2 of a Gaussian response), because a prior scale and a penalty differ by it",
    "s_y": "the 1/n standard deviation of y, because one side is in its units: glmnet divides the squared part by it, "
    "automatic priors multiply their scale by it",
    "s_j": "the 1/n standard deviation of the column, because one of the two divides by it and the other does not",
}
SHARES = {
    "l1_ratio": "the share of the absolute value, between 0 (ridge) and 1 (lasso)",
    "alpha": "the share of the absolute value (of glmnet and adelie), between 0 (ridge) and 1 (lasso)",
    "L1_wt": "statsmodels' share of the absolute value, between 0 (ridge) and 1 (lasso)",
}


_HOW = "it says how the optimum is found, not which one it is. Leave it out here"
_HOW_NAMES = (
    *(
        "max_iter",
        "tol",
        "random_state",
        "n_jobs",
        "warm_start",
        "verbose",
        "copy_X",
        "precompute",
        "selection",
        "dual",
    ),
    *("maxiter", "cnvrg_tol", "start_params", "thresh", "maxit", "nlambda", "lambda_min_ratio"),
)
_MODEL = "it is no part of the penalty, but it changes the fit. Say it to the model"
_ELSEWHERE = {
    **dict.fromkeys(_HOW_NAMES, _HOW),
    "solver": f"{_HOW}; only 'liblinear' penalises the intercept too, which no penalty of this table stands for",
    "intercept_scaling": "only solver='liblinear' has it, which penalises the intercept too: no penalty of this table "
    "stands for that. Fit it with another solver",
    "standardize": "standardising is the model's. Say it as br.Model(..., standardize=True) or False",
    "fit_intercept": f"{_MODEL}: '0 + ' in its formula leaves the intercept out",
    "intercept": f"{_MODEL}: '0 + ' in its formula leaves the intercept out",
    "class_weight": f"{_MODEL}, as one weight a row: br.Model(..., weights=...)",
    "sample_weight": f"{_MODEL}: br.Model(..., weights=...)",
    "weights": f"{_MODEL}: br.Model(..., weights=...)",
    "offset": f"{_MODEL}: br.Model(..., offset=...)",
    "groups": "the groups are the terms of the model's formula: penalty={'a + b': ...}",
    "lambda": "'lambda' is a word of Python's own. Write it as lambda_=",
    "s": "it is glmnet's name of the strength in coef() and predict(). Write it as lambda_=",
}
"""What to do with arguments that are no part of a penalty, by name."""
_GLMNET = ("lambda", "s")


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return a question that names the nearest of ``known``, or "" where none is near.

    Examples
    --------
    >>> did_you_mean("sklearn.Laso.alpha", ["sklearn.Lasso.alpha", "bayesreg.L1.lam"])
    " Did you mean 'sklearn.Lasso.alpha'?"
    """
    near = get_close_matches(str(name), list(known), n=1, cutoff=0.7)
    return f" Did you mean {near[0]!r}?" if near else ""


def listed(name: object, known: Iterable[str]) -> str:
    """Return the names of ``known`` that are of the same package or have the same word, as a list; else the packages.

    Examples
    --------
    >>> listed("Lasso", ["sklearn.Lasso.alpha", "celer.Lasso.alpha", "bayesreg.L1.lam"])
    'sklearn.Lasso.alpha, celer.Lasso.alpha'
    >>> listed("lambda", ["sklearn.Lasso.alpha", "celer.Lasso.alpha", "bayesreg.L1.lam"])
    'those of sklearn, celer, bayesreg; bayesreg.conventions.table() has them all'
    """
    names, word = list(known), str(name).lower()
    packages = list(dict.fromkeys(one.partition(".")[0] for one in names))
    package = word.partition(".")[0]
    near = [one for one in names if one.lower().partition(".")[0] == package]
    near = near or [one for one in names if word in one.lower().split(".")]
    return ", ".join(near) or f"those of {', '.join(packages)}; bayesreg.conventions.table() has them all"


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
    name = unused[0]
    listed = ", ".join(allowed) or "none"
    used = f"{name}={given[name]!r} is not used by {where}, which uses: {listed}"
    if name in POSITIVE:
        raise InputError(f"{used}; the result does not depend on it. Leave it out.")
    if name in _ELSEWHERE and (name not in _GLMNET or "lambda_" in allowed):
        raise InputError(f"{used}; {_ELSEWHERE[name]}.")
    raise InputError(
        f"{used}.{did_you_mean(name, allowed)} Leave it out only if it does not change the fit: nothing here accounts "
        "for it."
    )


def missing(name: str, where: str) -> InputError:
    """Return the error that ``where`` needs the fact ``name``."""
    meaning = POSITIVE.get(name) or SHARES[name]
    return InputError(f"{where} needs {name}=: {meaning}. Give it by name.")
