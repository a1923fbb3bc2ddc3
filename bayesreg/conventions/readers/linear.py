"""What estimators in scikit-learn's manner have in common, whichever package they are from."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.conventions.facts import is_number
from bayesreg.conventions.fitted import FittedModel, Given, Group
from bayesreg.errors import InputError, UnsupportedError


def class_in(fit: Any, package: str) -> str:
    """Return the name of the nearest class of ``package`` that ``fit`` is."""
    return next(law.__name__ for law in type(fit).__mro__ if law.__module__.partition(".")[0] == package)


def record(
    estimator: Any, given: Given, name: str, setting: str, *, rate: np.ndarray, precision: np.ndarray, **more: Any
) -> FittedModel:
    """Return the record of a fitted estimator of raw columns.

    Parameters
    ----------
    estimator : fitted estimator
        With ``coef_`` and ``intercept_``.
    given : Given
    name : str
        Package and class: "celer Lasso".
    setting : str
        The strength as written.
    rate, precision : ndarray (p,)
        In loss units.
    **more
        Further attributes of the record.
    """
    named = vars(estimator).get("feature_names_in_")
    classes = vars(estimator).get("classes_")
    own = {
        "names": None if named is None else tuple(str(column) for column in named),
        "classes": None if classes is None else tuple(np.asarray(classes).tolist()),
        "X": given.X,
        "y": given.y,
        "weights": given.weights,
    }
    return FittedModel(
        source=f"{name} with {setting}",
        setting=setting,
        coef=np.array(estimator.coef_, dtype=float).ravel(),
        intercept_value=float(np.ravel(estimator.intercept_)[0]),
        rate=rate,
        precision=precision,
        **(own | more),
    )


def check_fitted(estimator: Any, name: str) -> int:
    """Return the number of coefficients, or raise unless it is fitted, to one response of at most two classes."""
    if vars(estimator).get("coef_") is None:
        raise InputError(f"{name} is not fitted: it has no coef_. Call its fit(X, y) first.")
    classes = vars(estimator).get("classes_")
    if classes is not None and len(classes) != 2:
        raise UnsupportedError(
            f"{name} was fitted to {len(classes)} classes; only two can be read, as a bernoulli response. Fit one "
            "class against the rest."
        )
    rows = np.atleast_2d(estimator.coef_).shape[0]
    if rows != 1:
        raise UnsupportedError(f"{name} was fitted to {rows} responses; only one can be read. Fit one at a time.")
    return int(np.size(estimator.coef_))


def number_of(value: Any, argument: str, name: str) -> float:
    """Return a strength that is one number, or raise."""
    if not is_number(value):
        raise UnsupportedError(f"{name} has {argument}={value!r}, and only one number can be read as a strength.")
    return float(value)


def written(argument: str, value: float, share: float, *more: str) -> str:
    """Return a strength as written, with the share of the absolute value where it is neither 0 nor 1.

    Examples
    --------
    >>> written("alpha", 0.5, 0.25, "weights")
    'alpha = 0.5, l1_ratio = 0.25, weights'
    """
    ratio = [f"l1_ratio = {share:g}"] if 0.0 < share < 1.0 else []
    return ", ".join([f"{argument} = {value:g}", *ratio, *(text for text in more if text)])


def factors_of(weights: Any, size: int, name: str) -> np.ndarray:
    """Return one factor >= 0 a column or group; infinity leaves it out, None is 1."""
    factors = np.ones(size) if weights is None else np.asarray(weights, dtype=float).ravel()
    if factors.shape != (size,) or not np.all(factors >= 0.0):
        raise UnsupportedError(f"{name} has weights={weights!r}; {size} numbers >= 0 can be read.")
    return factors


def groups_of(groups: Any, p: int, name: str) -> list[list[int]]:
    """Return the columns of each group, from a size, a list of sizes, or a list of lists of columns.

    Examples
    --------
    >>> groups_of([1, 2], 3, "GroupLasso")
    [[0], [1, 2]]
    """
    if is_number(groups):
        return np.arange(p).reshape(-1, int(groups)).tolist()
    if all(is_number(size) for size in groups):
        return [part.tolist() for part in np.split(np.arange(p), np.cumsum(np.asarray(groups))[:-1])]
    columns = [[int(column) for column in group] for group in groups]
    flat = [column for group in columns for column in group]
    if len(set(flat)) < len(flat):
        raise UnsupportedError(f"{name} has groups that share columns, which no penalty here has. Fit it without.")
    return columns


def grouped(columns: list[list[int]], lam: float, factors: np.ndarray, p: int) -> dict[str, Any]:
    """Return the groups of a record, and the coefficients that are kept at 0: of infinite factors, or in no group."""
    excluded = np.ones(p, dtype=bool)
    for group, factor in zip(columns, factors, strict=True):
        excluded[group] = np.isinf(factor)
    groups = tuple(
        Group(columns=tuple(group), lam=lam * float(factor))
        for group, factor in zip(columns, factors, strict=True)
        if 0.0 < lam * factor < np.inf
    )
    return {"groups": groups, "excluded": excluded if excluded.any() else None}


def weighted(pair: tuple[float, float], factors: np.ndarray) -> dict[str, Any]:
    """Return rate, precision, nominal and excluded coefficients of strengths times one factor a column."""
    excluded = np.isinf(factors)
    finite = np.where(excluded, 0.0, factors)
    return {
        "rate": pair[0] * finite,
        "precision": pair[1] * finite,
        "nominal": (pair[0], pair[1]),
        "excluded": excluded if excluded.any() else None,
    }
