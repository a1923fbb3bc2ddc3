"""scikit-learn's rows, and LIBLINEAR's, against the estimators themselves. Where an optimiser stops earlier than
1e-7 of the coefficients the test says so."""

import numpy as np
import pytest
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    GammaRegressor,
    Lasso,
    LassoLars,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    TweedieRegressor,
)

import bayesreg as br
from bayesreg.conventions import from_package

from .peers import agree, minimise, near, our_mode, strengths


@pytest.fixture(params=["raw", "standardised"])
def gaussian(request):
    return request.getfixturevalue(request.param)


def test_ridge(gaussian):
    X, y = gaussian
    fit = Ridge(alpha=7.0, solver="svd").fit(X, y)
    agree(fit.coef_, fit.intercept_, from_package("sklearn.Ridge", alpha=7.0), X, y)


def test_lasso(gaussian):
    X, y = gaussian
    fit = Lasso(alpha=1.3, tol=1e-13, max_iter=1_000_000).fit(X, y)
    assert 0 < np.count_nonzero(fit.coef_) < 10
    agree(fit.coef_, fit.intercept_, from_package("sklearn.Lasso", alpha=1.3, n=442), X, y)


def test_weighted_lasso_takes_the_sum_of_the_weights(standardised):
    X, y = standardised
    weights = np.arange(442) % 3 + 1.0
    fit = Lasso(alpha=1.3, tol=1e-13, max_iter=1_000_000).fit(X, y, sample_weight=weights)
    penalty = from_package("sklearn.Lasso", alpha=1.3, n=weights.sum())
    agree(fit.coef_, fit.intercept_, penalty, X, y, weights=weights)


def test_lasso_lars(standardised):
    X, y = standardised
    fit = LassoLars(alpha=1.3, eps=1e-15).fit(X, y)
    assert 0 < np.count_nonzero(fit.coef_) < 10
    agree(fit.coef_, fit.intercept_, from_package("sklearn.LassoLars", alpha=1.3, n=442), X, y)


def test_elastic_net(gaussian):
    X, y = gaussian
    fit = ElasticNet(alpha=0.4, l1_ratio=0.7, tol=1e-13, max_iter=1_000_000).fit(X, y)
    agree(fit.coef_, fit.intercept_, from_package("sklearn.ElasticNet", alpha=0.4, l1_ratio=0.7, n=442), X, y)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_logistic_regression(binary, share):
    X, y = binary
    solver = "newton-cholesky" if share == 0.0 else "saga"
    fit = LogisticRegression(C=0.05, l1_ratio=share, solver=solver, tol=1e-11, max_iter=100_000, random_state=0)
    fit.fit(X, y)
    penalty = from_package("sklearn.LogisticRegression", C=0.05, l1_ratio=share)
    agree(fit.coef_, fit.intercept_, penalty, X, y, family="bernoulli")


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_planned_alpha_of_logistic_regression(binary, share):
    """Its documented objective: the mean loss plus alpha times the penalty. No released version has it."""
    X, y = binary
    theirs, constant = minimise(X, y, 1 / 442, 0.03 * share, 0.03 * (1 - share), family="bernoulli")
    penalty = from_package("sklearn.LogisticRegression", alpha=0.03, l1_ratio=share, n=442)
    # L-BFGS-B ends where the objective no longer changes in double precision: half the digits of the minimiser.
    agree(theirs, constant, penalty, X, y, family="bernoulli", close=1e-6)
    now = LogisticRegression(C=1 / (442 * 0.03), l1_ratio=share, solver="saga", tol=1e-11, max_iter=10_000)
    near(now.fit(X, y).coef_, our_mode(X, y, penalty, family="bernoulli")[0], 1e-6)


@pytest.mark.parametrize("share", [0.0, 1.0])
@pytest.mark.parametrize("scaling", [1.0, 10.0])
def test_liblinear(binary, share, scaling):
    """The intercept is the coefficient of a penalised column; LIBLINEAR stops at about 1e-6 of the coefficients."""
    X, y = binary
    fit = LogisticRegression(
        C=0.02,
        l1_ratio=share,
        solver="liblinear",
        intercept_scaling=scaling,
        tol=1e-10,
        max_iter=100_000,
        random_state=0,
    ).fit(X, y)
    penalty = from_package("liblinear.LogisticRegression", C=0.02, l1_ratio=share, fit_intercept=False)
    wide = np.column_stack([np.full(442, scaling), X])
    coef = np.r_[fit.intercept_ / scaling, fit.coef_[0]]
    agree(coef, 0.0, penalty, wide, y, family="bernoulli", intercept=False, close=1e-5)
    free = our_mode(X, y, penalty, family="bernoulli")
    assert abs(free[1] - fit.intercept_[0]) > 3e-5


