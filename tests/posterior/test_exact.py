"""The exact engine against closed forms, quadrature in two dimensions and one-by-one integration."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

import bayesreg as br
from bayesreg.posterior.exact import exact_posterior, marginals_of
from bayesreg.posterior.sigma_law import quadrature
from tests.problems import DIABETES, make

IG = br.InverseGamma(a=2.5, b=4000.0)


def rows(model):
    """Return centred columns with the ones, the response, and the prior precision at sigma = 1 (loss units)."""
    X = np.asarray(model.design.X)
    C = X - model.resolved.center[1:]
    K = np.diag(model.resolved.phi * model.resolved.strength.precision)
    return np.column_stack([np.ones(len(C)), C]), model.design.y, K


def uncentre(model, mean, cov):
    T = np.eye(mean.size)
    T[0, 1:] = -model.resolved.center[1:]
    return T @ mean, T @ cov @ T.T


def test_fixed_sigma_is_the_textbook_normal():
    model = make("diabetes", br.L2(50.0), dispersion=2900.0)
    Z, y, K = rows(model)
    cov = np.linalg.inv((Z.T @ Z + K) / 2900.0)
    mean, cov = uncentre(model, cov @ (Z.T @ y / 2900.0), cov)
    post = model.sample(seed=1)
    np.testing.assert_allclose(post.params, mean, rtol=1e-9)
    np.testing.assert_allclose(post.summary().frame["sd"], np.sqrt(np.diag(cov)), rtol=1e-9)
    assert post.engine == "exact"
    assert "multivariate normal" in post.why


def test_relative_to_sigma_is_the_textbook_t():
    model = make("diabetes", br.L2(50.0, relative_to="sigma"), dispersion=IG)
    Z, y, K = rows(model)
    M = Z.T @ Z + K
    mean = np.linalg.solve(M, Z.T @ y)
    a = IG.a + 0.5 * (len(y) - 1)  # the flat intercept takes one
    b = IG.b + 0.5 * (np.sum((y - Z @ mean) ** 2) + mean @ K @ mean)
    mean, shape = uncentre(model, mean, b / a * np.linalg.inv(M))
    interval = model.sample(seed=1).interval(0.9)
    law = stats.t(df=2 * a, loc=mean, scale=np.sqrt(np.diag(shape)))
    np.testing.assert_allclose(interval["lower"], law.ppf(0.05), rtol=1e-8)
    np.testing.assert_allclose(interval["upper"], law.ppf(0.95), rtol=1e-8)


def test_quadrature_reproduces_the_closed_form():
    """The mixture over sigma, forced on a case with a closed form, agrees to the quadrature's own accuracy."""
    model = make("diabetes", br.L2(50.0, relative_to="sigma"), dispersion=IG)
    exact = exact_posterior(model.design, model.resolved)
    law = quadrature(exact.spectrum, IG, 50.0)
    mixture = marginals_of(exact.spectrum, law)
    assert law.log_evidence == pytest.approx(exact.log_evidence, abs=1e-10)
    np.testing.assert_allclose(mixture.expectation, exact.marginals.expectation, rtol=1e-10)
    np.testing.assert_allclose(mixture.deviation, exact.marginals.deviation, rtol=1e-9)
    for prob in (0.01, 0.5, 0.975):
        ours, theirs = mixture.quantile(prob), exact.marginals.quantile(prob)
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("penalty", [br.Normal(6.0), br.L2(200.0), br.Normal(0.1, relative_to="sigma")], ids=repr)
@pytest.mark.parametrize("prior", ["reml", "jeffreys", br.Exponential(0.02), IG], ids=repr)
def test_any_prior_of_sigma_against_adaptive_quadrature(penalty, prior):
    """Posterior mean of a coefficient and of sigma: SciPy's adaptive quadrature of dense normal integrals."""
    data = br.datasets.diabetes().iloc[:60]
    model = br.Model("target ~ bmi + bp + s5", data, penalty=penalty, dispersion=prior)
    Z, y, _ = rows(model)
    sigma_prior, phi = model.resolved.sigma_prior, model.resolved.phi

    def parts(sigma):
        L = np.diag(model.resolved.strength_at(sigma).precision)
        A = Z.T @ Z / sigma**2 + L
        mean = np.linalg.solve(A, Z.T @ y / sigma**2)
        value = -len(y) * np.log(sigma) - 0.5 * (np.sum((y - Z @ mean) ** 2) / sigma**2 + mean @ L @ mean)
        value += 0.5 * np.log(np.diag(L)[1:]).sum() - 0.5 * np.linalg.slogdet(A)[1]
        return value + sigma_prior.log_density(sigma), mean

    top = parts(np.sqrt(phi))[0]

    def integral(f):
        return quad(lambda s: np.exp(parts(s)[0] - top) * f(s), 15.0, 400.0, epsabs=0, epsrel=1e-11, limit=400)[0]

    total = integral(lambda s: 1.0)
    expected = integral(lambda s: parts(s)[1][1]) / total
    exact = exact_posterior(model.design, model.resolved)
    assert exact.marginals.expectation[1] == pytest.approx(expected, rel=1e-8)
    draws = exact.sigma.draw(200_000, np.random.default_rng(0))
    mean, sd = (
        integral(lambda s: s) / total,
        np.sqrt(integral(lambda s: s * s) / total - (integral(lambda s: s) / total) ** 2),
    )
    # 5 standard errors: one false alarm in two million; 12 cases
    assert abs(draws.mean() - mean) < 5.0 * sd / np.sqrt(len(draws))


