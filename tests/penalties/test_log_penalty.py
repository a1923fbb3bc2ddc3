"""Log penalty and generalised double Pareto: SciPy's Lomax, quadrature, brute force, the mixture that it is."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.penalties import BlockData, Strength

from . import separable_oracles as oracle

SIZES = [1e-6, 0.05, 0.3, 0.8, 1.3, 2.0, 5.0, 40.0]


@pytest.mark.parametrize(("scale", "shape"), [(0.5, 3.0), (2.0, 0.4), (0.1, 30.0)])
def test_density_moments_and_quantiles_are_scipys(scale, shape):
    law = br.GeneralizedDoublePareto(scale, shape)
    strength, scipy = law.strength(1.0), stats.lomax(shape, scale=scale * shape)
    b = np.array([-3.0, -1e-3, 0.0, 0.4, 90.0])
    np.testing.assert_allclose(
        law.log_prior(b, strength), scipy.logpdf(np.abs(b)) - np.log(2.0), rtol=1e-12, atol=1e-14
    )
    first, second = law.absolute_moments(strength)
    assert first == pytest.approx(scipy.mean() if shape > 1.0 else np.inf, rel=1e-12)
    assert second == pytest.approx(scipy.moment(2) if shape > 2.0 else np.inf, rel=1e-10)
    for prob in (0.01, 0.5, 0.999):
        assert law.absolute_quantile(prob, strength) == pytest.approx(scipy.ppf(prob), rel=1e-11)


@pytest.mark.parametrize("shape", [1.5, 3.0, 30.0])
def test_normalizer_is_the_integral(shape):
    law = br.GeneralizedDoublePareto(0.5, shape)
    strength = law.strength(1.0)
    assert law.log_normalizer(strength) == pytest.approx(oracle.log_area(law, strength), abs=1e-10)


@pytest.mark.parametrize("eta", [0.01, 0.5, 1.2, 30.0])
@pytest.mark.parametrize("positive", [False, True])
def test_prox_is_the_global_minimum(eta, positive):
    law = br.LogPenalty(1.3, eta, positive=positive)
    oracle.check_prox(law, law.strength(1.0), SIZES, (0.2, 1.0, 4.0))


def test_prox_keeps_its_digits_just_beyond_its_threshold():
    """The root is (size eta - c) / (eta - c / eta) to first order; the usual form subtracts two numbers near eta."""
    law = br.LogPenalty(1.0, 1e3)
    excess = 1e-9
    got = law.prox(np.array([1e-3 + excess, 1e-3 - excess]), law.strength(1.0))
    assert got[1] == 0.0
    assert got[0] == pytest.approx(excess, rel=2e-6)


def test_derivatives_draws_scaling_and_graph():
    law = br.GeneralizedDoublePareto(0.5, 3.0)
    strength = law.strength(1.0)
    oracle.check_derivatives(law, strength, [0.01, 0.4, 1.0, 30.0])
    assert law.slope(np.zeros(1), strength)[0] == pytest.approx(4.0 / 1.5, rel=1e-14)
    oracle.check_draws(law, strength)
    oracle.check_scaling(law, strength)
    oracle.check_graph(law, strength)


@pytest.mark.parametrize("relative_to", [None, "sigma"])
def test_faces(relative_to):
    oracle.check_round_trip(br.LogPenalty(8.0, 1.5, relative_to=relative_to, weights=[1.0, 2.0]))
    oracle.check_round_trip(br.GeneralizedDoublePareto(0.25, 1.7, relative_to=relative_to, positive=True))


def test_relative_to_sigma_moves_the_bend_only():
    law = br.LogPenalty(8.0, 1.5, relative_to="sigma")
    moved = law.strength(2.0).scaled(np.sqrt(2.0) / 3.0)
    assert moved.rate**2 / moved.precision == pytest.approx(4.0, rel=1e-14)
    assert moved.rate / moved.precision == pytest.approx(1.5 * 3.0 / np.sqrt(2.0), rel=1e-14)
    assert law.to_prior(2.0).strength(9.0).rate == pytest.approx(moved.rate, rel=1e-14)


def test_proper_where_the_strength_exceeds_the_dispersion():
    law = br.LogPenalty(2.0, 1.5)
    data = BlockData(("a",), ("a",), lambda: np.ones((3, 1)), np.ones(3), np.ones(1), True, 4.0)
    bound = law.bind(data).law
    assert (law.traits.proper, bound.traits.proper) == (True, False)
    assert bound == law
    weak = law.strength(4.0)
    assert law.log_normalizer(weak) == 0.0
    assert law.absolute_quantile(0.5, weak) == np.inf
    with pytest.raises(
        br.errors.UnsupportedError, match=r"\^-0.5, which has no finite integral.*Give lam > dispersion"
    ):
        law.to_prior(4.0)
    with pytest.raises(br.errors.UnsupportedError, match="is not a distribution"):
        bound.draw(weak, np.random.default_rng(0), 3)


def test_weights_multiply_the_penalty():
    law, b = br.LogPenalty(3.0, 0.5), np.array([0.2, 5.0])
    strength = law.strength(2.0)
    np.testing.assert_allclose(law.value(b, law.weighted(strength, 7.0)), 7.0 * law.value(b, strength), rtol=1e-14)
    assert law.lam_of(law.weighted(strength, 7.0), 2.0) == pytest.approx(21.0, rel=1e-14)
    prior = law.to_prior(2.0).multiplied(7.0)
    assert (prior.shape, prior.shape * prior.scale) == pytest.approx((9.5, 0.5), rel=1e-14)
    weaker = law.to_prior(2.0).multiplied(0.1)
    assert weaker.traits.proper is False
    np.testing.assert_allclose(weaker.strength(1.0), law.weighted(strength, 0.1), rtol=1e-13)


def test_mixture_has_this_marginal():
    """N(0, v), v exponential of rate l^2 / 2, l gamma: by quadrature over both, 1e-6."""
    law = br.GeneralizedDoublePareto(0.5, 3.0)
    strength, b = law.strength(1.0), np.array([0.05, 0.7, 4.0])
    np.testing.assert_allclose(law.mixture().marginal(b, strength), np.exp(law.log_prior(b, strength)), rtol=1e-6)
    assert br.GeneralizedDoublePareto(0.5, 3.0, weights=[2.0]).mixture() is None


def test_flat_at_strength_zero_and_errors():
    law, zero = br.LogPenalty(1.0), Strength(np.zeros(3), np.zeros(3))
    b = np.array([-1.0, 0.0, 3.0])
    assert not law.value(b, zero).any()
    assert not law.log_normalizer(zero).any()
    np.testing.assert_allclose(law.prox(b, zero), b, rtol=1e-15)
    with pytest.raises(br.errors.InputError, match=r"eta=0 is not allowed: it must be a finite number > 0"):
        br.LogPenalty(1.0, 0)
    with pytest.raises(br.errors.InputError, match=r"shape=-1.0 is not allowed"):
        br.GeneralizedDoublePareto(1.0, -1.0)
