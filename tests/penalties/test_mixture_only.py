"""The regularised horseshoe and R2D2: joint priors that are known as scale mixtures."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

import bayesreg as br
from bayesreg.penalties import Strength
from bayesreg.penalties.mixture import Latent
from bayesreg.penalties.mixture_integrals import Grid, nodes_of
from bayesreg.penalties.regularized_horseshoe import _of_one
from bayesreg.xp import NUMPY

SLABS = [
    br.RegularizedHorseshoe(0.1),
    br.RegularizedHorseshoe(3.0, 1.0, 1.5),
    br.RegularizedHorseshoe(0.1, 2.0, np.inf),
    br.RegularizedHorseshoe(br.HalfCauchy(0.3), slab_df=np.inf),
    br.RegularizedHorseshoe(),
]
SHARES = [br.R2D2(), br.R2D2(0.3, 8.0, 0.2), br.R2D2(0.7, 20.0, 2.0)]
B = np.array([0.001, 0.1, 1.0, 5.0])


@pytest.mark.parametrize("law", [*SLABS, *SHARES], ids=lambda law: law.written)
def test_draws_quantiles_and_moments_agree(law):
    """Shares of 4,000 draws of a coefficient below its quantiles: one seed in 10,000 fails."""
    law = law.sized(3)
    strength = law.strength(1.0)
    draws = law.draw(strength, np.random.default_rng(5), (4000, 3))
    assert draws.shape == (4000, 3)
    for prob in (0.1, 0.5, 0.95):
        below = int(np.sum(np.abs(draws[:, 1]) <= law.absolute_quantile(prob, strength)))
        assert stats.binomtest(below, 4000, prob).pvalue > 1e-4
    scaled = strength.scaled(30.0)
    assert law.absolute_quantile(0.9, scaled) * 30.0 == pytest.approx(float(law.absolute_quantile(0.9, strength)))
    first, second = (float(at) for at in law.absolute_moments(strength))
    smaller = [float(at) for at in law.absolute_moments(scaled)]
    assert (smaller[0] * 30.0, smaller[1] * 900.0) == pytest.approx((first, second))


def one_coefficient(b, tau, c):
    """The published integral over the local scale, given the slab."""

    def inside(u):
        at = tau * np.exp(u)
        normal = np.exp(-0.5 * (b / at) ** 2) / (np.sqrt(2.0 * np.pi) * at)
        return normal * np.sqrt(1.0 + (at / c) ** 2) * np.exp(u) / (1.0 + np.exp(2.0 * u))

    parts = [-60.0, -8.0, -2.0, 2.0, 8.0, 60.0]
    area = sum(
        integrate.quad(inside, low, high, epsabs=0.0, epsrel=1e-11, limit=300)[0] for low, high in pairwise(parts)
    )
    return np.exp(-0.5 * (b / c) ** 2) * area * 2.0 / np.pi


def test_density_of_the_regularised_horseshoe_given_the_slab():
    law = br.RegularizedHorseshoe(0.1, 2.0, np.inf).sized(1)
    got = law.log_prior(B[:, None], law.strength(1.0))
    assert got == pytest.approx(np.log([one_coefficient(b, 0.1, 2.0) for b in B]), abs=1e-9)
    horseshoe = br.Horseshoe(0.1)
    assert np.all(got > horseshoe.log_prior(B, horseshoe.strength(1.0)) - 0.5 * (B / 2.0) ** 2)


def test_density_of_a_block_whose_coefficients_share_the_slab():
    """Two coefficients: their product given c, integrated over c by another rule; they are not independent."""
    law = br.RegularizedHorseshoe(0.4, 1.5, 3.0)
    b = np.array([0.2, 4.0])
    variance = stats.invgamma(1.5, scale=1.5 * 1.5**2)

    def inside(t):
        c2 = np.exp(t)
        return variance.pdf(c2) * c2 * one_coefficient(b[0], 0.4, np.sqrt(c2)) * one_coefficient(b[1], 0.4, np.sqrt(c2))

    t = np.linspace(-2.0, 16.0, 37)
    expected = integrate.simpson([inside(at) for at in t], x=t)
    strength = law.strength(1.0)
    got = float(law.sized(2).log_prior(b, strength))
    assert got == pytest.approx(np.log(expected), abs=1e-4)
    alone = sum(float(law.sized(1).log_prior(np.array([at]), strength)) for at in b)
    assert abs(got - alone) > 0.01


@pytest.mark.parametrize("law", SLABS, ids=lambda law: law.written)
def test_moments_of_the_regularised_horseshoe(law):
    """The formulas given tau and c, against the moments of the density's own grid (both numerical, 1e-6)."""
    strength = law.strength(1.0)
    grid = Grid.of(_of_one(not isinstance(law.tau, float), law.slab_df), strength)
    weight = np.exp(grid.log_weight)
    first, second = law.absolute_moments(strength)
    assert first == pytest.approx(np.sqrt(2.0 / np.pi) * weight @ grid.sd, rel=1e-9)
    if law.slab_df > 2.0:
        assert second == pytest.approx(weight @ grid.sd**2, rel=1e-9)
    assert np.isinf(br.RegularizedHorseshoe(0.1, 2.0, 1.0).absolute_moments(strength)[1])


