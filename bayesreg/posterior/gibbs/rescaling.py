"""Moves of a scale together with its coordinates: each keeps ``v / tau`` and the latent variables."""

from __future__ import annotations

import numpy as np

from bayesreg.posterior.gibbs.blocks import Blocks
from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.reduced import Reduced
from bayesreg.posterior.gibbs.scales import Scales
from bayesreg.posterior.gibbs.streams import Streams

WIDTH = 0.5


def rescale(data: Reduced, blocks: Blocks, scales: Scales, chains: Chains, streams: Streams) -> None:
    """Move each scale of stretching laws with its coordinates, where the likelihood hardly identifies both.

    Given ``z = v / tau`` the residuals are linear in ``tau``, so a value of the density costs a few operations.

    References
    ----------
    Yu and Meng (2011), To center or not to center: that is not the question.
    """
    for slot in range(blocks.slots):
        members = [block for block in blocks.blocks if block.slot == slot]
        if all(block.conditional.stretches for block in members):
            own = np.concatenate([np.arange(block.at.start, block.at.stop) for block in members])
            _rescale_one(data, scales, chains, slot, own, streams)


def _rescale_one(data: Reduced, scales: Scales, chains: Chains, slot: int, own: np.ndarray, streams: Streams) -> None:
    effect = chains.v[:, own] @ data.rows[:, own].T
    rest = data.target - chains.v @ data.rows.T + effect
    square, cross = (effect * effect).sum(axis=1), (effect * rest).sum(axis=1)
    tau = chains.scales[:, slot]

    def log_density(sigma: np.ndarray, new: np.ndarray) -> np.ndarray:
        by = new[:, slot] / tau
        return scales.log_prior(sigma, new) - 0.5 * (by * by * square - 2.0 * by * cross) / sigma**2

    x = scales.along(
        chains, log_density, np.eye(1 + scales.blocks.slots)[1 + slot], (f"rescale {slot}", WIDTH), streams
    )
    chains.v[:, own] *= np.exp(x)[:, None]
