"""Where K chains are: sigma, scales, coordinates and latent variables."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bayesreg.posterior.gibbs.blocks import Block, Blocks
from bayesreg.posterior.gibbs.conditionals import State


@dataclass
class Chains:
    """The state of K chains.

    Attributes
    ----------
    sigma : ndarray (K,)
    scales : ndarray (K, S)
    v : ndarray (K, p)
    latents : list of State
        Of each block.
    moves : dict
        How far slices have moved on average, by name: their widths follow from it while chains are tuned.
    tuning : bool
    known : tuple or None
        Sigma, scales, and the log density of their prior (K,).
    weights : ndarray (K, p) or None
        How often local scales are drawn with coefficients integrated out; learned while chains are tuned.
    weighed : int
        How many sweeps the weights are the mean of.
    """

    sigma: np.ndarray
    scales: np.ndarray
    v: np.ndarray
    latents: list[State]
    moves: dict[str, float] = field(default_factory=dict)
    tuning: bool = True
    known: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    weights: np.ndarray | None = None
    weighed: int = 0

    def width(self, name: str, first: float) -> float:
        """Return the width of a slice: about 4 times the mean move, ``first`` before there is one."""
        return 4.0 * self.moves.get(name, 0.25 * first)

    def moved(self, name: str, x: np.ndarray, first: float) -> None:
        """Keep how far a slice has moved (K,), while chains are tuned."""
        if self.tuning:
            before = self.moves.get(name, 0.25 * first)
            self.moves[name] = 0.9 * before + 0.1 * min(float(np.abs(x).mean()), first)

    def unit(self, block: Block) -> np.ndarray:
        """Return sigma (K,) where a block is relative to it, else ones."""
        return self.sigma if block.relative else np.ones_like(self.sigma)

    def precision(self, blocks: Blocks) -> np.ndarray:
        """Return ``sigma^2 Q`` of all coordinates: the diagonal (K, p), or matrices (K, p, p)."""
        parts = []
        for block, state in zip(blocks.blocks, self.latents, strict=True):
            own = block.conditional.precision(blocks.scale(block, self.scales), state)
            if not block.relative:
                own = own * (self.sigma**2).reshape(-1, *[1] * (own.ndim - 1))
            parts.append(own)
        if blocks.diagonal:
            return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        matrix = np.zeros((self.sigma.size, blocks.size, blocks.size))
        for block, own in zip(blocks.blocks, parts, strict=True):
            if own.ndim == 3:
                matrix[:, block.at, block.at] = own
            else:
                at = np.arange(block.at.start, block.at.stop)
                matrix[:, at, at] = own
        return matrix
