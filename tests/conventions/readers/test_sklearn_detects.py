"""Other data, other weights and another strength than those of the fit are found out."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso, LogisticRegression, PoissonRegressor, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br
from bayesreg.errors import DataError, InputError, UnsupportedError

from .cases import CASES, cancer, diabetes, exposure

GAUSSIAN = (
    "least squares",
    "ridge",
    "lasso",
    "Bayesian ridge",
    "relevance",
    "several scalers",
    "elastic net behind ranges",
)


@pytest.mark.parametrize("name", [*GAUSSIAN, "Poisson", "logistic", "liblinear", "balanced classes"])
def test_another_response_is_found_out(name):
    estimator, X, y = CASES[name].fitted()
    with pytest.raises(DataError, match=r"not the mode of this model.*Give the X and y"):
        br.Model.from_fitted(estimator, X, np.roll(y, 5))


@pytest.mark.parametrize("name", ["ridge", "Bayesian ridge", "several scalers", "logistic, raw"])
def test_missing_rows_are_found_out(name):
    estimator, X, y = CASES[name].fitted()
    with pytest.raises(DataError, match="not the mode of this model"):
        br.Model.from_fitted(estimator, X.iloc[5:], y.iloc[5:])


@pytest.mark.parametrize("name", ["ridge", "lasso", "logistic", "Poisson"])
def test_a_changed_strength_is_found_out(name):
    estimator, X, y = CASES[name].fitted()
    last = estimator[-1] if hasattr(estimator, "steps") else estimator
    strength = "C" if hasattr(last, "C") else "alpha"
    kept = getattr(last, strength)
    setattr(last, strength, 1.05 * kept)
    try:
        with pytest.raises(DataError, match="not the mode"):
            br.Model.from_fitted(estimator, X, y)
    finally:
        setattr(last, strength, kept)


def test_weights_that_are_missing_added_or_others_are_found_out():
    X, y = diabetes()
    weights = br.Weights(exposure(), kind="precision")
    fit = Ridge(alpha=3.0).fit(X, y, sample_weight=exposure())
    assert br.Model.from_fitted(fit, X, y, weights=weights).origin.kkt < 1e-12
    for told in ({}, {"weights": br.Weights(exposure()[::-1], kind="precision")}):
        with pytest.raises(DataError, match=r"weights=, offset="):
            br.Model.from_fitted(fit, X, y, **told)
    with pytest.raises(DataError, match="not the mode"):
        br.Model.from_fitted(Ridge(alpha=3.0).fit(X, y), X, y, weights=weights)
    with pytest.raises(InputError, match=r"weights= is not used.*LassoLars"):
        br.Model.from_fitted(CASES["lasso by least angles"].fitted()[0], X, y, weights=weights)
    with pytest.raises(InputError, match="offset= is not used"):
        br.Model.from_fitted(fit, X, y, weights=weights, offset=exposure())


def test_weights_of_classes_are_found_out():
    X, y = cancer()
    fit = LogisticRegression(C=0.7, class_weight={1: 3.0}).fit(X, y)
    fit.class_weight = None
    with pytest.raises(DataError, match="not the mode"):
        br.Model.from_fitted(fit, X, y)


def test_other_columns_are_named():
    X, y = diabetes()
    fit = make_pipeline(StandardScaler(), Ridge()).fit(X, y)
    with pytest.raises(DataError, match="Column 0 of X is 's6', and the estimator was fitted to 'age'"):
        br.Model.from_fitted(fit, X[X.columns[::-1]], y)
    with pytest.raises(DataError, match=r"shape \(442, 9\).*fitted to 10 columns"):
        br.Model.from_fitted(fit, X.iloc[:, :9], y)
    with pytest.raises(DataError, match="'age' has standard deviation"):
        br.Model.from_fitted(fit, X.iloc[:300], y.iloc[:300])
    with pytest.raises(DataError, match=r"y has shape \(441,\)"):
        br.Model.from_fitted(fit, X, y.iloc[1:])
    with pytest.raises(DataError, match="missing or infinite"):
        br.Model.from_fitted(fit, X.where(X["s1"] < 250.0), y)
    constant = X.assign(bmi=3.0)
    fit = make_pipeline(StandardScaler(), Ridge()).fit(constant, y)
    with pytest.raises(DataError, match="is constant"):
        br.Model.from_fitted(fit, constant, y)


def test_other_classes_are_named():
    X, y = cancer()
    label = np.where(y == 1, "sick", "well")
    fit = LogisticRegression(C=0.7, solver="newton-cholesky", tol=1e-10).fit(X, label)
    model = br.Model.from_fitted(fit, X, label)
    np.testing.assert_array_equal(model.design.y, 1.0 - y)
    with pytest.raises(DataError, match="has the value 'ill'"):
        br.Model.from_fitted(fit, X, np.where(y == 1, "ill", "well"))


def test_data_are_asked_for():
    X, y = diabetes()
    fit = Ridge().fit(X, y)
    for told in ({}, {"X": X}, {"y": y}):
        with pytest.raises(InputError, match=r"does not hold the data.*from_fitted\(fitted, X, y\)"):
            br.Model.from_fitted(fit, **told)
    with pytest.raises(InputError, match=r"alpha=1\.0 is not used"):
        br.Model.from_fitted(fit, X, y, alpha=1.0)
    with pytest.raises(InputError, match=r"strength per row.*n=<rows>"):
        br.implied_prior(Lasso().fit(X, y), dispersion=1.0)


def test_a_stopped_fit_is_refused_with_what_to_do():
    X, y = diabetes()
    with pytest.warns(UserWarning, match="converge"):
        fit = Lasso(alpha=1e-3, max_iter=2, tol=1e-12).fit(X, y)
    with pytest.raises(DataError, match="refit it with a smaller tol or a larger max_iter"):
        br.Model.from_fitted(fit, X, y)


def test_the_prior_of_a_bayesian_fit_is_at_its_own_dispersion():
    estimator, X, y = CASES["Bayesian ridge"].fitted()
    model = br.Model.from_fitted(estimator, X, y)
    assert model.resolved.phi == pytest.approx(1.0 / estimator.alpha_, rel=1e-15)
    with pytest.raises(InputError, match="states its priors as such"):
        br.Model.from_fitted(estimator, X, y, dispersion="reml")
    with pytest.raises(InputError, match="states its priors as such"):
        br.implied_prior(estimator, X, y, dispersion=3.0)


def test_liblinear_behind_other_centres_is_refused():
    from sklearn.preprocessing import MinMaxScaler

    X, y = cancer()
    fit = make_pipeline(MinMaxScaler(), LogisticRegression(solver="liblinear")).fit(X, y)
    with pytest.raises(UnsupportedError, match=r"penalises the intercept.*'lbfgs'"):
        br.Model.from_fitted(fit, X, y)


@pytest.mark.parametrize("name", ["logistic", "Poisson"])
def test_one_row_of_another_response_is_found_out_at_default_tolerances(name):
    """Default tolerances leave violations of up to 4e-4; one row of a thousand or two, wrong by much, makes 5e-4."""
    X, y = CASES[name].data()
    kind = {"logistic": LogisticRegression, "Poisson": PoissonRegressor}[name]
    fit = make_pipeline(StandardScaler(), kind()).fit(X, y)
    assert br.Model.from_fitted(fit, X, y).origin.kkt < 5e-4
    changed = y.copy()
    changed.iloc[0] = 1 - y.iloc[0] if name == "logistic" else y.iloc[0] + 10
    with pytest.raises(DataError, match="violate its optimality conditions"):
        br.Model.from_fitted(fit, X, changed)
