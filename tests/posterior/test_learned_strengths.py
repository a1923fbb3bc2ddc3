"""Posteriors of learned strengths against quadrature, and one representation against the other.

Tolerance: every mean within 4.5 Monte Carlo standard errors of the exact one. Compiling a graph takes seconds, so one
model is sampled in the default run and the others are marked slow.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import log_ndtr, logsumexp

import bayesreg as br
from bayesreg.posterior.nuts import compile_nuts, run_nuts
from bayesreg.posterior.sampling import choose_representation

LIMIT = 4.5


def half_lines(a, c, rate):
    """Log masses and means of ``exp(-a b^2 / 2 + c b - rate |b|)`` on b > 0 and b < 0."""
    found = []
    for sign in (1.0, -1.0):
        mean, sd = (sign * c - rate) / a, 1.0 / np.sqrt(a)
        log_mass = 0.5 * np.log(2.0 * np.pi / a) + log_ndtr(mean / sd) + 0.5 * a * mean**2
        ratio = np.exp(stats.norm.logpdf(mean / sd) - log_ndtr(mean / sd))
        found.append((log_mass, sign * (mean + sd * ratio)))
    return found


def lasso_oracle(z, rest, n, log_sigma_prior, log_r2_prior, spread):
    """Posterior means of b, sigma and R^2 in an orthonormal lasso with sigma and R^2 unknown, on a grid of both.

    ``y'y = z'z + rest``; ``tau = sqrt(R^2 / (1 - R^2) / spread)`` in units of sigma.
    """
    sigma = np.exp(np.linspace(np.log(0.05), np.log(20.0), 500))[:, None]
    logit = np.linspace(-25.0, 25.0, 900)[None, :]
    r2 = 1.0 / (1.0 + np.exp(-logit))
    rate = np.sqrt(spread / np.exp(logit)) / sigma
    log_p = log_sigma_prior(sigma) + np.log(sigma) + log_r2_prior(r2) + np.log(r2) + np.log1p(-r2)
    log_p = log_p - n * np.log(sigma) - 0.5 * (rest + z @ z) / sigma**2
    means = []
    for at in z:
        sides = half_lines(1.0 / sigma**2, at / sigma**2, rate)
        total = np.logaddexp(sides[0][0], sides[1][0])
        log_p = log_p + total + np.log(0.5 * rate)
        means.append(sum(np.exp(mass - total) * mean for mass, mean in sides))
    weight = np.exp(log_p - logsumexp(log_p))
    return np.array([(weight * mean).sum() for mean in means]), (weight * sigma).sum(), (weight * r2).sum()


def orthonormal(n=14, seed=4):
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(n, 2)))[0]
    return Q, Q @ np.array([2.5, -0.4]) + 0.8 * rng.normal(size=n)


@pytest.fixture(scope="module")
def lasso():
    Q, y = orthonormal()
    options = {"intercept": False, "standardize": False, "dispersion": br.InverseGamma(2.0, 1.0)}
    model = br.Model.from_arrays(Q, y, penalty=br.L1(), **options)
    return model, model.sample(draws=700, tune=400, chains=2, seed=11, workers=2)


def within(draws, exact):
    """Whether the mean of draws (chains, draws) lies within the limit of its standard error."""
    from arviz_stats.base import array_stats

    error = float(array_stats.mcse(draws, chain_axis=0, draw_axis=1, method="mean"))
    return abs(draws.mean() - exact) < LIMIT * error


def test_a_learned_lasso_agrees_with_quadrature(lasso):
    model, post = lasso
    (one,) = model.resolved.learned
    z = np.asarray(model.design.X).T @ model.design.y
    rest = float(model.design.y @ model.design.y - z @ z)
    assert one.spread == pytest.approx(4.0 / model.design.n)  # two columns of mean square 1 / n, E b^2 = 2
    prior = stats.invgamma(2.0, scale=1.0)
    beta, sigma, r2 = lasso_oracle(
        z,
        rest,
        model.design.n,
        lambda s: prior.logpdf(s**2) + np.log(2.0 * s),
        lambda x: 0.0 * x,
        one.spread,
    )
    posterior = post.tree["posterior"]
    draws = np.asarray(posterior["beta"])
    assert within(draws[..., 0], beta[0])
    assert within(draws[..., 1], beta[1])
    assert within(np.asarray(posterior["sigma"]), sigma)
    assert within(np.asarray(posterior["R2"]), r2)


def test_the_tree_and_the_summary_hold_the_strength_in_both_units(lasso):
    model, post = lasso
    posterior, phi = post.tree["posterior"], model.resolved.phi
    assert posterior["scale"].dims == posterior["lam"].dims == ("chain", "draw", "strength")
    assert list(posterior["strength"].values) == ["..."]
    scale, lam = np.asarray(posterior["scale"]), np.asarray(posterior["lam"])
    np.testing.assert_allclose(lam, np.sqrt(phi) / scale, rtol=1e-12)  # a Laplace of scale tau sqrt(phi) = phi / lam
    r2 = np.asarray(posterior["R2"])
    np.testing.assert_allclose(scale[..., 0] ** 2 * model.resolved.learned[0].spread, r2 / (1.0 - r2), rtol=1e-8)
    text = str(post.summary())
    assert "prior R^2 ~ Beta(1, 1)" in text
    assert "Learned strength: scale" in text
    at_median = model.resolved.at_scales(np.median(scale, axis=(0, 1)))
    np.testing.assert_array_equal(post.sampled.at.strength.rate, at_median.strength.rate)
    fixed = br.Laplace(float(np.median(scale) * np.sqrt(phi)))
    options = {"intercept": False, "standardize": False, "dispersion": phi}
    same = br.Model.from_arrays(model.design.X, model.design.y, penalty=fixed, **options).fit()
    np.testing.assert_allclose(post.mode.params.to_numpy(), same.params.to_numpy(), atol=1e-8)
    assert "mixture of normals over sigma" in post.why


def random_effects(seed=1):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(12), 5)
    return pd.DataFrame({"g": group.astype(str), "x": rng.normal(size=60)}).assign(
        y=lambda d: 0.5 * d.x + rng.normal(scale=0.8, size=12)[group] + rng.normal(size=60)
    )


def wide(seed=2):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(15, 25))
    return X, 2.0 * X[:, 0] + rng.normal(size=15)


def test_the_representation_follows_from_the_model():
    data = random_effects()
    assert choose_representation(br.Model("y ~ C(g)", data, penalty=br.L1()).resolved) == ("direct", "")
    assert choose_representation(br.Model("y ~ x", data, penalty=br.L1()).resolved)[0] == "non_centered"
    grouped = br.Model("y ~ x + (1 | g)", data)
    assert choose_representation(grouped.resolved)[0] == "non_centered"
    assert choose_representation(br.Model.from_arrays(*wide(), penalty=br.L2()).resolved)[0] == "non_centered"
    assert choose_representation(br.Model.from_arrays(*wide(), penalty=br.L2(3.0)).resolved)[0] == "direct"
    assert choose_representation(br.Model("y ~ x", data, penalty=br.Horseshoe()).resolved)[0] == "non_centered"


@pytest.mark.slow
@pytest.mark.parametrize("case", ["wide ridge", "tall lasso", "bernoulli"])
def test_direct_and_non_centred_forms_agree(case):
    data = random_effects()
    model = {
        "wide ridge": lambda: br.Model.from_arrays(*wide(), penalty=br.L2(), dispersion=br.HalfT(3.0, 2.0)),
        "tall lasso": lambda: br.Model("y ~ x + C(g)", data, penalty={"C(g)": br.L1(), "x": br.L2()}),
        "bernoulli": lambda: br.Model("z ~ x", data.assign(z=(data.y > 0.3) * 1), family="bernoulli", penalty=br.L1()),
    }[case]()
    start = np.zeros(len(model.resolved.coefficients))
    plan = {"draws": 1500, "tune": 1000, "chains": 2, "seed": 5}
    runs = [
        run_nuts(compile_nuts(model.design, model.resolved, start, form), **plan) for form in ("direct", "non_centered")
    ]
    from arviz_stats.base import array_stats

    def errors(values):
        return np.array(
            [array_stats.mcse(v, chain_axis=0, draw_axis=1, method="mean") for v in np.moveaxis(values, -1, 0)]
        )

    for first, second in (
        (runs[0].beta, runs[1].beta),
        (np.log(runs[0].strengths["scale"]), np.log(runs[1].strengths["scale"])),
    ):
        difference = first.mean(axis=(0, 1)) - second.mean(axis=(0, 1))
        assert np.all(np.abs(difference) < LIMIT * np.hypot(errors(first), errors(second)))


def random_effects_oracle(data, sd_of_y):
    """Posterior means of sigma and tau, by quadrature over both with all coefficients integrated out.

    ``y ~ N(mu, sigma^2 (I + tau^2 Z Z') + 4 x x')``, mu flat, x standardised, sigma half-t(3, sd(y)), and
    ``sqrt(11 / 12) tau`` exponential with ``P(. > 3) = 0.05``: 11 / 12 is the sum of the variances of 12 indicators.
    """
    Z = pd.get_dummies(data.g).to_numpy(dtype=float)
    x = (data.x - data.x.mean()).to_numpy() / data.x.std(ddof=0)
    y, ones, n = data.y.to_numpy(), np.ones(len(data)), len(data)
    sigma, tau = np.linspace(0.5, 2.0, 121), np.linspace(0.0, 4.0, 161)
    log_p = np.empty((sigma.size, tau.size))
    for i, s in enumerate(sigma):
        for j, t in enumerate(tau):
            V = s**2 * (np.eye(n) + t**2 * Z @ Z.T) + 4.0 * np.outer(x, x)
            solved = np.linalg.solve(V, np.column_stack([ones, y]))
            precision, cross = ones @ solved[:, 0], ones @ solved[:, 1]
            fit = y @ solved[:, 1] - cross**2 / precision
            log_p[i, j] = -0.5 * (np.linalg.slogdet(V)[1] + np.log(precision) + fit)
        log_p[i] += stats.t(3.0, scale=sd_of_y).logpdf(s) - (-np.log(0.05) / 3.0) * np.sqrt(11.0 / 12.0) * tau
    edge = np.where((np.arange(tau.size) == 0) | (np.arange(tau.size) == tau.size - 1), 0.5, 1.0)
    weight = np.exp(log_p - log_p.max()) * edge
    return (weight.sum(axis=1) @ sigma) / weight.sum(), (weight.sum(axis=0) @ tau) / weight.sum()


@pytest.mark.slow
def test_random_effects_agree_with_quadrature():
    """The direct form would not reach small tau: NUTS takes the non-centred one by itself."""
    data = random_effects()
    model = br.Model("y ~ x + (1 | g)", data, penalty=br.Normal(2.0))
    post = model.sample(draws=1500, tune=1000, chains=2, seed=5, engine="nuts")
    sigma, tau = random_effects_oracle(data, data.y.std(ddof=0))
    assert "non-centred" in post.why
    assert within(np.asarray(post.tree["posterior"]["sigma"]), sigma)
    assert within(np.asarray(post.tree["posterior"]["scale"])[..., 0], tau)


@pytest.mark.slow
def test_same_seed_same_draws_with_a_learned_strength():
    Q, y = orthonormal()
    model = br.Model.from_arrays(Q, y, penalty=br.L2(br.HalfNormal(1.0)), intercept=False)
    first, second, other = (
        model.sample(50, tune=50, chains=2, seed=seed, workers=w, engine="nuts") for seed, w in ((3, 1), (3, 2), (4, 1))
    )
    for name in ("beta", "scale", "lam", "sigma"):
        np.testing.assert_array_equal(first.tree["posterior"][name], second.tree["posterior"][name])
    assert not np.array_equal(first.tree["posterior"]["beta"], other.tree["posterior"]["beta"])


@pytest.mark.slow
def test_a_horseshoe_shrinks_as_its_marginal_says():
    """One coefficient, sigma and tau known: E(b | y) by quadrature with the closed form of the density."""
    from scipy.integrate import quad
    from scipy.special import exp1

    x = np.array([0.6, -0.8])
    y = np.array([1.0, -1.5])
    model = br.Model.from_arrays(
        x[:, None],
        y,
        penalty=br.Horseshoe(tau=0.5, relative_to=None),
        intercept=False,
        standardize=False,
        dispersion=1.0,
    )

    def density(b):
        z = b**2 / (2.0 * 0.25)
        return np.exp(z) * exp1(z) * np.exp(-0.5 * np.sum((y - x * b) ** 2)) if z < 700.0 else 0.0

    total = sum(quad(density, *ends, limit=200)[0] for ends in ((-9.0, 0.0), (0.0, 9.0)))
    mean = sum(quad(lambda b: b * density(b), *ends, limit=200)[0] for ends in ((-9.0, 0.0), (0.0, 9.0))) / total
    post = model.sample(draws=3000, tune=1000, seed=2)
    assert within(np.asarray(post.tree["posterior"]["beta"])[..., 0], mean)
    assert np.isnan(post.summary().frame["mode"]).all()
    with pytest.raises(br.errors.UnsupportedError):
        _ = post.mode


@pytest.mark.slow
def test_one_coefficient_of_a_bernoulli_response_agrees_with_quadrature():
    """The direct form would not reach small tau, and diverges; NUTS takes the other one by itself."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal(25)
    x = (x - x.mean()) / x.std()
    y = (rng.random(25) < 1.0 / (1.0 + np.exp(-1.2 * x))).astype(float)
    prior = br.Normal(br.HalfNormal(1.0))
    model = br.Model.from_arrays(x[:, None], y, family="bernoulli", penalty=prior, intercept=False)
    b, tau = np.linspace(-6.0, 8.0, 1401), 0.0035 * (np.arange(2000) + 0.5)
    log_likelihood = np.array([np.sum(y * at * x - np.logaddexp(0.0, at * x)) for at in b])
    joint = np.exp(log_likelihood)[:, None] * stats.norm(0.0, tau).pdf(b[:, None]) * np.exp(-0.5 * tau**2)
    post = model.sample(draws=1500, tune=1000, chains=2, seed=1, engine="nuts")
    assert within(np.asarray(post.tree["posterior"]["beta"])[..., 0], joint.sum(axis=1) @ b / joint.sum())
    assert within(np.asarray(post.tree["posterior"]["scale"])[..., 0], joint.sum(axis=0) @ tau / joint.sum())
    assert np.asarray(post.tree["sample_stats"]["diverging"]).mean() < 0.01


@pytest.mark.slow
def test_r2d2_agrees_with_draws_from_its_definition_weighted_by_the_likelihood():
    rng = np.random.default_rng(3)
    X = rng.standard_normal((20, 3))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = X @ [0.6, 0.0, -0.3] + rng.standard_normal(20)
    model = br.Model.from_arrays(X, y, penalty=br.R2D2(0.4, 3.0, 0.7), intercept=False, dispersion=1.0)
    share, split = rng.beta(1.2, 1.8, 400_000), rng.dirichlet(np.full(3, 0.7), 400_000)
    prior = rng.standard_normal(split.shape) * np.sqrt((share / (1.0 - share))[:, None] * split)
    log_w = prior @ (X.T @ y) - 0.5 * np.einsum("ij,jk,ik->i", prior, X.T @ X, prior)
    weight = np.exp(log_w - log_w.max())
    weight /= weight.sum()
    mean = weight @ prior
    error = np.sqrt(((weight[:, None] * (prior - mean)) ** 2).sum(axis=0))
    post = model.sample(draws=1500, tune=1000, chains=2, seed=1)
    own = post.summary().frame["mcse"].to_numpy(dtype=float)
    assert np.all(np.abs(post.params.to_numpy() - mean) < LIMIT * np.hypot(error, own))
    assert post.status.startswith("Converged")


@pytest.mark.parametrize(
    ("penalty", "columns", "message"),
    [
        (br.MCP(2.0), 25, r"improper: the prior is flat far out along directions of MCP.*fit\(\) needs no proper"),
        (br.SCAD(2.0), 25, "improper: the prior is flat far out along directions of SCAD"),
    ],
)
def test_a_posterior_under_a_bounded_penalty_needs_the_likelihood_alone(penalty, columns, message):
    X, y = wide()
    with pytest.raises(br.errors.ImproperPosteriorError, match=message):
        br.Model.from_arrays(X[:, :columns], y, penalty=penalty).sample(seed=1)


def test_a_null_space_that_the_design_shares_is_refused():
    """Columns that sum to 0 in every row say nothing about the level of a random walk, nor does its prior."""
    X = np.random.default_rng(0).normal(size=(20, 8))
    X -= X.mean(axis=1, keepdims=True)
    walk = br.Smooth(1.0, order=1)
    model = br.Model.from_arrays(X, np.arange(20.0), penalty=walk, dispersion=2.0, standardize=False)
    with pytest.raises((br.errors.ImproperPosteriorError, br.errors.RankError), match="flat direction") as raised:
        model.sample(seed=1)
    assert "br.Normal(scale)" in str(raised.value)
