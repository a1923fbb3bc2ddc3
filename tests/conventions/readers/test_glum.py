"""Fits of glum are the modes of the models that they are read as, to 1e-8 of the largest coefficient.

Its default stops at a gradient of 1e-4 of the loss of a row; the tests ask for 1e-10, as near as rounding lets it come.
"""

import numpy as np
import pandas as pd
import pytest
from glum import GeneralizedLinearRegressor, GeneralizedLinearRegressorCV
from scipy import sparse
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br
from bayesreg.errors import DataError, InputError, UnsupportedError

from .checks import reproduced, stationary, untouched

EXACT = 1e-8
TIGHT = {"gradient_tol": 1e-10}
NET = {"alpha": 0.3, "l1_ratio": 0.6, **TIGHT}
FACTORS = np.linspace(0.2, 2.0, 10)
WEIGHTS = np.arange(442) % 3 + 1.0
OFFSET = np.linspace(-1.0, 1.0, 442)


@pytest.mark.parametrize(
    ("arguments", "rate", "precision"),
    [
        ({"alpha": 0.3}, 0.0, 0.3),
        ({"alpha": 0.3, "l1_ratio": 1.0, **TIGHT}, 0.3, 0.0),
        (NET, 0.18, 0.12),
        ({**NET, "P1": FACTORS, "P2": FACTORS[::-1]}, 0.18 * FACTORS, 0.12 * FACTORS[::-1]),
        ({**NET, "P1": FACTORS, "P2": np.diag(FACTORS)}, 0.18 * FACTORS, 0.12 * FACTORS),
        ({**NET, "P2": sparse.diags_array(FACTORS).tocsc()}, 0.18, 0.12 * FACTORS),
        ({"alpha": [3.0, 0.3], "alpha_search": True, "l1_ratio": 0.6, **TIGHT}, 0.18, 0.12),
        ({**NET, "fit_intercept": False}, 0.18, 0.12),
    ],
)
def test_gaussian(standardised, arguments, rate, precision):
    X, y = standardised
    fit = GeneralizedLinearRegressor(**arguments).fit(X, y)
    intercept = fit.intercept_ if fit.fit_intercept else None
    reproduced(untouched(fit, X, y), fit.coef_, intercept, close=EXACT)
    prior = br.implied_prior(fit, X, y, dispersion=3000.0)
    np.testing.assert_allclose(prior["rate"], 442 * rate / 3000.0 * np.ones(10))
    np.testing.assert_allclose(prior["precision"], 442 * precision / 3000.0 * np.ones(10))
    stationary(prior, fit.coef_, X.T @ (y - fit.predict(X)) / 3000.0)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_scaled_predictors(raw, weights):
    X, y = raw
    fit = GeneralizedLinearRegressor(scale_predictors=True, **NET).fit(X, y, sample_weight=weights)
    given = {} if weights is None else {"weights": br.Weights(weights, "precision")}
    model = untouched(fit, X, y, **given)
    total = 442.0 if weights is None else weights.sum()
    assert model.penalty.lam == pytest.approx(0.3 * total)
    assert model.penalty.l1_ratio == pytest.approx(0.6)
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)
    mean = np.average(X, axis=0, weights=weights)
    sd = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weights))
    prior = br.implied_prior(fit, X, y, dispersion=3000.0, **given)
    np.testing.assert_allclose(prior["rate"], total * 0.18 * sd / 3000.0)
    np.testing.assert_allclose(prior["precision"], total * 0.12 * sd**2 / 3000.0)


