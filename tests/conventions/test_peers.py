"""Each Python row of the table, against the package itself and an independent solve at the mapped strengths.

Tolerances are relative to the largest coefficient. 1e-7 holds wherever the peer stops at its own optimum;
where its optimiser stops earlier the test says so.
"""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, PoissonRegressor, Ridge

import bayesreg as br
from bayesreg.conventions import from_package

from .oracle import solve

CLOSE = 1e-7


def strengths(penalty):
    """Loss-unit strengths ``(l1, l2)``: a penalty's canonical strength at dispersion 1."""
    return penalty.strength(1.0)


def agree(coef, constant, penalty, X, y, *, close=CLOSE, **options):
    wanted, intercept = solve(X, y, *strengths(penalty), **options)
    assert np.abs(wanted).max() > 0.0
    np.testing.assert_allclose(np.ravel(coef), wanted, rtol=0.0, atol=close * np.abs(wanted).max())
    assert np.ravel(constant)[0] == pytest.approx(intercept, rel=10 * close, abs=10 * close)


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


def test_liblinear_without_intercept(binary):
    X, y = binary
    fit = LogisticRegression(C=0.05, l1_ratio=1.0, solver="liblinear", fit_intercept=False, tol=1e-10, max_iter=10_000)
    penalty = from_package("sklearn.LogisticRegression", C=0.05, l1_ratio=1.0)
    agree(fit.fit(X, y).coef_, 0.0, penalty, X, y, family="bernoulli", intercept=False)


def test_poisson_regressor(counts):
    X, y = counts
    fit = PoissonRegressor(alpha=0.3, solver="newton-cholesky", tol=1e-12).fit(X, y)
    agree(fit.coef_, fit.intercept_, from_package("sklearn.PoissonRegressor", alpha=0.3, n=442), X, y, family="poisson")


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_statsmodels_ols(standardised, share):
    X, y = standardised
    alpha = np.r_[0.0, np.full(10, 0.8)]
    options = {} if share == 0.0 else {"maxiter": 2000, "cnvrg_tol": 1e-13, "zero_tol": 0.0}
    fit = sm.OLS(y, sm.add_constant(X)).fit_regularized(alpha=alpha, L1_wt=share, **options)
    penalty = from_package("statsmodels.OLS", alpha=0.8, L1_wt=share, n=442)
    agree(fit.params[1:], fit.params[0], penalty, X, y)


def test_statsmodels_default_freezes_coefficients_at_zero_as_its_note_says(standardised):
    X, y = standardised
    alpha = np.r_[0.0, np.full(10, 0.8)]
    fit = sm.OLS(y, sm.add_constant(X)).fit_regularized(alpha=alpha, L1_wt=0.4)
    wanted, _ = solve(X, y, *strengths(from_package("statsmodels.OLS", alpha=0.8, L1_wt=0.4, n=442)))
    assert fit.params[1] == 0.0
    assert abs(wanted[0]) > 0.5


@pytest.mark.parametrize(("family", "law"), [("bernoulli", sm.families.Binomial), ("poisson", sm.families.Poisson)])
def test_statsmodels_glm(request, family, law):
    X, y = request.getfixturevalue("binary" if family == "bernoulli" else "counts")
    alpha = np.r_[0.0, np.full(10, 0.05)]
    fit = sm.GLM(y, sm.add_constant(X), family=law()).fit_regularized(
        alpha=alpha, L1_wt=0.5, maxiter=2000, cnvrg_tol=1e-12, zero_tol=0.0
    )
    penalty = from_package("statsmodels.GLM", alpha=0.05, L1_wt=0.5, n=442)
    # It takes a step that lowers its mean objective by less than 1e-10 as it is: 1e-6 of the coefficients.
    agree(fit.params[1:], fit.params[0], penalty, X, y, family=family, close=1e-6)


def test_statsmodels_gaussian_glm_ridge_is_off_the_row_as_its_note_says(standardised):
    X, y = standardised
    alpha = np.r_[0.0, np.full(10, 0.8)]
    fit = sm.GLM(y, sm.add_constant(X)).fit_regularized(alpha=alpha, L1_wt=0.0)
    wanted, _ = solve(X, y, *strengths(from_package("statsmodels.GLM", alpha=0.8, L1_wt=0.0, n=442)))
    assert np.abs(fit.params[1:] - wanted).max() > 1.0


def test_statsmodels_logit(binary):
    X, y = binary
    alpha = np.r_[0.0, np.full(10, 9.0)]
    fit = sm.Logit(y, sm.add_constant(X)).fit_regularized(alpha=alpha, acc=1e-14, maxiter=1000, disp=0, trim_mode="off")
    # SLSQP stops at about 1e-7 of the optimum whatever accuracy is asked for.
    penalty = from_package("statsmodels.Logit", alpha=9.0)
    agree(fit.params[1:], fit.params[0], penalty, X, y, family="bernoulli", close=1e-5)


def test_the_oracle_at_no_penalty_is_least_squares(standardised):
    X, y = standardised
    agree(*np.split(sm.OLS(y, sm.add_constant(X)).fit().params, [1])[::-1], br.Flat(), X, y)
