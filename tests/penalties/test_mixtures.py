"""Scale mixtures have the stated marginal: by quadrature over their latents, and by their draws."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.penalties import REGISTRY, Strength
from bayesreg.penalties.mixture import Mixture
from bayesreg.penalties.mixture_integrals import Grid

LAWS = [
    br.L1(2.0),
    br.Laplace(0.3, positive=True),
    br.Normal(0.7),
    br.L2(2.0, positive=True),
    br.ElasticNetPrior(1.0, 1e-8),
    br.ElasticNetPrior(1.0, 0.4),
    br.ElasticNetPrior(0.3, 40.0),
    br.ElasticNetPrior(0.0, 2.0),
    br.StudentT(3.5, 2.0),
    br.StudentT(0.4, 0.1, positive=True),
    br.Cauchy(2.5),
    br.Horseshoe(0.05),
    br.SpikeSlab(0.2, 2.0, 0.03),
    br.LogPenalty(3.0, 0.5),
    br.GeneralizedNormal(0.7, 0.5),
    br.Bridge(2.0, 1.5, positive=True),
    br.GeneralizedNormal(0.7, 2.0),
    br.SpikeSlabLasso(2.0, 0.05, 0.2),
]
B = np.array([1e-3, 0.05, 0.4, 1.5, 6.0])


@pytest.fixture(params=LAWS, ids=lambda law: law.written)
def law(request):
    return request.param


def test_the_marginal_is_the_prior(law):
    """Trapezoidal rule over the latents against the closed form: 1e-10 of the log density, 1e-8 is asked for."""
    strength = law.strength(1.0)
    for scale in (1.0, 30.0):
        at = strength.scaled(scale)
        got = np.log(law.mixture().marginal(B / scale, at))
        assert got == pytest.approx(law.log_prior(B / scale, at), abs=1e-10)


def test_a_folded_mixture_has_no_negative_coefficients(law):
    density = law.mixture().marginal(-B, law.strength(1.0))
    draws = law.mixture().draw(law.strength(1.0), np.random.default_rng(0), 500)
    assert np.all(density == 0.0) == law.positive == np.all(draws >= 0.0)


def test_its_draws_follow_the_prior(law):
    """Kolmogorov-Smirnov of 4,000 draws against the closed form, and with direct draws: one seed in 10,000 fails."""
    strength = law.strength(1.0)
    rng = np.random.default_rng(11)
    drawn = law.mixture().draw(strength, rng, (400, 10)).ravel()
    direct = law.draw(strength, rng, 4000)
    assert stats.ks_2samp(drawn, direct).pvalue > 1e-4
    for prob in (0.1, 0.5, 0.9, 0.99):
        below = np.sum(np.abs(drawn) <= law.absolute_quantile(prob, strength))
        assert stats.binomtest(int(below), drawn.size, prob).pvalue > 1e-4


def test_quantiles_of_the_mixture_are_those_of_the_prior(law):
    grid = Grid.of(law.mixture(), law.strength(1.0))
    for prob in (1e-6, 0.95):
        assert grid.quantile(prob) == pytest.approx(float(law.absolute_quantile(prob, law.strength(1.0))), rel=1e-9)


def test_the_density_of_the_latents_is_normalised():
    """The tilted density of the elastic net's latent variable, by quadrature."""
    for u in (1e-6, 0.3, 50.0):
        strength = Strength(1.0, u)
        mixture = br.ElasticNetPrior(1.0, u).mixture()
        t = np.arange(-200.0, 8.0, 0.125)
        density = [np.exp(mixture.log_density({"s": np.exp(at)}, strength) + at) for at in t]
        assert 0.125 * np.sum(density) == pytest.approx(1.0, abs=1e-12)


def test_limits_have_no_mixture():
    assert br.L1(1.0, limits=(-1.0, 2.0)).mixture() is None
    assert br.MCP(1.0).mixture() is None
    assert br.Bridge(1.0, 2.5).mixture() is None


def test_a_wrong_sd_is_found():
    """The same test with the variance taken for the sd: the checker can fail."""
    right = br.Laplace(1.0).mixture()
    wrong = Mixture(right.latents, lambda values, strength, xp: right.sd(values, strength, xp) ** 2)
    error = np.log(wrong.marginal(B, Strength(1.0, 0.0))) - br.Laplace(1.0).log_prior(B, Strength(1.0, 0.0))
    assert np.abs(error).max() > 0.1


def test_what_is_discrete_says_so():
    assert not br.SpikeSlab().mixture().continuous
    for name in ("L1", "StudentT", "Horseshoe", "RegularizedHorseshoe", "R2D2"):
        args = (3.0, 1.0) if name == "StudentT" else ()
        assert REGISTRY[name](*args).mixture().continuous
