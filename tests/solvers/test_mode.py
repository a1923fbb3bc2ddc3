"""Corners of the solvers: dependent columns, more columns than rows, signs, weights of 0 and infinity."""

import numpy as np
import pytest
from scipy.optimize import nnls

import bayesreg as br
from tests.problems import DIABETES, make


def wide(n=40, p=120, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    return X, X[:, :4] @ np.array([3.0, -2.0, 2.0, 1.0]) + rng.normal(size=n)


@pytest.mark.parametrize("penalty", [br.L1(2.0), br.L1(1e-3), br.ElasticNet(2.0, 0.5), br.L2(1.0)], ids=repr)
def test_more_columns_than_rows(penalty):
    X, y = wide()
    fit = br.Model.from_arrays(X, y, penalty=penalty).fit()
    assert fit.certificate.ok, fit.status
    if penalty.traits.sparse and type(penalty) is br.L1:
        assert len(fit.active) <= len(y)


def test_ridge_with_more_columns_than_rows_equals_the_primal():
    X, y = wide()
    fit = br.Model.from_arrays(X, y, penalty=br.L2(3.0), standardize=False).fit()
    C = X - X.mean(axis=0)
    direct = np.linalg.solve(C.T @ C + 3.0 * np.eye(X.shape[1]), C.T @ (y - y.mean()))
    np.testing.assert_allclose(fit.params.to_numpy()[1:], direct, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
@pytest.mark.parametrize("copies", ["equal", "opposite"])
def test_dependent_columns_still_reach_the_optimum(family, copies):
    rng = np.random.default_rng(2)
    x, z = rng.normal(size=(2, 80))
    X = np.column_stack([x, x if copies == "equal" else -x, z, x + z])
    eta = x - 0.5 * z
    y = {"gaussian": eta + rng.normal(size=80), "bernoulli": (eta + rng.logistic(size=80) > 0) * 1.0}.get(family)
    y = rng.poisson(np.exp(eta)) if y is None else y
    fit = br.Model.from_arrays(X, y, family=family, penalty=br.L1(1.0)).fit()
    assert fit.certificate.ok, fit.status


def test_a_dictionary_of_penalties_equals_weights():
    data = br.datasets.diabetes()
    by_term = {"age + sex": br.Flat(), "s1 + s2": br.L1(1000.0), ...: br.L1(500.0)}
    first = br.Model(DIABETES, data, penalty=by_term).fit()
    weights = {"age": 0.0, "sex": 0.0, "s1": 2.0, "s2": 2.0}
    second = br.Model(DIABETES, data, penalty=br.L1(500.0, weights=weights)).fit()
    np.testing.assert_allclose(first.params, second.params, rtol=1e-9, atol=1e-11)
    assert {"age", "sex"} <= set(first.active)


def test_infinite_weight_is_a_model_without_the_column():
    data = br.datasets.diabetes()
    out = br.Model(DIABETES, data, penalty=br.L1(500.0, weights={"bmi": np.inf})).fit()
    without = br.Model(DIABETES.replace(" + bmi", ""), data, penalty=br.L1(500.0)).fit()
    assert out.params["bmi"] == 0.0
    np.testing.assert_allclose(out.params.drop("bmi"), without.params, rtol=1e-9, atol=1e-11)
    assert out.dispersion == pytest.approx(without.dispersion, rel=1e-12)


def test_penalised_intercept_is_that_of_centred_columns():
    data = br.datasets.diabetes()
    fit = br.Model("target ~ bmi + bp", data, penalty={"Intercept": br.L2(100.0), ...: br.L2(10.0)}).fit()
    X = data[["bmi", "bp"]].to_numpy()
    Z = np.column_stack([np.ones(len(data)), (X - X.mean(0)) / X.std(0)])
    direct = np.linalg.solve(Z.T @ Z + np.diag([100.0, 10.0, 10.0]), Z.T @ data["target"])
    slopes = direct[1:] / X.std(0)
    np.testing.assert_allclose(fit.params, np.r_[direct[0] - X.mean(0) @ slopes, slopes], rtol=1e-10)


def test_non_negative_ridge_at_tiny_strength_is_non_negative_least_squares():
    data = br.datasets.diabetes()
    columns = ["age", "sex", "bmi", "bp", "s1", "s3"]
    X = data[columns].to_numpy()
    model = br.Model.from_arrays(X, data["target"], intercept=False, penalty=br.L2(1e-9, positive=True))
    expected, _ = nnls(X, data["target"].to_numpy())
    fit = model.fit()
    np.testing.assert_allclose(fit.params, expected, rtol=1e-6, atol=1e-9)
    assert fit.certificate.ok


@pytest.mark.parametrize("name", ["diabetes", "cancer", "visits"])
def test_edf_is_the_divergence(name):
    """Effective degrees of freedom are the trace of the smoother, which differences confirm where y is continuous."""
    fit = make(name, br.ElasticNet(200.0 if name == "diabetes" else 5.0, l1_ratio=0.5)).fit()
    design, resolved = fit.model.design, fit.resolved
    active = np.flatnonzero(fit.params.to_numpy())
    Z = np.column_stack([np.ones(design.n), design.X])[:, active]
    mu = fit.predict().to_numpy()
    V = {"gaussian": np.ones_like(mu), "bernoulli": mu * (1 - mu), "poisson": mu}[fit.model.family.name]
    K = np.diag(resolved.phi * resolved.strength.precision[active])
    H = Z.T @ (Z * V[:, None])
    assert fit.edf == pytest.approx(np.trace(np.linalg.solve(H + K, H)), rel=1e-8)
    if name == "diabetes":
        total = 0.0
        for i in range(0, design.n, 40):
            moved = []
            for step in (1e-3, -1e-3):
                data = br.datasets.diabetes()
                data.loc[i, "target"] = data.loc[i, "target"] + step
                moved.append(br.Model(DIABETES, data, penalty=fit.model.penalty).fit().predict().iloc[i])
            leverage = (moved[0] - moved[1]) / 2e-3
            hat = Z[i] @ np.linalg.solve(H + K, Z[i])
            total += abs(leverage - hat)
        assert total < 1e-6


def test_separation_and_rank_are_reported_not_hidden():
    rng = np.random.default_rng(0)
    x = np.r_[rng.uniform(-2, -1, 20), rng.uniform(1, 2, 20)]
    y = (x > 0).astype(int)
    with pytest.raises(br.errors.SeparationError, match="x"):
        br.Model("y ~ x", {"x": x, "y": y}, family="bernoulli").fit()
    assert br.Model("y ~ x", {"x": x, "y": y}, family="bernoulli", penalty=br.L2(1.0)).fit().certificate.ok
    with pytest.raises(br.errors.RankError, match="z"):
        br.Model("y ~ x + z", {"x": x, "z": 2 * x, "y": x + rng.normal(size=40)}).fit()


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
def test_one_class_and_all_zero_responses_are_refused(family):
    data = {"x": np.arange(20.0), "y": np.zeros(20)}
    with pytest.raises(br.errors.SeparationError, match="all 20 responses are 0"):
        br.Model("y ~ x", data, family=family, penalty=br.L2(1.0)).fit()


def test_wampler_polynomial_to_the_accuracy_of_the_data():
    """NIST Wampler-1: y = 1 + x + ... + x^5 exactly; all coefficients are 1."""
    x = np.arange(21.0)
    y = sum(x**k for k in range(6))
    formula = "y ~ x + I(x**2) + I(x**3) + I(x**4) + I(x**5)"
    fit = br.Model(formula, {"x": x, "y": y}, dispersion=1.0).fit()
    np.testing.assert_allclose(fit.params, np.ones(6), rtol=1e-7)