def test_liblinear_without_intercept(binary):
    X, y = binary
    fit = LogisticRegression(C=0.05, l1_ratio=1.0, solver="liblinear", fit_intercept=False, tol=1e-10, max_iter=10_000)
    told = {"solver": "liblinear", "fit_intercept": False}
    penalty = from_package("sklearn.LogisticRegression", C=0.05, l1_ratio=1.0, **told)
    agree(fit.fit(X, y).coef_, 0.0, penalty, X, y, family="bernoulli", intercept=False)


def test_poisson_regressor(counts):
    X, y = counts
    fit = PoissonRegressor(alpha=0.3, solver="newton-cholesky", tol=1e-12).fit(X, y)
    agree(fit.coef_, fit.intercept_, from_package("sklearn.PoissonRegressor", alpha=0.3, n=442), X, y, family="poisson")


def is_mode_of_log_link(fit, penalty, X, y, power):
    """The gradient of half the unit deviance of a Tweedie response under a log link, and that of the penalty."""
    mu = fit.predict(X)
    score = (mu - y) * mu ** (1.0 - power)
    l2 = strengths(penalty)[1]
    size = np.abs(X.T @ np.abs(score)).max()
    assert np.abs(X.T @ score + l2 * fit.coef_).max() < 1e-9 * size
    assert abs(score.sum()) < 1e-9 * np.abs(score).sum()
    assert np.abs(l2 * fit.coef_).max() > 1e-3 * size  # the penalty counts


def test_gamma_regressor(standardised):
    """No model of ours has a gamma response: the stationarity of the stated objective at their coefficients."""
    X, y = standardised
    fit = GammaRegressor(alpha=0.3, solver="newton-cholesky", tol=1e-12).fit(X, y)
    is_mode_of_log_link(fit, from_package("sklearn.GammaRegressor", alpha=0.3, n=442), X, y, 2.0)


def test_tweedie_regressor(standardised, counts):
    X, y = standardised
    told = {"solver": "newton-cholesky", "tol": 1e-12}
    penalty = from_package("sklearn.TweedieRegressor", alpha=0.3, n=442)
    fit = TweedieRegressor(power=0.0, alpha=0.3, **told).fit(X, y)
    agree(fit.coef_, fit.intercept_, penalty, X, y)
    fit = TweedieRegressor(power=1.0, alpha=0.3, **told).fit(*counts)
    agree(fit.coef_, fit.intercept_, penalty, *counts, family="poisson")
    fit = TweedieRegressor(power=1.5, alpha=0.3, **told).fit(X, y)
    is_mode_of_log_link(fit, penalty, X, y, 1.5)


def test_bayesian_ridge(standardised):
    X, y = standardised
    fit = BayesianRidge(tol=1e-12, max_iter=1000).fit(X, y)
    penalty = from_package("sklearn.BayesianRidge", lambda_=fit.lambda_)
    assert isinstance(penalty, br.Normal)
    # Its coefficients are those before the last update of lambda_ and alpha_, which moves by its tolerance.
    agree(fit.coef_, fit.intercept_, penalty, X, y, phi=1.0 / fit.alpha_, close=1e-6)


def test_ard_regression(standardised):
    X, y = standardised
    fit = ARDRegression(tol=1e-12, max_iter=3000, threshold_lambda=1.0).fit(X, y)
    kept = fit.lambda_ < fit.threshold_lambda
    assert 0 < kept.sum() < 10
    assert np.all(fit.coef_[~kept] == 0.0)
    penalty = from_package("sklearn.ARDRegression", lambda_=fit.lambda_[kept])
    agree(fit.coef_[kept], fit.intercept_, penalty, X[:, kept], y, phi=1.0 / fit.alpha_, close=1e-6)
