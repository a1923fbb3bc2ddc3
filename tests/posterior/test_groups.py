"""Groups made on request: the densities are those of the log joint and of SciPy; too large ones are refused by name."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.objective import LogJoint, log_prior
from bayesreg.posterior.drawn import Drawn
from bayesreg.posterior.log_prior import log_prior_parts
from bayesreg.posterior.pointwise import chunks, log_likelihood, total_log_likelihood
from tests.problems import make
from tests.results.stand_in import near_the_mode

LAWS = [
    br.L1(50.0),
    br.Laplace(2.0, relative_to="sigma"),
    br.StudentT(df=3, scale=2.0),
    br.GroupLasso(30.0),
    br.FusedLasso(20.0, l1=3.0),
    {"Intercept": br.Normal(100.0), "...": br.L2(5.0)},
]


def draws_near_the_mode(model, count):
    """Return random draws around the mode, in one line."""
    rng, resolved = np.random.default_rng(3), model.resolved
    mode = model.fit().params.to_numpy()
    beta = mode * (1.0 + 0.1 * rng.standard_normal((count, mode.size))) + 0.01 * rng.standard_normal(mode.size)
    return Drawn(beta, np.sqrt(resolved.phi) * np.exp(0.1 * rng.standard_normal(count)), np.zeros((count, 0)))


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_the_prior_is_that_of_the_log_joint(law):
    model = make("diabetes", law)
    drawn = draws_near_the_mode(model, 6)
    parts = log_prior_parts(model.resolved, drawn)
    expected = np.array([log_prior(model.resolved, b, s) for b, s in zip(drawn.beta, drawn.sigma, strict=True)])
    np.testing.assert_allclose(np.diff(parts["beta"]), np.diff(expected), rtol=1e-10)
    np.testing.assert_allclose(
        parts["sigma"],
        stats.t(3).logpdf(drawn.sigma / model.design.y.std()) + np.log(2.0 / model.design.y.std()),
        rtol=1e-10,
    )


@pytest.mark.parametrize("name", ["diabetes", "cancer", "visits"])
def test_the_likelihood_is_that_of_the_log_joint(name):
    model = make(name, br.L2(5.0))
    drawn = draws_near_the_mode(model, 4)
    joint = LogJoint(model.design, model.resolved)
    sigma = drawn.sigma if model.resolved.likelihood.has_dispersion else [None] * 4
    expected = [joint.log_likelihood(b, s) for b, s in zip(drawn.beta, sigma, strict=True)]
    np.testing.assert_allclose(total_log_likelihood(model.design, model.resolved, drawn), expected, rtol=1e-12)
    whole = [log_likelihood(model.resolved, one) for one in chunks(model.design, model.resolved, drawn)]
    parts = [log_likelihood(model.resolved, one) for one in chunks(model.design, model.resolved, drawn, 40)]
    np.testing.assert_allclose(np.concatenate(parts), np.concatenate(whole), rtol=1e-12)


def test_frequency_weights_count_copies_and_precision_weights_scale():
    data = br.datasets.diabetes().iloc[:60]
    w = np.arange(60) % 3 + 1.0
    for kind in ("frequency", "precision"):
        weights = br.Weights(w, kind=kind)
        model = br.Model("target ~ bmi", data, penalty=br.L2(5.0), weights=weights)
        drawn = draws_near_the_mode(model, 2)
        found = next(chunks(model.design, model.resolved, drawn))
        scale = drawn.sigma / (np.ones((60, 1)) if kind == "frequency" else np.sqrt(w)[:, None])
        expected = stats.norm(found.eta, scale).logpdf(data["target"].to_numpy()[:, None])
        np.testing.assert_allclose(log_likelihood(model.resolved, found), expected, rtol=1e-10)


def test_groups_are_added_and_the_posterior_stays_as_it_was():
    post = make("diabetes", br.L2(50.0)).sample(draws=50, chains=2, seed=1)
    names = set(post.tree.children)
    more = post.with_groups("log_likelihood", "posterior_predictive", "log_prior", "constant_data", seed=3)
    assert set(post.tree.children) == names
    assert set(more.tree.children) == names | {"log_likelihood", "posterior_predictive", "log_prior"}
    assert more.tree["log_likelihood"]["target"].shape == (2, 50, 442)
    np.testing.assert_array_equal(more.tree["constant_data"]["bmi"], post.model.design.X[:, 2])
    again = post.with_groups("posterior_predictive", seed=3).tree["posterior_predictive"]["target"]
    np.testing.assert_array_equal(again, more.tree["posterior_predictive"]["target"])
    before = make("diabetes", br.Normal(1.0)).sample(draws=30, chains=1, seed=1, groups=["prior", "prior_predictive"])
    assert before.tree["prior"]["beta"].shape == (1, 30, 11)


def test_counts_are_whole_numbers():
    tree = near_the_mode(make("visits", br.Normal(1.0)), draws=20).with_groups("posterior_predictive").tree
    assert tree["posterior_predictive"]["visits"].dtype == np.int64
    assert tree["observed_data"]["visits"].dtype == np.int64


def test_large_and_unknown_groups_are_refused_by_name():
    rows = br.datasets.diabetes().sample(200_000, replace=True, random_state=0)
    model = br.Model("target ~ bmi", rows, penalty=br.L2(5.0))
    with pytest.raises(br.errors.InputError, match=r"'log_likelihood' has 1000 draws x 200000 rows, 1\.5 GiB"):
        model.sample(250, seed=1, groups=["log_likelihood"])
    post = model.sample(250, seed=1)
    with pytest.raises(br.errors.InputError, match="'posterior_predictive' has"):
        post.with_groups("posterior_predictive")
    with pytest.raises(br.errors.InputError, match=r"groups=.*'likelihood'"):
        post.with_groups("likelihood")
    with pytest.raises(br.errors.InputError, match="groups=3"):
        model.sample(10, groups=3)
