"""Geweke's test of the whole sampler: sweeps and new responses in turn leave the prior as it is.

A chain that draws parameters by one sweep given the response, and then a response given the parameters, has the prior
as the stationary law of its parameters. It starts there, so nothing is thrown away. Everything takes part: likelihood,
prior, conditionals and the moves of sigma and the scales. A parameter far in a heavy tail is so well known from its
response that such a chain hardly leaves it, so scales are half-normal and columns small; the horseshoe, whose every
coefficient has such tails, is calibrated otherwise.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

import bayesreg as br
from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.coordinates import Coordinates
from bayesreg.posterior.gibbs.linear import LinearSampler
from bayesreg.posterior.gibbs.streams import Streams
from tests.posterior.agreement import against
from tests.reference.oracles import Margin
from tests.reference.oracles import densities as of

IG = br.InverseGamma(4.0, 3.0)
CHAINS = 4


@final
@dataclass(frozen=True, eq=False)
class Law:
    """A law relative to sigma with a half-normal scale: what the model is given, its density, draws of it."""

    prior: Any
    log_density: Any
    draw: Any


SCALE = br.HalfNormal(1.0)
SMALL = 0.4
LAWS = {
    "Laplace": Law(br.Laplace(SCALE, relative_to="sigma"), of.laplace, lambda rng, size: rng.laplace(size=size)),
    "normal": Law(br.Normal(SCALE, relative_to="sigma"), stats.norm.logpdf, lambda rng, size: rng.normal(size=size)),
    "t": Law(
        br.StudentT(6.0, scale=SCALE, relative_to="sigma"),
        of.student(6.0),
        lambda rng, size: rng.standard_t(6.0, size),
    ),
}
SHAPES = {"tall": (7, 2), "wide": (3, 4)}


def margins(law: Law, p: int) -> list[Margin]:
    """Return the prior of sigma, of the scale as a uniform share, and of standardised coefficients."""
    squared = stats.invgamma(IG.a, scale=IG.b)
    at = np.sqrt(squared.ppf([0.1, 0.3, 0.5, 0.7, 0.9]))
    nan = np.nan
    places = np.array([-1.5, -0.3, 0.3, 1.5])
    half = [quad(lambda x: np.exp(law.log_density(x)), 0.0, z, epsrel=1e-9)[0] for z in (0.3, 1.5)]
    below = 0.5 + np.array([-half[1], -half[0], half[0], half[1]])
    share = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    own = [Margin(nan, nan, places, below)] * p
    return [Margin(nan, nan, at, squared.cdf(at**2)), Margin(0.5, np.sqrt(1.0 / 12.0), share, share), *own]


def with_response(sampler: LinearSampler, X: np.ndarray, y: np.ndarray) -> LinearSampler:
    """Return the sampler of another response; the rows stand for their own triangular factor."""
    other = copy.copy(sampler)
    other.__dict__.pop("_collapsed", None)
    other.data = replace(sampler.data, rows=X, target=y, rest=0.0)
    other.coordinates = Coordinates(other.data)
    return other


def successive(law: Law, n: int, p: int, length: int, seed: int) -> list[np.ndarray]:
    """Return sigma, the share of the scale and the standardised coefficients along one chain, each (length,)."""
    rng = np.random.default_rng(seed)
    X = SMALL * np.random.default_rng(0).normal(size=(n, p))
    sigma = np.sqrt(IG.b / rng.gamma(IG.a))
    tau = np.abs(rng.normal())
    v = sigma * tau * law.draw(rng, p)
    y = X @ v + sigma * rng.normal(size=n)
    options = {"intercept": False, "standardize": False, "dispersion": IG}
    model = br.Model.from_arrays(X, y, prior=law.prior, **options)
    sampler = LinearSampler(model.design, model.resolved)
    streams = Streams(np.random.SeedSequence(seed).spawn(1))
    latents = [block.conditional.start(streams) for block in sampler.blocks.blocks]
    chains = Chains(np.array([sigma]), np.array([[tau]]), v[None, :], latents, tuning=False)
    sampler._draw_latents(chains, streams)
    kept = np.empty((length, 2 + p))
    for t in range(length):
        with_response(sampler, X, y).sweep(chains, t, streams)
        sigma, tau, v = chains.sigma[0], chains.scales[0, 0], chains.v[0]
        kept[t] = sigma, 2.0 * stats.norm.cdf(tau) - 1.0, *(v / (sigma * tau))
        y = X @ v + sigma * rng.normal(size=n)
    return list(kept.T)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", LAWS)
def test_the_prior_is_stationary(name: str, shape: str) -> None:
    """The tests of one case have a family-wise error of 1e-4."""
    n, p = SHAPES[shape]
    runs = [successive(LAWS[name], n, p, 5000, seed) for seed in range(CHAINS)]
    verdict = against([np.stack(parts) for parts in zip(*runs, strict=True)], margins(LAWS[name], p))
    assert verdict.agrees, verdict


@pytest.mark.slow
def test_a_degree_of_freedom_too_many_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from bayesreg.posterior.gibbs import linear

    right = linear.reduce

    def wrong(*given):
        data = right(*given)
        return replace(data, degrees=data.degrees + 1.0)

    monkeypatch.setattr(linear, "reduce", wrong)
    runs = [successive(LAWS["Laplace"], 7, 2, 5000, seed) for seed in range(CHAINS)]
    assert not against([np.stack(parts) for parts in zip(*runs, strict=True)], margins(LAWS["Laplace"], 2)).agrees
