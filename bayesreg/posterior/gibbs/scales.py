"""Moves of sigma and the scales given the coordinates, with the latent variables integrated out where possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.dispersion import SigmaPrior
from bayesreg.posterior.gibbs.blocks import Blocks
from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.slices import slice_step
from bayesreg.posterior.gibbs.streams import Streams

LogDensity = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Of (log sigma, log scales): arrays (K,) and (K, S) of sigma and scales to (K,)."""
EVERY = 100
"""Sweeps from one slice step to the next, where proposals from conjugate densities move sigma and the scales."""
ACCEPTED, SELDOM = "accepted", 0.3
"""Below this share of accepted proposals, as in narrow priors of a scale, slices move them in every sweep."""


@final
@dataclass(frozen=True, eq=False)
class Scales:
    """What moves sigma and the scales.

    Attributes
    ----------
    blocks : Blocks
    sigma_prior : SigmaPrior or None
        None: sigma is a number.
    degrees : float
        See `Reduced`.
    """

    blocks: Blocks
    sigma_prior: SigmaPrior | None
    degrees: float

    def log_prior(self, sigma: np.ndarray, scales: np.ndarray) -> np.ndarray:
        """Return the log prior density (K,) of ``(log sigma, log scales)``."""
        total = self.blocks.log_scale_prior(scales) + np.log(scales).sum(axis=1)
        return total if self.sigma_prior is None else total + self.sigma_prior.log_density(sigma) + np.log(sigma)

    def log_fit(self, sigma: np.ndarray, misfit: np.ndarray) -> np.ndarray:
        """Return the log likelihood (K,) at residual sums of squares (K,), up to a constant."""
        return -self.degrees * np.log(sigma) - 0.5 * misfit / sigma**2

    def given_coordinates(self, chains: Chains, misfit: np.ndarray, streams: Streams) -> None:
        """Move sigma and the scales by slices of their density given the coordinates and residual sums of squares."""
        terms = [self._term(chains, b) for b in range(len(self.blocks.blocks))]

        def log_density(sigma: np.ndarray, scales: np.ndarray) -> np.ndarray:
            total = self.log_fit(sigma, misfit) + self.log_prior(sigma, scales)
            for term in terms:
                total = total + term(sigma, scales)
            return total

        for k, (direction, width) in enumerate(self.directions):
            self.along(chains, log_density, direction, (f"coordinates {k}", width), streams)

    def along(
        self,
        chains: Chains,
        log_density: LogDensity,
        direction: np.ndarray,
        slice_: tuple[str, float],
        streams: Streams,
    ) -> np.ndarray:
        """Move ``(log sigma, log scales)`` by a slice along a direction (1 + S,); return how far (K,).

        A slice has a name, under which its width is learned while chains are tuned, and a first width.
        """
        sigma, scales = chains.sigma, chains.scales

        def moved(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return sigma * np.exp(direction[0] * x), scales * np.exp(np.multiply.outer(x, direction[1:]))

        def at(x: np.ndarray) -> np.ndarray:
            with np.errstate(all="ignore"):
                value = log_density(*moved(x))
            return np.where(np.isnan(value), -np.inf, value)

        x = slice_step(at, np.zeros_like(sigma), chains.width(*slice_), streams)
        chains.sigma, chains.scales = moved(x)
        chains.moved(slice_[0], x, slice_[1])
        return x

    @cached_property
    def directions(self) -> list[tuple[np.ndarray, float]]:
        """Directions given the coordinates, and widths: sigma at fixed widths of laws, sigma alone, each scale."""
        found = []
        slots = self.blocks.slots
        if self.sigma_prior is not None:
            direction = np.zeros(1 + slots)
            direction[0] = 1.0
            for block in self.blocks.blocks:
                if block.relative and block.slot >= 0 and block.conditional.stretches:
                    direction[1 + block.slot] = -1.0
            width = 3.0 / np.sqrt(2.0 * max(self.degrees, 1.0))
            found.append((direction, width))
            if direction[1:].any():
                found.append((np.eye(1 + slots)[0], width))
        counts = np.zeros(slots)
        for block in self.blocks.blocks:
            if block.slot >= 0:
                counts[block.slot] += block.conditional.size
        found += [(np.eye(1 + slots)[1 + k], 3.0 / np.sqrt(counts[k])) for k in range(slots)]
        return [(direction, float(min(width, 1.5))) for direction, width in found]

    @cached_property
    def _integrated(self) -> list[bool]:
        """Whether each law has a density with its latents integrated out."""
        laws = [block.conditional for block in self.blocks.blocks]
        return [law.log_density(np.ones((1, law.size)), np.ones(1)) is not None for law in laws]

    def _term(self, chains: Chains, b: int) -> LogDensity:
        """Return the log density of a block's coordinates as a function of sigma and the scales."""
        block = self.blocks.blocks[b]
        u, law, state = chains.v[:, block.at], block.conditional, chains.latents[b]
        powers = law.powers(u)
        integrated = self._integrated[b]

        def term(sigma: np.ndarray, scales: np.ndarray) -> np.ndarray:
            unit = sigma if block.relative else np.ones_like(sigma)
            scale = self.blocks.scale(block, scales)
            if powers is not None:
                width = unit * scale
                return -powers[0] / width - 0.5 * powers[1] / width**2 - powers[2] * np.log(width)
            if integrated:
                return np.asarray(law.log_density(u, unit * scale))
            precision = law.precision(scale, state) / unit[:, None] ** 2
            return 0.5 * (np.log(precision) - precision * u * u).sum(axis=1)

        return term


@final
@dataclass(frozen=True, eq=False)
class Conjugate:
    """Independent proposals of sigma and the laws' widths given the coordinates, accepted for what they leave out.

    With ``w = tau sigma`` (relative laws) or ``tau``, the density of the coordinates given the widths alone makes
    ``sigma^2`` inverse gamma and ``1 / w`` or ``1 / w^2`` gamma; what is left out are the priors of sigma and the
    scales, which are flat in comparison.
    """

    scales: Scales

    @property
    def applies(self) -> bool:
        """Whether sigma and the scales have such densities: all laws homogeneous of one power, none of fixed width."""
        blocks = self.scales.blocks.blocks
        for block in blocks:
            kind = self._kind(block.conditional)
            if (block.slot >= 0 and kind == 0) or (block.slot < 0 and block.relative):
                return False
        kinds: dict[int, set[int]] = {}
        for block in blocks:
            kinds.setdefault(block.slot, set()).add(self._kind(block.conditional))
        alike = all(len(found) == 1 for slot, found in kinds.items() if slot >= 0)
        return alike and (self.scales.blocks.slots > 0 or self.scales.sigma_prior is not None)

    @staticmethod
    def _kind(law: object) -> int:
        """Return 1 or 2 for a law of the first or second power alone, else 0."""
        powers = law.powers(np.ones((1, law.size)))  # type: ignore[attr-defined]
        if powers is None:
            return 0
        first, second = float(powers[0][0]), float(powers[1][0])
        return 1 if second == 0.0 < first else 2 if first == 0.0 < second else 0

    def move(self, chains: Chains, misfit: np.ndarray, streams: Streams) -> None:
        """Propose sigma and scales, and accept each chain's proposal or not."""
        scales, blocks = self.scales, self.scales.blocks
        sigma, trial = chains.sigma, chains.sigma
        if scales.sigma_prior is not None:
            trial = np.sqrt(0.5 * misfit / streams.gamma_of(0.5 * scales.degrees))
        new = chains.scales.copy()
        for slot in range(blocks.slots):
            first, second, rank, relative = np.zeros_like(sigma), np.zeros_like(sigma), 0.0, False
            for block in blocks.blocks:
                if block.slot == slot:
                    powers = block.conditional.powers(chains.v[:, block.at])
                    assert powers is not None
                    first, second, rank = first + powers[0], second + powers[1], rank + powers[2]
                    relative = block.relative
            linear = bool(first[0] > 0.0)
            width = first / streams.gamma_of(rank) if linear else np.sqrt(0.5 * second / streams.gamma_of(0.5 * rank))
            new[:, slot] = width / trial if relative else width
        known = chains.known
        if known is None or known[0] is not sigma or known[1] is not chains.scales:
            known = sigma, chains.scales, scales.log_prior(sigma, chains.scales)
        with np.errstate(all="ignore"):
            value = scales.log_prior(trial, new)
        accepted = streams.exponential() > known[2] - value
        chains.sigma = np.where(accepted, trial, sigma)
        chains.scales = np.where(accepted[:, None], new, chains.scales)
        chains.known = chains.sigma, chains.scales, np.where(accepted, value, known[2])
        chains.moved(ACCEPTED, accepted.astype(float), 1.0)