def test_r2d2_explains_the_stated_share():
    """``tau^2 / (1 + tau^2)`` is Beta, with ``sigma^2 tau^2`` the sum of the variances; ``b'b`` has that mean only."""
    law, sigma2 = br.R2D2(0.3, 8.0, 0.2).sized(6), 4.0
    strength, mixture, rng = law.strength(sigma2), law.mixture(), np.random.default_rng(2)
    values = mixture.draw_latents(strength, rng, (4000, 6))
    variance = mixture.sd(values, strength, NUMPY) ** 2 + np.zeros((4000, 6))
    share = variance.sum(axis=1) / (variance.sum(axis=1) + sigma2)
    assert share == pytest.approx(1.0 - 1.0 / (1.0 + values["odds"][:, 0]))
    assert stats.kstest(share, stats.beta(2.4, 5.6).cdf).pvalue > 1e-4
    draws = law.draw(strength, rng, (4000, 6))
    drawn = (draws**2).sum(axis=1)
    assert stats.kstest(drawn / (drawn + sigma2), stats.beta(2.4, 5.6).cdf).pvalue < 1e-8
    assert drawn.mean() == pytest.approx(6.0 * float(law.absolute_moments(strength)[1]), rel=0.15)


def test_moments_of_r2d2():
    for law in SHARES:
        grid = Grid.of(law.sized(4).mixture(), Strength(0.0, 1.0))
        first, second = law.sized(4).absolute_moments(Strength(0.0, 1.0))
        assert first == pytest.approx(np.sqrt(2.0 / np.pi) * np.exp(grid.log_weight) @ grid.sd, rel=1e-6)
        if np.isfinite(second):
            assert second == pytest.approx(np.exp(grid.log_weight) @ grid.sd**2, rel=1e-9)
    assert np.isinf(br.R2D2().absolute_moments(Strength(0.0, 1.0))[1])


def test_what_does_not_exist_is_refused_with_a_way_out():
    unknown = br.errors.UnsupportedError
    for law in (br.RegularizedHorseshoe(0.1).sized(2), br.R2D2().sized(2)):
        at = law.strength(1.0)
        for call in (law.prox, law.face):
            with pytest.raises(unknown, match=r"mean or median of sample\(\)"):
                call(np.ones(2), at)
        for call in (law.fenchel_gap, law.subdifferential_distance, law.gauge):
            with pytest.raises(unknown, match="no mode"):
                call(np.ones(2), np.ones(2), at)
    with pytest.raises(unknown, match="no closed form"):
        br.R2D2().sized(2).value(np.ones(2), Strength(0.0, 1.0))
    with pytest.raises(unknown, match="tau=<number>"):
        br.RegularizedHorseshoe().sized(2).value(np.ones(2), br.RegularizedHorseshoe().strength(1.0))