def test_poisson_with_weights_and_offset(counts):
    X, y = counts
    fit = GeneralizedLinearRegressor(alpha=0.1, l1_ratio=0.5, family="poisson", **TIGHT)
    fit.fit(X, y, sample_weight=WEIGHTS, offset=OFFSET)
    model = untouched(fit, X, y, weights=WEIGHTS, offset=OFFSET)
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)
    prior = br.implied_prior(fit, X, y, weights=WEIGHTS, offset=OFFSET)
    np.testing.assert_allclose(prior["rate"], WEIGHTS.sum() * 0.05)
    mu = np.exp(OFFSET + fit.intercept_ + X @ fit.coef_)
    stationary(prior, fit.coef_, X.T @ (WEIGHTS * (y - mu)))
    with pytest.raises(DataError, match="are not the mode of this model"):
        br.Model.from_fitted(fit, X, y)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_binomial(binary, share):
    X, y = binary
    fit = GeneralizedLinearRegressor(alpha=0.02, l1_ratio=share, family="binomial", **TIGHT).fit(X, y)
    reproduced(untouched(fit, X, y), fit.coef_, fit.intercept_, close=EXACT)


def test_a_fit_at_the_default_tolerance_is_read_and_its_distance_told(binary):
    X, y = binary
    fit = GeneralizedLinearRegressor(alpha=0.02, l1_ratio=0.5, family="binomial").fit(X, y)
    assert 1e-9 < br.Model.from_fitted(fit, X, y).origin.kkt < 1e-3


@pytest.mark.parametrize("alpha", [0, None])
def test_without_a_penalty(counts, alpha):
    X, y = counts
    fit = GeneralizedLinearRegressor(alpha=alpha, family="poisson", **TIGHT).fit(X, y)
    model = br.Model.from_fitted(fit, X, y)
    assert model.penalty == br.Flat()
    np.testing.assert_allclose(model.mle().params[1:], fit.coef_, rtol=1e-7)


def test_tweedie_of_power_one_is_poisson(counts):
    X, y = counts
    fit = GeneralizedLinearRegressor(alpha=0.3, family="tweedie (1.0)", **TIGHT).fit(X, y)
    reproduced(br.Model.from_fitted(fit, X, y), fit.coef_, fit.intercept_, close=EXACT)


def test_bounds(raw, standardised):
    X, y = standardised
    lower, upper = np.r_[np.full(5, -5.0), np.zeros(5)], np.full(10, 10.0)
    fit = GeneralizedLinearRegressor(**NET, lower_bounds=lower, upper_bounds=upper).fit(X, y)
    assert np.any(fit.coef_ == 10.0)
    assert np.any(fit.coef_ == -5.0)
    reproduced(br.Model.from_fitted(fit, X, y), fit.coef_, fit.intercept_, close=EXACT)
    fit = GeneralizedLinearRegressor(**NET, lower_bounds=np.zeros(10), scale_predictors=True).fit(*raw)
    model = br.Model.from_fitted(fit, *raw)
    assert model.penalty.positive
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)


def test_the_chosen_strength_of_a_cross_validated_fit(standardised):
    X, y = standardised
    fit = GeneralizedLinearRegressorCV(l1_ratio=[0.5, 0.9], n_alphas=4, cv=3, **TIGHT).fit(X, y)
    model = br.Model.from_fitted(fit, X, y)
    assert model.penalty.lam == pytest.approx(442 * fit.alpha_)
    assert model.penalty.l1_ratio == pytest.approx(fit.l1_ratio_)
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)


def test_sparse_columns_and_a_frame_behind_a_scaler(raw, standardised, counts):
    X, y = sparse.csc_array(np.maximum(standardised[0], 0.0)), standardised[1]
    fit = GeneralizedLinearRegressor(alpha=1.3, scale_predictors=True).fit(X, y)
    reproduced(br.Model.from_fitted(fit, X, y), fit.coef_, fit.intercept_, close=EXACT)
    frame, number = pd.DataFrame(raw[0], columns=list("abcdefghij")), counts[1]
    law = GeneralizedLinearRegressor(alpha=0.1, family="poisson", **TIGHT)
    whole = make_pipeline(StandardScaler(), law).fit(frame, number)
    model = br.Model.from_fitted(whole, frame, number)
    assert model.penalty.lam == pytest.approx(44.2)
    assert list(model.design.names) == list("abcdefghij")
    reproduced(model, law.coef_ / raw[0].std(axis=0), close=EXACT, intercept=model.fit().params["Intercept"])


