"""A reading is right if the model it describes has the estimator's coefficients as its mode."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, PoissonRegressor, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br
from bayesreg.conventions.fitted import model_arguments, read_fitted
from bayesreg.errors import DataError, UnsupportedError

from .oracle import solve

TIGHT = {"tol": 1e-13, "max_iter": 1_000_000}
ESTIMATORS = {
    "ridge": Ridge(alpha=7.0, solver="svd"),
    "ridge without intercept": Ridge(alpha=7.0, solver="svd", fit_intercept=False),
    "lasso": Lasso(alpha=1.3, **TIGHT),
    "elastic net": ElasticNet(alpha=0.4, l1_ratio=0.7, **TIGHT),
    "logistic": LogisticRegression(C=0.05, solver="newton-cholesky", tol=1e-11),
    "poisson": PoissonRegressor(alpha=0.3, solver="newton-cholesky", tol=1e-12),
}


def response(name, y):
    return {"logistic": np.where(y > 140.0, "sick", "healthy"), "poisson": np.round(y / 25.0)}.get(name, y)


def mode(arguments):
    """Solve the model that the arguments describe, with the package's own reading of ``standardize``."""
    X, penalty = arguments["X"], arguments["penalty"]
    scale = X.std(axis=0) if arguments["standardize"] else np.ones(X.shape[1])
    rate, precision = penalty.strength(1.0)
    family, intercept = arguments["family"], arguments["intercept"]
    return solve(X, arguments["y"], rate * scale, precision * scale**2, family=family, intercept=intercept)


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("scaled", [False, True])
def test_the_fit_is_the_mode_of_the_model(raw, name, scaled):
    X, y = raw
    X = X if scaled else (X - X.mean(axis=0)) / (2.0 * X.std(axis=0))
    y = response(name, y)
    before = [StandardScaler(with_mean="without" not in name)] if scaled else []
    estimator = make_pipeline(*before, ESTIMATORS[name]).fit(X, y)
    reading = read_fitted(estimator, n=442)
    coef, intercept = mode(model_arguments(reading, X, y))
    np.testing.assert_allclose(coef, reading.coef, rtol=0.0, atol=1e-7 * np.abs(reading.coef).max())
    assert intercept == pytest.approx(reading.intercept_value, rel=1e-6, abs=1e-9)


def test_raw_units_reproduce_the_predictions(raw):
    X, y = raw
    estimator = make_pipeline(StandardScaler(), Lasso(alpha=2.0)).fit(X, y)
    reading = read_fitted(estimator, n=442)
    np.testing.assert_allclose(reading.intercept_value + X @ reading.coef, estimator.predict(X), rtol=1e-12)


def test_scaler_without_std_changes_no_penalty(raw):
    X, y = raw
    reading = read_fitted(make_pipeline(StandardScaler(with_std=False), Ridge(alpha=7.0)).fit(X, y))
    assert reading.standardize is False
    np.testing.assert_array_equal(reading.column_weights, np.ones((2, 10)))


def test_column_weights_are_scales_and_squares(raw):
    X, y = raw
    reading = read_fitted(make_pipeline(StandardScaler(), Ridge(alpha=7.0)).fit(X, y))
    np.testing.assert_allclose(reading.column_weights, [X.std(axis=0), X.var(axis=0)])


def test_names_come_from_the_frame(raw):
    X, y = raw
    frame = pd.DataFrame(X, columns=list("abcdefghij"))
    estimator = Ridge().fit(frame, y)
    assert read_fitted(estimator).names == tuple("abcdefghij")
    assert model_arguments(read_fitted(estimator), frame, y)["names"] == list("abcdefghij")
    with pytest.raises(DataError, match="Column 0 of X is 'j', and the estimator was fitted to 'a'"):
        model_arguments(read_fitted(estimator), frame[frame.columns[::-1]], y)


def test_classes_become_zero_and_one_and_the_data_are_left_alone(binary):
    X, y = binary
    label = np.where(y == 1.0, "a", "b")
    kept = X.copy()
    arguments = model_arguments(read_fitted(LogisticRegression().fit(X, label)), X, label)
    np.testing.assert_array_equal(arguments["y"], 1.0 - y)
    np.testing.assert_array_equal(X, kept)
    with pytest.raises(DataError, match="has the value 'c'"):
        model_arguments(read_fitted(LogisticRegression().fit(X, label)), X, np.where(y == 1.0, "c", "b"))


def test_sparse_columns(binary):
    X, y = binary
    X = sparse.csr_array(np.maximum(X, 0.0))
    estimator = make_pipeline(StandardScaler(with_mean=False), LogisticRegression()).fit(X, y)
    arguments = model_arguments(read_fitted(estimator), X, y)
    assert arguments["X"] is X
    assert arguments["standardize"] is True


def test_a_positive_lasso_keeps_its_sign(standardised):
    assert read_fitted(Lasso(alpha=0.5, positive=True).fit(*standardised), n=442).penalty == br.L1(221.0, positive=True)


def test_data_that_are_not_those_of_the_fit_are_refused(raw):
    X, y = raw
    estimator = make_pipeline(StandardScaler(), Ridge()).fit(X, y)
    with pytest.raises(DataError, match="'x0' has standard deviation"):
        model_arguments(read_fitted(estimator), X[:300], y[:300])
    with pytest.raises(DataError, match="fitted to 10 columns"):
        model_arguments(read_fitted(estimator), X[:, :9], y)
    with pytest.raises(DataError, match=r"y has shape \(441,\)"):
        model_arguments(read_fitted(estimator), X, y[1:])
    with pytest.raises(DataError, match="missing or infinite"):
        model_arguments(read_fitted(estimator), np.where(X > 100.0, np.nan, X), y)
    with pytest.raises(DataError, match="not numeric"):
        model_arguments(read_fitted(estimator), np.full(X.shape, "a"), y)


def test_a_constant_column_behind_a_scaler_is_named(raw):
    X, y = raw
    X = np.column_stack([X[:, :2], np.full(442, 3.0)])
    with pytest.raises(DataError, match="'x2' is constant"):
        model_arguments(read_fitted(make_pipeline(StandardScaler(), Ridge()).fit(X, y)), X, y)


def test_a_centred_fit_without_intercept_has_no_raw_model(raw):
    X, y = raw
    estimator = make_pipeline(StandardScaler(), Ridge(fit_intercept=False)).fit(X, y)
    with pytest.raises(UnsupportedError, match="fit_intercept=True"):
        model_arguments(read_fitted(estimator), X, y)
