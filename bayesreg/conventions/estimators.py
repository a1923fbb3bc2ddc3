"""How to read the fitted estimators of scikit-learn: a table of classes, and what is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.conventions.facts import is_number
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
_LEGACY_SHARES = {"l1": 1.0, "l2": 0.0}
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
            return law.__name__
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


def strength_and_share(estimator: Any, reader: Reader, default: float) -> tuple[float, float]:
    """Return the strength and the share of the absolute value as the estimator holds them."""
    params = estimator.get_params(deep=False)
    strength = _setting(estimator, params, reader.strength)
    if not is_number(strength):
        raise UnsupportedError(
            f"{reader.strength}={strength!r} holds a strength per target, and only one response can be read. Fit one "
            "estimator per target."
        )
    share = _setting(estimator, params, reader.share) if reader.share else default
    legacy = params.get("penalty", "deprecated")
    if legacy is None:
        return float("inf"), 0.0
    return float(strength), _LEGACY_SHARES.get(legacy, 0.0 if share is None else float(share))


def _setting(estimator: Any, params: dict[str, Any], name: str) -> Any:
    return vars(estimator)[name] if name.endswith("_") else params[name]


def check_readable(estimator: Any, reader: Reader) -> None:
    """Raise unless the estimator is fitted, to one response, by a penalised likelihood of unweighted classes."""
    name = sklearn_class(estimator)
    if "coef_" not in vars(estimator):
        raise InputError(f"{name} is not fitted: it has no coef_. Call its fit(X, y) first.")
    params = estimator.get_params(deep=False)
    rows = np.atleast_2d(estimator.coef_).shape[0]
    classes = vars(estimator).get("classes_")
    if classes is not None and len(classes) != 2:
        raise UnsupportedError(
            f"{name} was fitted to {len(classes)} classes; only two can be read, as a bernoulli response. Fit one "
            "class against the rest."
        )
    if rows != 1:
        raise UnsupportedError(f"{name} was fitted to {rows} responses; only one can be read. Fit one at a time.")
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