def test_gamma_has_an_implied_prior_and_no_model(standardised):
    X, y = standardised
    fit = GeneralizedLinearRegressor(alpha=0.3, family="gamma", **TIGHT).fit(X, y)
    prior = br.implied_prior(fit, X, y)
    pearson = np.sum((y / fit.predict(X) - 1.0) ** 2) / (442 - 11)
    np.testing.assert_allclose(prior["precision"], 442 * 0.3 / pearson)
    with pytest.raises(UnsupportedError, match="gamma regression, a family that bayesreg does not have"):
        br.Model.from_fitted(fit, X, y)


def test_names_and_frames(standardised):
    X, y = standardised
    frame = pd.DataFrame(X[:, :3], columns=["age", "sex", "bmi"])
    fit = GeneralizedLinearRegressor(alpha=0.3).fit(frame, y)
    assert list(br.implied_prior(fit, n=442, dispersion=1.0)["coefficient"]) == ["age", "sex", "bmi"]
    with pytest.raises(DataError, match="Column 0 of X is 'bmi'"):
        br.Model.from_fitted(fit, frame[frame.columns[::-1]], y)
    kind = frame.assign(kind=pd.Categorical(np.where(X[:, 2] > 0.0, "u", "v")))
    spread = GeneralizedLinearRegressor(alpha=0.3).fit(kind, y)
    with pytest.raises(UnsupportedError, match=r"spread the 4 columns of X over 5: age, sex, bmi, kind\[u\]"):
        br.Model.from_fitted(spread, kind, y)
    wide = frame.assign(u=X[:, 2] > 0.0, v=X[:, 2] <= 0.0).astype(float)
    wide.columns = spread.feature_names_
    reproduced(br.Model.from_fitted(spread, wide, y), spread.coef_, spread.intercept_, close=EXACT)
    formula = GeneralizedLinearRegressor(alpha=0.3, formula="age + sex * bmi").fit(frame, y)
    with pytest.raises(UnsupportedError, match="spread the 3 columns of X over 4"):
        br.Model.from_fitted(formula, frame, y)


CORRELATED = np.eye(10) + 0.1 * np.eye(10, k=1) + 0.1 * np.eye(10, k=-1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alpha": 0.3, "link": "log"}, "link LogLink with a gaussian response, and the models here have identity"),
        ({"alpha": 0.3, "family": "negative.binomial"}, "family NegativeBinomialDistribution"),
        ({"alpha": 0.3, "P2": CORRELATED}, r"matrix P2 with terms off its diagonal.*br\.Tikhonov"),
        ({"alpha_search": True, "n_alphas": 3}, "alpha_search=True"),
        ({"alpha": 0.3, "A_ineq": np.ones((1, 10)), "b_ineq": np.array([50.0])}, "A_ineq, constraints on several"),
    ],
)
def test_refusals(standardised, arguments, message):
    X, y = standardised
    fit = GeneralizedLinearRegressor(**arguments).fit(X, y)
    with pytest.raises(UnsupportedError, match=message):
        br.Model.from_fitted(fit, X, y)


def test_facts_are_asked_for(standardised):
    X, y = standardised
    with pytest.raises(InputError, match="glum GeneralizedLinearRegressor is not fitted"):
        br.Model.from_fitted(GeneralizedLinearRegressor(alpha=0.3), X, y)
    fit = GeneralizedLinearRegressor(alpha=0.3).fit(X, y)
    with pytest.raises(InputError, match=r"glum\.GeneralizedLinearRegressor\.alpha is a strength per row"):
        br.implied_prior(fit, dispersion=1.0)
    with pytest.raises(InputError, match=r"alpha=0\.3 is not used"):
        br.Model.from_fitted(fit, X, y, alpha=0.3)
