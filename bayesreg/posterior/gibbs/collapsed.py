"""Moves of sigma and the scales with the coordinates integrated out, given the latent variables.

With as many coordinates as rows, or more, sigma and the scales can hardly move while the coordinates stand: they all
but fix the residuals. Given the latents the response is normal, ``y ~ N(0, sigma^2 M)`` with ``M = I + X D X'`` and
``D`` the prior variances in units of sigma^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
from scipy.linalg.lapack import dormqr, dpotrf, dpttrf, dpttrs, dsytrd, dsytrd_lwork, dtrtrs

from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.conditionals import LocalScaleConditional
from bayesreg.posterior.gibbs.coordinates import Coordinates
from bayesreg.posterior.gibbs.local_scales import LocalScales
from bayesreg.posterior.gibbs.scales import Scales
from bayesreg.posterior.gibbs.streams import Streams

WIDTH = 1.0
"""Of the slices, on the log scale, before it is tuned."""
SMALL = 40
"""Largest number of rows whose matrices are diagonalised: for more, a tridiagonal form costs less."""
Marginal = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Of sigma (K,) and scales (K, S): ``log |M| / 2`` and ``y' M^-1 y`` (K,)."""


@final
@dataclass(frozen=True, eq=False)
class Collapsed:
    """Move sigma and the scales, then draw the coordinates.

    Attributes
    ----------
    coordinates : Coordinates
    scales : Scales
    """

    coordinates: Coordinates
    scales: Scales

    @property
    def has_one_scale(self) -> bool:
        """Whether ``D`` is one number times what does not depend on sigma and the scales."""
        blocks = self.scales.blocks.blocks
        alike = len({(block.slot, block.relative) for block in blocks}) == 1
        return alike and all(block.conditional.stretches for block in blocks)

    @cached_property
    def _local(self) -> LocalScales | None:
        """What draws scales of single coefficients, where the law has such."""
        blocks = self.scales.blocks.blocks
        law = blocks[0].conditional
        if len(blocks) > 1 or not isinstance(law, LocalScaleConditional):
            return None
        return LocalScales(self.coordinates, law)

    def move(self, chains: Chains, streams: Streams) -> None:
        """Move sigma and the scales of all chains, and draw their coordinates."""
        if self.has_one_scale:
            self._move_one(chains, streams)
            return
        self._slices(chains, self._marginal_of_many(chains), streams)
        chains.v = self.coordinates.draw(chains.precision(self.scales.blocks), chains.sigma, streams)

    def _move_one(self, chains: Chains, streams: Streams) -> None:
        """Move by a tridiagonal form of ``X D X'``, in which each value costs as much as there are rows."""
        blocks = self.scales.blocks
        block = blocks.blocks[0]
        at_one = Chains(np.ones_like(chains.sigma), np.ones_like(chains.scales), chains.v, chains.latents)
        variance = 1.0 / at_one.precision(blocks)
        spreads = [self.coordinates.spread(own) for own in variance]
        thin = _thin(spreads, self.coordinates.data.target)

        def width(sigma: np.ndarray, scales: np.ndarray) -> np.ndarray:
            return blocks.scale(block, scales) / (1.0 if block.relative else sigma)

        def marginal(sigma: np.ndarray, scales: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return thin(width(sigma, scales) ** 2)

        if block.relative and self.scales.sigma_prior is not None:
            self._integrated(chains, marginal, streams)
        else:
            self._slices(chains, marginal, streams)
        squared = width(chains.sigma, chains.scales) ** 2
        if self._local is not None:
            variance = self._local.move(chains, squared, variance, spreads, streams)
        stretched = [by * spread for by, spread in zip(squared, spreads, strict=True)]
        chains.v = self.coordinates.draw_wide(squared[:, None] * variance, stretched, chains.sigma, streams)

    def _integrated(self, chains: Chains, marginal: Marginal, streams: Streams) -> None:
        """Move the scale with sigma integrated out under ``1 / sigma``, then sigma; accept for the prior of sigma.

        Both steps together are reversible under that prior, so the ratio of the priors is what is left.
        """
        scales, data = self.scales, self.coordinates.data
        prior = scales.sigma_prior
        assert prior is not None

        def log_density(sigma: np.ndarray, tau: np.ndarray) -> np.ndarray:
            half_log, misfit = marginal(sigma, tau)
            free = -0.5 * scales.degrees * np.log(data.rest + misfit) - half_log
            return free + scales.blocks.log_scale_prior(tau) + np.log(tau).sum(axis=1)

        before = chains.sigma, chains.scales
        if scales.blocks.slots:
            scales.along(chains, log_density, np.array([0.0, 1.0]), ("integrated", WIDTH), streams)
        misfit = data.rest + marginal(chains.sigma, chains.scales)[1]
        sigma = np.sqrt(0.5 * misfit / streams.gamma_of(0.5 * scales.degrees))
        gain = prior.log_density(sigma) + np.log(sigma) - prior.log_density(before[0]) - np.log(before[0])
        accepted = -streams.exponential() < gain
        chains.sigma = np.where(accepted, sigma, before[0])
        chains.scales = np.where(accepted[:, None], chains.scales, before[1])

    def _marginal_of_many(self, chains: Chains) -> Marginal:
        """Return the marginal by a Cholesky factor for each value."""
        blocks, X, y = self.scales.blocks, self.coordinates.data.rows, self.coordinates.data.target
        ready: list[np.ndarray | None] = []
        for block, state in zip(blocks.blocks, chains.latents, strict=True):
            law, rows = block.conditional, X[:, block.at]
            at_one = law.precision(np.ones_like(chains.sigma), state) if law.stretches else None
            ready.append(None if at_one is None else np.stack([(rows / own) @ rows.T for own in at_one]))

        def marginal(sigma: np.ndarray, scales: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            matrix = np.zeros((sigma.size, y.size, y.size))
            matrix[:, np.arange(y.size), np.arange(y.size)] = 1.0
            for block, state, spread in zip(blocks.blocks, chains.latents, ready, strict=True):
                squared = 1.0 if block.relative else sigma[:, None, None] ** -2
                scale = blocks.scale(block, scales)
                if spread is None:
                    rows = X[:, block.at]
                    spread = np.stack([(rows / own) @ rows.T for own in block.conditional.precision(scale, state)])
                else:
                    squared = squared * scale[:, None, None] ** 2
                matrix += squared * spread
            return _by_factors(matrix, y)

        return marginal

    def _slices(self, chains: Chains, marginal: Marginal, streams: Streams) -> None:
        """Move along each scale, along sigma at fixed widths of relative laws, and along sigma at fixed scales."""
        scales, rest = self.scales, self.coordinates.data.rest

        def log_density(sigma: np.ndarray, tau: np.ndarray) -> np.ndarray:
            half_log, misfit = marginal(sigma, tau)
            return scales.log_fit(sigma, rest + misfit) - half_log + scales.log_prior(sigma, tau)

        axes = np.eye(1 + scales.blocks.slots)
        directions = [*axes[1:]]
        if scales.sigma_prior is not None:
            directions += [scales.directions[0][0], axes[0]] if directions else [axes[0]]
        for k, direction in enumerate(directions):
            scales.along(chains, log_density, direction, (f"collapsed {k}", WIDTH), streams)


def _thin(spreads: list[np.ndarray], y: np.ndarray) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return ``log |M| / 2`` and ``y' M^-1 y`` (K,) as functions of q (K,), for ``M = I + q B`` of K matrices B."""
    if y.size <= SMALL:
        values, vectors = np.linalg.eigh(np.stack(spreads))
        square = (y @ vectors) ** 2

        def by_values(squared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            inside = 1.0 + squared[:, None] * values
            return 0.5 * np.log(inside).sum(axis=1), (square / inside).sum(axis=1)

        return by_values
    forms = [_tridiagonal(spread, y) for spread in spreads]

    def by_forms(squared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = np.array([one.at(by) for one, by in zip(forms, squared.tolist(), strict=True)])
        return found[:, 0], found[:, 1]

    return by_forms


@final
@dataclass(frozen=True, eq=False)
class _Tridiagonal:
    """A symmetric matrix in tridiagonal form, with the response in its basis."""

    diagonal: np.ndarray
    off: np.ndarray
    y: np.ndarray

    def at(self, squared: float) -> tuple[float, float]:
        """Return ``log |M| / 2`` and ``y' M^-1 y`` for ``M = I + squared B``."""
        pivots, ratios, failed = dpttrf(1.0 + squared * self.diagonal, squared * self.off)
        if failed:
            return np.nan, np.nan
        return 0.5 * float(np.log(pivots).sum()), float(self.y @ dpttrs(pivots, ratios, self.y)[0])


def _by_factors(matrices: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ``log |M| / 2`` and ``y' M^-1 y`` of each matrix (K, r, r)."""
    half_log, misfit = np.full(len(matrices), np.nan), np.full(len(matrices), np.nan)
    for k, matrix in enumerate(matrices):
        lower, failed = dpotrf(matrix.T, lower=1, clean=0)
        if not failed:
            z = dtrtrs(lower, y, lower=1)[0]
            half_log[k], misfit[k] = np.log(np.diagonal(lower)).sum(), float(z @ z)
    return half_log, misfit


def _tridiagonal(matrix: np.ndarray, y: np.ndarray) -> _Tridiagonal:
    """Return the tridiagonal form by Householder reflections."""
    r = y.size
    reflectors, diagonal, off, factors, _ = dsytrd(matrix, lower=1, lwork=int(dsytrd_lwork(r, lower=1)[0]))
    z = y.copy()
    z[1:] = dormqr("L", "T", reflectors[1:, : r - 1], factors, y[1:, None], 64 * r)[0].ravel()
    return _Tridiagonal(diagonal, off, z)
