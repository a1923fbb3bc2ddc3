"""Fits of scikit-learn on the bundled data sets, converged to where their solvers can."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    ElasticNetCV,
    Lasso,
    LassoCV,
    LassoLars,
    LassoLarsCV,
    LassoLarsIC,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    PoissonRegressor,
    Ridge,
    RidgeCV,
    TweedieRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

import bayesreg as br

TIGHT = {"tol": 1e-13, "max_iter": 1_000_000}
NEWTON = {"solver": "newton-cholesky", "tol": 1e-11}
NUMBERS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]


def diabetes() -> tuple[pd.DataFrame, pd.Series]:
    data = br.datasets.diabetes()
    return data.drop(columns="target"), data["target"]


def thirds() -> tuple[pd.DataFrame, pd.Series]:
    X, y = diabetes()
    return X, pd.Series(np.round(y / 25.0) / exposure(), name="rate")


def exposure() -> np.ndarray:
    return np.arange(442) % 3 + 1.0


def cancer() -> tuple[pd.DataFrame, pd.Series]:
    data = br.datasets.breast_cancer()
    return data[["mean_radius", "mean_texture", "mean_smoothness", "mean_symmetry"]], data["malignant"]


def votes() -> tuple[pd.DataFrame, pd.Series]:
    data = br.datasets.vote_1996()
    return data[["self_right", "tv_news", "age", "education", "income"]], data["dole"]


def visits() -> tuple[pd.DataFrame, pd.Series]:
    data = br.datasets.doctor_visits()
    return data[["log_coinsurance", "log_incentive", "physical_limit", "chronic"]].astype(float), data["visits"]


def penguins() -> tuple[pd.DataFrame, pd.Series]:
    data = br.datasets.penguins().dropna()
    return data[["island", *NUMBERS, "sex"]], data["body_mass_g"].astype(float)


def transformer(scaler: Any, encoder: Any, **options: Any) -> ColumnTransformer:
    return ColumnTransformer([("num", scaler, NUMBERS), ("cat", encoder, ["island", "sex"])], **options)


def scaled(estimator: Any, *scalers: Any) -> Any:
    return make_pipeline(*(scalers or (StandardScaler(),)), estimator)


@dataclass(frozen=True)
class Case:
    """A fit: what ``fit`` is told beside the data, what the reader is told, and how near its optimum it stops.

    ``close`` is the largest difference of linear predictors, relative to their standard deviation.
    """

    estimator: Any
    data: Any
    fit: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    close: float = 1e-8

    def fitted(self) -> tuple[Any, pd.DataFrame, pd.Series]:
        X, y = self.data()
        return self.estimator.fit(X, y, **self.fit), X, y


def weighted(name: str) -> dict[str, Any]:
    """Return the weights for ``fit``, and for the reader as variances over them."""
    weights = exposure()
    return {"fit": {name: weights}, "told": {"weights": br.Weights(weights, kind="precision")}}


SAGA = {"solver": "saga", "tol": 1e-10, "max_iter": 100_000}
"""A stochastic solver: it ends about 1e-7 of the coefficients from the optimum."""
FOLDS = {"Cs": 4, "cv": 3, "l1_ratios": (0,), "use_legacy_attributes": False, "scoring": "accuracy"}
LINEAR = {"solver": "liblinear", "tol": 1e-10, "max_iter": 100_000}

CASES: dict[str, Case] = {
    "least squares": Case(LinearRegression(), diabetes),
    "non-negative least squares": Case(scaled(LinearRegression(positive=True), StandardScaler()), diabetes),
    "ridge": Case(Ridge(alpha=3.0), diabetes),
    "ridge without intercept": Case(Ridge(alpha=3.0, fit_intercept=False), diabetes),
    "positive ridge": Case(scaled(Ridge(alpha=3.0, positive=True, tol=1e-12)), diabetes, close=1e-5),
    "weighted ridge": Case(Ridge(alpha=3.0), diabetes, **weighted("sample_weight")),
    "weighted ridge, scaler too": Case(
        scaled(Ridge(alpha=3.0)),
        diabetes,
        fit={"ridge__sample_weight": exposure(), "standardscaler__sample_weight": exposure()},
        told=weighted("")["told"],
    ),
    "weighted ridge, scaler not": Case(scaled(Ridge(alpha=3.0)), diabetes, **weighted("ridge__sample_weight")),
    "ridge by cross-validation": Case(scaled(RidgeCV(alphas=(1.0, 10.0))), diabetes),
    "lasso": Case(scaled(Lasso(alpha=1.3, **TIGHT)), diabetes),
    "weighted lasso": Case(Lasso(alpha=1.3, **TIGHT), diabetes, **weighted("sample_weight"), close=1e-7),
    "positive lasso": Case(scaled(Lasso(alpha=1.3, positive=True, **TIGHT)), diabetes),
    "lasso by cross-validation": Case(scaled(LassoCV(cv=3, alphas=10, **TIGHT)), diabetes),
    "lasso by least angles": Case(scaled(LassoLars(alpha=1.3)), diabetes),
    "lasso path by cross-validation": Case(scaled(LassoLarsCV(cv=3)), diabetes),
    "lasso path by BIC": Case(scaled(LassoLarsIC(criterion="bic")), diabetes),
    "elastic net behind one scale": Case(scaled(ElasticNet(alpha=0.4, l1_ratio=0.7, **TIGHT)), diabetes),
    "elastic net behind ranges": Case(scaled(ElasticNet(alpha=0.01, **TIGHT), MinMaxScaler()), diabetes),
    "elastic net by cross-validation": Case(
        scaled(ElasticNetCV(cv=3, alphas=10, l1_ratio=[0.2, 0.8], **TIGHT)), diabetes
    ),
    "several scalers": Case(scaled(Ridge(alpha=3.0), MaxAbsScaler(), RobustScaler(), MinMaxScaler((-1, 2))), diabetes),
    "centred only": Case(scaled(Ridge(alpha=3.0), StandardScaler(with_std=False)), diabetes),
    "scaled only": Case(scaled(Ridge(alpha=3.0, fit_intercept=False), StandardScaler(with_mean=False)), diabetes),
    "Bayesian ridge": Case(BayesianRidge(), diabetes),
    "weighted Bayesian ridge": Case(BayesianRidge(), diabetes, **weighted("sample_weight")),
    "relevance": Case(scaled(ARDRegression()), diabetes),
    "relevance, pruned": Case(scaled(ARDRegression(threshold_lambda=1.0)), diabetes),
    "Tweedie 0": Case(scaled(TweedieRegressor(power=0, alpha=0.1, **NEWTON)), diabetes),
    "Tweedie 1": Case(scaled(TweedieRegressor(power=1, alpha=0.1, **NEWTON)), visits),
    "Poisson": Case(scaled(PoissonRegressor(alpha=0.01, **NEWTON)), visits),
    "Poisson rates": Case(
        scaled(PoissonRegressor(alpha=0.1, **NEWTON)),
        thirds,
        fit={"poissonregressor__sample_weight": exposure()},
        told={"weights": exposure()},
    ),
    "logistic": Case(scaled(LogisticRegression(C=0.7, **NEWTON)), votes),
    "logistic, raw": Case(LogisticRegression(C=0.7, **NEWTON), cancer),
    "logistic lasso": Case(scaled(LogisticRegression(C=0.1, l1_ratio=1.0, **SAGA)), votes, close=1e-6),
    "logistic elastic net": Case(scaled(LogisticRegression(C=0.1, l1_ratio=0.5, **SAGA)), votes, close=1e-6),
    "balanced classes": Case(scaled(LogisticRegression(C=0.7, class_weight="balanced", **NEWTON)), cancer),
    "weighted classes": Case(LogisticRegression(C=0.7, class_weight={1: 3.0}, **NEWTON), cancer),
    "logistic by cross-validation": Case(scaled(LogisticRegressionCV(**FOLDS, **NEWTON)), votes),
    "liblinear": Case(LogisticRegression(C=0.7, **LINEAR), cancer, close=1e-6),
    "liblinear, centred": Case(scaled(LogisticRegression(C=0.05, l1_ratio=1.0, **LINEAR)), votes, close=1e-6),
    "liblinear, scaling": Case(
        scaled(LogisticRegression(C=0.7, intercept_scaling=3.0, **LINEAR), StandardScaler(with_mean=False)),
        votes,
        close=1e-6,
    ),
    "liblinear without intercept": Case(LogisticRegression(C=0.7, fit_intercept=False, **LINEAR), votes, close=1e-6),
    "factors": Case(scaled(Ridge(alpha=2.0), transformer(StandardScaler(), OneHotEncoder())), penguins),
    "factors, weighted blocks": Case(
        scaled(
            Ridge(alpha=2.0),
            transformer(RobustScaler(), OneHotEncoder(drop="first"), transformer_weights={"cat": 2.0}),
        ),
        penguins,
    ),
    "factors, scaled after": Case(
        scaled(
            Lasso(alpha=5.0, **TIGHT),
            transformer("passthrough", OneHotEncoder(drop="first", sparse_output=False)),
            StandardScaler(),
        ),
        penguins,
    ),
}
