"""Evidence and leave-one-out accuracy of a ridge against refits and dense integrals."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.select import ridge_curve
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


def test_only_a_gaussian_ridge_has_this_axis():
    with pytest.raises(br.errors.UnsupportedError, match="Gaussian model with a quadratic penalty"):
        ridge_curve(make("diabetes", br.L1(5.0)))
    with pytest.raises(br.errors.InputError, match="-1"):
        ridge_curve(make("diabetes", br.L2(5.0)), lams=[-1.0])
