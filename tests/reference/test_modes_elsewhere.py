"""The mode is the penalised estimate that software we did not write finds, and never has the higher objective."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, PoissonRegressor, Ridge

import bayesreg as br
from bayesreg.objective import LogJoint
from tests.problems import make, scaled_design

# coefficients per standard deviation of a column, over the largest of them; what each peer's solver reaches
CLOSE = {"coordinate descent": 1e-7, "closed form": 1e-9, "newton": 1e-7, "saga": 1e-5, "statsmodels": 1e-6}


def per_sd(fit):
    start = int(fit.resolved.intercept)
    return fit.params.to_numpy()[start:] * fit.resolved.sd[start:]


def to_user(fit, coef, intercept):
    """Coefficients of standardised columns on the user's scale, the intercept first."""
    slopes = coef / fit.resolved.sd[1:]
    return np.r_[intercept - slopes @ fit.resolved.center[1:], slopes]


def assert_same_mode(fit, coef, intercept, tolerance):
    size = np.abs(coef).max()
    np.testing.assert_allclose(per_sd(fit), coef, rtol=0, atol=tolerance * size)
    peer = LogJoint(fit.model.design, fit.resolved).objective(to_user(fit, coef, intercept))
    assert fit.objective <= peer * (1.0 + 1e-12)
    assert fit.certificate.ok, fit.status


@pytest.mark.parametrize("name", ["diabetes", "penguins"])
@pytest.mark.parametrize("alpha", [0.01, 1.0, 100.0])
def test_ridge(name, alpha):
    fit = make(name, br.from_package("sklearn.Ridge", alpha=alpha)).fit()
    peer = Ridge(alpha=alpha, solver="svd").fit(scaled_design(fit.model), fit.model.design.y)
    assert_same_mode(fit, peer.coef_, peer.intercept_, CLOSE["closed form"])


@pytest.mark.parametrize("name", ["diabetes", "penguins"])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("alpha", [0.01, 0.5, 20.0])
def test_lasso_and_elastic_net(name, share, alpha):
    bare = make(name, br.L1(1.0))
    n, Z = bare.design.n, scaled_design(bare)
    settings = {"tol": 1e-13, "max_iter": 1_000_000}
    if share == 1.0:
        penalty = br.from_package("sklearn.Lasso", alpha=alpha, n=n)
        peer = Lasso(alpha=alpha, **settings).fit(Z, bare.design.y)
    else:
        penalty = br.from_package("sklearn.ElasticNet", alpha=alpha, l1_ratio=share, n=n)
        peer = ElasticNet(alpha=alpha, l1_ratio=share, **settings).fit(Z, bare.design.y)
    fit = make(name, penalty).fit()
    assert_same_mode(fit, peer.coef_, peer.intercept_, CLOSE["coordinate descent"])
    assert set(fit.active) == {c for c, b in zip(fit.model.design.names, peer.coef_, strict=True) if b != 0.0}


def test_lasso_without_standardising_or_intercept():
    data = br.datasets.diabetes()
    columns = ["bmi", "bp", "s1", "s5"]
    fit = br.Model("target ~ 0 + bmi + bp + s1 + s5", data, penalty=br.L1(2000.0), standardize=False).fit()
    peer = Lasso(alpha=2000.0 / len(data), fit_intercept=False, tol=1e-14, max_iter=1_000_000)
    peer.fit(data[columns], data["target"])
    np.testing.assert_allclose(fit.params, peer.coef_, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("C", [0.05, 1.0, 50.0])
def test_logistic_ridge(C):
    fit = make("cancer", br.from_package("sklearn.LogisticRegression", C=C)).fit()
    peer = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12, max_iter=10_000)
    peer.fit(scaled_design(fit.model), fit.model.design.y)
    assert_same_mode(fit, peer.coef_[0], peer.intercept_[0], CLOSE["newton"])


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_logistic_lasso_and_elastic_net(share):
    fit = make("cancer", br.from_package("sklearn.LogisticRegression", C=0.1, l1_ratio=share)).fit()
    peer = LogisticRegression(C=0.1, l1_ratio=share, solver="saga", tol=1e-10, max_iter=100_000)
    peer.fit(scaled_design(fit.model), fit.model.design.y)
    assert_same_mode(fit, peer.coef_[0], peer.intercept_[0], CLOSE["saga"])


