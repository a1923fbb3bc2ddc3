"""The posterior density of learned strengths: a density, that of quadrature, and that of the draws."""

import numpy as np
import pytest
from scipy import stats
from scipy.interpolate import CubicSpline

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError
from tests.posterior.learned_oracle import Oracle, data, half_t

FRAME = data(n=24, seed=2)
Y, X = FRAME.y.to_numpy(), FRAME[["x0", "x1", "x2"]].to_numpy()
SIGMA = br.HalfT(3.0, 1.5)
LAW = br.Normal(br.HalfNormal(1.0), relative_to="sigma")


def model(penalty=LAW, formula="y ~ x0 + x1 + x2"):
    return br.Model(formula, FRAME, penalty=penalty, dispersion=SIGMA, standardize=False)


@pytest.fixture(scope="module")
def post():
    return model().sample(4000, chains=4, seed=3)


def cdf_of(frame):
    """The distribution function of a density at its points, by the trapezoidal rule."""
    x, p = frame["scale"].to_numpy(), frame["density"].to_numpy()
    return x, np.concatenate([[0.0], np.cumsum(0.5 * np.diff(x) * (p[1:] + p[:-1]))])


def test_it_integrates_to_one(post):
    """To 1e-3: the rule's error with 401 points, and what lies beyond them."""
    frame = post.strength_density(401)
    assert list(frame.columns) == ["strength", "scale", "lam", "density", "method"]
    assert len(frame) == 401
    assert (frame["method"] == "exact").all()
    assert np.ptp(np.diff(np.log(frame["scale"]))) < 1e-9  # even on the log scale
    assert cdf_of(frame)[1][-1] == pytest.approx(1.0, abs=1e-3)


def test_it_is_that_of_a_dense_sum_over_scale_and_sigma(post):
    """To 1 % where the density is above 1 % of its top: both are interpolated."""
    log_sigma = half_t(3.0, 1.5)
    axes = [np.linspace(-18.0, 6.0, 250), np.linspace(-2.0, 2.4, 60)]
    oracle = Oracle(Y, np.ones((24, 1)), [(X, True)], lambda t, s: stats.halfnorm.logpdf(t[0]) + log_sigma(s), axes)
    frame = post.strength_density()
    log_p = CubicSpline(axes[0], np.log(np.maximum(oracle.marginal(0), 1e-250)))
    expected = np.exp(log_p(np.log(frame["scale"]))) / frame["scale"]
    seen = expected > 0.01 * expected.max()
    assert seen.sum() > 50
    np.testing.assert_allclose(frame["density"][seen], expected[seen], rtol=0.01)


def test_independent_draws_have_it(post):
    """Kolmogorov's test at 1e-4, and the counts of a histogram of 16000 draws within 4.5 binomial errors."""
    draws = np.asarray(post.tree["posterior"]["scale"]).ravel()
    x, cdf = cdf_of(post.strength_density(1001))
    assert stats.kstest(draws, lambda at: np.interp(at, x, cdf)).pvalue > 1e-4
    edges = np.quantile(draws, np.linspace(0.02, 0.98, 20))
    share = np.diff(np.interp(edges, x, cdf))
    counts = np.histogram(draws, edges)[0]
    assert np.abs((counts - draws.size * share) / np.sqrt(draws.size * share)).max() < 4.5


def test_the_strength_is_in_units_of_the_loss(post):
    """A normal prior of sd ``scale sigma`` is the ridge penalty ``lam b^2 / 2`` of ``lam = 1 / scale^2``."""
    frame = post.strength_density(11)
    np.testing.assert_allclose(frame["lam"], frame["scale"] ** -2.0, rtol=1e-12)


def test_two_strengths_have_a_density_each():
    found = model({"x0 + x1": LAW, "x2": LAW}).sample(20, chains=2, seed=1).strength_density(301)
    parts = dict(list(found.groupby("strength")))
    assert set(parts) == {"x0 + x1", "x2"}
    for part in parts.values():
        assert cdf_of(part)[1][-1] == pytest.approx(1.0, abs=2e-3)


def test_draws_of_another_engine_are_smoothed():
    """On the log scale the kernel is as wide as its rule says: a tenth of the top is left for that and for chance."""
    gibbs = model().sample(2000, seed=5, engine="gibbs").strength_density(301)
    assert (gibbs["method"] == "draws").all()
    assert cdf_of(gibbs)[1][-1] == pytest.approx(1.0, abs=1e-2)
    exact = model().sample(20, seed=5, engine="exact").strength_density(301)
    of_log = exact["density"] * exact["scale"]
    smoothed = np.interp(np.log(exact["scale"]), np.log(gibbs["scale"]), gibbs["density"] * gibbs["scale"])
    assert np.abs(smoothed - of_log).max() < 0.1 * of_log.max()


def test_what_has_no_density_is_refused(post):
    with pytest.raises(UnsupportedError, match=r"strengths of this model are numbers.*br.HalfNormal\(1.0\)"):
        model(br.Normal(0.5)).sample(20, seed=1).strength_density()
    with pytest.raises(InputError, match="points=1"):
        post.strength_density(1)
