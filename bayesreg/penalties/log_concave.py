"""Exact draws from log-concave densities on the line, by rejection from an envelope of tangents."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

OVERHEAD = 1.25
Function = Callable[[np.ndarray], np.ndarray]


def find_mode(slope: Callable[[float], float], start: float) -> float:
    """Return where a decreasing ``slope`` crosses 0, by bisection from an interval grown around ``start``."""
    from scipy.optimize import brentq

    lower, upper, step = start, start, 1.0
    while slope(lower) <= 0.0:
        lower, step = lower - step, 2.0 * step
    step = 1.0
    while slope(upper) >= 0.0:
        upper, step = upper + step, 2.0 * step
    return float(brentq(slope, lower, upper, xtol=1e-12))


def falls_by(log_density: Function, mode: float, drop: float, direction: float) -> float:
    """Return a point on one side of the mode where the log density is ``drop`` to ``2 drop`` below it, or nearly."""
    top = float(log_density(np.array([mode]))[0])
    inner, outer = 0.0, 1.0
    while top - float(log_density(np.array([mode + direction * outer]))[0]) < drop:
        inner, outer = outer, 2.0 * outer
    for _ in range(60):
        middle = 0.5 * (inner + outer)
        fall = top - float(log_density(np.array([mode + direction * middle]))[0])
        if drop <= fall <= 2.0 * drop:
            return mode + direction * middle
        inner, outer = (middle, outer) if fall < drop else (inner, middle)
    return mode + direction * outer


def draw_log_concave(
    log_density: Function,
    points: np.ndarray,
    heights: np.ndarray,
    slopes: np.ndarray,
    rng: np.random.Generator,
    count: int,
    lower: float = -np.inf,
) -> np.ndarray:
    """Return exact draws (count,) from a log-concave density on ``(lower, inf)``.

    Parameters
    ----------
    log_density : callable
        Up to a constant.
    points, heights, slopes : ndarray (k,)
        Increasing tangent points, the log density there and its derivative; the last slope is negative, and the
        first positive where ``lower`` is infinite.
    rng : Generator
    count : int
    lower : float
    """
    gap = slopes[:-1] - slopes[1:]
    rise = heights[1:] - slopes[1:] * points[1:] - heights[:-1] + slopes[:-1] * points[:-1]
    edges = np.concatenate([[lower], rise / gap, [np.inf]])
    areas, anchors = _areas(edges, points, heights - heights.max(), slopes)
    probs = areas / areas.sum()
    draws = np.empty(count)
    filled = 0
    while filled < count:
        want = int(OVERHEAD * (count - filled)) + 8
        piece = rng.choice(points.size, size=want, p=probs)
        x = _within(anchors[piece], slopes[piece], edges[piece], edges[piece + 1], 1.0 - rng.random(want))
        envelope = heights[piece] + slopes[piece] * (x - points[piece])
        kept = x[np.log(1.0 - rng.random(want)) <= log_density(x) - envelope][: count - filled]
        draws[filled : filled + kept.size] = kept
        filled += kept.size
    return draws


def _areas(
    edges: np.ndarray, points: np.ndarray, heights: np.ndarray, slopes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the areas (k,) under the tangents, and the ends (k,) at which each is higher."""
    anchors = np.where(slopes > 0.0, edges[1:], edges[:-1])
    anchors = np.where(np.isfinite(anchors), anchors, points)
    width = edges[1:] - edges[:-1]
    at = np.exp(heights + slopes * (anchors - points))
    flat = slopes == 0.0
    steep = np.abs(np.where(flat, 1.0, slopes))
    with np.errstate(invalid="ignore"):
        return at * np.where(flat, width, -np.expm1(-steep * width) / steep), anchors


def _within(anchor: np.ndarray, slope: np.ndarray, lower: np.ndarray, upper: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return draws from ``exp(slope x)`` on ``(lower, upper)``, counted from the higher end ``anchor``."""
    flat = slope == 0.0
    steep = np.abs(np.where(flat, 1.0, slope))
    width = upper - lower
    with np.errstate(invalid="ignore"):
        along = np.where(flat, u * width, -np.log1p((1.0 - u) * np.expm1(-steep * width)) / steep)
    return np.where(slope > 0.0, anchor - along, anchor + along)