def test_evidence_is_the_density_of_the_response():
    """Without an intercept ``log p(y)`` is the density of ``N(0, sigma^2 I + X X' / precision)``."""
    data = br.datasets.diabetes().iloc[:40]
    model = br.Model("target ~ 0 + bmi + bp + s5", data, penalty=br.Normal(30.0), dispersion=2500.0)
    X, y = model.design.X, model.design.y
    cov = 2500.0 * np.eye(len(y)) + X @ np.diag(1.0 / model.resolved.strength.precision) @ X.T
    expected = stats.multivariate_normal(np.zeros(len(y)), cov).logpdf(y)
    assert exact_posterior(model.design, model.resolved).log_evidence == pytest.approx(expected, rel=1e-11)


def test_evidence_with_sigma_sampled_is_a_multivariate_t():
    data = br.datasets.diabetes().iloc[:40]
    model = br.Model("target ~ 0 + bmi + bp", data, penalty=br.Normal(0.5, relative_to="sigma"), dispersion=IG)
    X, y = model.design.X, model.design.y
    shape = np.eye(len(y)) + X @ np.diag(1.0 / (model.resolved.phi * model.resolved.strength.precision)) @ X.T
    expected = stats.multivariate_t(np.zeros(len(y)), IG.b / IG.a * shape, df=2 * IG.a).logpdf(y)
    assert exact_posterior(model.design, model.resolved).log_evidence == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("penalty", "dispersion"),
    [
        (br.L2(50.0), 2900.0),
        (br.L2(50.0, relative_to="sigma"), IG),
        (br.L2(50.0, relative_to="sigma"), "reml"),
        (br.Normal(0.1, relative_to="sigma"), br.Exponential(0.02)),
        (br.Flat(), "jeffreys"),
    ],
)
def test_posterior_mean_is_the_mode_where_sigma_does_not_move_it(penalty, dispersion):
    model = make("diabetes", penalty, dispersion=dispersion)
    mode, post = model.fit(), model.sample(seed=3)
    np.testing.assert_allclose(post.params * model.resolved.sd, mode.params * model.resolved.sd, rtol=1e-9, atol=1e-8)


def test_an_absolute_prior_with_sigma_sampled_moves_the_mean():
    model = make("diabetes", br.Normal(5.0))
    difference = (model.sample(seed=3).params - model.fit().params) * model.resolved.sd
    assert difference.abs().max() > 1e-2


@pytest.mark.parametrize("relative_to", [None, "sigma"])
def test_more_columns_than_rows(relative_to):
    rng = np.random.default_rng(0)
    X, beta = rng.normal(size=(30, 80)), np.zeros(80)
    beta[:3] = 2.0
    y = X @ beta + rng.normal(size=30)
    model = br.Model.from_arrays(X, y, penalty=br.Normal(0.5, relative_to=relative_to), dispersion=br.HalfT(3, 1.0))
    post = model.sample(draws=4000, seed=1)
    flat = np.asarray(post.tree["posterior"]["beta"]).reshape(-1, 81)
    error = (flat.mean(0) - post.params) / (flat.std(0) / np.sqrt(len(flat)))
    assert np.abs(error).max() < 5.0  # 81 means: a family-wise error of 5e-5
    with pytest.raises(br.errors.ImproperPosteriorError, match="columns"):
        br.Model.from_arrays(
            X, y, penalty={"x0": br.Flat(), "x1": br.Flat(), ...: br.Normal(0.5)}, dispersion="jeffreys"
        ).sample()


def test_weights_and_offset_enter_the_posterior():
    data = br.datasets.diabetes()
    w = 1 + np.arange(len(data)) % 3
    repeated = data.loc[np.repeat(data.index, w)].reset_index(drop=True)
    by_weight = br.Model(DIABETES, data, penalty=br.Normal(5.0), weights=br.Weights(w, kind="frequency"))
    by_rows = br.Model(DIABETES, repeated, penalty=br.Normal(5.0))
    first, second = (m.sample(seed=1).summary().frame for m in (by_weight, by_rows))
    np.testing.assert_allclose(first["mean"], second["mean"], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(first["sd"], second["sd"], rtol=1e-8)


def test_same_seed_same_draws_and_chains_do_not_depend_on_their_number():
    model = make("diabetes", br.L2(50.0))
    first, again, more = (model.sample(seed=5, chains=c).tree["posterior"]["beta"].values for c in (2, 2, 4))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, more[:2])
    other = model.sample(seed=6, chains=2).tree["posterior"]["beta"].values
    assert not np.array_equal(first, other)


def test_draws_have_the_joint_law_not_only_the_margins():
    model = make("diabetes", br.L2(50.0), dispersion=2900.0)
    Z, _, K = rows(model)
    _, cov = uncentre(model, np.zeros(11), np.linalg.inv((Z.T @ Z + K) / 2900.0))
    draws = np.asarray(model.sample(draws=5000, seed=2).tree["posterior"]["beta"]).reshape(-1, 11)
    centred = draws - model.fit().params.to_numpy()
    distance = np.einsum("ij,ij->i", centred, np.linalg.solve(cov, centred.T).T)
    assert stats.kstest(distance, stats.chi2(11).cdf).pvalue > 1e-4


def test_arguments_that_the_engine_does_not_use_are_refused():
    with pytest.raises(br.errors.InputError, match="tune=500 is not used"):
        make("diabetes", br.L2(50.0)).sample(tune=500)
    with pytest.raises(br.errors.InputError, match="draws=0"):
        make("diabetes", br.L2(50.0)).sample(draws=0)
    with pytest.raises(br.errors.InputError, match="engine='stan'"):
        make("diabetes", br.L2(50.0)).sample(engine="stan")
    with pytest.raises(br.errors.UnsupportedError, match="mixture of normals"):
        make("diabetes", br.L1(50.0)).sample(engine="exact")
