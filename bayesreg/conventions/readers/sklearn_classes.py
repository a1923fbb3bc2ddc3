"""Where each class of scikit-learn keeps its strength, and what is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError, UnsupportedError


@final
@dataclass(frozen=True)
class Reader:
    """Where one class keeps its strength.

    Attributes
    ----------
    row : str
        Row of the convention table.
    strength, share : str
        Parameter, or attribute of the fit where it ends in "_"; an empty ``share`` means that it is fixed.
    """

    row: str
    strength: str
    share: str = ""


READERS: dict[str, Reader] = {
    "Ridge": Reader("sklearn.Ridge.alpha", "alpha"),
    "RidgeCV": Reader("sklearn.Ridge.alpha", "alpha_"),
    "Lasso": Reader("sklearn.Lasso.alpha", "alpha"),
    "LassoCV": Reader("sklearn.Lasso.alpha", "alpha_"),
    "ElasticNet": Reader("sklearn.ElasticNet.alpha", "alpha", "l1_ratio"),
    "ElasticNetCV": Reader("sklearn.ElasticNet.alpha", "alpha_", "l1_ratio_"),
    "LogisticRegression": Reader("sklearn.LogisticRegression.C", "C", "l1_ratio"),
    "PoissonRegressor": Reader("sklearn.PoissonRegressor.alpha", "alpha"),
}
_BEST = "It holds many fits: hand over the chosen one, search.best_estimator_."
_REMEDIES = {
    "LogisticRegressionCV": "It may average over folds, so refit at the strength it chose and hand that over: "
    "LogisticRegression(C=clf.C_[0], ...).fit(X, y), with its l1_ratio and a small tol.",
    "LinearRegression": "It has no penalty: use br.Model(formula, data).mle().",
    **dict.fromkeys(("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV"), _BEST),
}


def sklearn_class(estimator: Any) -> str:
    """Return the name of the first scikit-learn class that ``estimator`` is, or "" if it is none."""
    for law in type(estimator).__mro__:
        if law.__module__.split(".")[0] == "sklearn":
            return str(law.__name__)
    return ""


def reader_of(estimator: Any) -> Reader:
    """Return how to read ``estimator``, or raise with the classes that can be read."""
    name = sklearn_class(estimator)
    if name not in READERS:
        shown = f"{type(estimator).__module__.split('.')[0]}.{type(estimator).__name__}"
        remedy = _REMEDIES.get(name, "Give the strength itself to br.from_package(...).")
        raise UnsupportedError(
            f"{shown} can not be read as a penalised likelihood; known are scikit-learn's {', '.join(READERS)}, also "
            f"as last step of a Pipeline after StandardScaler. {remedy}"
        )
    return READERS[name]


def check_readable(estimator: Any) -> None:
    """Raise unless the estimator is fitted, to one response of at most two classes."""
    name = sklearn_class(estimator)
    if "coef_" not in vars(estimator):
        raise InputError(f"{name} is not fitted: it has no coef_. Call its fit(X, y) first.")
    rows = np.atleast_2d(estimator.coef_).shape[0]
    classes = vars(estimator).get("classes_")
    if classes is not None and len(classes) != 2:
        raise UnsupportedError(
            f"{name} was fitted to {len(classes)} classes; only two can be read, as a bernoulli response. Fit one "
            "class against the rest."
        )
    if rows != 1:
        raise UnsupportedError(f"{name} was fitted to {rows} responses; only one can be read. Fit one at a time.")
