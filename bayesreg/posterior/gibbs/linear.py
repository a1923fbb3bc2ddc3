"""One sweep of the Gibbs sampler of a linear model with Gaussian errors."""

from __future__ import annotations

from functools import cached_property
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.gibbs.blocks import make_blocks
from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.collapsed import Collapsed
from bayesreg.posterior.gibbs.conditionals import Conditional
from bayesreg.posterior.gibbs.conditionals.fused import FusedConditional
from bayesreg.posterior.gibbs.conditionals.horseshoe import HorseshoeConditional
from bayesreg.posterior.gibbs.conditionals.indicators import CollapsedIndicators
from bayesreg.posterior.gibbs.conditionals.regularized_horseshoe import RegularizedHorseshoeConditional
from bayesreg.posterior.gibbs.coordinates import Coordinates
from bayesreg.posterior.gibbs.reduced import reduce
from bayesreg.posterior.gibbs.rescaling import rescale
from bayesreg.posterior.gibbs.scales import ACCEPTED, EVERY, SELDOM, Conjugate, Scales
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.resolved import Resolved

SHARE = 0.5
"""From this many coordinates a degree of freedom on, sigma and the scales move with coordinates integrated out."""
COORDINATEWISE = 2000
"""Largest block whose discrete choices are drawn one coordinate after the other."""
SLOW = (HorseshoeConditional, RegularizedHorseshoeConditional)
"""Laws whose heavy tails let sigma and the coefficients of wide models trade places slowly."""
COSTLY = 1e8
"""Floating-point operations of a draw of the coordinates above which there is one more in a sweep, not several."""
BETWEEN = 10
"""Sweeps of such laws from one move given the coordinates to the next, which costs more than one without them."""


