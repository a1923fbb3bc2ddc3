"""Evidence and leave-one-out accuracy of a ridge against refits and dense integrals."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse, stats
from sklearn.linear_model import Ridge, RidgeCV

import bayesreg as br
from bayesreg.posterior.exact import exact_posterior
from bayesreg.select import ridge_curve
from bayesreg.solvers import ridge
from tests.problems import make


@pytest.mark.parametrize("weights", [None, "precision", "frequency"])
def test_loo_equals_refits_without_each_row(weights):
    data = br.datasets.diabetes().iloc[:40]
    w = 1 + np.arange(40) % 3
    given = None if weights is None else br.Weights(w, kind=weights)
    model = br.Model("target ~ bmi + bp + s5", data, penalty=br.L2(3.0), weights=given, dispersion=3000.0)
    curve = ridge_curve(model, lams=[30.0, 3.0])
    w = np.ones(40) if weights is None else w.astype(float)
    center, scale = model.resolved.center[1:], model.resolved.sd[1:]  # frozen for leave-one-out
    Z = np.column_stack([np.ones(40), (model.design.X - center) / scale])
    for k, lam in enumerate((30.0, 3.0)):
        K, total = np.diag([0.0, lam, lam, lam]), 0.0
        for i in range(40):
            left = w.copy()
            left[i] = left[i] - 1.0 if weights == "frequency" else 0.0
            M = Z.T @ (Z * left[:, None]) + K
            mean = Z[i] @ np.linalg.solve(M, Z.T @ (left * model.design.y))
            noise = 3000.0 / (1.0 if weights == "frequency" else w[i])
            sd = np.sqrt(noise + 3000.0 * Z[i] @ np.linalg.solve(M, Z[i]))
            total += (w[i] if weights == "frequency" else 1.0) * stats.norm(mean, sd).logpdf(model.design.y[i])
        assert curve.loo[k] == pytest.approx(total, rel=1e-10)


def test_evidence_differences_are_those_of_the_response_density():
    data = br.datasets.diabetes().iloc[:50]
    model = br.Model("target ~ 0 + bmi + bp + s5", data, penalty=br.L2(3.0), dispersion=3000.0)
    curve = ridge_curve(model, lams=[300.0, 30.0, 3.0])
    X = model.design.X / model.resolved.sd
    for lam, value in zip(curve.lams, curve.evidence, strict=True):
        cov = 3000.0 * (np.eye(50) + X @ X.T / lam)
        assert value == pytest.approx(stats.multivariate_normal(np.zeros(50), cov).logpdf(model.design.y), rel=1e-11)


def test_the_maximum_of_the_evidence_is_the_strength_that_reml_goes_with():
    """At the REML dispersion the evidence peaks at MacKay's fixed point, ``lam = (edf - 1) phi / ||b||^2``."""
    model = make("diabetes", br.L2())
    curve = ridge_curve(model, n_lams=4000)
    best = int(curve.evidence.argmax())
    norm = float((curve.params.iloc[best] ** 2).sum())
    assert curve.lams[best] == pytest.approx((curve.edf[best] - 1.0) * curve.dispersion / norm, rel=0.02)


def test_bands_are_the_exact_posterior_at_each_strength():
    model = make("diabetes", br.L2(50.0))
    curve = ridge_curve(model, lams=[50.0])
    fixed = make("diabetes", br.L2(50.0), dispersion=model.resolved.phi).sample(seed=1).summary().frame
    np.testing.assert_allclose(curve.sd.iloc[0], (fixed["sd"] * model.resolved.sd).iloc[1:], rtol=1e-10)
    np.testing.assert_allclose(curve.params.iloc[0], (fixed["mean"] * model.resolved.sd).iloc[1:], rtol=1e-9)
    assert curve.lam == 50.0
    assert curve.scale[0] == pytest.approx(np.sqrt(model.resolved.phi / 50.0))
    assert curve.edf[0] == pytest.approx(model.fit().edf, rel=1e-10)


