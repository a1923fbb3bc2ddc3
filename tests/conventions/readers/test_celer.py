"""Fits of celer are the modes of the models that they are read as, to 1e-9 of the largest coefficient.

Block coordinate descent stops by a duality gap of 1e-14 of the loss, which leaves 1e-6 of the coefficients of groups.

Its cross-validated classes can not be made under scikit-learn >= 1.9, so they are put together here from the
attributes that they keep.
"""

import celer
import numpy as np
import pytest
from scipy import sparse
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br
from bayesreg.errors import DataError, InputError, UnsupportedError

from .checks import reproduced, stationary, untouched

EXACT = 1e-9
BLOCKS = {"close": 1e-6, "kkt": 1e-6}
TIGHT = {"tol": 1e-14}
FACTORS = np.linspace(0.2, 2.0, 10)
GROUPS = [[0, 3], [1, 2, 4], [5, 6, 7, 8], [9]]
WEIGHTS = np.arange(442) % 3 + 1.0


@pytest.mark.parametrize(
    ("estimator", "rate", "precision"),
    [
        (celer.Lasso(alpha=1.3, **TIGHT), 1.3, 0.0),
        (celer.Lasso(alpha=1.3, weights=FACTORS, **TIGHT), 1.3 * FACTORS, 0.0),
        (celer.ElasticNet(alpha=0.4, l1_ratio=0.7, weights=FACTORS, **TIGHT), 0.28 * FACTORS, 0.12 * FACTORS),
    ],
)
def test_linear_models(standardised, estimator, rate, precision):
    X, y = standardised
    fit = estimator.fit(X, y)
    reproduced(untouched(fit, X, y), fit.coef_, fit.intercept_, close=EXACT)
    prior = br.implied_prior(fit, X, y, dispersion=3000.0)
    np.testing.assert_allclose(prior["rate"], 442 * rate / 3000.0 * np.ones(10))
    np.testing.assert_allclose(prior["precision"], 442 * precision / 3000.0 * np.ones(10))
    stationary(prior, fit.coef_, X.T @ (y - fit.predict(X)) / 3000.0)


def test_an_infinite_weight_leaves_a_column_out(standardised):
    X, y = standardised
    fit = celer.Lasso(alpha=1.3, weights=np.where(np.arange(10) == 2, np.inf, 1.0), **TIGHT).fit(X, y)
    assert fit.coef_[2] == 0.0
    reproduced(br.Model.from_fitted(fit, X, y), fit.coef_, fit.intercept_, close=EXACT)


def test_positive(standardised):
    X, y = standardised
    fit = celer.Lasso(alpha=1.3, positive=True, **TIGHT).fit(X, y)
    model = br.Model.from_fitted(fit, X, y)
    assert model.penalty == br.L1(442 * 1.3, positive=True)
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)


def test_sample_weights(standardised):
    X, y = standardised
    fit = celer.Lasso(alpha=1.3, **TIGHT).fit(X, y, sample_weight=WEIGHTS)
    model = br.Model.from_fitted(fit, X, y, weights=br.Weights(WEIGHTS, "precision"))
    assert model.penalty.lam == pytest.approx(1.3 * WEIGHTS.sum())
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)


def test_sparse_columns(standardised):
    X, y = standardised
    X = sparse.csc_array(np.maximum(X, 0.0))
    fit = celer.Lasso(alpha=1.3, **TIGHT).fit(X, y)
    reproduced(br.Model.from_fitted(fit, X, y), fit.coef_, fit.intercept_, close=EXACT)


def test_logistic_regression_has_no_intercept(binary):
    X, y = binary
    label = np.where(y > 0.0, "sick", "healthy")
    fit = celer.LogisticRegression(C=0.05, **TIGHT).fit(X, label)
    model = untouched(fit, X, label)
    assert model.penalty == br.L1(20.0)
    reproduced(model, fit.coef_[0], close=EXACT)
    mu = 1.0 / (1.0 + np.exp(-X @ fit.coef_[0]))
    stationary(br.implied_prior(fit, X, label), fit.coef_[0], X.T @ ((label == "sick") - mu))


@pytest.mark.parametrize(
    ("groups", "weights", "lams"),
    [(GROUPS, None, [2.0, 2.0, 2.0, 2.0]), ([3, 7], np.array([1.0, 0.5]), [2.0, 1.0]), (5, None, [2.0, 2.0])],
)
def test_group_lasso(standardised, groups, weights, lams):
    X, y = standardised
    fit = celer.GroupLasso(groups=groups, alpha=2.0, weights=weights, **TIGHT).fit(X, y)
    model = untouched(fit, X, y)
    assert [law.lam for law in model.penalty.values()] == pytest.approx([442 * lam for lam in lams])
    reproduced(model, fit.coef_, fit.intercept_, **BLOCKS)


def test_a_group_by_hand(standardised):
    X, y = standardised
    fit = celer.GroupLasso(groups=GROUPS, alpha=2.0, **TIGHT).fit(X, y)
    prior = br.implied_prior(fit, X, y, dispersion=3000.0)
    np.testing.assert_allclose(prior["rate"], 442 * 2.0 / 3000.0)
    score = X.T @ (y - fit.predict(X)) / 3000.0
    for group in GROUPS:
        size = np.linalg.norm(fit.coef_[group])
        np.testing.assert_allclose(score[group], prior["rate"][group] * fit.coef_[group] / size, rtol=1e-6)


