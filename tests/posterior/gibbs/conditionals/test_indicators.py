"""Choices drawn with their own coefficient integrated out: against quadrature, and mixing under narrow spikes."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.penalties import Strength
from bayesreg.posterior.gibbs.conditionals import CollapsedIndicators
from tests.posterior.gibbs.conditionals.cases import case_of, given_latents, streams_of

LAWS = {
    "normals": br.SpikeSlab(0.3, 1.0, 0.1),
    "laplaces": br.SpikeSlabLasso(1.0, 0.1, 0.3),
}
GRAM, SCORE, NOISE = np.array([[8.0, 5.0], [5.0, 10.0]]), np.array([2.0, 4.0]), 1.7
CHAINS, SWEEPS = 300, 60


def quadrature(law, strength):
    """Return means of the two coefficients and their inclusion probabilities, on a grid fine beside the spike."""
    grid = np.concatenate([np.linspace(-0.8, 0.8, 801), np.linspace(0.81, 4.0, 320)])
    grid = np.unique(np.concatenate([grid, -grid]))
    weight = np.gradient(grid)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    fit = GRAM[0, 0] * a * a / 2 + GRAM[0, 1] * a * b + GRAM[1, 1] * b * b / 2 - SCORE[0] * a - SCORE[1] * b
    one = Strength(*(float(part[0]) for part in strength))
    prior = law.log_prior(grid, one)
    mass = np.exp(-fit / NOISE + prior[:, None] + prior) * np.outer(weight, weight)
    mass /= mass.sum()
    if isinstance(law, br.SpikeSlab):
        slab = law.inclusion_probability(grid, one)
    else:
        slab = 1.0 - law.spike_share(np.abs(grid), one)
    parts = [mass.sum(axis=1), mass.sum(axis=0)]
    return np.array([p @ grid for p in parts]), np.array([p @ slab for p in parts])


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_two_coefficients_against_quadrature(law):
    """300 chains of 60 sweeps, the first ten left out: every mean within 4.5 standard errors of chain means."""
    case, streams = case_of(law, 2), streams_of(CHAINS)
    scale, noise = np.ones(CHAINS), np.full(CHAINS, NOISE)
    u, state = np.zeros((CHAINS, 2)), case.conditional.start(streams)
    score = np.broadcast_to(SCORE, u.shape)
    found = []
    for _ in range(SWEEPS):
        u, state = case.conditional.sweep_coordinates(u, GRAM, score, noise, scale, state, streams)
        found.append(np.hstack([u, case.conditional.reported(state)["inclusion"]]))
    means = np.mean(found[10:], axis=0)
    expected = np.concatenate(quadrature(case.law, case.strength))
    error = means.std(axis=0) / np.sqrt(CHAINS)
    assert np.all(np.abs(means.mean(axis=0) - expected) < 4.5 * error)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_without_data_the_prior_is_kept(law):
    """The sweep with a negligible likelihood draws coefficients from the prior, whatever the choices were before."""
    case, streams = case_of(law, 2000), streams_of(2)
    gram, score = np.eye(2000) * 1e-8, np.zeros((2, 2000))
    u, state = np.zeros((2, 2000)), case.conditional.start(streams)
    u, state = case.conditional.sweep_coordinates(u, gram, score, np.ones(2), np.ones(2), state, streams)
    expected = case.law.draw(case.strength, np.random.default_rng(1), (20, 2000)).ravel()
    assert stats.ks_2samp(u.ravel(), expected).pvalue > 1e-4
    again = given_latents(case, np.ones(2), state, streams)
    assert stats.ks_2samp(again.ravel(), expected).pvalue > 1e-4


@pytest.mark.parametrize("gram", [GRAM, np.stack([GRAM, GRAM])], ids=["shared", "each"])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_narrow_spikes_are_left(law, gram):
    """A slab 1000 times as wide as the spike: choices given coefficients never change, collapsed ones do."""
    narrow = type(law)(inclusion=0.5, slab_scale=1.0, spike_scale=1e-3)
    case, streams = case_of(narrow, 2), streams_of(2)
    score, noise, scale = np.tile([0.5, 0.3], (2, 1)), np.ones(2), np.ones(2)
    assert isinstance(case.conditional, CollapsedIndicators)
    u = np.full((2, 2), 1e-3)
    state = case.conditional.draw(u, scale, case.conditional.start(streams), streams)
    chosen = []
    for _ in range(200):
        u, state = case.conditional.sweep_coordinates(u, gram, score, noise, scale, state, streams)
        chosen.append(state["slab"])
    changes = np.abs(np.diff(chosen, axis=0)).mean()
    assert changes > 0.1, "about p (1 - p) 2 of the sweeps, with p about a third"
