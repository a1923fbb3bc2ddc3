"""A fit is read rightly if the model made of it has the fit's coefficients as its mode."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, OneHotEncoder, StandardScaler

import bayesreg as br
from bayesreg.objective import LogJoint

from .cases import CASES

LINEAR_PREDICTOR = {"gaussian": lambda mean: mean, "poisson": np.log}


def predictor(estimator, X, family):
    """Return the linear predictor that the estimator itself has for its rows."""
    if family == "bernoulli":
        return estimator.decision_function(X)
    return LINEAR_PREDICTOR[family](estimator.predict(X))


def coefficients_agree(model, fit, theirs, close):
    """Coefficients per standard deviation agree, where the predictor determines them."""
    X = model.design.X
    design = np.column_stack([np.ones(len(X)), X]) if model.design.intercept else X
    size = np.linalg.norm(design, axis=0)
    wanted, _, rank, _ = np.linalg.lstsq(design / size, theirs, rcond=None)
    if rank == design.shape[1]:
        ours = fit.params.to_numpy() * size
        np.testing.assert_allclose(ours, wanted, rtol=0.0, atol=max(1e-6, 100.0 * close) * np.abs(wanted).max())


@pytest.mark.parametrize("name", CASES)
def test_the_model_has_the_fit_as_its_mode(name):
    case = CASES[name]
    estimator, X, y = case.fitted()
    before, labels = X.copy(), y.copy()
    model = br.Model.from_fitted(estimator, X, y, **case.told)
    fit = model.fit()
    ours = fit.predict(kind="link").to_numpy()
    ours = ours if model.design.offset is None else ours - model.design.offset
    theirs = predictor(estimator, X, model.family.name)
    assert np.std(theirs) > 0.0
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=case.close * np.std(theirs))
    coefficients_agree(model, fit, theirs, case.close)
    assert fit.certificate.ok
    assert model.origin.kkt <= case.close
    pd.testing.assert_frame_equal(X, before)
    pd.testing.assert_series_equal(y, labels)


@pytest.mark.parametrize("name", ["ridge", "lasso", "elastic net behind ranges", "logistic", "Poisson", "liblinear"])
def test_the_objective_of_the_fit_is_the_minimum(name):
    """Objectives agree to the square of the distance: 1e-12 of them is far below what other strengths would give."""
    estimator, X, y = CASES[name].fitted()
    model = br.Model.from_fitted(estimator, X, y)
    joint, fit = LogJoint(model.design, model.loss_resolved), model.fit()
    design = np.column_stack([np.ones(len(X)), model.design.X]) if model.design.intercept else model.design.X
    theirs, *_ = np.linalg.lstsq(design, predictor(estimator, X, model.family.name), rcond=None)
    assert joint.objective(theirs) == pytest.approx(fit.objective, rel=1e-12)
    assert joint.objective(1.01 * theirs) > fit.objective * (1.0 + 1e-9)


@pytest.mark.parametrize("name", CASES)
def test_the_implied_prior_is_that_of_the_model(name):
    case = CASES[name]
    estimator, X, y = case.fitted()
    model = br.Model.from_fitted(estimator, X, y, **case.told)
    priors = model.priors().iloc[int(model.design.intercept) :]
    implied = br.implied_prior(estimator, X, y, **case.told)
    assert list(implied["coefficient"]) == list(priors["coefficient"])
    for column in ("scale", "scale_standardized", "observations"):
        np.testing.assert_allclose(implied[column], priors[column], rtol=1e-9)
    assert implied.attrs["phi"] == pytest.approx(model.resolved.phi, rel=1e-12)
    step = np.where(model.resolved.sd > 0.0, model.resolved.sd, 1.0)[int(model.design.intercept) :]
    finite = np.isfinite(priors["upper"].to_numpy()) & (model.resolved.sd[int(model.design.intercept) :] > 0.0)
    np.testing.assert_allclose(implied["upper"][finite], (priors["upper"].to_numpy() * step)[finite], rtol=1e-9)


def test_the_names_say_what_the_columns_are():
    estimator, X, y = CASES["factors"].fitted()
    model = br.Model.from_fitted(estimator, X, y)
    assert model.design.names[:3] == ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")
    assert model.design.names[3:] == ("island_Biscoe", "island_Dream", "island_Torgersen", "sex_female", "sex_male")
    assert (model.penalty, model.resolved.standardize) == (br.L2(2.0), "numeric")
    np.testing.assert_array_equal(model.design.X[:, 7], (X["sex"] == "male").astype(float))
    np.testing.assert_array_equal(model.design.X[:, 0], X["bill_length_mm"])


def test_the_simplest_penalty_says_it():
    said = {
        name: br.Model.from_fitted(*CASES[name].fitted(), **CASES[name].told).penalty
        for name in (
            "least squares",
            "lasso",
            "elastic net behind one scale",
            "relevance, pruned",
            "liblinear, centred",
        )
    }
    assert said["least squares"] == br.Flat()
    assert said["lasso"] == br.L1(442 * 1.3)
    assert said["elastic net behind one scale"].l1_ratio == pytest.approx(0.7)
    assert sum(np.isinf(said["relevance, pruned"].weights)) == 5
    assert said["liblinear, centred"]["Intercept"] == said["liblinear, centred"][...] == br.L1(20.0)


def test_the_same_column_twice_keeps_both_as_they_were_made():
    X, y = CASES["ridge"].data()
    twice = ColumnTransformer([("s", StandardScaler(), ["bmi"]), ("raw", "passthrough", ["bmi", "bp"])])
    model = br.Model.from_fitted(make_pipeline(twice, Ridge()).fit(X, y), X, y)
    assert model.design.names == ("s__bmi", "raw__bmi", "raw__bp")
    assert model.origin.kkt < 1e-12


@pytest.mark.parametrize("scaler", [None, MaxAbsScaler()])
def test_sparse_indicators_stay_sparse(scaler):
    X, y = CASES["factors"].data()
    X = X[["island", "sex", "bill_length_mm"]].assign(bill_length_mm=X["bill_length_mm"].round(-1) - 40.0)
    chosen = ColumnTransformer(
        [("raw", MaxAbsScaler(), ["bill_length_mm"]), ("cat", OneHotEncoder(), ["island", "sex"])], sparse_threshold=1.0
    )
    model = br.Model.from_fitted(make_pipeline(chosen, scaler, Ridge(solver="lsqr", tol=1e-12)).fit(X, y), X, y)
    assert sparse.issparse(model.design.X)
    assert model.design.names[:2] == ("bill_length_mm", "island_Biscoe")
    np.testing.assert_array_equal(model.design.X.toarray()[:, 0], X["bill_length_mm"])
    np.testing.assert_array_equal(model.design.X.toarray()[:, 1], X["island"] == "Biscoe")
    assert model.origin.kkt < 1e-9


@pytest.mark.parametrize("law", [sparse.csr_matrix, sparse.csc_array])
def test_liblinear_beside_sparse_columns_keeps_them_sparse(law):
    """Its column of ones is one more column of the sparse design, which tens of thousands of words need."""
    rng = np.random.default_rng(2)
    X = law(rng.normal(size=(80, 5)) * (rng.uniform(size=(80, 5)) < 0.3))
    fit = LogisticRegression(solver="liblinear", C=2.0, tol=1e-10).fit(X, np.arange(80) % 3 == 0)
    model = br.Model.from_fitted(fit, X, np.arange(80) % 3 == 0)
    assert sparse.issparse(model.design.X)
    # LIBLINEAR's tolerance is of the gradient; what remains is the curvature of the objective
    np.testing.assert_allclose(model.fit().params, np.r_[fit.intercept_, fit.coef_[0]], atol=1e-7)
