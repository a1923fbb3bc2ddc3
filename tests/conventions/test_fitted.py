"""The record of a fit: the strengths that it states per raw coefficient, and what the caller says beside it."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import (
    ElasticNet,
    ElasticNetCV,
    Lasso,
    LassoCV,
    LogisticRegression,
    LogisticRegressionCV,
    PoissonRegressor,
    Ridge,
    RidgeCV,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import bayesreg as br
from bayesreg.conventions.fitted import Given
from bayesreg.conventions.model_arguments import model_arguments
from bayesreg.conventions.readers import read
from bayesreg.errors import InputError, UnsupportedError

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


class MyLasso(Lasso):
    """A user's own subclass."""


def response(name, y):
    return {"logistic": np.where(y > 140.0, "sick", "healthy"), "poisson": np.round(y / 25.0)}.get(name, y)


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("scaler", [None, StandardScaler, MinMaxScaler])
def test_the_fit_minimises_what_the_record_says(raw, name, scaler):
    """An independent solver of the stated rates and precisions finds the same coefficients."""
    X, y = raw
    X = X if scaler else (X - X.mean(axis=0)) / (2.0 * X.std(axis=0))
    y = response(name, y)
    if scaler is MinMaxScaler and "without" in name:
        pytest.skip("MinMaxScaler centres, which needs an intercept")
    before = [] if scaler is None else [scaler(**({"with_mean": False} if "without" in name else {}))]
    reading = read(make_pipeline(*before, ESTIMATORS[name]).fit(X, y), Given(X=X, y=y))
    number = (y == reading.classes[-1]).astype(float) if reading.classes else y
    options = {"family": reading.family, "intercept": reading.intercept}
    coef, intercept = solve(X, number, reading.rate, reading.precision, **options)
    scale, close = X.std(axis=0), 1e-6 if name == "poisson" else 1e-7  # where its Newton steps end
    np.testing.assert_allclose(coef * scale, reading.coef * scale, rtol=0.0, atol=close * np.abs(coef * scale).max())
    assert intercept == pytest.approx(reading.intercept_value, rel=1e-6, abs=1e-6)


def test_raw_units_reproduce_the_predictions(raw):
    X, y = raw
    estimator = make_pipeline(StandardScaler(), Lasso(alpha=2.0)).fit(X, y)
    reading = read(estimator, Given(n=442))
    np.testing.assert_allclose(reading.intercept_value + X @ reading.coef, estimator.predict(X), rtol=1e-12)
    np.testing.assert_allclose(reading.rate, 884.0 * X.std(axis=0))


def test_a_subclass_is_read_as_what_it_is(standardised):
    assert set(read(MyLasso(alpha=0.5).fit(*standardised), Given(n=442)).rate) == {221.0}


def test_the_chosen_strength_of_a_cross_validated_estimator_is_read(standardised):
    ridge = RidgeCV(alphas=(1.0, 10.0)).fit(*standardised)
    assert set(read(ridge, Given()).precision) == {float(ridge.alpha_)}
    lasso = LassoCV(cv=3, alphas=20).fit(*standardised)
    assert read(lasso, Given(n=442)).nominal == (442 * lasso.alpha_, 0.0)
    net = ElasticNetCV(cv=3, alphas=20, l1_ratio=[0.2, 0.8]).fit(*standardised)
    l1, l2 = read(net, Given(n=442)).nominal
    assert l1 / (l1 + l2) == pytest.approx(net.l1_ratio_)


