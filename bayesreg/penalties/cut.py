"""Plain laws cut to ``lower <= b <= upper`` with ``lower <= 0 <= upper``: each side of 0 is part of a half line."""

from __future__ import annotations

import numpy as np

from bayesreg.penalties.base import Strength
from bayesreg.penalties.half_line import log_part, part_moments, part_quantile
from bayesreg.xp import NUMPY, Array, Namespace

Limits = tuple[float, float]


def log_integral(limits: Limits, strength: Strength, xp: Namespace = NUMPY) -> Array:
    """Return the log integral of ``exp(-rate |b| - precision b^2 / 2)`` between the limits."""
    sides = [log_part(end, *strength, xp) for end in (-limits[0], limits[1]) if end > 0.0]
    if len(sides) == 1:
        return sides[0]
    larger = xp.maximum(*sides)
    return larger + xp.log(xp.exp(sides[0] - larger) + xp.exp(sides[1] - larger))


def quantile(prob: np.ndarray, limits: Limits, strength: Strength) -> np.ndarray:
    """Return the ``x`` with ``P(b <= x) = prob``."""
    prob, rate, precision = _arrays(prob, strength)
    below = _share_below(limits, rate, precision)
    left = prob < below
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(left, 1.0 - prob / below, (prob - below) / (1.0 - below))
    share = np.clip(np.nan_to_num(share), 0.0, 1.0)
    down = part_quantile(share, -limits[0], rate, precision) if limits[0] < 0.0 else 0.0 * share
    up = part_quantile(share, limits[1], rate, precision) if limits[1] > 0.0 else 0.0 * share
    return np.where(left, -down, up)


def size_quantile(prob: float, limits: Limits, strength: Strength) -> np.ndarray:
    """Return the ``x`` with ``P(|b| <= x) = prob``: both sides count up to the nearer limit, then the farther alone."""
    level, rate, precision = _arrays(prob, strength)
    near, far = sorted((-limits[0], limits[1]))
    if near == 0.0:
        return part_quantile(level, far, rate, precision)
    share = np.exp(log_part(near, rate, precision) - log_part(far, rate, precision))
    total = level * (1.0 + share)
    both = total <= 2.0 * share
    inner = part_quantile(np.where(both, 0.5 * total / share, 0.0), near, rate, precision)
    return np.where(both, inner, part_quantile(np.where(both, 0.0, total - share), far, rate, precision))


def size_moments(limits: Limits, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
    """Return ``(E|b|, E b^2)``."""
    _, rate, precision = _arrays(0.0, strength)
    sides = [part_moments(end, rate, precision) for end in (-limits[0], limits[1]) if end > 0.0]
    mass, first, second = (np.sum(parts, axis=0) for parts in zip(*sides, strict=True))
    return first / mass, second / mass


def _arrays(prob: np.ndarray | float, strength: Strength) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    prob, rate, precision = np.broadcast_arrays(prob, *strength)
    return np.asarray(prob, dtype=float), np.asarray(rate, dtype=float), np.asarray(precision, dtype=float)


def _share_below(limits: Limits, rate: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Return ``P(b < 0)``."""
    if 0.0 in limits:
        return np.full(rate.shape, 1.0 if limits[1] == 0.0 else 0.0)
    odds = log_part(limits[1], rate, precision) - log_part(-limits[0], rate, precision)
    return np.asarray(1.0 / (1.0 + np.exp(odds)))
