"""Fitted estimators of scikit-learn, alone or as the last step of a Pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.conventions.facts import is_number
from bayesreg.conventions.fitted import FittedModel, Given
from bayesreg.conventions.readers.sklearn_classes import Reader, check_readable, reader_of, sklearn_class
from bayesreg.conventions.readers.sklearn_columns import seen_columns, split_pipeline
from bayesreg.conventions.rows import Convention, to_pair
from bayesreg.conventions.table import lookup
from bayesreg.errors import UnsupportedError

_LEGACY_SHARES = {"l1": 1.0, "l2": 0.0}


def read(estimator: Any, given: Given) -> FittedModel:
    """Return the record of a fitted scikit-learn estimator; see `bayesreg.conventions.readers.read`."""
    scaler, last = split_pipeline(estimator)
    reader = reader_of(last)
    check_readable(last)
    row, params = lookup(reader.row), last.get_params(deep=False)
    _check_likelihood(last, params)
    value, share = _strength_and_share(last, params, reader, row)
    per_row = any(name == "n" for name, _ in row.f)
    pair = to_pair(row, value, share, {"n": given.rows_for(reader.row)} if per_row else {})
    seen = seen_columns(estimator, scaler, last, given)
    coef = np.array(last.coef_, dtype=float).ravel() / seen.scale
    setting = f"{row.argument} = {value:g}" + (f", l1_ratio = {share:g}" if 0.0 < share < 1.0 else "")
    classes = vars(last).get("classes_")
    return FittedModel(
        source=f"scikit-learn {type(last).__name__} with {setting}{seen.behind}",
        setting=setting,
        family=row.family,
        coef=coef,
        intercept_value=float(np.ravel(last.intercept_)[0]) - float(coef @ seen.center),
        intercept=bool(params["fit_intercept"]),
        rate=pair.l1 * seen.scale,
        precision=pair.l2 * seen.scale**2,
        nominal=(pair.l1, pair.l2),
        lower=np.zeros(coef.size) if params.get("positive") else None,
        scales=seen.scale if seen.standard else None,
        per_row=per_row,
        X=seen.X,
        y=given.y,
        weights=given.weights,
        names=seen.names,
        classes=None if classes is None else tuple(np.asarray(classes).tolist()),
        tolerance=float(params.get("tol", np.nan)),
    )


def _strength_and_share(estimator: Any, params: dict[str, Any], reader: Reader, row: Convention) -> tuple[float, float]:
    """Return the strength and the share of the absolute value as the estimator holds them."""
    strength = _setting(estimator, params, reader.strength)
    if not is_number(strength):
        raise UnsupportedError(
            f"{reader.strength}={strength!r} holds a strength per target, and only one response can be read. Fit one "
            "estimator per target."
        )
    share = _setting(estimator, params, reader.share) if reader.share else row.share
    legacy = params.get("penalty", "deprecated")
    if legacy is None:
        return float("inf"), 0.0
    return float(strength), _LEGACY_SHARES.get(legacy, 0.0 if share is None else float(share))


def _setting(estimator: Any, params: dict[str, Any], name: str) -> Any:
    return vars(estimator)[name] if name.endswith("_") else params[name]


def _check_likelihood(estimator: Any, params: dict[str, Any]) -> None:
    """Raise where the likelihood is weighted by the response, or the intercept is penalised."""
    name = sklearn_class(estimator)
    if params.get("class_weight") is not None:
        raise UnsupportedError(
            f"{name} has class_weight={params['class_weight']!r}, so its likelihood is weighted by the response. Build "
            "the model with these weights: br.Model(..., weights=...), penalty=br.from_package(...)."
        )
    if params.get("solver") == "liblinear" and params["fit_intercept"]:
        raise UnsupportedError(
            f"{name}(solver='liblinear') penalises the intercept as if it were a column of "
            f"{params['intercept_scaling']:g}s, so its fit is not the mode under a flat intercept. Fit it with another "
            "solver ('lbfgs'; for an L1 part 'saga'), or with fit_intercept=False."
        )
