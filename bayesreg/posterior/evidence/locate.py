"""Where a density of one or two coordinates is: its mode, how wide it is there, and a box that holds all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.errors import EngineError

Density = Callable[[np.ndarray], np.ndarray]
NEGLIGIBLE = 32.0
"""What lies more than this below the highest log density is left out: a share of about 1e-14."""
REACH = {1: 80.0, 2: 24.0}
COARSE = {1: 321, 2: 17}
SCAN = {1: 61, 2: 13}
START, FARTHEST = 2.0, 12.0
DELTA = 0.05


@final
@dataclass(frozen=True, eq=False)
class Warp:
    """Coordinates ``w`` with ``x = centre + scale sinh(w)``: even in the middle, logarithmic far out.

    A density that falls exponentially, as that of a log strength towards 0 does, falls doubly so in ``w``.

    Attributes
    ----------
    centre, scale : ndarray (D,)

    References
    ----------
    Takahasi and Mori (1974), Double exponential formulas for numerical integration.
    """

    centre: np.ndarray
    scale: np.ndarray

    def outer(self, w: np.ndarray) -> np.ndarray:
        """Return ``x`` (s, D)."""
        return np.asarray(self.centre + self.scale * np.sinh(w))

    def log_jacobian(self, w: np.ndarray) -> np.ndarray:
        """Return ``log |dx / dw|`` (s,)."""
        return np.asarray((np.log(self.scale) + np.log(np.cosh(w))).sum(axis=1))

    def density(self, log_density: Density) -> Density:
        """Return a log density of ``x`` as one of ``w``."""
        return lambda w: log_density(self.outer(w)) + self.log_jacobian(w)


def find_mode(log_density: Density, centre: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mode (D,) and the widths (D,) of the conditional densities there.

    Raises
    ------
    EngineError
        If the density is zero or infinite wherever it is looked for.
    """
    from scipy.optimize import fmin

    size = centre.size
    if size <= 2:
        points = centre + lattice([np.linspace(-REACH[size], REACH[size], COARSE[size])] * size)
    else:
        ends = np.array([-12.0, -8.0, -4.0, 0.0, 4.0])
        points = centre + np.concatenate(
            [ends[:, None] * np.ones(size), *(ends[:, None] * one for one in np.eye(size))]
        )
    values = log_density(points)
    if not np.isfinite(values).any():
        raise EngineError(UNLOCATED)
    start = points[np.argmax(values)]
    simplex = start + np.vstack([np.zeros(size), 0.5 * np.eye(size)])

    def depth(at: np.ndarray) -> float:
        return -float(log_density(at[None])[0])

    most = 800 * size
    mode = np.asarray(fmin(depth, start, (), 1e-5, 1e-7, most, most, disp=False, initial_simplex=simplex))
    return mode, widths(log_density, mode)


def widths(log_density: Density, mode: np.ndarray) -> np.ndarray:
    """Return one over the root of the curvature of the log density along each coordinate, within limits."""
    steps = DELTA * np.eye(mode.size)
    values = log_density(np.concatenate([mode[None], mode + steps, mode - steps]))
    k = mode.size
    curvature = (2.0 * values[0] - values[1 : k + 1] - values[k + 1 :]) / DELTA**2
    return np.asarray(1.0 / np.sqrt(np.clip(curvature, 0.4, 1e8)))


def find_box(log_density: Density, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return corners (D,) of a box that holds all but a negligible share of a density of ``w``.

    Raises
    ------
    EngineError
        If it has no end.
    """
    low, high = np.full(size, -START), np.full(size, START)
    top = -np.inf
    for _ in range(40):
        axes = [np.linspace(*ends, SCAN[size]) for ends in zip(low, high, strict=True)]
        values = log_density(lattice(axes)).reshape([axis.size for axis in axes])
        top = max(top, float(values.max()))
        inside, done = values > top - NEGLIGIBLE, True
        for j, axis in enumerate(axes):
            at = np.flatnonzero(inside.any(axis=tuple(i for i in range(size) if i != j)))
            first, last = at[0], at[-1]
            wide = high[j] - low[j]
            done &= first > 0 and last < axis.size - 1 and last - first > axis.size // 3
            low[j] = axis[first - 1] if first > 0 else low[j] - 0.25 * wide
            high[j] = axis[last + 1] if last < axis.size - 1 else high[j] + 0.25 * wide
        if done:
            return low, high
        if np.any(np.abs(low) > FARTHEST) or np.any(np.abs(high) > FARTHEST):
            break
    raise EngineError(UNLOCATED)


def lattice(axes: list[np.ndarray]) -> np.ndarray:
    """Return every combination of coordinates (s, D), the last axis fastest; of none, one point."""
    if not axes:
        return np.zeros((1, 0))
    return np.stack([part.ravel() for part in np.meshgrid(*axes, indexing="ij")], axis=1)


UNLOCATED = (
    "The posterior density of the strength and sigma could not be located: it may have no end, as under a prior of the "
    "strength with very heavy tails, or another prior is too wide for double precision. Check the response for extreme "
    "values, give the strength a prior such as br.HalfNormal(scale), and other coefficients a smaller scale."
)
