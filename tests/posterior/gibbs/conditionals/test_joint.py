"""The joint-distribution test: sweeps between latents and coefficients leave both at their prior.

Replicates start from exact prior draws, so that no burn-in is needed and they stay independent: after some sweeps
their marginals are compared with fresh prior draws by Kolmogorov-Smirnov tests. There are 54 of them, each at 1e-4:
a family-wise error of half a percent, at one seed.

Geweke (2004), Getting it right: joint distribution tests of posterior simulators.
"""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from tests.posterior.gibbs.conditionals.cases import (
    JOINT,
    SEPARABLE,
    WrongShape,
    case_of,
    given_latents,
    start,
    streams_of,
)

LEVEL = 1e-4
SWEEPS = 4
STATISTICS = (
    lambda u: u[:, 0],
    lambda u: np.linalg.norm(u, axis=1),
    lambda u: np.abs(u).max(axis=1) / np.abs(u).sum(axis=1),
    lambda u: np.diff(np.abs(u), axis=1)[:, 1],
)


def swept(case, chains):
    streams = streams_of(chains)
    u, scale, state = start(case, chains, streams)
    for sweep in range(SWEEPS):
        u = given_latents(case, scale, state, streams)
        if case.conditional.has_scale and sweep % 2:
            scale, state = case.conditional.move_scale(u, scale, state, streams)
        state = case.conditional.draw(u, scale, state, streams)
    return given_latents(case, scale, state, streams), scale


def fresh(case, count):
    return case.law.draw(case.strength, np.random.default_rng(11), (count, case.d))


@pytest.mark.parametrize("law", SEPARABLE.values(), ids=SEPARABLE)
def test_coefficients_keep_their_prior(law):
    case = case_of(law, 4000)
    u, _ = swept(case, 3)
    assert stats.ks_2samp(u.ravel(), fresh(case, 20).ravel()).pvalue > LEVEL


@pytest.mark.parametrize("law", JOINT.values(), ids=JOINT)
def test_blocks_keep_their_prior(law):
    case = case_of(law, 4)
    u, scale = swept(case, 500)
    expected = fresh(case, 20_000)
    for statistic in STATISTICS:
        assert stats.ks_2samp(statistic(u), statistic(expected)).pvalue > LEVEL
    if case.conditional.has_scale:
        of_odds = "odds" in [latent.name for latent in case.law.mixture().latents]
        law_of_scale = stats.betaprime(*case.law.shapes) if of_odds else stats.halfcauchy
        assert stats.kstest(scale**2 if of_odds else scale, law_of_scale.cdf).pvalue > LEVEL


def test_a_wrong_shape_is_caught():
    case = case_of(SEPARABLE["student t"], 4000)
    u, _ = swept(case._replace(conditional=WrongShape(case.conditional, 4000)), 3)
    assert stats.ks_2samp(u.ravel(), fresh(case, 20).ravel()).pvalue < LEVEL**5


def test_total_variation_keeps_the_law_of_differences():
    """Its level is flat and not drawn: coefficients given latents are drawn across the constant vector."""
    case, chains = case_of(br.FusedLaplace(0.5), 4), 1000
    streams, scale = streams_of(chains), np.ones(chains)
    rng = np.random.default_rng(3)
    u = np.cumsum(rng.laplace(0.0, 0.5, (chains, 4)), axis=1)
    state = case.conditional.start(streams)
    for _ in range(3):
        state = case.conditional.draw(u, scale, state, streams)
        values, vectors = np.linalg.eigh(case.conditional.precision(scale, state))
        assert np.all(values[:, 0] < 1e-9 * values[:, 1]), "rank d - 1"
        u = np.einsum("kij,kj->ki", vectors[:, :, 1:], streams.normal(3) / np.sqrt(values[:, 1:]))
    assert stats.kstest(np.diff(u, axis=1).ravel(), stats.laplace(scale=0.5).cdf).pvalue > LEVEL