@final
class LinearSampler:
    """The moves of K chains of a linear model, all from the triangular factor of the data.

    A sweep draws the coordinates given sigma, scales and latents, then sigma and the scales given the coordinates with
    the latents integrated out, then the latents. Where the coordinates nearly determine the residuals, it first moves
    sigma and the scales with the coordinates integrated out, given the latents, and does so more than once; so it draws
    some coefficients' scales of a horseshoe (`LocalScales`).

    Parameters
    ----------
    design : Design
    resolved : Resolved

    References
    ----------
    van Dyk and Park (2008), Partially collapsed Gibbs samplers. Yu and Meng (2011), To center or not to center: that
    is not the question.
    """

    def __init__(self, design: Design, resolved: Resolved) -> None:
        self.resolved = resolved
        self.blocks = make_blocks(resolved)
        self.data = reduce(design, resolved, self.blocks)
        self.coordinates = Coordinates(self.data)
        self.scales = Scales(self.blocks, resolved.sigma_prior, self.data.degrees)
        self.start_sigma = float(np.sqrt(resolved.phi))
        self._grams: dict[int, np.ndarray] = {}

    @cached_property
    def is_wide(self) -> bool:
        """Whether coordinates are integrated out to move sigma and the scales."""
        moving = self.resolved.sigma_prior is not None or self.blocks.slots > 0
        return self.blocks.diagonal and moving and self.blocks.size >= SHARE * self.data.degrees

    @property
    def cost(self) -> float:
        """Floating-point operations of a sweep of one chain, about."""
        return (1 + self._extra) * self._cost

    @property
    def _cost(self) -> float:
        """Floating-point operations of a draw of one chain's coordinates, about."""
        r, p = self.data.rows.shape
        return float(r * r * p if p > r else p**3 / 3.0 + p * p)

    @cached_property
    def _extra(self) -> int:
        """How often coordinates and latents are drawn again in a sweep, where they move slowly."""
        laws = [block.conditional for block in self.blocks.blocks]
        if self._slow and self._cost < COSTLY:
            return 3
        return 2 if any(isinstance(law, FusedConditional) for law in laws) else int(self.is_wide)

    @cached_property
    def _slow(self) -> bool:
        """Whether the model is wide and a law's tails are so heavy that it moves slowly."""
        return self.is_wide and any(isinstance(block.conditional, SLOW) for block in self.blocks.blocks)

    @cached_property
    def _conjugate(self) -> Conjugate | None:
        conjugate = Conjugate(self.scales)
        return conjugate if conjugate.applies else None

    def start(self, streams: Streams) -> Chains:
        """Return starting points about the middle of the priors, dispersed over the chains."""
        count = len(streams)
        sigma = np.full(count, self.start_sigma)
        if self.resolved.sigma_prior is not None:
            sigma = sigma * np.exp(0.3 * streams.normal())
        middle = self.blocks.middle()
        scales = middle * np.exp(0.5 * streams.normal(middle.size))
        latents = [block.conditional.start(streams) for block in self.blocks.blocks]
        chains = Chains(sigma, scales, np.zeros((count, self.blocks.size)), latents)
        if self.blocks.size:
            chains.v = self.coordinates.draw(chains.precision(self.blocks), chains.sigma, streams)
        return chains

    def sweep(self, chains: Chains, number: int, streams: Streams) -> None:
        """Advance all chains by one sweep."""
        if self.blocks.size == 0:
            self.scales.given_coordinates(chains, self._misfit(chains.v), streams)
            return
        if self.is_wide:
            self._collapsed.move(chains, streams)
        else:
            chains.v = self.coordinates.draw(chains.precision(self.blocks), chains.sigma, streams)
            if number % EVERY == 0:
                rescale(self.data, self.blocks, self.scales, chains, streams)
        misfit = self._misfit(chains.v)
        if self._conjugate is not None:
            self._conjugate.move(chains, misfit, streams)
        if self._is_due(chains, number):
            self.scales.given_coordinates(chains, misfit, streams)
        self._draw_latents(chains, streams)
        for _ in range(self._extra):
            if self.is_wide and self._collapsed.has_one_scale:
                self._collapsed.move(chains, streams)
            else:
                chains.v = self.coordinates.draw(chains.precision(self.blocks), chains.sigma, streams)
            self._draw_latents(chains, streams)

    def _is_due(self, chains: Chains, number: int) -> bool:
        """Whether slices given the coordinates move sigma and the scales in a sweep."""
        if self._conjugate is None:
            return number % BETWEEN == 0 or not (self._slow and self._collapsed.has_one_scale)
        return (number % EVERY == 0 and not self.is_wide) or chains.moves.get(ACCEPTED, 1.0) < SELDOM

    def _draw_latents(self, chains: Chains, streams: Streams) -> None:
        for b, block in enumerate(self.blocks.blocks):
            law, unit = block.conditional, chains.unit(block)[:, None]
            scale = self.blocks.scale(block, chains.scales)
            if isinstance(law, CollapsedIndicators) and law.size <= COORDINATEWISE:
                self._draw_choices(chains, b, streams)
                continue
            u = chains.v[:, block.at] / unit
            chains.latents[b] = law.draw(u, scale, chains.latents[b], streams)
            if law.has_scale:
                moved, chains.latents[b] = law.move_scale(u, scale, chains.latents[b], streams)
                chains.scales = chains.scales.copy()
                chains.scales[:, block.slot] = moved

    def _draw_choices(self, chains: Chains, b: int, streams: Streams) -> None:
        """Draw the choices of a block with their own coefficients integrated out, one coordinate after the other."""
        block, data = self.blocks.blocks[b], self.data
        law, unit, rows = block.conditional, chains.unit(block), data.rows[:, block.at]
        assert isinstance(law, CollapsedIndicators)
        own = chains.v[:, block.at]
        score = (data.target - chains.v @ data.rows.T + own @ rows.T) @ rows / unit[:, None]
        noise = (chains.sigma / unit) ** 2
        scale = self.blocks.scale(block, chains.scales)
        if b not in self._grams:
            self._grams[b] = rows.T @ rows
        gram = self._grams[b]
        u, chains.latents[b] = law.sweep_coordinates(
            own / unit[:, None], gram, score, noise, scale, chains.latents[b], streams
        )
        chains.v[:, block.at] = u * unit[:, None]

    def reported(self, chains: Chains) -> dict[str, np.ndarray]:
        """Return latent variables (K, q) that users see, by name; nan where a coefficient has none."""
        found: dict[str, np.ndarray] = {}
        if not self._reporting:
            return found
        for block, state in zip(self.blocks.blocks, chains.latents, strict=True):
            for name, value in block.conditional.reported(state).items():
                store = found.setdefault(name, np.full((value.shape[0], len(self.resolved.coefficients)), np.nan))
                store[:, block.piece.at] = value
        return found

    @cached_property
    def _reporting(self) -> bool:
        """Whether a law has latent variables that users see."""
        return any(type(block.conditional).reported is not Conditional.reported for block in self.blocks.blocks)

    @cached_property
    def _collapsed(self) -> Collapsed:
        return Collapsed(self.coordinates, self.scales)

    def _misfit(self, v: np.ndarray) -> np.ndarray:
        """Return the residual sums of squares (K,)."""
        residual = self.data.target - v @ self.data.rows.T
        return self.data.rest + (residual * residual).sum(axis=1)
