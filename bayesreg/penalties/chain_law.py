r"""The density ``exp(-sum |b_j - b_{j-1}| - a sum |b_j|) / Z`` along a chain: normaliser, marginals, exact draws.

With ``f_1 = 1`` and the messages ``f_{k+1}(x) = int exp(-|x - y|) exp(-a |y|) f_k(y) dy`` the normaliser is
``Z = int exp(-a |x|) f_d(x) dx``, and the density of ``b_j`` is proportional to
``f_j(x) f_{d+1-j}(x) exp(-a |x|)``. Messages are even, log-concave and smooth on ``x > 0``, with
``|f' / f| <= 1``: they are kept at Gauss points on panels that widen with ``x``, where every integral is a sum of
positive terms. (They are also sums of exponentials, whose coefficients cancel in long chains.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import final

import numpy as np
from numpy.polynomial.legendre import leggauss, legint, legval, legvander

from bayesreg.penalties.log_concave import draw_log_concave

ORDER = 16
REACH = 45.0
CUTS = np.array([0.0, 1.0, 3.0, 6.0, 10.0, 15.0, 21.0, 28.0, 36.0, 45.0])
NODES, WEIGHTS = leggauss(ORDER)
TO_SERIES = (legvander(NODES, ORDER - 1) * WEIGHTS[:, None] * (np.arange(ORDER) + 0.5)).T
"""Values at the Gauss points to Legendre coefficients."""


@final
@dataclass(frozen=True, eq=False)
class Panels:
    """Panels of ``x > 0`` with what a step of the recursion needs.

    Attributes
    ----------
    edges : ndarray (m + 1,)
    x, weight : ndarray (m, k)
        Gauss points and their quadrature weights.
    inside : ndarray (m, k + 1, k)
        Integrals of ``exp(-(t - y)) h(y)`` from the panel's left edge to ``t``, from the values of ``h`` at the points;
        ``t`` runs over the points and the right edge.
    """

    edges: np.ndarray
    x: np.ndarray
    weight: np.ndarray
    inside: np.ndarray

    def forward(self, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``int_0^t exp(-(t - y)) h(y) dy`` at the points (m, k), and ``int_t^inf exp(-(y - t)) h(y) dy``."""
        up = np.einsum("mij,mj->mi", self.inside, h)
        down = np.einsum("mij,mj->mi", self.inside, h[:, ::-1])
        left, right = np.zeros(len(h) + 1), np.zeros(len(h) + 1)
        fade = np.exp(-np.diff(self.edges))
        for i in range(len(h)):
            left[i + 1] = fade[i] * left[i] + up[i, -1]
        for i in range(len(h) - 1, -1, -1):
            right[i] = fade[i] * right[i + 1] + down[i, -1]
        before = up[:, :-1] + np.exp(self.edges[:-1, None] - self.x) * left[:-1, None]
        after = down[:, -2::-1] + np.exp(self.x - self.edges[1:, None]) * right[1:, None]
        return before, after

    def at(self, series: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return a function at points ``x`` (n,) from its Legendre coefficients (k, m) on the panels."""
        panel = np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, self.edges.size - 2)
        left, right = self.edges[panel], self.edges[panel + 1]
        t = np.minimum(2.0 * (x - left) / (right - left) - 1.0, 1.0)
        return np.asarray(legval(t, series[:, panel], tensor=False))


@cache
def panels(a: float) -> Panels:
    """Return the panels for the ratio ``a`` of the two rates: uniform near 0, then a third as wide as they are far."""
    width, end = 1.0 / (1.0 + a), REACH / a
    edges = [0.0]
    while edges[-1] < end:
        edges.append(edges[-1] + max(width, edges[-1] / 3.0))
    cuts = np.array(edges)
    half = 0.5 * np.diff(cuts)
    x = cuts[:-1, None] + half[:, None] * (NODES + 1.0)
    targets = np.concatenate([NODES, [1.0]])
    inside = np.array([_inside(size, targets) for size in half])
    return Panels(cuts, x, half[:, None] * WEIGHTS, inside)


def _inside(half: float, targets: np.ndarray) -> np.ndarray:
    """Return the matrix (k + 1, k) of a panel of half width ``half``; cuts of its own resolve the exponential."""
    reach = np.minimum(CUTS, (half * (targets + 1.0))[:, None])
    middle, spread = 0.5 * (reach[:, 1:] + reach[:, :-1]), 0.5 * np.diff(reach, axis=1)
    back = middle[..., None] + spread[..., None] * NODES
    mass = spread[..., None] * WEIGHTS * np.exp(-back)
    place = targets[:, None, None] - back / half
    return np.einsum("tcn,tcnk,kj->tj", mass, legvander(place, ORDER - 1), TO_SERIES)


@final
class ChainLaw:
    """The chain of ``d`` coefficients with rate 1 on differences and ``a`` > 0 on values.

    Attributes
    ----------
    d : int
    a : float
    log_mass : float
        ``log Z``.
    messages, slopes : ndarray (d, m, k)
        ``f_k / f_k(0)`` at the points, and its derivative.
    """

    def __init__(self, d: int, a: float) -> None:
        self.d, self.a, self.panels = d, a, panels(a)
        grid = self.panels
        decay = np.exp(-a * grid.x)
        f, slope, log_scale = np.ones_like(grid.x), np.zeros_like(grid.x), 0.0
        self.messages, self.slopes = np.empty((d, *f.shape)), np.empty((d, *f.shape))
        for k in range(d):
            self.messages[k], self.slopes[k] = f, slope
            if k == d - 1:
                break
            before, after = grid.forward(decay * f)
            at_zero = float((grid.weight * np.exp(-grid.x) * decay * f).sum())
            mirrored = at_zero * np.exp(-grid.x)
            f, slope = before + after + mirrored, after - before - mirrored
            f, slope = f / (2.0 * at_zero), slope / (2.0 * at_zero)
            log_scale += np.log(2.0 * at_zero)
        self.log_mass = float(log_scale + np.log(2.0 * (grid.weight * decay * f).sum()))

    def density(self, j: int) -> np.ndarray:
        """Return the density of ``|b_j|`` at the points (m, k)."""
        value = self.messages[j] * self.messages[self.d - 1 - j] * np.exp(-self.a * self.panels.x)
        return np.asarray(value / (self.panels.weight * value).sum())

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(E|b_j|, E b_j^2)`` (d,)."""
        x = self.panels.x
        mass = [self.panels.weight * self.density(j) for j in range(self.d)]
        return np.array([(x * m).sum() for m in mass]), np.array([(x * x * m).sum() for m in mass])

    def quantile(self, prob: float) -> np.ndarray:
        """Return the quantiles (d,) of ``|b_j|``."""
        half = [_quantile(self.panels, self.density(j), prob) for j in range((self.d + 1) // 2)]
        return np.array(half + half[: self.d // 2][::-1])

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Return exact draws (count, d), from the last coefficient back to the first."""
        draws = np.empty((count, self.d))
        draws[:, -1] = self._draw_last(rng, count)
        for k in range(self.d - 2, -1, -1):
            draws[:, k] = self._draw_before(k, draws[:, k + 1], rng)
        return draws

    def _log_message(self, k: int, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``log f_k`` and its derivative at ``x`` >= 0."""
        value = self.panels.at(TO_SERIES @ self.messages[k].T, x)
        slope = self.panels.at(TO_SERIES @ self.slopes[k].T, x)
        safe = np.maximum(value, 1e-300)
        return np.log(safe), np.clip(slope / safe, -1.0, 0.0)

    def _draw_last(self, rng: np.random.Generator, count: int) -> np.ndarray:
        mean = float((self.panels.weight * self.density(self.d - 1) * self.panels.x).sum())
        points = np.array([0.0, mean])
        heights, slopes = self._log_message(self.d - 1, points)

        def log_density(x: np.ndarray) -> np.ndarray:
            return self._log_message(self.d - 1, x)[0] - self.a * x

        size = (
            draw_log_concave(log_density, points, heights - self.a * points, slopes - self.a, rng, count, lower=0.0)
            if slopes[1] < 0.0
            else rng.exponential(1.0 / self.a, count)
        )
        return np.where(rng.random(count) < 0.5, -size, size)

    def _draw_before(self, k: int, after: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return draws of ``b_k`` given its neighbour, by rejection from the tangent of ``log f_k`` there.

        Proposals have density ``exp(-A |x| - |x - c|)``, ``A = a`` less the slope at ``c = |neighbour|``.
        """
        c = np.abs(after)
        height, slope = self._log_message(k, c)
        draws, open_ = np.empty(c.size), np.arange(c.size)
        while open_.size:
            at, tilt = c[open_], slope[open_]
            x = _two_sided(self.a - tilt, at, rng)
            log_ratio = self._log_message(k, np.abs(x))[0] - height[open_] - tilt * (np.abs(x) - at)
            kept = np.log(1.0 - rng.random(open_.size)) <= log_ratio
            draws[open_[kept]] = x[kept]
            open_ = open_[~kept]
        return draws * np.where(after < 0.0, -1.0, 1.0)


@lru_cache(maxsize=32)
def chain_law(d: int, a: float) -> ChainLaw:
    """Return the law of a chain, computed once."""
    return ChainLaw(d, a)


def _two_sided(A: np.ndarray, c: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return draws with density proportional to ``exp(-A |x| - |x - c|)``, ``c`` >= 0: three exponential pieces."""
    tilt = 1.0 - A
    steep = np.where(tilt == 0.0, 1.0, np.abs(tilt))
    middle = np.where(tilt == 0.0, c, -np.expm1(-steep * c) / steep)
    near = np.where(tilt > 0.0, -A * c, -c)
    top = np.maximum(-c, -A * c)
    areas = np.array([np.exp(-c - top) / (A + 1.0), middle * np.exp(near - top), np.exp(-A * c - top) / (A + 1.0)])
    pick = rng.random(c.size) * areas.sum(axis=0)
    u = 1.0 - rng.random(c.size)
    along = np.where(tilt == 0.0, u * c, -np.log1p((1.0 - u) * np.expm1(-steep * c)) / steep)
    inner = np.where(tilt > 0.0, c - along, along)
    outer = -np.log(u) / (A + 1.0)
    return np.where(pick < areas[0], -outer, np.where(pick < areas[0] + areas[1], inner, c + outer))


def _quantile(grid: Panels, density: np.ndarray, prob: float) -> float:
    """Return the ``x`` with mass ``prob`` below, within the panel where the cumulated mass passes it."""
    from scipy.optimize import brentq

    if prob <= 0.0:
        return 0.0
    mass = (grid.weight * density).sum(axis=1)
    above = np.concatenate([np.cumsum(mass[::-1])[::-1], [0.0]])
    panel = int(np.clip(np.flatnonzero(above >= 1.0 - prob)[-1], 0, mass.size - 1))
    series = legint(TO_SERIES @ density[panel], lbnd=1)
    half = 0.5 * (grid.edges[panel + 1] - grid.edges[panel])
    wanted = 1.0 - prob - above[panel + 1]
    t = brentq(lambda t: -half * float(legval(t, series)) - wanted, -1.0, 1.0, xtol=1e-15, rtol=1e-14)
    return float(grid.edges[panel] + half * (t + 1.0))
