"""What can not be read is refused by name, with the reason and what to do."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    GammaRegressor,
    HuberRegressor,
    Lars,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    MultiTaskLasso,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    SGDRegressor,
    TweedieRegressor,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError

from .cases import diabetes


def cases(X, y):
    label = np.where(y > 200, "high", np.where(y > 100, "mid", "low"))
    both, event = np.column_stack([y, y**2]), y > 140
    wide = LinearRegression().fit(np.random.default_rng(0).normal(size=(5, 9)), np.arange(5.0))
    folds = LogisticRegressionCV(Cs=2, cv=2, refit=False, use_legacy_attributes=False, scoring="accuracy")
    return [
        (Lars().fit(X, y), "fit LassoLars"),
        (HuberRegressor().fit(X, y), "no likelihood"),
        (SGDRegressor(max_iter=5, tol=None).fit(X, y), "noisy neighbour"),
        (RidgeClassifier().fit(X, event), r"Ridge\(alpha\)\.fit\(X, 2 \* y - 1\)"),
        (GridSearchCV(Ridge(), {"alpha": [1.0]}), r"search\.best_estimator_"),
        (TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp).fit(X, y), r"fitted\.regressor_"),
        (MultiTaskLasso().fit(X, both), "one response at a time"),
        (MultiOutputRegressor(Ridge()).fit(X, both), r"fitted\.estimators_\[0\]"),
        (Ridge().fit(X, both), "2 responses"),
        (Ridge(alpha=[1.0, 2.0]).fit(X, both), "2 responses"),
        (LogisticRegression(max_iter=2000).fit(X, label), "3 classes.*against the rest"),
        (folds.fit(X, event), "averages the coefficients of the folds"),
        (wide, "rank 4, fewer than its 9 coefficients"),
        (
            make_pipeline(StandardScaler(), PolynomialFeatures(2), Ridge()).fit(X, y),
            r"PolynomialFeatures.*pipeline\[-1\]",
        ),
        (make_pipeline(SimpleImputer(), Ridge()).fit(X, y), "would take as observed"),
        (make_pipeline(StandardScaler(), Ridge(fit_intercept=False)).fit(X, y), "fit_intercept=True"),
        (GammaRegressor().fit(X, y), "a gamma regression, a family that bayesreg does not have.*implied_prior"),
        (TweedieRegressor(power=1.5).fit(X, y), r"Tweedie \(power 1\.5\) regression"),
        (TweedieRegressor(power=1.5, link="identity"), "is not fitted"),
        (Ridge(), "Ridge is not fitted"),
        (make_pipeline(StandardScaler(), Ridge()), "Ridge is not fitted"),
        (object(), "builtins.object can not be read"),
    ]


@pytest.fixture(scope="module")
def refused():
    X, y = diabetes()
    X, y = (X - X.mean()) / X.std(), y.to_numpy()
    with np.errstate(all="ignore"):
        return (X.to_numpy(), y), cases(X.to_numpy(), y)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", range(22))
def test_refusals_name_the_culprit(refused, case):
    data, fits = refused
    estimator, message = fits[case]
    with pytest.raises((UnsupportedError, InputError), match=message):
        br.Model.from_fitted(estimator, *data)


def test_an_identity_link_that_can_leave_the_range_is_refused(refused):
    (X, y), _ = refused
    fit = TweedieRegressor(power=1.5, alpha=1e3, link="identity", max_iter=1000).fit(X, y)
    with pytest.raises(UnsupportedError, match="has an identity link"):
        br.implied_prior(fit, X, y)


def test_what_older_versions_of_scikit_learn_kept_is_known(refused):
    """Estimators unpickled from older versions have ``normalize`` and ``penalty="none"``."""
    (X, y), _ = refused
    fit = Ridge().fit(X, y)
    fit.normalize = True
    with pytest.raises(UnsupportedError, match=r"normalize=True.*behind StandardScaler"):
        br.implied_prior(fit, dispersion=1.0)
    flat = LogisticRegression(C=np.inf).fit(X, y > 140)
    flat.penalty = "none"
    assert set(br.implied_prior(flat)["law"]) == {"Flat"}


def test_a_column_called_constant_keeps_its_name(refused):
    (X, y), _ = refused
    frame = pd.DataFrame(X[:, :2], columns=["constant", "bp"])
    fit = LogisticRegression(solver="liblinear", tol=1e-10).fit(frame, y > 140)
    model = br.Model.from_fitted(fit, frame, y > 140)
    assert model.design.names == ("constant_", "constant", "bp")


def test_rates_without_exposures_are_no_counts(refused):
    (X, y), _ = refused
    fit = PoissonRegressor().fit(X, y / 3.0)
    with pytest.raises(UnsupportedError, match=r"no count.*exposures as weights"):
        br.Model.from_fitted(fit, X, y / 3.0)
    assert set(br.implied_prior(fit, X, y / 3.0)["law"]) == {"Normal"}
