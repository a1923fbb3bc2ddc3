"""The lowest point along a line of a quadratic loss plus absolute values, squares and lengths of groups."""

from __future__ import annotations

import numpy as np

from bayesreg.solvers.norms import Norms

NEAR = 0.02  # share of the slope at 0 that may be left at a whole step
BISECTIONS = 60


def line_minimum(norms: Norms, x: np.ndarray, d: np.ndarray, gain: float, bend: float) -> float:
    """Return the step along ``d`` (k,) from ``x`` (k,) that minimises, 1 where that is as good, 0 where none descends.

    The loss is ``-gain t + bend t^2 / 2``. Where the lowest point is one at which a coordinate changes its sign, the
    step is exactly the one that ends there.
    """
    squares, cross, base = (np.bincount(norms.owner, weights=part) for part in (d * d, d * x, x * x))
    open_ = (norms.height > 0.0) & (squares > 0.0)
    height, squares, cross, base = norms.height[open_], squares[open_], cross[open_], base[open_]
    ridge, tilt = float(norms.l2 @ (d * d)), float(norms.l2 @ (d * x))
    moving = (norms.l1 > 0.0) & (d != 0.0)
    l1, x1, d1 = norms.l1[moving], x[moving], d[moving]

    def slope(t: float) -> float:
        length = np.sqrt(np.maximum(base + t * (2.0 * cross + t * squares), 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            pull = np.where(length > 0.0, (cross + t * squares) / length, np.sqrt(squares))
        signs = np.sign(x1 + t * d1)
        signs = np.where(signs == 0.0, np.sign(d1), signs)
        return bend * t - gain + float(height @ pull) + tilt + ridge * t + float(l1 @ (signs * d1))

    start = slope(0.0)
    if not start < 0.0:
        return 0.0
    with np.errstate(divide="ignore"):
        kinks = np.sort((-x1 / d1)[(x1 * d1 < 0.0) & (np.abs(x1) < np.abs(d1))])
    end = slope(1.0)
    if end <= -NEAR * start and not kinks.size:
        return 1.0
    if end <= 0.0:
        return 1.0
    low, high = 0.0, 1.0
    if kinks.size:
        first, last = 0, kinks.size
        while first < last:
            middle = (first + last) // 2
            if slope(float(kinks[middle])) < 0.0:
                first = middle + 1
            else:
                last = middle
        low = float(kinks[first - 1]) if first else 0.0
        high = float(kinks[first]) if first < kinks.size else 1.0
        if first < kinks.size and slope(high * (1.0 - 1e-12)) <= 0.0:
            return high
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if slope(middle) < 0.0 else (low, middle)
        if high - low <= 1e-3 * high:
            break
    return low if low > 0.0 else high
