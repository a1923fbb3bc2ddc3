"""statsmodels' rows, against fit_regularized; and what their notes say goes wrong."""

import numpy as np
import pytest
import statsmodels.api as sm

import bayesreg as br
from bayesreg.conventions import from_package

from .oracle import solve
from .peers import agree, strengths

PRECISE = {"maxiter": 2000, "cnvrg_tol": 1e-13, "zero_tol": 0.0}


def all_but_the_constant(alpha):
    return np.r_[0.0, np.full(10, alpha)]


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_ols(standardised, share):
    X, y = standardised
    options = {} if share == 0.0 else PRECISE
    model = sm.OLS(y, sm.add_constant(X))
    fit = model.fit_regularized(alpha=all_but_the_constant(0.8), L1_wt=share, **options)
    penalty = from_package("statsmodels.OLS", alpha=0.8, L1_wt=share, n=442)
    agree(fit.params[1:], fit.params[0], penalty, X, y)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_wls(standardised, share):
    X, y = standardised
    weights = np.arange(442) % 3 + 1.0
    options = {} if share == 0.0 else PRECISE
    model = sm.WLS(y, sm.add_constant(X), weights=weights)
    fit = model.fit_regularized(alpha=all_but_the_constant(0.8), L1_wt=share, **options)
    penalty = from_package("statsmodels.WLS", alpha=0.8, L1_wt=share, n=weights.sum())
    agree(fit.params[1:], fit.params[0], penalty, X, y, weights=weights)


def test_a_scalar_alpha_penalises_the_constant_as_the_note_says(standardised):
    X, y = standardised
    fit = sm.OLS(y, sm.add_constant(X)).fit_regularized(alpha=0.8, L1_wt=0.0)
    assert abs(fit.params[0] - y.mean()) > 50.0
    wide = sm.add_constant(X)
    agree(fit.params, 0.0, from_package("statsmodels.OLS", alpha=0.8, L1_wt=0.0, n=442), wide, y, intercept=False)


def test_default_freezes_coefficients_at_zero_as_the_note_says(standardised):
    X, y = standardised
    fit = sm.OLS(y, sm.add_constant(X)).fit_regularized(alpha=all_but_the_constant(0.8), L1_wt=0.4)
    wanted, _ = solve(X, y, *strengths(from_package("statsmodels.OLS", alpha=0.8, L1_wt=0.4, n=442)))
    assert fit.params[1] == 0.0
    assert abs(wanted[0]) > 0.5


@pytest.mark.parametrize(("family", "law"), [("bernoulli", sm.families.Binomial), ("poisson", sm.families.Poisson)])
def test_glm(request, family, law):
    X, y = request.getfixturevalue("binary" if family == "bernoulli" else "counts")
    fit = sm.GLM(y, sm.add_constant(X), family=law()).fit_regularized(
        alpha=all_but_the_constant(0.05), L1_wt=0.5, maxiter=2000, cnvrg_tol=1e-12, zero_tol=0.0
    )
    penalty = from_package("statsmodels.GLM", alpha=0.05, L1_wt=0.5, n=442)
    # It takes a step that lowers its mean objective by less than 1e-10 as it is: 1e-6 of the coefficients.
    agree(fit.params[1:], fit.params[0], penalty, X, y, family=family, close=1e-6)


def test_gaussian_glm_ridge_is_off_the_row_as_its_note_says(standardised):
    X, y = standardised
    fit = sm.GLM(y, sm.add_constant(X)).fit_regularized(alpha=all_but_the_constant(0.8), L1_wt=0.0)
    wanted, _ = solve(X, y, *strengths(from_package("statsmodels.GLM", alpha=0.8, L1_wt=0.0, n=442)))
    assert np.abs(fit.params[1:] - wanted).max() > 1.0


def test_logit(binary):
    X, y = binary
    model = sm.Logit(y, sm.add_constant(X))
    fit = model.fit_regularized(alpha=all_but_the_constant(9.0), acc=1e-14, maxiter=1000, disp=0, trim_mode="off")
    # SLSQP stops at about 1e-7 of the optimum whatever accuracy is asked for.
    penalty = from_package("statsmodels.Logit", alpha=9.0)
    agree(fit.params[1:], fit.params[0], penalty, X, y, family="bernoulli", close=1e-5)


def test_the_oracle_at_no_penalty_is_least_squares(standardised):
    X, y = standardised
    agree(*np.split(sm.OLS(y, sm.add_constant(X)).fit().params, [1])[::-1], br.Flat(), X, y)
