"""Where each class of scikit-learn keeps its strength, and what is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Never, final

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
        Parameter, or attribute of the fit where it ends in "_"; an empty ``strength`` is no penalty, an empty
        ``share`` means that it is fixed.
    weighted : bool
        Whether its ``fit`` takes weights.
    """

    row: str
    strength: str
    share: str = ""
    weighted: bool = True


_LARS = Reader("sklearn.LassoLars.alpha", "alpha", weighted=False)
_LARS_CHOSEN = Reader("sklearn.LassoLars.alpha", "alpha_", weighted=False)

READERS: dict[str, Reader] = {
    "LinearRegression": Reader("sklearn.Ridge.alpha", ""),
    "Ridge": Reader("sklearn.Ridge.alpha", "alpha"),
    "RidgeCV": Reader("sklearn.Ridge.alpha", "alpha_"),
    "Lasso": Reader("sklearn.Lasso.alpha", "alpha"),
    "LassoCV": Reader("sklearn.Lasso.alpha", "alpha_"),
    "LassoLars": _LARS,
    "LassoLarsCV": _LARS_CHOSEN,
    "LassoLarsIC": _LARS_CHOSEN,
    "ElasticNet": Reader("sklearn.ElasticNet.alpha", "alpha", "l1_ratio"),
    "ElasticNetCV": Reader("sklearn.ElasticNet.alpha", "alpha_", "l1_ratio_"),
    "BayesianRidge": Reader("sklearn.BayesianRidge.lambda_", "lambda_"),
    "ARDRegression": Reader("sklearn.ARDRegression.lambda_", "lambda_", weighted=False),
    "LogisticRegression": Reader("sklearn.LogisticRegression.C", "C", "l1_ratio"),
    "LogisticRegressionCV": Reader("sklearn.LogisticRegression.C", "C_", "l1_ratio_"),
    "PoissonRegressor": Reader("sklearn.PoissonRegressor.alpha", "alpha"),
    "GammaRegressor": Reader("sklearn.GammaRegressor.alpha", "alpha"),
    "TweedieRegressor": Reader("sklearn.TweedieRegressor.alpha", "alpha"),
}
_BEST = "It holds many fits: hand over the chosen one, search.best_estimator_."
_TASKS = "Its penalty binds several responses together; fit one response at a time."
_GRADIENT = "It stops at a noisy neighbour of its optimum, with a strength that its steps have rescaled; fit "
_NO_LIKELIHOOD = "Its loss is no likelihood, so no prior and posterior belong to it; fit LogisticRegression or Ridge."
_REMEDIES = {
    **dict.fromkeys(("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV"), _BEST),
    **dict.fromkeys(("MultiTaskLasso", "MultiTaskElasticNet", "MultiTaskLassoCV", "MultiTaskElasticNetCV"), _TASKS),
    **dict.fromkeys(("MultiOutputRegressor", "RegressorChain"), "Hand over one of its fits: fitted.estimators_[0]."),
    **dict.fromkeys(("OneVsRestClassifier", "MultiOutputClassifier"), "Hand over one of its fits: estimators_[0]."),
    **dict.fromkeys(("LinearSVC", "LinearSVR", "SVC", "SVR", "HuberRegressor", "QuantileRegressor"), _NO_LIKELIHOOD),
    **dict.fromkeys(
        ("RidgeClassifier", "RidgeClassifierCV"),
        "It is least squares on labels -1 and 1: hand over Ridge(alpha).fit(X, 2 * y - 1), or fit LogisticRegression.",
    ),
    "TransformedTargetRegressor": "It was fitted to a transformed response: hand over fitted.regressor_, with that "
    "response, fitted.transformer_.transform(y).",
    "SGDRegressor": f"{_GRADIENT}Ridge, Lasso or ElasticNet.",
    "SGDClassifier": f"{_GRADIENT}LogisticRegression.",
    "Lars": "Least angle regression that stops at a number of columns minimises no penalised loss: fit LassoLars.",
    "LarsCV": "Least angle regression minimises no penalised loss: fit LassoLarsCV.",
}
_FILLS = (
    "It fills in missing values, which a model would take as observed: its posterior would be too narrow. Leave out "
    "the rows with missing values before the fit."
)
_STEPS = dict.fromkeys(("SimpleImputer", "KNNImputer", "IterativeImputer"), _FILLS)


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
            f"{shown} can not be read as a penalised likelihood. {remedy} Known are scikit-learn's "
            f"{', '.join(READERS)}, also as the last step of a Pipeline."
        )
    return READERS[name]


def refuse_step(name: str, step: Any) -> Never:
    """Raise for a step of a Pipeline that can not be read, with what to do."""
    remedy = _STEPS.get(
        sklearn_class(step),
        "Hand over the last step alone, pipeline[-1], with the columns it saw: pipeline[:-1].transform(X).",
    )
    raise UnsupportedError(
        f"The Pipeline has the step {name!r}, a {type(step).__name__}; known are StandardScaler, MinMaxScaler, "
        f"MaxAbsScaler, RobustScaler, OneHotEncoder and ColumnTransformer of these. {remedy}"
    )


def check_readable(estimator: Any) -> None:
    """Raise unless the estimator is fitted, to one response of at most two classes, with one optimum."""
    name, fit = sklearn_class(estimator), vars(estimator)
    if "coef_" not in fit:
        raise InputError(f"{name} is not fitted: it has no coef_. Call its fit(X, y) first.")
    classes = fit.get("classes_")
    if classes is not None and len(classes) != 2:
        raise UnsupportedError(
            f"{name} was fitted to {len(classes)} classes; only two can be read, as a bernoulli response. Fit one "
            "class against the rest."
        )
    rows = np.atleast_2d(estimator.coef_).shape[0]
    if rows != 1:
        raise UnsupportedError(f"{name} was fitted to {rows} responses; only one can be read. Fit one at a time.")
    if name == "LogisticRegressionCV" and not estimator.refit:
        raise UnsupportedError(
            f"{name}(refit=False) averages the coefficients of the folds, which is the mode of no posterior. Fit it "
            "with refit=True."
        )
    if fit.get("normalize") is True:
        raise UnsupportedError(
            f"{name}(normalize=True) of an older scikit-learn penalises columns of unit length and keeps no record of "
            "these lengths. Fit it behind StandardScaler."
        )
    rank = fit.get("rank_")
    if name == "LinearRegression" and rank is not None and rank < np.size(estimator.coef_):
        raise UnsupportedError(
            f"{name} found columns of rank {rank}, fewer than its {np.size(estimator.coef_)} coefficients: of the many "
            "optima it returns the shortest, which no prior singles out. Drop columns, or fit Ridge."
        )
