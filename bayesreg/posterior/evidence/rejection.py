"""Independent draws from a density of a few coordinates: proposed from its values on a grid, kept by rejection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.errors import EngineError

BOUND, RAISE, TRIALS = 1.2, 1.25, 40


@final
@dataclass(frozen=True, eq=False)
class Interpolant:
    """The density that is multilinear between the nodes of a grid.

    Attributes
    ----------
    axes : tuple of ndarray
        Evenly spaced nodes of each coordinate.
    height : ndarray
        Values >= 0 at the nodes.
    """

    axes: tuple[np.ndarray, ...]
    height: np.ndarray

    @cached_property
    def _cells(self) -> np.ndarray:
        """Cumulated masses of the cells: the means of their corners."""
        mean = self.height
        for j in range(mean.ndim):
            mean = 0.5 * (np.take(mean, range(1, mean.shape[j]), j) + np.take(mean, range(mean.shape[j] - 1), j))
        return np.cumsum(mean.ravel())

    def draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return draws (size, D) and the interpolated height (size,) at each."""
        cells, dims = self._cells, self.height.ndim
        place = np.searchsorted(cells, rng.random(size) * cells[-1], side="right")
        cell = np.unravel_index(np.minimum(place, cells.size - 1), [axis.size - 1 for axis in self.axes])
        offsets = np.array(np.unravel_index(np.arange(2**dims), (2,) * dims))
        at = tuple(own[:, None] + offset for own, offset in zip(cell, offsets, strict=True))
        corners = self.height[at].reshape(size, *(2,) * dims)
        u, found = rng.random((dims, size)), np.empty((size, dims))
        for j, axis in enumerate(self.axes):
            ends = corners.reshape(size, 2, -1).mean(axis=2)
            where = _linear(ends[:, 0], ends[:, 1], u[j])
            found[:, j] = axis[cell[j]] + where * (axis[1] - axis[0])
            weight = where.reshape(size, *(1,) * (dims - 1 - j))
            corners = corners[:, 0] + weight * (corners[:, 1] - corners[:, 0])
        return found, corners


def _linear(low: np.ndarray, high: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return draws in [0, 1] from the densities that rise in a straight line from ``low`` to ``high``."""
    total = low + high
    root = np.sqrt(low**2 + u * (high - low) * total)
    return np.asarray(u * total / np.maximum(low + root, np.finfo(float).tiny))


def draw_exactly(
    grid: Interpolant,
    log_density: Callable[[np.ndarray], np.ndarray],
    size: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return independent draws (size, D) of a density whose heights at the nodes are those of ``grid``.

    A proposal from the interpolated density is kept with probability ``density / (bound interpolated)``, so the draws
    have the density itself. Where a proposal exceeds the bound, it is raised and all draws are made again.

    Parameters
    ----------
    grid : Interpolant
    log_density : callable
        (s, D) to (s,), on the scale of ``log(grid.height)``.
    size : int
    rng : Generator

    References
    ----------
    Devroye (1986), Non-uniform random variate generation, chapter 2.
    """
    bound = BOUND
    for _ in range(TRIALS):
        kept: list[np.ndarray] = []
        count, highest = 0, 0.0
        while count < size and highest <= bound:
            proposed, height = grid.draw(max(16, int(1.3 * (size - count))), rng)
            ratio = np.exp(log_density(proposed)) / np.maximum(height, np.finfo(float).tiny)
            highest = max(highest, float(ratio.max()))
            accepted = proposed[rng.random(ratio.size) * bound < ratio]
            kept.append(accepted)
            count += len(accepted)
        if highest <= bound:
            return np.concatenate(kept)[:size]
        bound = RAISE * highest
    raise EngineError(
        "The posterior density of the strengths could not be bounded between the nodes of its grid. Give the strength "
        "a smoother prior, or use engine='nuts'."
    )
