"""One sweep of the Gibbs sampler of a model that is normal given latent variables of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.gibbs.augmented.base import Augmentation
from bayesreg.posterior.gibbs.augmented.coefficients import WeightedRows
from bayesreg.posterior.gibbs.blocks import Block, Blocks, make_blocks
from bayesreg.posterior.gibbs.conditionals import State
from bayesreg.posterior.gibbs.model_rows import make_columns
from bayesreg.posterior.gibbs.nuisance import RowLikelihood
from bayesreg.posterior.gibbs.scale_slice import log_prior, move_scale, replaced
from bayesreg.posterior.gibbs.slices import slice_step
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.resolved import Resolved


@final
@dataclass(eq=False)
class AugmentedChains:
    """The state of K chains.

    Attributes
    ----------
    v : ndarray (K, m)
        Coordinates of the columns, flat ones last.
    sigma : ndarray (K,)
        The nuisance parameter of the likelihood; ones where it has none.
    scales : ndarray (K, S)
    latents : list of State
        Of each block.
    """

    v: np.ndarray
    sigma: np.ndarray
    scales: np.ndarray
    latents: list[State]


@final
class AugmentedSampler:
    """The moves of K chains of a model whose likelihood has an `Augmentation`.

    A sweep draws the latents of rows, then the coefficients given them and those of the laws, then each scale given
    the coefficients and once more together with them, with all latents that have a density integrated out, then the
    nuisance parameter given the linear predictor, and the latents of the laws.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    augmentation : Augmentation
    likelihood : RowLikelihood

    References
    ----------
    Polson, Scott and Windle (2013), Bayesian inference for logistic models using Polya-Gamma latent variables. Yu and
    Meng (2011), To center or not to center: that is not the question.
    """

    def __init__(
        self, design: Design, resolved: Resolved, augmentation: Augmentation, likelihood: RowLikelihood
    ) -> None:
        self.blocks: Blocks = make_blocks(resolved)
        self.rows = WeightedRows(make_columns(design, resolved, self.blocks), resolved.offset, self.blocks.size)
        self.augmentation, self.likelihood = augmentation, likelihood
        self.coefficients = len(resolved.coefficients)

    @property
    def cost(self) -> float:
        """Floating-point operations of a sweep of one chain, about."""
        n, m = self.rows.columns.shape
        return float(n * m * min(n, m) + 100.0 * n)

    def start(self, streams: Streams) -> AugmentedChains:
        """Return starting points about the middle of the priors, dispersed over the chains."""
        count, m = len(streams), self.rows.columns.shape[1]
        middle = self.blocks.middle()
        scales = middle * np.exp(0.5 * streams.normal(middle.size))
        latents = [block.conditional.start(streams) for block in self.blocks.blocks]
        chains = AugmentedChains(np.zeros((count, m)), self.likelihood.starts(count), scales, latents)
        self._draw_coefficients(chains, self.rows.eta(chains.v), streams)
        return chains

    def sweep(self, chains: AugmentedChains, number: int, streams: Streams) -> None:
        """Advance all chains by one sweep."""
        self._draw_coefficients(chains, self.rows.eta(chains.v), streams)
        for slot in range(self.blocks.slots):
            self._move_scale(chains, slot, streams)
            self._rescale(chains, slot, streams)
        chains.sigma = self.likelihood.move(self.rows.eta(chains.v), chains.sigma, streams)
        for b, block in enumerate(self.blocks.blocks):
            scale = self.blocks.scale(block, chains.scales)
            u = chains.v[:, block.at]
            chains.latents[b] = block.conditional.draw(u, scale, chains.latents[b], streams)

    def reported(self, chains: AugmentedChains) -> dict[str, np.ndarray]:
        """Return latent variables (K, q) that users see, by name; nan where a coefficient has none."""
        found: dict[str, np.ndarray] = {}
        for block, state in zip(self.blocks.blocks, chains.latents, strict=True):
            for name, value in block.conditional.reported(state).items():
                store = found.setdefault(name, np.full((value.shape[0], self.coefficients), np.nan))
                store[:, block.piece.at] = value
        return found

    def _draw_coefficients(self, chains: AugmentedChains, eta: np.ndarray, streams: Streams) -> None:
        omega, linear = self.augmentation.draw(eta, chains.sigma, streams)
        chains.v = self.rows.draw(chains.v, omega, linear, self._precision(chains), streams)

    def _precision(self, chains: AugmentedChains) -> np.ndarray:
        """Return the precision of all penalised coordinates: its diagonal (K, p), or matrices (K, p, p)."""
        count = chains.v.shape[0]
        diagonal = self.blocks.diagonal
        found = np.zeros((count, self.blocks.size) if diagonal else (count, self.blocks.size, self.blocks.size))
        for block, state in zip(self.blocks.blocks, chains.latents, strict=True):
            own = block.conditional.precision(self.blocks.scale(block, chains.scales), state)
            if diagonal:
                found[:, block.at] = own
            elif own.ndim == 3:
                found[:, block.at, block.at] = own
            else:
                at = np.arange(block.at.start, block.at.stop)
                found[:, at, at] = own
        return found

    def _members(self, slot: int) -> list[tuple[Block, int]]:
        return [(block, b) for b, block in enumerate(self.blocks.blocks) if block.slot == slot]

    def _move_scale(self, chains: AugmentedChains, slot: int, streams: Streams) -> None:
        """Move a scale given the coordinates; laws' latents are integrated out where they have a density."""
        members = self._members(slot)
        for block, b in members:
            if block.conditional.has_scale:
                tau, state = chains.scales[:, slot], chains.latents[b]
                tau, chains.latents[b] = block.conditional.move_scale(chains.v[:, block.at], tau, state, streams)
                chains.scales = replaced(chains.scales, slot, tau)
        states = [chains.latents[b] for _, b in members]
        own = [block for block, _ in members]
        found = move_scale(self.blocks, own, chains.v, chains.scales, slot, streams, states)
        chains.scales = chains.scales if found is None else found

    def _rescale(self, chains: AugmentedChains, slot: int, streams: Streams) -> None:
        """Move a scale and its coordinates in proportion, with the latents of rows integrated out."""
        members = [block for block, _ in self._members(slot)]
        if not all(block.conditional.stretches for block in members):
            return
        own = np.concatenate([np.arange(block.at.start, block.at.stop) for block in members])
        effect = chains.v[:, own] @ self.rows.columns[:, own].T
        rest = self.rows.eta(chains.v) - effect
        start = np.log(chains.scales[:, slot])

        def log_density(x: np.ndarray) -> np.ndarray:
            eta = rest + np.exp(x - start)[:, None] * effect
            with np.errstate(all="ignore"):
                total = log_prior(self.blocks, chains.scales, slot, x) + self.likelihood.log_density(eta, chains.sigma)
            return np.where(np.isnan(total), -np.inf, total)

        x = slice_step(log_density, start, 0.5, streams)
        chains.scales = replaced(chains.scales, slot, np.exp(x))
        chains.v[:, own] *= np.exp(x - start)[:, None]