@pytest.mark.parametrize(
    "make",
    [
        lambda: br.RegularizedHorseshoe(0.0),
        lambda: br.RegularizedHorseshoe("small"),
        lambda: br.RegularizedHorseshoe(0.1, -1.0),
        lambda: br.RegularizedHorseshoe(0.1, 1.0, 0.0),
        lambda: br.RegularizedHorseshoe(0.1, weights=[1.0, 2.0]),
        lambda: br.R2D2(0.0),
        lambda: br.R2D2(1.0),
        lambda: br.R2D2(precision=np.inf),
        lambda: br.R2D2(concentration=0.0),
    ],
)
def test_arguments_out_of_range_are_refused(make):
    with pytest.raises(br.errors.InputError):
        make()


def test_units():
    assert br.R2D2().strength(4.0) == Strength(0.0, 0.25)
    assert br.R2D2(relative_to=None).strength(4.0) == Strength(0.0, 1.0)
    assert br.RegularizedHorseshoe(0.1, 2.0).strength(4.0) == Strength(5.0, 1.0 / 16.0)
    assert br.RegularizedHorseshoe(0.1, 2.0, relative_to=None).strength(4.0) == Strength(10.0, 0.25)
    assert repr(br.R2D2()) == f"{br.R2D2().written} = R2 ~ Beta(1, 1), shares ~ Dirichlet(0.5)"


@pytest.mark.parametrize("df", [30.0, 100.0, 1000.0, 1e5])
def test_many_degrees_of_freedom_of_the_slab(df):
    """They had a density 0.2 to 4 nats too high and moments of 0: nodes were wider apart than the slab is.

    Quadrature over ``c^2``, whose SciPy density loses digits with df; given it the slab is normal, and
    ``E b^2 = tau c^2 / (c + tau)``.
    """
    law, slab = br.RegularizedHorseshoe(0.1, 2.0, df), stats.invgamma(0.5 * df, scale=2.0 * df)
    low, high = slab.ppf([1e-14, 1.0 - 1e-14])

    def over_slab(of_square):
        return integrate.quad(lambda v: slab.pdf(v) * of_square(v), low, high, epsabs=0.0, epsrel=1e-11, limit=200)[0]

    def given(v, b):
        normal = br.RegularizedHorseshoe(0.1, float(np.sqrt(v)), np.inf)
        return float(np.exp(normal.log_prior(np.array([b]), normal.strength(1.0))))

    for b in (0.1, 5.0):
        mine = float(law.log_prior(np.array([b]), law.strength(1.0)))
        assert mine == pytest.approx(np.log(over_slab(lambda v, b=b: given(v, b))), abs=1e-8)
    second = over_slab(lambda v: 0.1 * v / (np.sqrt(v) + 0.1))
    assert float(law.absolute_moments(law.strength(1.0))[1]) == pytest.approx(second, rel=1e-8)


@pytest.mark.parametrize("latent", [
    Latent("x", "gamma", {"shape": 1e6, "rate": 3.0}),
    Latent("x", "inverse_gamma", {"shape": 40.0, "scale": 7.0}),
    Latent("x", "beta_prime", {"a": 300.0, "b": 20.0}),
    Latent("x", "beta", {"a": 1e5, "b": 9.0}),
], ids=lambda latent: latent.law)  # fmt: skip
def test_nodes_of_narrow_latents_have_their_moments(latent):
    x, log_weight = nodes_of(latent)
    at, weight = latent.parameters, np.exp(log_weight)
    law = {
        "gamma": lambda: stats.gamma(at["shape"], scale=1.0 / at["rate"]),
        "inverse_gamma": lambda: stats.invgamma(at["shape"], scale=at["scale"]),
        "beta_prime": lambda: stats.betaprime(at["a"], at["b"]),
        "beta": lambda: stats.beta(at["a"], at["b"]),
    }[latent.law]()
    assert weight.sum() == pytest.approx(1.0, abs=1e-12)
    assert weight @ x == pytest.approx(law.mean(), rel=1e-12)
    assert weight @ (x - law.mean()) ** 2 == pytest.approx(law.var(), rel=1e-9)
