"""The rows of a scikit-learn fit: weights of classes as weights of rows, and rates as counts with an offset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, final

import numpy as np

from bayesreg.conventions.fitted import Given
from bayesreg.design import Weights


@final
class Rows(NamedTuple):
    """The response, the weights and the offset of the model."""

    y: Any
    weights: Any
    offset: Any


def read_rows(given: Given, classes: Any, class_weight: Any, family: str) -> Rows:
    """Return the rows of the model, in which every weight is one of a row.

    A Poisson regression of rates with their exposures as weights is the one of the counts ``w y`` with the offset
    ``log w``: ``w e^eta - w y eta`` is ``e^(eta + log w) - w y (eta + log w)`` but for a constant.
    """
    if class_weight is not None and given.y is not None:
        weights = _by_class(np.asarray(given.y).ravel(), np.asarray(classes), class_weight, given.weight_values)
        kind = given.weights.kind if isinstance(given.weights, Weights) else None
        return Rows(given.y, Weights(weights, kind), None)
    values = given.weight_values
    if family == "poisson" and values is not None and given.y is not None:
        rates = np.asarray(given.y, dtype=float).ravel()
        if np.any(rates != np.round(rates)) and rates.shape == values.shape and np.all(values > 0.0):
            counts = rates * values
            whole = np.round(counts)
            if np.all(np.abs(counts - whole) <= 1e-9 * np.maximum(whole, 1.0)):
                return Rows(whole, None, np.log(values))
    return Rows(given.y, given.weights, None)


def _by_class(y: np.ndarray, classes: np.ndarray, class_weight: Any, weights: np.ndarray | None) -> np.ndarray:
    """Return the weight of each row times that of its class; "balanced": the classes weigh the same together."""
    own = np.ones(y.shape[0]) if weights is None else weights
    if isinstance(class_weight, Mapping):
        by_class = [float(class_weight.get(one, 1.0)) for one in classes.tolist()]
    else:
        by_class = [own.sum() / (len(classes) * own[y == one].sum()) for one in classes]
    factor = np.ones_like(own)
    for one, value in zip(classes, by_class, strict=True):
        factor[y == one] = value
    return np.asarray(own * factor)
