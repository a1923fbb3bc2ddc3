"""Random numbers against SciPy's distributions and quadrature, by Kolmogorov-Smirnov tests at 1e-5 each."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from bayesreg.errors import EngineError
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.posterior.gibbs.variates import (
    draw_log_gig,
    draw_log_tilted_stable,
    draw_odds,
    draw_tilted_odds,
    rejection,
)

SHAPE = (2, 4000)
LEVEL = 1e-5


def streams(seed=1, chains=2):
    return Streams(np.random.SeedSequence(seed).spawn(chains))


def full(*values):
    return tuple(np.full(SHAPE, float(value)) for value in values)


@pytest.mark.parametrize(
    ("index", "psi", "chi"),
    [(0.5, 1, 1), (-0.5, 2, 3), (0, 1, 1e-3), (3, 1, 0.1), (-3, 0.1, 2), (50, 100, 1), (0.1, 1e3, 1e3), (-20, 1, 1)],
)
def test_generalised_inverse_gaussian(index, psi, chi):
    x = np.exp(draw_log_gig(*full(index, psi, chi), streams()))[:, :1000].ravel()
    law = stats.geninvgauss(index, np.sqrt(psi * chi), scale=np.sqrt(chi / psi))
    assert stats.kstest(x, law.cdf).pvalue > LEVEL


@pytest.mark.parametrize("index", [0.4, 2.0])
def test_its_limits_are_gamma_and_inverse_gamma(index):
    x = np.exp(draw_log_gig(*full(index, 3.0, 1e-200), streams())).ravel()
    assert stats.kstest(x, stats.gamma(index, scale=2.0 / 3.0).cdf).pvalue > LEVEL
    x = np.exp(draw_log_gig(*full(-index, 1e-200, 3.0), streams())).ravel()
    assert stats.kstest(x, stats.invgamma(index, scale=1.5).cdf).pvalue > LEVEL


def test_index_zero_with_a_tiny_product():
    """``p(log x) ~ exp(-x - chi / (2 x))`` with ``psi = 2`` is nearly flat over hundreds of units: by quadrature."""
    chi = 1e-120
    t = np.linspace(np.log(chi) - 8.0, 8.0, 100_001)
    share = integrate.cumulative_trapezoid(np.exp(-np.exp(t) - 0.5 * chi * np.exp(-t)), t, initial=0.0)
    x = draw_log_gig(*full(0.0, 2.0, chi), streams()).ravel()
    assert stats.kstest(x, lambda at: np.interp(at, t, share / share[-1])).pvalue > LEVEL


@pytest.mark.parametrize("m", [1e-100, 1e-8, 0.01, 0.3, 1.0, 1.5, 30.0, 1e5])
def test_odds_of_a_horseshoe(m):
    """``P(x > c) = E1(m (1 + c)) / E1(m)``, through SciPy's exponential integral."""
    x = draw_odds(*full(m), streams()).ravel()
    if m > 500.0:
        t = np.linspace(0.0, 60.0 / m, 100_001)
        share = integrate.cumulative_trapezoid(np.exp(-m * t) / (1.0 + t), t, initial=0.0)
        assert stats.kstest(x, lambda at: np.interp(at, t, share / share[-1])).pvalue > LEVEL
    else:
        assert stats.kstest(x, lambda at: 1.0 - special.exp1(m * (1.0 + at)) / special.exp1(m)).pvalue > LEVEL


@pytest.mark.parametrize("tilt", [1e-8, 0.1, 10.0, 1e6])
@pytest.mark.parametrize("m", [1e-100, 0.01, 0.3, 1.5, 1e5])
def test_odds_of_a_regularised_horseshoe(m, tilt):
    x = np.log(draw_tilted_odds(*full(m, tilt), streams())).ravel()
    t = np.linspace(-110.0, np.log(80.0 / m), 100_001)
    log_density = t - m * np.exp(t) - np.logaddexp(0.0, t) + 0.5 * np.logaddexp(0.0, np.log(tilt) - t)
    share = integrate.cumulative_trapezoid(np.exp(log_density - log_density.max()), t, initial=0.0)
    assert stats.kstest(x, lambda at: np.interp(at, t, share / share[-1])).pvalue > LEVEL


@pytest.mark.parametrize("power", [1e-3, 0.1, 1.0, 3.0, 30.0, 1e3, 1e6])
def test_tilted_stable_of_index_one_half_is_inverse_gaussian(power):
    """``exp(-sqrt(t))`` is the transform of a Levy law of scale 1/2; tilted it has mean ``1 / (2 power)``."""
    s = np.exp(draw_log_tilted_stable(*full(power), 0.5, streams())).ravel()
    assert stats.kstest(2.0 * s, stats.invgauss(1.0 / power).cdf).pvalue > LEVEL


@pytest.mark.parametrize("power", [1e-3, 0.1, 1.0, 10.0, 1e3])
@pytest.mark.parametrize("alpha", [0.05, 0.25, 0.4, 0.75, 0.95, 0.99])
def test_tilted_stable_has_its_laplace_transform(alpha, power):
    """``E exp(-t s) = exp(lam^alpha - (lam + t)^alpha)``, within 5 standard errors where it is ``exp(-1)``."""
    s = np.exp(np.minimum(draw_log_tilted_stable(*full(power), alpha, streams()), 700.0)).ravel()
    t = (1.0 + power) ** (1.0 / alpha) - power ** (1.0 / alpha)
    found = np.exp(-t * s)
    assert abs(found.mean() - np.exp(-1.0)) < 5.0 * found.std() / np.sqrt(found.size)


def test_extreme_arguments_are_finite():
    m = np.array([[0.0, 1e-320, 1e300], [1.0, 1e280, 1e-290]])
    assert np.isfinite(draw_odds(m, streams())).all()
    assert np.isfinite(draw_tilted_odds(m, np.full(m.shape, 1e12), streams())).all()
    assert np.isfinite(draw_log_tilted_stable(m, 0.25, streams())).all()


def test_a_chain_does_not_depend_on_its_neighbours():
    m = np.geomspace(0.01, 10.0, 30).reshape(2, 15)
    seeds = np.random.SeedSequence(3).spawn(2)
    both = draw_odds(m, Streams(seeds))
    alone = draw_odds(m[1:], Streams(np.random.SeedSequence(3).spawn(2)[1:]))
    np.testing.assert_array_equal(both[1:], alone)


def test_a_law_without_accepted_proposals_is_an_error():
    with pytest.raises(EngineError, match="800 proposals"):
        rejection(lambda u, m: (m, m < 0.0), (np.ones((2, 3)),), streams())
