"""Scales of single coefficients, drawn with all coefficients integrated out, have the density that a grid gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp

from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.conditionals.horseshoe import HorseshoeConditional
from bayesreg.posterior.gibbs.coordinates import Coordinates
from bayesreg.posterior.gibbs.local_scales import LocalScales
from bayesreg.posterior.gibbs.reduced import Reduced
from bayesreg.posterior.gibbs.streams import Streams

ROWS = np.array([[2.0, 1.4], [0.3, -1.0], [-0.5, 0.8]])
TARGET = np.array([3.0, -1.0, 0.5])
COORDINATES = Coordinates(
    Reduced(
        ROWS, TARGET, 0.0, 3.0, np.zeros((0, 0)), np.zeros(0), np.zeros((0, 2)), np.zeros(0, dtype=int), np.zeros(0)
    )
)
RATE = np.array([1.0, 2.0])
SIGMA, WIDTH = 0.8, 0.3
CHAINS, SWEEPS = 400, 60
"""Chains are independent, so only their last sweeps are compared: errors of the frequencies are binomial."""
LEVELS = np.array([-4.0, -1.0, 1.0, 3.0, 5.0])
"""Of log l^2."""
ERRORS = 4.5
"""Standard errors: ten frequencies, family-wise error below 1e-4."""


def _spread(variance: np.ndarray) -> np.ndarray:
    return np.asfortranarray((ROWS * variance) @ ROWS.T)


def _by_grid() -> np.ndarray:
    """Return P(log l_j^2 < level) of both coefficients by a sum over a grid."""
    t = np.arange(-30.0, 25.0, 0.1)
    prior = 0.5 * t - np.logaddexp(0.0, t)
    log = np.empty((t.size, t.size))
    for i, first in enumerate(t):
        variance = WIDTH * np.exp(np.stack([np.full(t.size, first), t], axis=1)) / RATE**2
        M = np.eye(3) + (ROWS * variance[:, None, :]) @ ROWS.T
        fit = np.einsum("i,nij,j->n", TARGET, np.linalg.inv(M), TARGET)
        log[i] = prior[i] + prior - 0.5 * np.linalg.slogdet(M)[1] - 0.5 * fit / SIGMA**2
    weight = np.exp(log - logsumexp(log))
    return np.array([[weight.sum(axis=1 - j)[t < level].sum() for level in LEVELS] for j in (0, 1)])


def _drawn(law: HorseshoeConditional) -> np.ndarray:
    """Return P(log l_j^2 < level) in the last sweeps of many chains."""
    streams = Streams(np.random.SeedSequence(7).spawn(CHAINS))
    ones = np.ones(CHAINS)
    chains = Chains(SIGMA * ones, ones[:, None], np.zeros((CHAINS, 2)), [law.start(streams)], tuning=False)
    local = LocalScales(COORDINATES, law)
    below = []
    for sweep in range(SWEEPS):
        variance = np.exp(law.log_local(chains.latents[0])) / RATE**2
        local.move(chains, WIDTH * ones, variance, [_spread(own) for own in variance], streams)
        if sweep % 6 == 5 and sweep > 10:
            below.append(law.log_local(chains.latents[0])[..., None] < LEVELS)
        chains.latents = [_jittered(law, chains, streams)]
    return np.mean(below, axis=(0, 1))


def _jittered(law: HorseshoeConditional, chains: Chains, streams: Streams) -> dict[str, np.ndarray]:
    """Return the latents drawn given coefficients that are drawn given them: a lattice has no other way to the next."""
    variance = WIDTH * np.exp(law.log_local(chains.latents[0])) / RATE**2
    v = COORDINATES.draw(1.0 / variance, chains.sigma, streams)
    return law.draw(v / chains.sigma[:, None], np.full(CHAINS, np.sqrt(WIDTH)), chains.latents[0], streams)


def _apart(law: HorseshoeConditional) -> float:
    """Return how far frequencies are from probabilities, in binomial standard errors of one sweep's chains."""
    exact, found = _by_grid(), _drawn(law)
    return float(np.max(np.abs(found - exact) / np.sqrt(exact * (1.0 - exact) / CHAINS)))


def test_local_scales_have_their_density() -> None:
    assert _apart(HorseshoeConditional(RATE, 2)) < ERRORS


class _Wrong(HorseshoeConditional):
    def log_local_prior(self, log: np.ndarray) -> np.ndarray:
        return log - np.logaddexp(0.0, log)


def test_a_wrong_prior_of_local_scales_is_noticed() -> None:
    assert _apart(_Wrong(RATE, 2)) > ERRORS


@pytest.mark.parametrize("change", [-0.4, 2.0])
def test_what_a_move_returns_is_consistent(change: float) -> None:
    """Variances, spreads and latents after a move are those of one another."""
    law = HorseshoeConditional(RATE, 2)
    streams = Streams(np.random.SeedSequence(3).spawn(2))
    chains = Chains(np.ones(2), np.ones((2, 1)), np.zeros((2, 2)), [{"odds": np.exp(np.full((2, 2), change))}])
    variance = np.exp(law.log_local(chains.latents[0])) / RATE**2
    spreads = [_spread(own) for own in variance]
    local = LocalScales(COORDINATES, law)
    after = local.move(chains, np.full(2, WIDTH), variance, spreads, streams)
    np.testing.assert_allclose(after, np.exp(law.log_local(chains.latents[0])) / RATE**2, rtol=1e-12)
    for own, spread in zip(after, spreads, strict=True):
        np.testing.assert_allclose(spread, _spread(own), rtol=1e-9, atol=1e-9 * own.max())
    assert chains.weights is not None
    assert np.all(chains.weights > 0.0)
