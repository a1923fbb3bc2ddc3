"""Information criteria against statsmodels, and the evidence against direct optimisation and integration."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import integrate, optimize, stats
from scipy.special import comb

import bayesreg as br

DATA = br.datasets.diabetes().iloc[:60]


@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
def test_without_shrinkage_the_criteria_are_those_of_statsmodels(family):
    rng = np.random.default_rng(2)
    X = rng.standard_normal((70, 3))
    eta = 0.5 * X[:, 0]
    y = {
        "gaussian": eta + rng.standard_normal(70),
        "bernoulli": (eta + rng.logistic(size=70) > 0) * 1.0,
        "poisson": rng.poisson(np.exp(eta)) * 1.0,
    }[family]
    law = {"gaussian": sm.families.Gaussian(), "bernoulli": sm.families.Binomial(), "poisson": sm.families.Poisson()}
    given = {"dispersion": 1.3} if family == "gaussian" else {}
    fit = sm.GLM(y, sm.add_constant(X), law[family]).fit(scale=given.get("dispersion", 1.0), tol=1e-12)
    model = br.Model.from_arrays(X, y, family=family, penalty=br.L1(), **given)
    weak = [1e-9]  # a strength that moves nothing: all 4 coefficients are free
    llf = fit.llf_scaled(scale=1.3) if given else fit.llf
    assert model.select("aic", lams=weak).mean[0] == pytest.approx(-2 * llf + 2 * 4, rel=1e-9)
    assert model.select("bic", lams=weak).mean[0] == pytest.approx(-2 * llf + np.log(70) * 4, rel=1e-9)
    assert model.select("aicc", lams=weak).mean[0] == pytest.approx(-2 * llf + 2 * 4 * 70 / 65, rel=1e-9)


def test_ebic_counts_the_models_of_a_size():
    model = br.Model("target ~ bmi + bp + s5 + age", DATA, penalty=br.L1())
    found, plain = model.select("ebic", gamma=1.0), model.select("bic")
    np.testing.assert_allclose(
        found.mean - plain.mean, 2.0 * np.log(comb(4, found.curve["edf"] - 1.0)), rtol=0, atol=1e-10
    )
    assert "gamma = 1" in str(found)


@pytest.mark.parametrize("weights", [None, "precision", "frequency"])
def test_the_evidence_peaks_where_the_density_of_the_response_does(weights):
    """The response without its mean is normal given sigma and lam; both are optimised directly."""
    w = 1.0 + np.arange(60) % 2
    given = None if weights is None else br.Weights(w, kind=weights)
    model = br.Model("target ~ bmi + bp + s5", DATA, penalty=br.L2(), weights=given)
    found = model.select("evidence")
    rows = np.arange(60).repeat(w.astype(int) if weights == "frequency" else 1)
    root = np.sqrt(w)[rows] if weights == "precision" else np.ones(rows.size)
    X = (model.design.X / model.resolved.sd[1:])[rows] * root[:, None]
    basis = np.linalg.svd(root[:, None], full_matrices=True)[0][:, 1:]  # contrasts that the intercept does not enter
    y, X = basis.T @ (root * model.design.y[rows]), basis.T @ X

    def loss(theta):
        phi, lam = np.exp(theta)
        return -stats.multivariate_normal(np.zeros(y.size), phi * (np.eye(y.size) + X @ X.T / lam)).logpdf(y)

    tight = {"xatol": 1e-9, "fatol": 1e-12}
    best = optimize.minimize(loss, np.log([3000.0, 10.0]), method="Nelder-Mead", options=tight)
    assert found.lam == pytest.approx(np.exp(best.x[1]), rel=1e-5)  # a flat optimum: half the digits of its value
    away = -loss(best.x) - found.mean[found.place]
    other = model.select("evidence", lams=[found.lam, 3.0 * found.lam])
    phi = optimize.minimize_scalar(lambda v: loss([v, np.log(3.0 * found.lam)]), bracket=(7.0, 8.0)).fun
    assert other.mean[0] - -phi == pytest.approx(-away, rel=1e-8)


def test_a_given_dispersion_stays_as_it_is():
    model = br.Model("target ~ 0 + bmi + bp", DATA, penalty=br.L2(), standardize=False, dispersion=4000.0)
    X = model.design.X
    for lam, value in zip((50.0, 5.0), model.select("evidence", lams=[5.0, 50.0]).mean, strict=True):
        cov = 4000.0 * (np.eye(60) + X @ X.T / lam)
        assert value == pytest.approx(stats.multivariate_normal(np.zeros(60), cov).logpdf(model.design.y), rel=1e-10)


def test_gcv_and_loo_of_a_rank_deficient_form_are_those_of_its_hat_matrix():
    """A penalty on second differences leaves lines free; the hat matrix is written out."""
    x = np.linspace(0.0, 1.0, 60)
    data = {"x": x, "y": np.sin(6.0 * x) + 0.1 * np.cos(40.0 * x)}
    model = br.Model("y ~ 0 + smooth(bs(x, df=9, include_intercept=True))", data)
    B, D = model.design.X, np.diff(np.eye(9), 2, axis=0)
    loo, gcv = model.select("loo", lams=[1.0, 0.01]), model.select("gcv", lams=[1.0, 0.01])
    for k, lam in enumerate((1.0, 0.01)):
        hat = B @ np.linalg.solve(B.T @ B + lam * D.T @ D, B.T)
        residual = data["y"] - hat @ data["y"]
        assert loo.mean[k] == pytest.approx(np.mean((residual / (1.0 - np.diag(hat))) ** 2), rel=1e-9)
        assert gcv.mean[k] == pytest.approx(60 * (residual @ residual) / (60 - np.trace(hat)) ** 2, rel=1e-9)
        assert gcv.curve["edf"][k] == pytest.approx(np.trace(hat), rel=1e-9)
    best = model.select("gcv")
    sides = model.select("gcv", lams=best.lam * np.array([1.001, 1.0, 0.999]))
    assert sides.place == 1


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
def test_laplaces_evidence_is_near_the_integral(family):
    """One slope without an intercept: the evidence is a quadrature; the error is that of Laplace's method, O(1 / n)."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal(80)
    y = rng.poisson(np.exp(0.5 * x)) if family == "poisson" else (0.5 * x + rng.logistic(size=80) > 0)
    data = {"x": x, "y": y.astype(float)}
    model = br.Model("y ~ 0 + x", data, family=family, penalty=br.L2(), standardize=False)
    found = model.select("evidence", lams=[10.0, 1.0])
    law = stats.poisson if family == "poisson" else stats.bernoulli
    mean = np.exp if family == "poisson" else (lambda eta: 1.0 / (1.0 + np.exp(-eta)))
    for lam, value in zip((10.0, 1.0), found.mean, strict=True):
        prior = stats.norm(0.0, 1.0 / np.sqrt(lam))
        density = lambda b: np.exp(law(mean(b * x)).logpmf(y).sum() + prior.logpdf(b) - value)  # noqa: B023, E731
        assert np.log(integrate.quad(density, -2.0, 3.0, epsabs=1e-10)[0]) == pytest.approx(0.0, abs=0.02)
    assert "(Laplace)" in " ".join(str(found).split())
