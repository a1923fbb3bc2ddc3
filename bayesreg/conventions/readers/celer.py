"""Fitted estimators of celer."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.conventions.fitted import FittedModel, Given
from bayesreg.conventions.readers.linear import (
    check_fitted,
    class_in,
    factors_of,
    grouped,
    groups_of,
    number_of,
    record,
    weighted,
    written,
)
from bayesreg.conventions.rows import to_pair
from bayesreg.conventions.table import lookup
from bayesreg.errors import UnsupportedError

CLASSES: dict[str, tuple[str, str, str]] = {
    "Lasso": ("celer.Lasso.alpha", "alpha", ""),
    "LassoCV": ("celer.Lasso.alpha", "alpha_", ""),
    "ElasticNet": ("celer.ElasticNet.alpha", "alpha", "l1_ratio"),
    "ElasticNetCV": ("celer.ElasticNet.alpha", "alpha_", "l1_ratio_"),
    "LogisticRegression": ("celer.LogisticRegression.C", "C", ""),
    "GroupLasso": ("celer.GroupLasso.alpha", "alpha", ""),
    "GroupLassoCV": ("celer.GroupLasso.alpha", "alpha_", ""),
}
"""Class -> its row of the table, and the attributes that hold its strength and its share of the absolute value."""

GAP_SHARE = 0.1
"""Groups are stopped by a duality gap, as whose root conditions of optimality are violated: by 0.4 of it at most."""


def read(estimator: Any, given: Given) -> FittedModel:
    """Return the record of a fitted estimator of celer; see `bayesreg.conventions.readers.read`."""
    kind = class_in(estimator, "celer")
    name = f"celer {kind}"
    if kind not in CLASSES:
        raise UnsupportedError(
            f"{name} can not be read: its fit is the mode of no model of one response. Known are celer's "
            f"{', '.join(CLASSES)}."
        )
    p = check_fitted(estimator, name)
    row_name, strength, share_name = CLASSES[kind]
    row, params = lookup(row_name), estimator.get_params(deep=False)
    value = number_of(getattr(estimator, strength), strength, name)
    share = number_of(getattr(estimator, share_name), share_name, name) if share_name else 1.0
    per_row = any(fact == "n" for fact, _ in row.f)
    pair = to_pair(row, value, share, {"n": given.rows_for(row_name)} if per_row else {})
    more: dict[str, Any] = {
        "family": row.family,
        "intercept": bool(params["fit_intercept"]),
        "per_row": per_row,
        "tolerance": GAP_SHARE * float(params["tol"]) ** 0.5 if row.kind == "group" else float(params["tol"]),
    }
    weights, positive = params.get("weights"), bool(params.get("positive")) and row.kind != "group"
    extra = "" if weights is None else "weights", "positive" if positive else ""
    setting = written(row.argument, value, share, *extra)
    if row.kind == "group":
        columns = groups_of(params["groups"], p, name)
        groups = grouped(columns, pair.l1, factors_of(weights, len(columns), name), p)
        return record(estimator, given, name, setting, rate=np.zeros(p), precision=np.zeros(p), **groups, **more)
    if positive:
        more["lower"] = np.zeros(p)
    return record(estimator, given, name, setting, **weighted(pair, factors_of(weights, p, name)), **more)
