"""Spike-and-slab lasso: the mixture of SciPy's two Laplace densities, quadrature and brute force."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.penalties import Strength

from . import separable_oracles as oracle

LAWS = [
    br.SpikeSlabLasso(1.0, 0.05),
    br.SpikeSlabLasso(2.0, 0.4, 0.01),
    br.SpikeSlabLasso(1.0, 1e-3, 0.2),
    br.SpikeSlabLasso(1.0, 0.9, 0.7),
    br.SpikeSlabLasso(1.0, 1e-6, 1e-12),
]
SIZES = [1e-6, 0.05, 0.3, 0.8, 1.3, 2.0, 3.1, 5.0, 9.0, 40.0]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.written)
def test_density_moments_and_quantiles_are_those_of_the_mixture(law):
    strength, b = law.strength(1.0), np.array([-30.0, -1.0, -1e-7, 0.0, 0.01, 0.5, 8.0])
    wide, narrow = stats.laplace(scale=law.slab_scale), stats.laplace(scale=law.spike_scale)
    share = law.inclusion
    parts = [np.log(share) + wide.logpdf(b), np.log1p(-share) + narrow.logpdf(b)]
    np.testing.assert_allclose(law.log_prior(b, strength), np.logaddexp(*parts), rtol=1e-12, atol=1e-12)
    assert law.value(0.0, strength) == 0.0
    assert law.log_normalizer(strength) == pytest.approx(-np.logaddexp(*parts)[3], abs=1e-13)
    expected = share * wide.var() + (1.0 - share) * narrow.var()
    assert law.absolute_moments(strength)[1] == pytest.approx(expected, rel=1e-13)
    for prob in (0.01, 0.5, 0.999):
        x = law.absolute_quantile(prob, strength)
        beyond = 2.0 * (share * wide.sf(x) + (1.0 - share) * narrow.sf(x))
        assert beyond == pytest.approx(1.0 - prob, rel=1e-11)


@pytest.mark.parametrize("law", LAWS[:4], ids=lambda law: law.written)
def test_normalizer_is_the_integral(law):
    strength = law.strength(1.0)
    assert law.log_normalizer(strength) == pytest.approx(oracle.log_area(law, strength), abs=1e-10)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.written)
def test_prox_is_the_global_minimum(law):
    oracle.check_prox(law, law.strength(1.0), SIZES, (1e-3, 0.04, 0.3, 4.0))


def test_prox_finds_each_of_its_three_kinds_of_minimum():
    """0, the one before the objective bends down and the one beyond: all three occur."""
    law = br.SpikeSlabLasso(1.0, 0.05, 0.02)
    strength, step = law.strength(1.0), 0.02
    z = np.linspace(0.3, 2.0, 400)
    x = law.prox(z, strength, step)
    share = law.spike_share(x, strength)
    assert (x == 0.0).any()
    assert ((x > 0.0) & (share > 0.5)).any()
    assert ((x > 0.0) & (share < 0.1)).any()
    oracle.check_prox(law, strength, z[::40], (step,))


@pytest.mark.parametrize("law", LAWS[:4], ids=lambda law: law.written)
def test_derivatives_draws_and_scaling(law):
    strength = law.strength(1.0)
    oracle.check_derivatives(law, strength, [0.002, 0.1, 1.0])
    oracle.check_draws(law, strength)
    oracle.check_scaling(law, strength)


def test_graph_and_positive():
    oracle.check_graph(LAWS[0], LAWS[0].strength(1.0))
    folded = br.SpikeSlabLasso(1.0, 0.05, positive=True)
    strength = folded.strength(1.0)
    assert folded.log_prior(0.4, strength) == pytest.approx(LAWS[0].log_prior(0.4, strength) + np.log(2.0), abs=1e-14)
    oracle.check_prox(folded, strength, SIZES, (0.3,))


def test_slope_at_0_and_far_out_are_the_two_rates():
    law = br.SpikeSlabLasso(2.0, 0.01, 0.001)
    slope = law.slope(np.array([0.0, 50.0]), law.strength(1.0))
    assert slope == pytest.approx([100.0, 0.5], rel=1e-3)


@pytest.mark.parametrize("relative_to", [None, "sigma"])
def test_faces_and_weights(relative_to):
    law = br.SpikeSlabLasso(1.0, 0.05, 0.2, relative_to=relative_to, weights=[1.0, 2.0])
    oracle.check_round_trip(law)
    doubled = law.multiplied(2.0)
    assert (doubled.slab_scale, doubled.spike_scale) == (0.5, 0.025)
    assert doubled.strength(3.0).rate == law.weighted(law.strength(3.0), 2.0).rate
    assert np.isnan(law.lam_of(law.strength(3.0), 3.0))


def test_flat_at_strength_zero():
    law, b = LAWS[0], np.array([-1.0, 0.0, 3.0])
    zero = Strength(np.zeros(3), np.zeros(3))
    assert not law.value(b, zero).any()
    assert not law.log_normalizer(zero).any()
    np.testing.assert_allclose(law.prox(b, zero), b, rtol=1e-15)


def test_errors():
    with pytest.raises(
        br.errors.InputError, match=r"spike_scale=2.0 is not allowed: it must be > 0 and below slab_scale=1"
    ):
        br.SpikeSlabLasso(1.0, 2.0)
    with pytest.raises(
        br.errors.InputError, match=r"inclusion=1.0 is not allowed: it must lie strictly between 0 and 1"
    ):
        br.SpikeSlabLasso(1.0, 0.1, 1.0)
    with pytest.raises(br.errors.InputError, match=r"SpikeSlabLasso has several strengths"):
        br.SpikeSlabLasso(br.HalfCauchy(1.0), 0.1)
