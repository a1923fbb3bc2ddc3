"""Fits of skglm are the modes of the models that they are read as, to 1e-9 of the largest coefficient.

skglm compiles each of its solvers at its first fit, which takes seconds, so a process of its own fits without the
compiler: the estimators come from there.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skglm
from skglm.datafits import Huber, Quadratic
from skglm.penalties import L1, SCAD, MCPenalty, WeightedGroupL2, WeightedMCPenalty
from skglm.solvers import AndersonCD, GroupBCD
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import bayesreg as br
from bayesreg.errors import DataError, InputError, UnsupportedError

from .checks import reproduced, stationary, untouched

EXACT = 1e-9
TIGHT = {"tol": 1e-12}
FACTORS = np.linspace(0.0, 2.0, 10)
GROUPS = [[0, 3], [1, 2, 4], [5, 6, 7, 8], [9]]
WEIGHTS = np.arange(442) % 3 + 1.0


def given(estimator, fit, **more):
    """Return an estimator with the coefficients of another fit, of the same objective where it is to be read."""
    vars(estimator).update(coef_=fit.coef_, intercept_=fit.intercept_, **more)
    return estimator


@pytest.fixture(scope="module")
def fitted(standardised, binary, counts, tmp_path_factory):
    """Estimators of skglm that were fitted in one process without numba's compiler."""
    folder = tmp_path_factory.mktemp("skglm")
    X, y = standardised
    label = np.where(binary[1] > 0.0, "sick", "healthy")
    np.savez(folder / "data.npz", X=X, y=y, label=label, number=counts[1], weights=WEIGHTS)
    script = Path(__file__).with_name("skglm_fits.py")
    command = [sys.executable, str(script), str(folder / "data.npz"), str(folder / "fits.pickle")]
    subprocess.run(command, check=True, env=os.environ | {"NUMBA_DISABLE_JIT": "1"})
    return pickle.loads((folder / "fits.pickle").read_bytes())


@pytest.mark.parametrize(("name", "rate"), [("Lasso", 1.3), ("WeightedLasso", 1.3 * FACTORS)])
def test_lasso(fitted, standardised, name, rate):
    X, y = standardised
    fit = fitted[name]
    reproduced(untouched(fit, X, y), fit.coef_, fit.intercept_, close=EXACT)
    prior = br.implied_prior(fit, X, y, dispersion=3000.0)
    np.testing.assert_allclose(prior["rate"], 442 * rate / 3000.0 * np.ones(10))
    stationary(prior, fit.coef_, X.T @ (y - fit.predict(X)) / 3000.0)


def test_elastic_net(fitted, standardised):
    X, y = standardised
    fit = fitted["ElasticNet"]
    model = untouched(fit, X, y)
    assert model.penalty.positive
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)
    prior = br.implied_prior(fit, X, y, dispersion=3000.0)
    np.testing.assert_allclose(prior["rate"], 442 * 0.28 / 3000.0)
    np.testing.assert_allclose(prior["precision"], 442 * 0.12 / 3000.0)


def test_sparse_logistic_regression(fitted, binary):
    X, y = binary
    label = np.where(y > 0.0, "sick", "healthy")
    fit = fitted["SparseLogisticRegression"]
    # Its proximal Newton steps end at 1e-10 of the coefficients, at the same tolerance.
    reproduced(untouched(fit, X, label), fit.coef_[0], fit.intercept_, close=1e-8)
    prior = br.implied_prior(fit, X, label)
    np.testing.assert_allclose(prior["rate"], 442 * 0.016)
    np.testing.assert_allclose(prior["precision"], 442 * 0.004)
    mu = 1.0 / (1.0 + np.exp(-fit.intercept_ - X @ fit.coef_[0]))
    stationary(prior, fit.coef_[0], X.T @ ((label == "sick") - mu))


def test_group_lasso(fitted, standardised):
    X, y = standardised
    fit = fitted["GroupLasso"]
    model = untouched(fit, X, y)
    assert [law.lam for law in model.penalty.values()] == pytest.approx([884.0, 442.0, 1768.0])
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)
    penalty = WeightedGroupL2(2.0, fit.weights, np.array([0, 2, 5, 9, 10]), np.array([0, 3, 1, 2, 4, 5, 6, 7, 8, 9]))
    general = skglm.GeneralizedLinearEstimator(Quadratic(), penalty, GroupBCD(**TIGHT))
    assert br.Model.from_fitted(given(general, fit), X, y).penalty == model.penalty