@pytest.mark.parametrize("alpha", [0.01, 1.0])
def test_poisson_ridge(alpha):
    bare = make("visits", br.L2(1.0))
    fit = make("visits", br.L2(bare.design.n * alpha)).fit()
    peer = PoissonRegressor(alpha=alpha, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    peer.fit(scaled_design(fit.model), fit.model.design.y)
    assert_same_mode(fit, peer.coef_, peer.intercept_, CLOSE["newton"])


def test_statsmodels_elastic_net():
    bare = make("diabetes", br.L1(1.0))
    n, Z = bare.design.n, scaled_design(bare)
    alpha, share = 2.0, 0.5
    fit = make("diabetes", br.from_package("statsmodels.OLS", alpha=alpha, L1_wt=share, n=n)).fit()
    y = bare.design.y
    penalties = np.r_[0.0, np.full(Z.shape[1], alpha)]
    peer = sm.OLS(y, np.column_stack([np.ones(n), Z])).fit_regularized(
        alpha=penalties, L1_wt=share, maxiter=5000, cnvrg_tol=1e-14, zero_tol=0.0
    )
    assert_same_mode(fit, peer.params[1:], peer.params[0], CLOSE["statsmodels"])


def test_statsmodels_logit_lasso():
    bare = make("cancer", br.L1(1.0))
    Z = np.column_stack([np.ones(bare.design.n), scaled_design(bare)])
    fit = make("cancer", br.from_package("statsmodels.Logit", alpha=5.0)).fit()
    alpha = np.r_[0.0, np.full(Z.shape[1] - 1, 5.0)]
    peer = sm.Logit(bare.design.y, Z).fit_regularized(alpha=alpha, acc=1e-14, disp=False, maxiter=10_000)
    # its interior-point iterations leave 1e-6 of the scale
    assert_same_mode(fit, np.asarray(peer.params)[1:], peer.params[0], 1e-5)


@pytest.mark.parametrize("name", ["diabetes", "penguins", "cancer", "visits"])
def test_no_optimiser_finds_a_lower_objective(name):
    """SciPy's L-BFGS on split variables ``b = b+ - b-``, from the mode and from zero."""
    lam = 300.0 if name in ("diabetes", "penguins") else 8.0
    fit = make(name, br.ElasticNet(lam, l1_ratio=0.7)).fit()
    joint, scale = LogJoint(fit.model.design, fit.resolved), fit.resolved.sd
    center = fit.resolved.center[1:]
    p = fit.model.design.p

    def split(parts):
        slopes = (parts[1 : p + 1] - parts[p + 1 :]) / scale[1:]
        return np.r_[parts[0] - slopes @ center, slopes]

    def value(parts):
        both = parts[1 : p + 1] + parts[p + 1 :]
        difference = parts[1 : p + 1] - parts[p + 1 :]
        smooth = joint.loss(split(parts)) + 0.5 * lam * 0.3 * difference @ difference
        return smooth + lam * 0.7 * both.sum()

    def gradient(parts):
        score = joint.score(split(parts))
        slope = -(score[1:] - center * score[0]) / scale[1:] + lam * 0.3 * (parts[1 : p + 1] - parts[p + 1 :])
        return np.r_[-score[0], slope + 0.7 * lam, -slope + 0.7 * lam]

    start = np.zeros(2 * p + 1)
    start[0] = joint.null()[0]
    bounds = [(None, None)] + [(0.0, None)] * (2 * p)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = minimize(
            value,
            start,
            jac=gradient,
            bounds=bounds,
            method="L-BFGS-B",
            options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-9},
        )
    assert fit.objective <= found.fun * (1.0 + 1e-12)
    assert found.fun <= fit.objective * (1.0 + 1e-6)  # and it came near: the comparison means something


def test_orthonormal_design_is_soft_thresholding():
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(60, 8)))[0]
    y = Q @ np.array([5.0, -4.0, 3.0, 0.5, -0.2, 0.1, 0.0, 2.0]) + 0.3 * rng.normal(size=60)
    model = br.Model.from_arrays(Q, y, intercept=False, penalty=br.L1(1.0), standardize=False)
    z = Q.T @ y
    expected = np.sign(z) * np.maximum(np.abs(z) - 1.0, 0.0)
    np.testing.assert_allclose(model.fit().params, expected, rtol=1e-12, atol=1e-13)