@pytest.mark.parametrize(("penalty", "wanted"), [(None, (0.0, 0.0)), ("l1", (2.0, 0.0)), ("l2", (0.0, 2.0))])
def test_the_older_spelling_of_the_logistic_penalty_is_read(binary, penalty, wanted):
    strength = {} if penalty is None else {"C": 0.5, "l1_ratio": float(penalty == "l1")}
    estimator = LogisticRegression(penalty=penalty, solver="saga", tol=1e-3, max_iter=10_000, **strength)
    with pytest.warns(FutureWarning, match="deprecated"):
        estimator.fit(*binary)
    assert read(estimator, Given()).nominal == wanted


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize(("penalty", "share"), [("l1", 1.0), ("l2", 0.0)])
def test_the_older_attributes_of_cross_validation_are_read(binary, penalty, share):
    fit = LogisticRegressionCV(Cs=3, cv=2, penalty=penalty, solver="liblinear", intercept_scaling=4.0, tol=1e-8)
    X, y = binary
    fit.fit(X, y)
    reading = read(fit, Given())
    assert np.size(fit.C_) == 1
    assert reading.nominal == pytest.approx((share / fit.C_[0], (1.0 - share) / fit.C_[0]))
    assert br.Model.from_fitted(fit, X, y).origin.kkt < 1e-6  # its last refit has an intercept scaling of 1


def test_infinite_c_is_flat(binary):
    reading = read(LogisticRegression(C=np.inf).fit(*binary), Given())
    assert reading.is_flat
    assert (
        model_arguments(read(LogisticRegression(C=np.inf).fit(*binary), Given(X=binary[0], y=binary[1])))["penalty"]
        == br.Flat()
    )


def test_liblinear_has_a_constant_column_in_the_place_of_its_intercept(binary):
    X, y = binary
    fit = LogisticRegression(C=0.25, solver="liblinear", intercept_scaling=2.0, tol=1e-10).fit(X, y)
    reading = read(fit, Given(X=X, y=y))
    assert (reading.intercept, reading.labels[0], reading.coef[0]) == (False, "constant", fit.intercept_[0])
    np.testing.assert_allclose(reading.precision, [1.0, *[4.0] * 10])
    np.testing.assert_array_equal(reading.X[:, 0], 1.0)
    assert read(LogisticRegression(solver="liblinear", fit_intercept=False).fit(X, y), Given()).labels[0] == "x0"


def test_sparse_columns(binary):
    X, y = binary
    X = sparse.csr_array(np.maximum(X, 0.0))
    estimator = make_pipeline(StandardScaler(with_mean=False), LogisticRegression()).fit(X, y)
    arguments = model_arguments(read(estimator, Given(X=X, y=y)))
    assert arguments["X"] is X
    assert arguments["standardize"] is True


def test_names_and_the_name_of_the_response_are_kept():
    data = br.datasets.diabetes()
    X, y = data[["bmi", "bp"]], data["target"]
    model = br.Model.from_fitted(Ridge().fit(X, y), X, y)
    assert model.formula == "target ~ bmi + bp"
    unnamed = br.Model.from_fitted(Ridge().fit(X.to_numpy(), y), X.to_numpy(), y.to_numpy())
    assert unnamed.formula == "y ~ x0 + x1"
    assert read(Ridge().fit(X, y), Given()).labels == ("bmi", "bp")


def test_rows_are_counted_by_what_was_given():
    assert Given(X=np.ones((3, 2))).rows == 3.0
    assert Given(X=[[1.0], [2.0]]).rows == 2.0
    assert Given(X=np.ones((3, 2)), weights=br.Weights([1.0, 2.0, 3.0], kind="precision")).rows == 6.0
    assert Given(X=np.ones((3, 2)), n=7).rows == 7.0
    assert Given().rows is None
    with pytest.raises(InputError, match="n=0 is not allowed"):
        assert Given(n=0).rows


def test_facts_are_asked_for_by_name_and_meaning():
    given = Given(facts={"alpha": 2.0, "L1_wt": "half"})
    assert given.number("alpha", "this fit", "its strength") == 2.0
    with pytest.raises(InputError, match="this fit needs beta=: its other strength, which the fit does not keep"):
        given.number("beta", "this fit", "its other strength")
    with pytest.raises(InputError, match="L1_wt='half' is not allowed: it is its share"):
        given.number("L1_wt", "this fit", "its share")


def test_only_the_packages_that_are_known_are_read():
    with pytest.raises(UnsupportedError, match=r"builtins.object can not be read: fits of sklearn.*from_package"):
        read(object(), Given())
    with pytest.raises(InputError, match="n=3 is not used: alpha = 1 is a strength per data set"):
        read(Ridge().fit([[1.0], [2.0]], [1.0, 2.0]), Given(n=3))
