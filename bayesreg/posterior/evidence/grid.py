"""The density of strengths and sigma on a grid, whose sums are its integrals.

The trapezoidal rule of a smooth density that vanishes at both ends converges faster than any power of the step: its
relative error is about the square of what every second node gives. Steps are halved until that is small.

References
----------
Trefethen and Weideman (2014), The exponentially convergent trapezoidal rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.errors import EngineError
from bayesreg.posterior.evidence.density import StrengthDensity
from bayesreg.posterior.evidence.locate import FARTHEST, NEGLIGIBLE, UNLOCATED, Warp, find_box, find_mode, lattice

STEP, MOST = {1: 0.15, 2: 0.25}, {1: 4000, 2: 250}
INNER, INNER_STEP, MOST_INNER = 41, 2, 1500
CLOSE, INNER_CLOSE = 1e-5, 1e-7
"""Largest difference of two log evidences, all nodes and every second one; the error is about its square."""


@final
@dataclass(frozen=True, eq=False)
class Grid:
    """Nodes and the density at them.

    Attributes
    ----------
    warp : Warp
        Of the outer coordinates.
    axes : tuple of ndarray
        Of the warped outer coordinates, and last of the inner one where there is one.
    known : tuple of ndarray (s,)
        `StrengthDensity.evidence` at the outer nodes.
    log_density : ndarray
        Of warped coordinates, an axis each.
    log_evidence : float
    """

    warp: Warp
    axes: tuple[np.ndarray, ...]
    known: tuple[np.ndarray, np.ndarray]
    log_density: np.ndarray
    log_evidence: float

    @property
    def share(self) -> np.ndarray:
        """Posterior probabilities of the nodes."""
        share = np.exp(self.log_density - self.log_density.max())
        return np.asarray(share / share.sum())


def make_grid(density: StrengthDensity) -> Grid:
    """Return the grid of a density of at most two outer coordinates.

    Raises
    ------
    EngineError
        If the density can not be located, or is too rough to be summed.
    """
    size, inner = density.outer, INNER
    warp, low, high, counts = Warp(np.zeros(0), np.ones(0)), np.zeros(0), np.zeros(0), np.zeros(0, dtype=int)
    if size:
        warp = Warp(*find_mode(density.profile, density.centre()))
        low, high = find_box(warp.density(density.profile), size)
        counts = np.ceil((high - low) / STEP[size]).astype(int)
    while True:
        axes = tuple(np.linspace(a, b, k + 1) for a, b, k in zip(low, high, counts, strict=True))
        found = _evaluate(density, warp, axes, inner)
        open_ends = _widened(found, low, high)
        if open_ends is not None:
            low, high = open_ends
            counts = np.ceil(counts * 1.2).astype(int)
            continue
        rough = size > 0 and _change(found, range(size)) > CLOSE
        rough_inner = density.inner and _change(found, [size]) > INNER_CLOSE
        if not rough and not rough_inner:
            return found
        if inner > MOST_INNER or np.any(counts > MOST[max(size, 1)]):
            raise EngineError(
                "The posterior density of the strengths is too rough to be summed over a grid. Give the strength a "
                "smoother prior, or use engine='nuts'."
            )
        counts = 2 * counts if rough else counts
        inner = 2 * inner - 1 if rough_inner else inner


def _change(grid: Grid, along: Iterable[int]) -> float:
    """Return by how much the log evidence changes where only every second node of some axes counts."""
    some = tuple(slice(None, None, 2 if j in along else 1) for j in range(grid.log_density.ndim))
    step = sum(float(np.log((2.0 if j in along else 1.0) * (a[1] - a[0]))) for j, a in enumerate(grid.axes))
    return abs(_log_sum(grid.log_density[some]) + step - grid.log_evidence)


def _widened(grid: Grid, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return a wider box where the density at a face of this one is not small; None: it is."""
    values, ends = grid.log_density, [low.copy(), high.copy()]
    for j in range(low.size):
        for face, end, sign in ((0, ends[0], -1.0), (-1, ends[1], 1.0)):
            if values.take(face, axis=j).max() > values.max() - 0.7 * NEGLIGIBLE:
                end[j] += sign * 0.2 * (high[j] - low[j])
    moved = np.any(ends[0] != low) or np.any(ends[1] != high)
    if moved and max(float(np.abs(end).max()) for end in ends) > 2.0 * FARTHEST:
        raise EngineError(UNLOCATED)
    return (ends[0], ends[1]) if moved else None


def _evaluate(density: StrengthDensity, warp: Warp, outer: tuple[np.ndarray, ...], count: int) -> Grid:
    w = lattice(list(outer))
    points, weight = warp.outer(w), warp.log_jacobian(w)
    known = density.evidence(points)
    x, axes = points[:, : density.strengths], outer
    if density.inner:
        middle = density.log_sigma(known[1])
        z = _inner_axis(density, x, middle, known, count)
        axes = (*outer, z)
        values = density.log_density(x, middle[:, None] + z, known) + weight[:, None]
    else:
        values = density.log_density(x, density.sigma_of(points, known[1], None), known) + weight
    values = values.reshape([axis.size for axis in axes])
    step = sum(float(np.log(axis[1] - axis[0])) for axis in axes)
    return Grid(warp, axes, known, values, _log_sum(values) + step)


def _inner_axis(
    density: StrengthDensity, x: np.ndarray, middle: np.ndarray, known: tuple[np.ndarray, np.ndarray], count: int
) -> np.ndarray:
    """Return nodes of log sigma about its middle that serve wherever the outer density is not negligible."""
    heights = density.log_density(x, middle, known)
    order = np.flatnonzero(heights > heights.max() - NEGLIGIBLE)
    some = order[:: max(1, order.size // 40)]
    some = np.append(some, np.argmax(heights))
    x, middle, known = x[some], middle[some], (known[0][some], known[1][some])
    z = np.linspace(-30.0, 30.0, 601)
    for _ in range(40):
        values = density.log_density(x, middle[:, None] + z, known).max(axis=0)
        inside = np.flatnonzero(values > values.max() - NEGLIGIBLE)
        if inside[0] == 0 or inside[-1] == z.size - 1:
            raise EngineError(UNLOCATED)
        ends = z[inside[0] - 1], z[inside[-1] + 1]
        if inside.size > INNER // 2:
            return np.linspace(*ends, count)
        z = np.linspace(*ends, 81)
    raise EngineError(UNLOCATED)


def _log_sum(values: np.ndarray) -> float:
    top = values.max()
    return float(top + np.log(np.exp(values - top).sum()))
