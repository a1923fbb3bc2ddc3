"""NUTS against what is known exactly. Each test compiles a graph, so there are few, each with many checks.

Tolerance: every mean within 4.5 Monte Carlo standard errors of the exact one; with about 50 comparisons
in all, a family-wise error below 4e-4 for exact software.
"""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.posterior.exact import exact_posterior
from bayesreg.posterior.nuts import compile_nuts, run_nuts
from tests.problems import make

LIMIT = 4.5


@pytest.mark.parametrize(
    ("penalty", "dispersion"),
    [
        pytest.param(br.L2(50.0), 2900.0, marks=pytest.mark.slow),  # the lasso below has a known sigma too
        (br.L2(50.0, relative_to="sigma"), br.InverseGamma(2.0, 6000.0)),
        (br.Normal(6.0), "reml"),
    ],
    ids=["fixed sigma", "relative to sigma", "absolute"],
)
def test_nuts_agrees_with_the_exact_posterior(penalty, dispersion):
    model = make("diabetes", penalty, dispersion=dispersion)
    post = model.sample(draws=1000, tune=500, seed=7, engine="nuts")
    exact = exact_posterior(model.design, model.resolved).marginals
    frame = post.summary().frame
    z = (frame["mean"] - exact.expectation) / frame["mcse"]
    assert np.abs(z).max() < LIMIT
    ratio = frame["sd"] / exact.deviation - 1.0
    assert np.abs(ratio * np.sqrt(2.0 * frame["ess_bulk"].clip(upper=4000.0))).max() < LIMIT
    assert post.engine == "nuts"
    assert post.status.startswith("Converged")
    assert "sample_stats" in post.tree


def test_one_predictor_lasso_is_two_truncated_normals():
    """Without an intercept, at known sigma: density ~ exp(-a b^2 / 2 + c b - rate |b|)."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=30)
    y = 0.25 * x + rng.normal(size=30)
    model = br.Model("y ~ 0 + x", {"x": x, "y": y}, penalty=br.Laplace(0.2), standardize=False, dispersion=1.0)
    a, c, rate = x @ x, x @ y, 5.0
    right, left = (c - rate) / a, (c + rate) / a
    mass = np.array(
        [
            stats.norm.cdf(np.sqrt(a) * right) * np.exp(a * right**2 / 2),
            stats.norm.cdf(-np.sqrt(a) * left) * np.exp(a * left**2 / 2),
        ]
    )
    share = mass / mass.sum()
    sd = 1.0 / np.sqrt(a)
    halves = [
        stats.truncnorm(-right / sd, np.inf, loc=right, scale=sd),
        stats.truncnorm(-np.inf, -left / sd, loc=left, scale=sd),
    ]
    post = model.sample(draws=2000, tune=500, seed=3, engine="nuts")
    draws = np.asarray(post.tree["posterior"]["beta"]).ravel()
    frame = post.summary().frame
    assert post.engine == "nuts"
    expected = share[0] * halves[0].mean() + share[1] * halves[1].mean()
    assert abs(frame["mean"].iloc[0] - expected) < LIMIT * frame["mcse"].iloc[0]
    size = float(frame["ess_bulk"].iloc[0])
    for at in (-0.1, 0.0, 0.1, 0.3):
        exact = share[0] * halves[0].cdf(at) + share[1] * halves[1].cdf(at)
        assert abs((draws <= at).mean() - exact) < LIMIT * np.sqrt(exact * (1.0 - exact) / size)


def test_same_seed_same_draws_for_any_number_of_workers():
    model = br.Model("malignant ~ mean_radius", br.datasets.breast_cancer(), family="bernoulli", penalty=br.L2(1.0))
    compiled = compile_nuts(model.design, model.resolved, model.fit().mode.beta)
    plan = {"draws": 50, "tune": 50, "chains": 3}
    first, second, other = (
        run_nuts(compiled, **plan, seed=seed, workers=workers).beta for seed, workers in ((9, 1), (9, 2), (8, 2))
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_signs_are_kept():
    model = br.Model("target ~ age + bmi + bp", br.datasets.diabetes(), penalty=br.L1(500.0, positive=True))
    post = model.sample(draws=300, tune=300, seed=2)
    slopes = np.asarray(post.tree["posterior"]["beta"])[..., 1:]
    assert slopes.min() > 0.0
    assert "positive=True" in post.why