@pytest.mark.parametrize("shape", [(60, 8), (15, 30)])
def test_errors_of_rows_left_out_are_those_of_scikit_learn(shape):
    """RidgeCV has them in closed form too, from the rows' or the columns' inner products."""
    rng = np.random.default_rng(0)
    X, lams = rng.standard_normal(shape) + 2.0, np.array([30.0, 3.0, 0.3])
    y = X[:, 0] + rng.standard_normal(shape[0])
    other = RidgeCV(alphas=lams, store_cv_results=True).fit(X, y)
    model = br.Model.from_arrays(X, y, penalty=br.L2(), standardize=False, dispersion=1.0)
    curve = ridge_curve(model, lams=lams)
    np.testing.assert_allclose(curve.loo_error, other.cv_results_.mean(axis=0), rtol=1e-10)
    for k, lam in enumerate(lams):
        fit = Ridge(alpha=lam).fit(X, y)
        Z = X - X.mean(axis=0)
        edf = 1.0 + np.trace(Z @ np.linalg.solve(Z.T @ Z + lam * np.eye(shape[1]), Z.T))
        rss = float(((y - fit.predict(X)) ** 2).sum())
        assert curve.gcv[k] == pytest.approx(shape[0] * rss / (shape[0] - edf) ** 2, rel=1e-10)
        assert curve.edf[k] == pytest.approx(edf, rel=1e-10)
        np.testing.assert_allclose(curve.params.iloc[k], fit.coef_ * X.std(axis=0), rtol=0, atol=1e-10)


@pytest.mark.parametrize("weights", [None, "precision", "frequency"])
@pytest.mark.parametrize("shape", [(60, 8), (15, 30)])
def test_the_curve_is_the_exact_posterior_at_each_strength(shape, weights):
    """`exact_posterior` diagonalises the precision anew at each strength, by another factorisation."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal(shape)
    given = None if weights is None else br.Weights(rng.integers(1, 4, shape[0]), kind=weights)
    penalty = {"x0": br.Flat(), "x1": br.L2(5.0), ...: br.Normal(0.5, relative_to="sigma")}
    names = [f"x{j}" for j in range(shape[1])]
    y = X[:, 0] + rng.standard_normal(shape[0])
    model = br.Model.from_arrays(X, y, penalty=penalty, names=names, weights=given, dispersion=2.0)
    curve = ridge_curve(model, lams=[3.0, 0.3])
    for k, factor in enumerate((3.0, 0.3)):
        exact = exact_posterior(model.design, replace(model.resolved, sigma_prior=None).multiplied(factor))
        assert curve.evidence[k] == pytest.approx(exact.log_evidence, rel=1e-11)
        mean, sd = (part[0, 1:] * model.resolved.sd[1:] for part in (exact.marginals.mean, exact.marginals.sd))
        np.testing.assert_allclose(curve.params.iloc[k], mean, rtol=0, atol=1e-11)
        np.testing.assert_allclose(curve.sd.iloc[k], sd, rtol=1e-10)


def test_a_sparse_design_has_the_same_curve():
    rng = np.random.default_rng(2)
    X = rng.standard_normal((40, 90)) * (rng.random((40, 90)) < 0.3)
    y = X[:, 0] + rng.standard_normal(40)
    models = [br.Model.from_arrays(A, y, penalty=br.L2(), dispersion=1.0) for A in (X, sparse.csc_array(X))]
    dense, other = (ridge_curve(model, lams=[10.0, 0.1]) for model in models)
    for name in ("evidence", "loo", "loo_error", "gcv", "edf", "params", "sd"):
        np.testing.assert_allclose(getattr(other, name), getattr(dense, name), rtol=1e-9, atol=1e-11)


def test_a_row_that_alone_decides_about_a_flat_coefficient_has_no_density_without_it():
    data = br.datasets.diabetes().iloc[:30].assign(first=np.eye(30)[0])
    model = br.Model("target ~ flat(first) + bmi", data, penalty=br.L2(), dispersion=3000.0)
    curve = ridge_curve(model, lams=[10.0])
    assert curve.loo[0] == -np.inf
    assert curve.loo_error[0] == np.inf
    assert np.isfinite(curve.evidence).all()


def test_a_design_with_too_many_rows_and_columns_is_refused(monkeypatch):
    monkeypatch.setattr(ridge, "LARGEST", 3)
    with pytest.raises(br.errors.UnsupportedError, match=r"442 rows and 11 columns .*Use Model.path\(\)"):
        ridge_curve(make("diabetes", br.L2()))


def test_only_a_gaussian_ridge_has_this_axis():
    with pytest.raises(br.errors.UnsupportedError, match="Gaussian model with a quadratic penalty"):
        ridge_curve(make("diabetes", br.L1(5.0)))
    with pytest.raises(br.errors.InputError, match="-1"):
        ridge_curve(make("diabetes", br.L2(5.0)), lams=[-1.0])
