"""Slow and plain numerical twins: integrals, suprema, minimisers and slopes of a function of one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

Curve = Callable[[Any], Any]
DECADES = np.logspace(-8.0, 24.0, 641)

ROUNDING = 4.0 * float(np.finfo(float).eps)


def integrate(f: Curve, breaks: list[float]) -> float:
    """Return the integral of ``f`` over consecutive intervals by adaptive quadrature, relative error about 1e-12."""
    pieces = [
        quad(f, a, b, epsabs=0.0, epsrel=1e-12, limit=200, full_output=1)[0] for a, b in pairwise(breaks) if a < b
    ]
    return float(sum(pieces))


def half_line(unit: float, end: float = np.inf, breaks: Iterable[float] = ()) -> list[float]:
    """Return intervals from 0 to ``end`` for a density of natural scale ``unit`` that may jump at ``breaks``."""
    inner = sorted({*breaks, *(factor * unit for factor in (1e-6, 1e-3, 0.1, 1.0, 3.0, 10.0, 40.0))})
    return [0.0, *(at for at in inner if at < end), end]


def far_line(unit: float, end: float) -> list[float]:
    """Return intervals from 0 to ``end`` times ``unit``, a decade each."""
    return [0.0, *(unit * np.logspace(-3.0, np.log10(end), 4 + round(np.log10(end))))]


def slope(f: Curve, x: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return ``f'(x)`` by the five-point rule, error of the order ``step^4``."""
    near, far = f(x + step) - f(x - step), f(x + 2.0 * step) - f(x - 2.0 * step)
    return (8.0 * near - far) / (12.0 * step)


def minimise(f: Curve, grid: np.ndarray) -> tuple[float, float]:
    """Return the place and value of the smallest ``f`` on a sorted grid, refined between its neighbours."""
    values = f(grid)
    best = int(np.argmin(values))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = minimize_scalar(f, bounds=(low, high), method="bounded", options={"xatol": 1e-11 * (high - low)})
    if float(found.fun) < float(values[best]):
        return float(found.x), float(found.fun)
    return float(grid[best]), float(values[best])


def conjugate(f: Curve, dual: float, unit: float, *, bounds: tuple[float, float]) -> float:
    """Return ``sup_b (dual b - f(b))`` numerically; infinite where it still grows at ``1e24 unit``."""
    outward = unit * DECADES
    grid = np.concatenate([-outward[::-1], [0.0], outward, [end for end in bounds if np.isfinite(end)]])
    grid = np.unique(grid[(grid >= bounds[0]) & (grid <= bounds[1])])

    def negative(b: np.ndarray) -> np.ndarray:
        return f(b) - dual * b + ROUNDING * np.abs(dual * b)  # so that what far points gain by rounding does not count

    at, value = minimise(negative, grid)
    return np.inf if abs(at) >= outward[-2] and value < 0.0 else -value
