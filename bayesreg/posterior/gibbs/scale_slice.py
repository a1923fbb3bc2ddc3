"""A slice step of a scale given the coordinates of its laws, with their latent variables integrated out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesreg.posterior.gibbs.blocks import Block, Blocks
from bayesreg.posterior.gibbs.conditionals import State
from bayesreg.posterior.gibbs.slices import slice_step
from bayesreg.posterior.gibbs.streams import Streams


def move_scale(
    blocks: Blocks,
    members: Sequence[Block],
    v: np.ndarray,
    scales: np.ndarray,
    slot: int,
    streams: Streams,
    latents: Sequence[State] | None = None,
) -> np.ndarray | None:
    """Return scales (K, S), that of ``slot`` moved; None: a law has no density, and no latents are given.

    Parameters
    ----------
    blocks : Blocks
    members : sequence of Block
        Those of the slot.
    v : ndarray (K, p)
    scales : ndarray (K, S)
    slot : int
    streams : Streams
    latents : sequence of State, optional
        Those of ``members``, which laws without a density are normal given.
    """
    points = [v[:, block.at] for block in members]
    tau = scales[:, slot]
    known = [block.conditional.log_density(u, tau) is not None for block, u in zip(members, points, strict=True)]
    if latents is None and not all(known):
        return None

    def log_density(x: np.ndarray) -> np.ndarray:
        scale = np.exp(x)
        with np.errstate(all="ignore"):
            total = log_prior(blocks, scales, slot, x)
            for k, (block, u) in enumerate(zip(members, points, strict=True)):
                total = total + (
                    block.conditional.log_density(u, scale)
                    if known[k] or latents is None
                    else _log_normal(block, u, latents[k], scale)
                )
        return np.where(np.isnan(total), -np.inf, total)

    count = sum(block.conditional.size for block in members)
    x = slice_step(log_density, np.log(tau), min(1.5, 3.0 / np.sqrt(count)), streams)
    return replaced(scales, slot, np.exp(x))


def log_prior(blocks: Blocks, scales: np.ndarray, slot: int, log_scale: np.ndarray) -> np.ndarray:
    """Return the log prior density (K,) of scales with one replaced, as a density of its logarithm."""
    return blocks.log_scale_prior(replaced(scales, slot, np.exp(log_scale))) + log_scale


def replaced(scales: np.ndarray, slot: int, tau: np.ndarray) -> np.ndarray:
    """Return scales (K, S) with that of one slot replaced."""
    new = scales.copy()
    new[:, slot] = tau
    return new


def _log_normal(block: Block, u: np.ndarray, state: State, scale: np.ndarray) -> np.ndarray:
    """Return the log density (K,) of a block's coordinates given its latents."""
    precision = block.conditional.precision(scale, state)
    return np.asarray(0.5 * (np.log(precision) - precision * u * u).sum(axis=1))