def test_mcp_is_a_local_mode(fitted, raw, standardised):
    X, y = standardised
    fit = fitted["MCPRegression"]
    model = untouched(fit, X, y)
    assert model.penalty == br.MCP(4420.0, 3.0, bend="rows")
    assert np.isnan(model.origin.relative_gap)
    assert model.origin.kkt < 1e-12
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)
    slope = np.where(np.abs(fit.coef_) <= 30.0, 10.0 - np.abs(fit.coef_) / 3.0, 0.0)
    score, active = X.T @ (y - fit.predict(X)) / 442.0, fit.coef_ != 0.0
    assert 0 < active.sum() < 10
    np.testing.assert_allclose(score[active], (slope * np.sign(fit.coef_))[active], rtol=0.0, atol=1e-9)
    weighted = skglm.MCPRegression(alpha=5.0, gamma=6.0, weights=np.full(10, 2.0), **TIGHT)
    assert br.Model.from_fitted(given(weighted, fit), X, y).penalty == model.penalty
    general = skglm.GeneralizedLinearEstimator(Quadratic(), MCPenalty(10.0, 3.0), AndersonCD(**TIGHT))
    assert br.Model.from_fitted(given(general, fit), X, y).penalty == model.penalty
    behind = br.Model.from_fitted(make_pipeline(StandardScaler().fit(raw[0]), fit), *raw)
    assert behind.penalty == model.penalty
    assert behind.origin.kkt < 1e-12
    with pytest.raises(UnsupportedError, match="whose bends differ in raw ones"):
        br.Model.from_fitted(make_pipeline(MinMaxScaler().fit(raw[0]), fit), *raw)


def test_a_general_estimator_of_counts(fitted, counts):
    X, y = counts
    fit = fitted["Poisson"]
    model = untouched(fit, X, y)
    assert "with Poisson, L1_plus_L2, alpha = 0.1, l1_ratio = 0.5" in str(model.origin)
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)
    prior = br.implied_prior(fit, X, y)
    np.testing.assert_allclose(prior["rate"], 442 * 0.05)
    stationary(prior, fit.coef_, X.T @ (y - np.exp(fit.intercept_ + X @ fit.coef_)))


def test_weights_of_the_data_fit(fitted, standardised):
    X, y = standardised
    fit = fitted["WeightedQuadratic"]
    model = br.Model.from_fitted(fit, X, y)
    assert model.penalty.lam == pytest.approx(1.3 * WEIGHTS.sum())
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)
    with pytest.raises(InputError, match="holds its weights"):
        br.Model.from_fitted(fit, X, y, weights=WEIGHTS)


def test_only_a_sign(fitted, standardised):
    X, y = standardised
    fit = fitted["PositiveConstraint"]
    model = br.Model.from_fitted(fit, X, y)
    assert model.penalty == br.Flat(positive=True)
    reproduced(model, fit.coef_, fit.intercept_, close=EXACT)


def test_other_data_are_detected(fitted, standardised):
    X, y = standardised
    fit = fitted["Lasso"]
    for columns, response in [(X, y[::-1]), (X[:, ::-1], y)]:
        with pytest.raises(DataError, match="are not the mode of this model"):
            br.Model.from_fitted(fit, columns, response)


def general(datafit, penalty):
    return skglm.GeneralizedLinearEstimator(datafit, penalty, AndersonCD())


REFUSALS = [
    (skglm.LinearSVC(), "skglm LinearSVC can not be read"),
    (skglm.CoxEstimator(), "skglm CoxEstimator can not be read"),
    (general(Huber(1.0), L1(1.0)), "data fit Huber, whose fits are not read"),
    (general(Quadratic(), SCAD(1.0, 3.0)), r"penalty SCAD.*br\.SCAD\(n \* alpha"),
    (general(Quadratic(), WeightedMCPenalty(1.0, 3.0, FACTORS + 1.0)), "whole penalty by a weight a column"),
    (skglm.GroupLasso(GROUPS, positive=True), "no group penalty here keeps coefficients >= 0"),
    (skglm.GroupLasso([*GROUPS, [0]]), "groups that share columns"),
]


@pytest.mark.parametrize("case", range(len(REFUSALS)))
def test_refusals(standardised, case):
    estimator, message = REFUSALS[case]
    with pytest.raises(UnsupportedError, match=message):
        br.Model.from_fitted(given(estimator, LinearRegression().fit(*standardised)), *standardised)


def test_facts_are_asked_for(standardised):
    with pytest.raises(InputError, match="skglm Lasso is not fitted"):
        br.Model.from_fitted(skglm.Lasso(), *standardised)
    fit = given(skglm.Lasso(alpha=1.3), LinearRegression().fit(*standardised))
    with pytest.raises(InputError, match="skglm Lasso's alpha is a strength per row"):
        br.implied_prior(fit, dispersion=1.0)
    np.testing.assert_allclose(br.implied_prior(fit, n=442, dispersion=2.0)["rate"], 442 * 0.65)
