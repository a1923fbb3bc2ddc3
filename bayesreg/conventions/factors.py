"""One factor a column: penalty.factor and its relatives as our weights, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayesreg.conventions.rows import Convention
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties import Penalty

_WITH_FACTORS = "glmnet, celer, skglm.WeightedLasso or adelie"


def weights_of(row: Convention, factors: Any) -> Any:
    """Return a package's factors as weights of ours; glmnet's are rescaled to sum to the number of columns.

    Examples
    --------
    >>> from bayesreg.conventions.table import lookup
    >>> weights_of(lookup("glmnet.poisson.lambda"), {"a": 0.0, "b": 1.0})
    {'a': 0.0, 'b': 2.0}
    """
    if row.kind == "group":
        return _of_groups(row, factors)
    values = _checked(row, factors)
    if row.package == "glmnet":
        values = values * (values.size / values.sum())
    return dict(zip(factors, values.tolist(), strict=True)) if isinstance(factors, Mapping) else values


def factors_of(penalty: Penalty, row: Convention) -> tuple[dict[str, Any], float]:
    """Return the argument that holds our weights, and the mean by which the package's rescaling divides them."""
    weights = getattr(penalty, "weights", None)
    if weights is None or (row.kind == "group" and weights == "one"):
        return {}, 1.0
    if row.kind == "group" and weights == "sqrt":
        raise UnsupportedError(
            f"{penalty!r} weighs a group by the root of its rank, and {row.call} by 1 unless it is told. Say "
            "weights=1, or a mapping from term to its factor."
        )
    if row.weights is None or row.weights == row.argument:
        raise UnsupportedError(
            f"{row.call} has one strength for all columns, and the penalty has weights={weights!r}. Scale the "
            "columns instead (divide column j by w_j under L1, by sqrt(w_j) under L2), or use "
            f"{_WITH_FACTORS}."
        )
    if row.kind == "group":
        return {row.weights: weights}, 1.0
    values = _checked(row, weights)
    return {row.weights: weights}, float(values.mean()) if row.package == "glmnet" else 1.0


def _of_groups(row: Convention, factors: Any) -> Mapping[str, float]:
    if not isinstance(factors, Mapping):
        raise InputError(
            f"{row.weights}={factors!r} is not allowed here: our groups are terms of a formula, so give a mapping from "
            "term to its factor."
        )
    return factors


def _checked(row: Convention, factors: Any) -> np.ndarray:
    values = np.asarray(list(factors.values()) if isinstance(factors, Mapping) else factors, dtype=float)
    known = np.isfinite(values) | (row.package != "glmnet")
    if values.ndim != 1 or np.isnan(values).any() or not np.all(known & (values >= 0.0)) or not values.sum() > 0.0:
        raise InputError(
            f"{row.weights}={factors!r} is not allowed: it is one finite factor >= 0 a column, not all 0. A column "
            "that the package excludes (an infinite factor) is left out of the model instead."
        )
    return values
