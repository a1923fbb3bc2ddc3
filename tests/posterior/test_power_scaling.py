"""Sensitivities to the power of the prior and the likelihood: against ArviZ, and on a posterior that is known."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.posterior.power_scaling import sensitivity
from bayesreg.results.checks.prior import power_scaled
from tests.problems import make


@pytest.fixture(scope="module")
def post():
    return make("diabetes", br.L2(50.0)).sample(draws=500, seed=1, groups=["log_likelihood", "log_prior"])


@pytest.mark.parametrize("group", ["prior", "likelihood"])
def test_it_is_that_of_arviz(post, group):
    """ArviZ takes another length of the tails that are smoothed, which moves the third decimal."""
    import arviz

    found = arviz.psense(post.tree, group=group)
    expected = [*np.asarray(found["beta"]).tolist(), float(found["sigma"])]
    np.testing.assert_allclose(power_scaled(post)[group], expected, atol=2e-3)


def test_a_shift_of_a_normal():
    """Under exp(c x) a N(0, 1) moves by c: the sensitivity is proportional to c, and the same for -c."""
    x = np.random.default_rng(0).standard_normal((20_000, 1))
    one, two, back = (float(sensitivity(x, c * x[:, 0])[0]) for c in (0.5, 1.0, -0.5))
    assert two == pytest.approx(2.0 * one, rel=0.02)
    assert back == pytest.approx(one, rel=0.05)


def test_nothing_moves_with_a_constant_and_an_infinite_density_gives_nan():
    x = np.random.default_rng(0).standard_normal((500, 2))
    np.testing.assert_allclose(sensitivity(x, np.full(500, -3.0)), 0.0, atol=1e-5)
    assert np.isnan(sensitivity(x, np.r_[-np.inf, np.zeros(499)])).all()
