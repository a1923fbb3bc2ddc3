"""Latent laws against SciPy: their densities, in both namespaces, and their draws."""

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import integrate, stats

from bayesreg.penalties.latents import _LAWS, Latent
from bayesreg.xp import pytensor_namespace

KNOWN = {
    "exponential": ({"rate": 1.7}, stats.expon(scale=1 / 1.7)),
    "gamma": ({"shape": 0.3, "rate": 2.0}, stats.gamma(0.3, scale=0.5)),
    "inverse_gamma": ({"shape": 1.5, "scale": 0.7}, stats.invgamma(1.5, scale=0.7)),
    "half_cauchy": ({"scale": 0.4}, stats.halfcauchy(scale=0.4)),
    "half_t": ({"df": 3.5, "scale": 2.0}, None),
    "half_cauchy_product": ({}, None),
    "beta": ({"a": 0.5, "b": 3.0}, stats.beta(0.5, 3.0)),
    "beta_prime": ({"a": 0.4, "b": 1.5}, stats.betaprime(0.4, 1.5)),
    "uniform": ({"lower": 0.0, "upper": np.pi}, stats.uniform(0.0, np.pi)),
}
POINTS = np.array([1e-4, 0.03, 0.4, 0.77, 0.999])


def points(law):
    return POINTS if law in ("beta", "uniform") else np.r_[POINTS, 1.0, 3.0, 40.0]


def expected(law, x):
    parameters, frozen = KNOWN[law]
    if law == "half_t":
        return np.log(2.0) + stats.t.logpdf(x, parameters["df"], scale=parameters["scale"])
    if law == "half_cauchy_product":
        cauchy = stats.halfcauchy
        parts = [
            integrate.quad(lambda t, at=at: cauchy.pdf(np.exp(t)) * cauchy.pdf(at / np.exp(t)), -60, 60, limit=400)[0]
            for at in x
        ]
        return np.log(parts)
    return frozen.logpdf(x)


def test_every_law_is_here():
    assert set(_LAWS) == {*KNOWN, "dirichlet", "bernoulli"}


@pytest.mark.parametrize("law", KNOWN)
def test_density_is_that_of_scipy(law):
    """To 1e-13; the product of two half-Cauchy variables against quadrature of accuracy 1e-8."""
    x = points(law)
    got = Latent("x", law, KNOWN[law][0]).log_density(x)
    assert got == pytest.approx(expected(law, x), abs=1e-8 if law == "half_cauchy_product" else 1e-13)


def test_densities_are_the_same_in_the_graph():
    x = pt.vector("x")
    latents = [Latent("x", law, parameters) for law, (parameters, _) in KNOWN.items()]
    mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
    call = pytensor.function([x], [latent.log_density(x, pytensor_namespace()) for latent in latents], mode=mode)
    for latent, got in zip(latents, call(POINTS), strict=True):
        assert got == pytest.approx(latent.log_density(POINTS), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("law", KNOWN)
def test_draws_follow_the_density(law):
    """Kolmogorov-Smirnov with 4,000 draws; a right sampler fails for one seed in 10,000."""
    parameters, frozen = KNOWN[law]
    draws = Latent("x", law, parameters).draw(np.random.default_rng(4), (200, 20)).ravel()
    if law == "half_t":
        draws, frozen = draws**2 / parameters["scale"] ** 2, stats.f(1.0, parameters["df"])
    if law == "half_cauchy_product":
        draws, frozen = np.log(draws), stats.rv_histogram(_log_product())
    assert stats.kstest(draws, frozen.cdf).pvalue > 1e-4


def _log_product():
    """The law of log(l g): twice a convolution of sech(t) / pi."""
    edges = np.linspace(-40.0, 40.0, 8001)
    middle = 0.5 * (edges[1:] + edges[:-1])
    return 4.0 / np.pi**2 * middle / (2.0 * np.sinh(middle)) * np.diff(edges), edges


def test_dirichlet_and_bernoulli():
    shares = np.array([[0.2, 0.3, 0.5], [0.05, 0.9, 0.05]])
    latent = Latent("phi", "dirichlet", {"concentration": 0.7, "size": 3.0})
    assert latent.log_density(shares) == pytest.approx([stats.dirichlet.logpdf(row, np.full(3, 0.7)) for row in shares])
    draws = latent.draw(np.random.default_rng(1), (5000, 3))
    assert draws.shape == (5000, 3)
    assert draws.sum(axis=1) == pytest.approx(1.0)
    assert stats.kstest(draws[:, 0], stats.beta(0.7, 1.4).cdf).pvalue > 1e-4
    coin = Latent("slab", "bernoulli", {"prob": 0.3})
    assert coin.log_density(np.array([0.0, 1.0])) == pytest.approx(np.log([0.7, 0.3]))
    drawn = coin.draw(np.random.default_rng(1), (10_000,))
    assert set(drawn) == {0.0, 1.0}
    assert abs(drawn.mean() - 0.3) < 4.0 * np.sqrt(0.21 / 10_000)
