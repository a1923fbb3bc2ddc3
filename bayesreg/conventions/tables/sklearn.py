"""scikit-learn, and the LIBLINEAR solver that it ships."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/conventions/test_sklearn.py::"
_FITTED: dict[str, Any] = {"package": "sklearn", "status": "fitted"}
_ALPHA: dict[str, Any] = _FITTED | {"argument": "alpha"}
_PER_ROW: dict[str, Any] = _ALPHA | {"A": "1/n", "f": (("n", 1),)}
_RIDGE: dict[str, Any] = {"a1": "0", "a2": "alpha", "share": 0.0}
_PRECISION: dict[str, Any] = {
    "argument": "lambda_",
    "family": "gaussian",
    "A": "1 / dispersion",
    "a1": "0",
    "a2": "lambda_",
    "share": 0.0,
    "f": (("dispersion", 1),),
}
_FOLDS = "The prior it implies changes with the number of rows, so also with the size of a fold."
_L2, _L1 = "bayesreg.L2.lam", "bayesreg.L1.lam"

ROWS: tuple[Convention, ...] = (
    Convention(
        **_ALPHA,
        **_RIDGE,
        estimator="Ridge",
        family="gaussian",
        A="1",
        positive=True,
        note="The sum of squares is not halved, and the penalty neither: lam = alpha, whatever n is.",
        tested_by=_TESTS + "test_ridge",
        example=example(10.0, _L2, 10.0),
    ),
    Convention(
        **_PER_ROW,
        estimator="Lasso",
        family="gaussian",
        a1="alpha",
        a2="0",
        share=1.0,
        positive=True,
        note=_FOLDS,
        tested_by=_TESTS + "test_lasso",
        example=example(0.5, _L1, 221.0, n=442),
    ),
    Convention(
        **_PER_ROW,
        estimator="LassoLars",
        family="gaussian",
        a1="alpha",
        a2="0",
        share=1.0,
        positive=True,
        note="The same objective as Lasso, solved along its path. " + _FOLDS,
        tested_by=_TESTS + "test_lasso_lars",
        example=example(0.5, "sklearn.Lasso.alpha", 0.5),
    ),
    Convention(
        **_PER_ROW,
        estimator="ElasticNet",
        family="gaussian",
        a1="alpha l1_ratio",
        a2="alpha (1 - l1_ratio)",
        share="l1_ratio",
        default_share=0.5,
        positive=True,
        note=_FOLDS,
        tested_by=_TESTS + "test_elastic_net",
        example=example(0.5, "bayesreg.ElasticNet.lam", 221.0, n=442, l1_ratio=0.7),
    ),
    Convention(
        **_FITTED,
        estimator="LogisticRegression",
        argument="C",
        family="bernoulli",
        A="C",
        a1="l1_ratio",
        a2="1 - l1_ratio",
        share="l1_ratio",
        default_share=0.0,
        power=-1,
        note="C = 1 is a penalty, on by default; C = inf is none. penalty= is deprecated since 1.8 and goes in 1.10: "
        "l1_ratio says the same. solver='liblinear' penalises the intercept too: liblinear.LogisticRegression.C.",
        tested_by=_TESTS + "test_logistic_regression",
        example=example(4.0, "bayesreg.Normal.scale", 2.0),
    ),
    Convention(
        **_PER_ROW | {"status": "documented"},
        estimator="LogisticRegression",
        family="bernoulli",
        a1="alpha l1_ratio",
        a2="alpha (1 - l1_ratio)",
        share="l1_ratio",
        default_share=0.0,
        since="planned for 1.10 (scikit-learn pull request 32042, not merged at 1.9.1)",
        note="It is to take the place of C, per row as in the other linear models: C = 1 / (n alpha). " + _FOLDS,
        tested_by=_TESTS + "test_planned_alpha_of_logistic_regression",
        example=example(0.01, "sklearn.LogisticRegression.C", 0.25, n=400, l1_ratio=0.0),
    ),
    Convention(
        package="liblinear",
        estimator="LogisticRegression",
        argument="C",
        family="bernoulli",
        A="C",
        a1="l1_ratio",
        a2="1 - l1_ratio",
        share="l1_ratio",
        default_share=0.0,
        power=-1,
        intercept_penalized=True,
        status="fitted",
        note="The intercept is a penalised column of intercept_scaling: the same model is '0 + constant + ...'. It has "
        "l1_ratio 0 and 1 only.",
        tested_by=_TESTS + "test_liblinear",
        example=example(0.25, _L1, 4.0, l1_ratio=1.0),
    ),
    Convention(
        **_PER_ROW,
        **_RIDGE,
        estimator="PoissonRegressor",
        family="poisson",
        note="alpha = 1 is the default. " + _FOLDS,
        tested_by=_TESTS + "test_poisson_regressor",
        example=example(0.5, "bayesreg.Normal.scale", 0.2, n=50),
    ),
    Convention(
        **_PER_ROW,
        **_RIDGE,
        estimator="GammaRegressor",
        family="gamma",
        note="alpha = 1 is the default. " + _FOLDS,
        tested_by=_TESTS + "test_gamma_regressor",
        example=example(0.5, _L2, 25.0, n=50),
    ),
    Convention(
        **_PER_ROW,
        **_RIDGE,
        estimator="TweedieRegressor",
        family="any",
        note="power=0 is Gaussian, 1 Poisson, 2 gamma; the penalty is the same. " + _FOLDS,
        tested_by=_TESTS + "test_tweedie_regressor",
        example=example(0.5, _L2, 25.0, n=50),
    ),
    Convention(
        **_FITTED,
        **_PRECISION,
        estimator="BayesianRidge",
        note="lambda_ is learned, and so is alpha_ = 1 / phi; its evidence counts n rows, where centring leaves n - 1.",
        tested_by=_TESTS + "test_bayesian_ridge",
        example=example(4.0, "bayesreg.Normal.scale", 0.5),
    ),
    Convention(
        **_FITTED,
        **_PRECISION,
        estimator="ARDRegression",
        weights="lambda_",
        note="One lambda_ a column; columns above threshold_lambda are left out.",
        tested_by=_TESTS + "test_ard_regression",
        example=example(4.0, _L2, 8.0, dispersion=2.0),
    ),
)
