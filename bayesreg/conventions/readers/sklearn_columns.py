"""How the columns that an estimator saw are made of those of the model: what a Pipeline does before its last step."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from bayesreg.conventions.fitted import Given
from bayesreg.conventions.readers.sklearn_classes import sklearn_class
from bayesreg.errors import UnsupportedError


@final
class Seen(NamedTuple):
    """The columns that an estimator saw, ``(x_j - center_j) / scale_j``.

    Attributes
    ----------
    X : the columns ``x`` of the model, or None
    names : tuple of str or None
    center, scale : ndarray (p,)
    standard : bool
        ``scale`` is that of a StandardScaler of all columns.
    behind : str
        What was before the estimator, in words.
    """

    X: Any
    names: tuple[str, ...] | None
    center: np.ndarray
    scale: np.ndarray
    standard: bool
    behind: str


def split_pipeline(estimator: Any) -> tuple[Any, Any]:
    """Return ``(scaler or None, final estimator)`` of an estimator or a Pipeline(StandardScaler, estimator)."""
    if sklearn_class(estimator) != "Pipeline":
        return None, estimator
    steps = [(name, step) for name, step in estimator.steps if step is not None and not isinstance(step, str)]
    *before, (_, last) = steps or [("", None)]
    scalers = [step for _, step in before if sklearn_class(step) == "StandardScaler"]
    others = [name for name, step in before if sklearn_class(step) != "StandardScaler"]
    if others or len(scalers) > 1:
        culprit = others[0] if others else before[1][0]
        raise UnsupportedError(
            f"The Pipeline has the step {culprit!r}; only one StandardScaler before the estimator can be read. Hand "
            "over the last step alone, pipeline[-1], with the columns it saw: pipeline[:-1].transform(X)."
        )
    return (scalers[0] if scalers else None), last


def seen_columns(estimator: Any, scaler: Any, last: Any, given: Given) -> Seen:
    """Return how the columns that ``last`` saw are made of those that were given to ``estimator``."""
    p = int(np.size(last.coef_))
    names = _names(estimator, scaler, last)
    if scaler is None:
        return Seen(given.X, names, np.zeros(p), np.ones(p), False, "")
    center = np.asarray(scaler.mean_) if scaler.with_mean else np.zeros(p)
    scale = np.ones(p) if scaler.scale_ is None else np.asarray(scaler.scale_)
    return Seen(given.X, names, center, scale, scaler.scale_ is not None, " behind StandardScaler")


def _names(*estimators: Any) -> tuple[str, ...] | None:
    for estimator in estimators:
        names = None if estimator is None else vars(estimator).get("feature_names_in_")
        if names is not None:
            return tuple(names)
    return None
