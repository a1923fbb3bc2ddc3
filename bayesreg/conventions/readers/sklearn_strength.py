"""The strength of a scikit-learn fit, in loss units on the columns that it saw."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from bayesreg.conventions.facts import is_number
from bayesreg.conventions.fitted import Given
from bayesreg.conventions.readers.sklearn_classes import Reader, sklearn_class
from bayesreg.conventions.rows import Convention, to_pair
from bayesreg.conventions.table import lookup
from bayesreg.errors import UnsupportedError

ABSOLUTE = ("BayesianRidge", "ARDRegression")
"""Classes that state precisions of priors, and their error variance."""
DIRECT = ("auto", "svd", "cholesky")
"""Solvers of a ridge that solve equations."""
_LEGACY_SHARES = {"l1": 1.0, "l2": 0.0}


@final
class Read(NamedTuple):
    """What the strength of a fit says.

    Attributes
    ----------
    rate, precision : ndarray (p,) or float
        On the columns that the estimator saw; in loss units, or absolute.
    setting : str
        As written.
    per_row : bool
    dispersion : float or None
        The error variance that the estimator states, where rate and precision are absolute.
    excluded : ndarray of bool (p,) or None
    """

    rate: Any
    precision: Any
    setting: str
    per_row: bool = False
    dispersion: float | None = None
    excluded: np.ndarray | None = None


def read_strength(estimator: Any, params: dict[str, Any], reader: Reader, given: Given) -> Read:
    """Return the strength that the estimator holds."""
    if sklearn_class(estimator) in ABSOLUTE:
        return _absolute(estimator)
    row = lookup(reader.row)
    value, share = _strength_and_share(estimator, params, reader, row)
    per_row = any(name == "n" for name, _ in row.f) and value > 0.0
    rows = given.rows_for(reader.row) if per_row else 1.0
    pair = to_pair(row, value, share, {"n": rows})
    setting = f"{row.argument} = {value:g}" if reader.strength else "no penalty"
    setting += f", l1_ratio = {share:g}" if 0.0 < share < 1.0 else ""
    setting += f", power = {params['power']:g}" if "power" in params else ""
    return Read(pair.l1, pair.l2, setting, per_row)


def tolerance_of(estimator: Any, params: dict[str, Any]) -> float:
    """Return the tolerance at which the coefficients were found, nan where they are the solution of equations."""
    direct = sklearn_class(estimator) in (*ABSOLUTE, "LinearRegression") or (
        vars(estimator).get("solver_", params.get("solver")) in DIRECT
    )
    return np.nan if direct else float(params.get("tol", np.nan))


def _absolute(estimator: Any) -> Read:
    """Return the precisions of a fit that has learned them, with its error variance."""
    precision = np.asarray(estimator.lambda_, dtype=float)
    phi = 1.0 / float(estimator.alpha_)
    if precision.ndim == 0:
        return Read(0.0, float(precision), f"lambda_ = {precision:g}, alpha_ = {1.0 / phi:g}", dispersion=phi)
    pruned = precision >= estimator.threshold_lambda
    low, high = (f"{end:g}" for end in (precision.min(), np.max(precision, where=~pruned, initial=precision.min())))
    out = f", {int(pruned.sum())} columns left out" if pruned.any() else ""
    setting = f"lambda_ = {low} to {high}, alpha_ = {1.0 / phi:g}{out}"
    return Read(0.0, np.where(pruned, 0.0, precision), setting, dispersion=phi, excluded=pruned if out else None)


def _strength_and_share(estimator: Any, params: dict[str, Any], reader: Reader, row: Convention) -> tuple[float, float]:
    """Return the strength and the share of the absolute value."""
    if not reader.strength:
        return 0.0, 0.0
    strength = _setting(estimator, params, reader.strength)
    if np.size(strength) == 1 and not is_number(strength):
        strength = np.ravel(strength)[0]
    if not is_number(strength):
        raise UnsupportedError(
            f"{reader.strength}={strength!r} holds a strength per target, and only one response can be read. Fit one "
            "estimator per target."
        )
    legacy = params.get("penalty", "deprecated")
    if legacy in (None, "none"):
        return float("inf"), 0.0
    if legacy in _LEGACY_SHARES:
        return float(strength), _LEGACY_SHARES[legacy]
    share = np.ravel(_setting(estimator, params, reader.share))[0] if reader.share else row.share
    return float(strength), 0.0 if share is None else float(share)


def _setting(estimator: Any, params: dict[str, Any], name: str) -> Any:
    return vars(estimator)[name] if name.endswith("_") else params[name]