@pytest.mark.parametrize(
    ("law", "fit", "chosen"),
    [
        (celer.LassoCV, celer.Lasso(alpha=0.9, **TIGHT), {}),
        (celer.ElasticNetCV, celer.ElasticNet(alpha=0.9, l1_ratio=0.6, **TIGHT), {"l1_ratio_": 0.6}),
        (celer.GroupLassoCV, celer.GroupLasso(groups=5, alpha=0.9, **TIGHT), {"groups": 5}),
    ],
)
def test_the_chosen_strength_of_a_cross_validated_fit(standardised, law, fit, chosen):
    X, y = standardised
    fit = fit.fit(X, y)
    choice = object.__new__(law)
    kept = {"coef_": fit.coef_, "intercept_": fit.intercept_, "tol": 1e-14, "fit_intercept": True, "alpha_": 0.9}
    vars(choice).update(dict.fromkeys(law._get_param_names()) | kept | chosen)
    model = br.Model.from_fitted(choice, X, y)
    assert "alpha = 0.9" in str(model.origin)
    reproduced(model, fit.coef_, fit.intercept_, **(BLOCKS if "groups" in chosen else {"close": EXACT}))


@pytest.mark.parametrize("law", [celer.Lasso(alpha=1.3, weights=FACTORS, **TIGHT), celer.Lasso(alpha=1.3, **TIGHT)])
def test_behind_a_scaler(raw, law):
    X, y = raw
    fit = make_pipeline(StandardScaler(), law).fit(X, y)
    model = untouched(fit, X, y)
    factors = np.ones(10) if law.weights is None else law.weights
    prior = br.implied_prior(fit, X, y, dispersion=3000.0)
    np.testing.assert_allclose(prior["rate"], 442 * 1.3 * factors * X.std(axis=0) / 3000.0)
    reproduced(model, fit[-1].coef_ / X.std(axis=0), close=EXACT, intercept=fit.predict(np.zeros((1, 10)))[0])


def test_logistic_regression_behind_a_scaler_that_does_not_centre(raw, binary):
    X, y = raw[0], binary[1]
    law = celer.LogisticRegression(C=0.05, **TIGHT)
    fit = make_pipeline(StandardScaler(with_mean=False), law).fit(X, y)
    reproduced(br.Model.from_fitted(fit, X, y), fit[-1].coef_[0] / X.std(axis=0), close=EXACT)
    with pytest.raises(UnsupportedError, match="a step before it centres the columns"):
        br.Model.from_fitted(make_pipeline(StandardScaler(), law).fit(X, y), X, y)


def test_groups_behind_a_scaler_are_refused(raw):
    X, y = raw
    fit = make_pipeline(StandardScaler(), celer.GroupLasso(groups=5, alpha=1.0)).fit(X, y)
    with pytest.raises(UnsupportedError, match="stretches by different factors"):
        br.Model.from_fitted(fit, X, y)


def test_other_data_are_detected(standardised):
    X, y = standardised
    fit = celer.Lasso(alpha=1.3, **TIGHT).fit(X, y)
    for columns, response in [(X, y[::-1]), (X[:, ::-1], y), (X, y + np.arange(442.0))]:
        with pytest.raises(DataError, match="are not the mode of this model"):
            br.Model.from_fitted(fit, columns, response)
    with pytest.raises(DataError, match="fitted to 10 columns"):
        br.Model.from_fitted(fit, X[:, :9], y)


def test_refusals(standardised):
    X, y = standardised
    label = np.where(y > 200.0, "high", np.where(y > 100.0, "mid", "low"))
    shared = celer.GroupLasso(groups=[[0, 1], [1, 2]], alpha=1.0)
    shared.coef_, shared.intercept_ = np.ones(3), 0.0
    cases = [
        (celer.Lasso(), InputError, "celer Lasso is not fitted"),
        (celer.MultiTaskLasso(), UnsupportedError, "celer MultiTaskLasso can not be read"),
        (celer.LogisticRegression(C=0.05).fit(X, label), UnsupportedError, "fitted to 3 classes"),
        (shared, UnsupportedError, "groups that share columns"),
    ]
    for fit, error, message in cases:
        with pytest.raises(error, match=message):
            br.Model.from_fitted(fit, X, y)
    with pytest.raises(InputError, match=r"celer\.Lasso\.alpha is a strength per row.*n=<rows>"):
        br.implied_prior(celer.Lasso().fit(X, y), dispersion=1.0)


@pytest.mark.parametrize("tol", [1e-4, 1e-8])
def test_groups_at_looser_tolerances(tol):
    """Their violation goes as the root of the duality gap; other rows violate more than that explains."""
    rng = np.random.default_rng(3)
    X = np.sqrt(0.1) * rng.normal(size=(100, 10)) + np.sqrt(0.9) * rng.normal(size=(100, 1))
    y = X[:, :3] @ [2.0, -1.0, 0.5] + rng.normal(size=100) + 3.0
    fit = celer.GroupLasso(groups=5, alpha=0.2, tol=tol).fit(X, y)
    assert 0.01 * tol**0.5 < br.Model.from_fitted(fit, X, y).origin.kkt < 0.5 * tol**0.5
    with pytest.raises(DataError, match="not the mode of this model"):
        br.Model.from_fitted(fit, X, np.roll(y, 1))
