"""Results of statsmodels are the modes of the models that they are read as.

Direct solvers and coordinate descent to the end agree to 1e-9 of the largest coefficient. The smooth fits of GLM stop
at a gradient of 1e-5 a row (BFGS), and Logit's at SLSQP's own accuracy: the tests say so.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

import bayesreg as br
from bayesreg.errors import DataError, InputError, UnsupportedError

from .checks import reproduced, stationary

EXACT = 1e-9
SWEEPS = {"maxiter": 2000, "cnvrg_tol": 1e-13, "zero_tol": 0.0}
WEIGHTS = np.arange(442) % 3 + 1.0
OFFSET = np.linspace(-1.0, 1.0, 442)
EVEN = np.r_[0.0, np.full(10, 0.8)]
UNEVEN = np.r_[0.0, np.linspace(0.1, 2.0, 10)]


@pytest.mark.parametrize(("alpha", "share"), [(EVEN, 0.0), (EVEN, 1.0), (UNEVEN, 0.0), (UNEVEN, 0.4)])
def test_ols(standardised, alpha, share):
    X, y = standardised
    fit = sm.OLS(y, sm.add_constant(X)).fit_regularized(alpha=alpha, L1_wt=share, **SWEEPS)
    model = br.Model.from_fitted(fit, alpha=alpha, L1_wt=share)
    reproduced(model, fit.params[1:], fit.params[0], close=EXACT)
    prior = br.implied_prior(fit, alpha=alpha, L1_wt=share, dispersion=3000.0)
    np.testing.assert_allclose(prior["rate"], 442 * alpha[1:] * share / 3000.0)
    np.testing.assert_allclose(prior["precision"], 442 * alpha[1:] * (1.0 - share) / 3000.0)
    residual = y - fit.params[0] - X @ fit.params[1:]
    stationary(prior, fit.params[1:], X.T @ residual / 3000.0)


def test_one_alpha_penalises_the_constant_column(standardised):
    X, y = standardised
    fit = sm.OLS(y, sm.add_constant(X)).fit_regularized(alpha=0.8, L1_wt=0.0)
    model = br.Model.from_fitted(fit, alpha=0.8, L1_wt=0.0)
    assert list(model.design.names) == ["const", *(f"x{j}" for j in range(1, 11))]
    reproduced(model, fit.params, close=EXACT)
    assert fit.params[0] == pytest.approx(y.mean() / 1.8)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_wls_divides_by_the_sum_of_its_weights(standardised, share):
    X, y = standardised
    fit = sm.WLS(y, sm.add_constant(X), weights=WEIGHTS).fit_regularized(alpha=EVEN, L1_wt=share, **SWEEPS)
    model = br.Model.from_fitted(fit, alpha=EVEN, L1_wt=share)
    reproduced(model, fit.params[1:], fit.params[0], close=EXACT)
    prior = br.implied_prior(fit, alpha=EVEN, L1_wt=share, dispersion=1.0)
    np.testing.assert_allclose(prior["rate"] + prior["precision"], WEIGHTS.sum() * 0.8)


def test_glm_divides_by_its_rows_whatever_their_weights(counts):
    X, y = counts
    law, alpha = sm.families.Poisson(), np.r_[0.0, np.full(10, 0.1)]
    model = sm.GLM(y, sm.add_constant(X), family=law, freq_weights=WEIGHTS, exposure=np.exp(OFFSET))
    fit = model.fit_regularized(alpha=alpha, L1_wt=0.5, **SWEEPS)
    reproduced(br.Model.from_fitted(fit, alpha=alpha, L1_wt=0.5), fit.params[1:], fit.params[0])
    prior = br.implied_prior(fit, alpha=alpha, L1_wt=0.5)
    np.testing.assert_allclose(prior["rate"], 442 * 0.1 * 0.5)
    mu = np.exp(OFFSET + fit.params[0] + X @ fit.params[1:])
    stationary(prior, fit.params[1:], X.T @ (WEIGHTS * (y - mu)))


def test_glm_ridge_as_near_as_its_optimiser_goes(binary):
    X, y = binary
    alpha = np.r_[0.0, np.full(10, 0.02)]
    fit = sm.GLM(y, sm.add_constant(X), family=sm.families.Binomial()).fit_regularized(alpha=alpha, L1_wt=0.0)
    # BFGS stops at a gradient of 1e-5 a row.
    model = br.Model.from_fitted(fit, alpha=alpha, L1_wt=0.0)
    reproduced(model, fit.params[1:], fit.params[0], close=1e-3, kkt=1e-4)


def test_logit_keeps_its_strengths_and_is_per_data_set(binary):
    X, y = binary
    alpha = np.r_[0.0, np.linspace(2.0, 20.0, 10)]
    fit = sm.Logit(y, sm.add_constant(X)).fit_regularized(alpha=alpha, acc=1e-14, disp=0)
    # SLSQP stops at about 1e-7 of the optimum whatever accuracy is asked for.
    reproduced(br.Model.from_fitted(fit), fit.params[1:], fit.params[0], close=1e-5, kkt=1e-6)
    np.testing.assert_allclose(br.implied_prior(fit)["rate"], alpha[1:])


def test_a_coefficient_that_slsqp_leaves_beside_zero_is_zero(binary):
    X, y = binary
    fit = sm.Logit(y, sm.add_constant(X)).fit_regularized(alpha=20.0, acc=1e-14, disp=0, trim_mode="off")
    assert 0.0 < np.abs(fit.params).min() < 1e-14
    assert br.Model.from_fitted(fit).origin.kkt < 1e-6


def test_poisson_with_an_absolute_value(counts):
    X, y = counts
    alpha = np.r_[0.0, np.full(10, 30.0)]
    fit = sm.Poisson(y, sm.add_constant(X)).fit_regularized(alpha=alpha, acc=1e-14, disp=0)
    reproduced(br.Model.from_fitted(fit), fit.params[1:], fit.params[0], close=1e-5, kkt=1e-6)


def unpenalised(name, X, y, yes, number):
    A, law = sm.add_constant(X), sm.families
    return {
        "ols": lambda: sm.OLS(y, A).fit(),
        "wls": lambda: sm.WLS(y, A, weights=WEIGHTS).fit(),
        "gaussian glm": lambda: sm.GLM(y, A, var_weights=WEIGHTS, offset=OFFSET).fit(),
        "binomial glm": lambda: sm.GLM(yes, A, family=law.Binomial(), freq_weights=WEIGHTS).fit(),
        "poisson glm": lambda: sm.GLM(number, A, family=law.Poisson(), exposure=np.exp(OFFSET), offset=OFFSET).fit(),
        "logit": lambda: sm.Logit(yes, A).fit(disp=0, tol=1e-12),
        "poisson": lambda: sm.Poisson(number, A, exposure=np.exp(OFFSET), offset=OFFSET).fit(disp=0, tol=1e-12),
    }[name]()


NAMES = ["ols", "wls", "gaussian glm", "binomial glm", "poisson glm", "logit", "poisson"]


@pytest.mark.parametrize("name", NAMES)
def test_unpenalised_fits_are_flat_models(standardised, binary, counts, name):
    fit = unpenalised(name, *standardised, binary[1], counts[1])
    model = br.Model.from_fitted(fit)
    assert model.penalty == br.Flat()
    reproduced(model, fit.params[1:], fit.params[0], close=1e-7)
    np.testing.assert_allclose(model.mle().params, fit.params, rtol=1e-6, atol=1e-8)
    assert set(br.implied_prior(fit)["law"]) == {"Flat"}


def test_a_formula_names_columns_and_response(raw):
    X, y = raw
    frame = pd.DataFrame(X[:, 1:4], columns=["sex", "bmi", "bp"]).assign(target=y)
    frame["sex"] = frame["sex"].astype(int)
    fit = smf.ols("target ~ bmi + np.log(bp) + C(sex)", frame).fit()
    model = br.Model.from_fitted(fit)
    assert set(model.design.names) == {"C(sex)[T.2]", "bmi", "np.log(bp)"}
    assert model.design.response == "target"
    assert model.fit().params["bmi"] == pytest.approx(fit.params["bmi"])
    assert br.implied_prior(fit).attrs["phi"] == pytest.approx(fit.scale)


def test_a_constant_column_of_another_size(standardised):
    X, y = standardised
    A = np.column_stack([X, np.full(442, 4.0)])
    fit = sm.OLS(y, A).fit()
    reproduced(br.Model.from_fitted(fit), fit.params[:10], 4.0 * fit.params[10], close=EXACT)


def test_without_a_constant_column(standardised):
    X, y = standardised
    fit = sm.OLS(y, X).fit_regularized(alpha=0.5, L1_wt=0.0)
    reproduced(br.Model.from_fitted(fit, alpha=0.5, L1_wt=0.0), fit.params, close=EXACT)


def test_the_data_may_be_given_and_are_compared(standardised):
    X, y = standardised
    A = sm.add_constant(X)
    fit = sm.OLS(y, A).fit()
    for columns in (A, X, pd.DataFrame(X)):
        assert br.Model.from_fitted(fit, columns, y).origin.kkt < 1e-12
    kept = A.copy()
    with pytest.raises(DataError, match=r"X, of shape \(442, 9\), is not what statsmodels OLS was fitted to"):
        br.Model.from_fitted(fit, X[:, 1:], y)
    with pytest.raises(DataError, match="y, of shape"):
        br.Model.from_fitted(fit, X, y[::-1])
    np.testing.assert_array_equal(A, kept)
    np.testing.assert_array_equal(fit.model.exog, kept)


def test_a_wrong_strength_is_detected(standardised):
    X, y = standardised
    fit = sm.OLS(y, sm.add_constant(X)).fit_regularized(alpha=EVEN, L1_wt=0.0)
    with pytest.raises(DataError, match="are not the mode of this model"):
        br.Model.from_fitted(fit, alpha=1.1 * EVEN, L1_wt=0.0)


def refusals(X, y, yes, number):
    A, law = sm.add_constant(X), sm.families
    ridge = sm.OLS(y, A).fit_regularized(alpha=EVEN, L1_wt=0.0)
    trials = np.column_stack([number, 30.0 - number])
    bare = sm.OLS(y, A).fit()
    bare.remove_data()
    twice = sm.GLM(y, A, freq_weights=WEIGHTS, var_weights=WEIGHTS).fit()
    held = sm.GLM(y, A, family=law.Poisson()).fit_constrained("x1 = x2")
    return [
        (
            ridge,
            {},
            InputError,
            r"fit_regularized needs alpha=: the strength: one number, which penalises the constant",
        ),
        (ridge, {"alpha": 1.0}, InputError, r"needs L1_wt=: statsmodels' share of the absolute value"),
        (ridge, {"alpha": [1.0, 2.0], "L1_wt": 0.0}, InputError, "one for each of the fit's 11 parameters"),
        (ridge, {"alpha": 1.0, "L1_wt": 2.0}, InputError, "L1_wt=2.0 is not allowed"),
        (sm.OLS(y, A).fit(), {"alpha": 1.0}, InputError, "alpha=1.0 is not used"),
        (sm.WLS(y, A, weights=WEIGHTS).fit(), {"weights": WEIGHTS}, InputError, "weights= is not used: statsmodels"),
        (sm.GLM(y, A).fit_regularized(alpha=1.0, L1_wt=0.0), {"alpha": 1.0, "L1_wt": 0.0}, UnsupportedError, "moves"),
        (sm.OLS(y, A).fit_regularized(alpha=EVEN, refit=True), {}, UnsupportedError, "refit=True"),
        (sm.GLM(trials, A, family=law.Binomial()).fit(), {}, UnsupportedError, "several trials a row"),
        (sm.GLM(y, A, family=law.Gamma(law.links.Log())).fit(), {}, UnsupportedError, "GLM with a Gamma response"),
        (sm.Probit(yes, A).fit(disp=0), {}, UnsupportedError, "Probit can not be read"),
        (sm.OLS(y, A), {}, InputError, "holds no results"),
        (bare, {}, InputError, "hold no data any more"),
        (twice, {}, UnsupportedError, "freq_weights and var_weights"),
        (held, {}, UnsupportedError, "fit_constrained"),
    ]


@pytest.mark.parametrize("case", range(15))
def test_refusals(standardised, binary, counts, case):
    fit, given, error, message = refusals(*standardised, binary[1], counts[1])[case]
    with pytest.raises(error, match=message):
        br.Model.from_fitted(fit, **given)
