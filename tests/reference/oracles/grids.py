"""Rules of quadrature: panels that narrow towards 0, and equally spaced logarithms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.interpolate import CubicSpline

from tests.reference.oracles.margins import Margin

LogDensity = Callable[[np.ndarray], np.ndarray]
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)


@final
@dataclass(frozen=True, eq=False)
class Panels:
    """Gauss-Legendre nodes on panels; those beside 0 shrink geometrically, for kinks and poles of a density there.

    Attributes
    ----------
    edges : ndarray (k + 1,)
    nodes, weights : ndarray (k m,)
    """

    edges: np.ndarray
    nodes: np.ndarray
    weights: np.ndarray

    @classmethod
    def about_zero(cls, reach: float, width: float, *, smallest: float = 1e-9, ratio: float = 4.0, order: int = 8):
        """Return panels on (-reach, reach), of a width far from 0."""
        inner = width * ratio ** -np.arange(np.log(width / smallest) / np.log(ratio))[::-1]
        positive = np.r_[inner, np.arange(2.0 * width, reach + width, width)]
        edges = np.r_[-positive[::-1], 0.0, positive]
        x, w = np.polynomial.legendre.leggauss(order)
        half = 0.5 * np.diff(edges)
        middle = 0.5 * (edges[1:] + edges[:-1])
        return cls(edges, (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel())

    def margin(self, mass: np.ndarray) -> Margin:
        """Return the margin of masses (k m,) at the nodes: its probabilities at edges about its quantiles, and at 0."""
        mass = mass / mass.sum()
        mean = float(mass @ self.nodes)
        sd = float(np.sqrt(mass @ (self.nodes - mean) ** 2))
        below = np.r_[0.0, np.cumsum(mass.reshape(self.edges.size - 1, -1).sum(axis=1))]
        at = sorted({int(np.searchsorted(below, p)) for p in QUANTILES} | {int(np.argmin(np.abs(self.edges)))})
        return Margin(mean, sd, self.edges[at], below[at])


def log_spaced(low: float, high: float, count: int) -> np.ndarray:
    """Return points equally spaced in their logarithm."""
    return np.exp(np.linspace(np.log(low), np.log(high), count))


def margin_of_logs(points: np.ndarray, mass: np.ndarray, shown: LogDensity | None = None) -> Margin:
    """Return the margin of a positive quantity from masses at points equally spaced in its logarithm.

    ``shown`` is an increasing function of the quantity whose margin is returned instead of its own.

    The trapezoidal rule is exact to rounding where the density has died out at both ends, which is required.
    """
    mass = mass / mass.sum()
    assert max(mass[0], mass[-1]) < 1e-8, "the grid is too narrow"
    points = points if shown is None else shown(points)
    mean = float(mass @ points)
    sd = float(np.sqrt(mass @ (points - mean) ** 2))
    cdf = CubicSpline(np.arange(points.size), mass).antiderivative()
    at = [int(np.searchsorted(np.cumsum(mass), p)) for p in QUANTILES]
    return Margin(mean, sd, points[at], np.asarray(cdf(at)))
