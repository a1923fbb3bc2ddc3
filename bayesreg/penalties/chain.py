"""Numerics of total variation along a chain, ``sum_j |b_j - b_{j-1}|``: the exact prox, segments and the dual norm."""

from __future__ import annotations

import numpy as np

from bayesreg.penalties.homogeneous import TIE, soft


def prox_chain(z: np.ndarray, tv: float, l1: float) -> np.ndarray:
    """Return ``argmin_x |x - z|^2 / 2 + tv sum |x_j - x_{j-1}| + l1 sum |x_j|`` (d,).

    The soft threshold of the prox of total variation (Friedman, Hastie, Hoefling and Tibshirani, 2007).
    """
    return soft(prox_total_variation(z, tv), l1)


def prox_total_variation(z: np.ndarray, t: float) -> np.ndarray:
    """Return ``argmin_x |x - z|^2 / 2 + t sum |x_j - x_{j-1}|`` (d,), by the direct algorithm of Condat (2013).

    It finds the constant segments; their levels are then computed from their means, free of accumulated rounding.
    """
    if t <= 0.0 or z.size < 2:
        return z.copy()
    ends, step = _cut(z.tolist(), float(t))
    starts = np.concatenate([[0], ends[:-1]])
    count = ends - starts
    pull = np.zeros(count.size)
    pull[:-1] += step
    pull[1:] -= step
    return np.repeat((np.add.reduceat(z, starts) + t * pull) / count, count)


def segments(beta: np.ndarray) -> list[np.ndarray]:
    """Return the runs of equal neighbours, as positions; values that differ by rounding count as equal.

    Zero is exact: it is equal to zero only.
    """
    size = np.maximum(np.abs(beta[1:]), np.abs(beta[:-1]))
    new = (np.abs(np.diff(beta)) > TIE * size) | ((beta[1:] == 0.0) != (beta[:-1] == 0.0))
    return np.split(np.arange(beta.size), np.flatnonzero(new) + 1)


def chain_gradient(beta: np.ndarray, tv: float, l1: float) -> np.ndarray:
    """Return the gradient (d,) of the penalty along moves of whole segments: their steps and the signs of levels."""
    runs = segments(beta)
    level = np.array([beta[run[0]] for run in runs])
    gradient = np.repeat(l1 * np.sign(level), [run.size for run in runs])
    for left, right, sign in zip(runs[:-1], runs[1:], np.sign(np.diff(level)), strict=True):
        gradient[left[-1]] -= tv * sign
        gradient[right[0]] += tv * sign
    return gradient


def first_meeting(beta: np.ndarray, direction: np.ndarray, *, zero: bool) -> float:
    """Return the smallest step > 0 along ``direction`` (d,) at which neighbouring segments meet; infinite without any.

    With ``zero`` also where a segment reaches 0.
    """
    starts = np.array([run[0] for run in segments(beta)])
    level, speed = beta[starts], direction[starts]
    gap, closing = np.diff(level), -np.diff(speed)
    if zero:
        gap, closing = np.concatenate([gap, level]), np.concatenate([closing, -speed])
    meet = gap * closing > 0.0
    return float((gap[meet] / closing[meet]).min(initial=np.inf))


def chain_residual(beta: np.ndarray, dual: np.ndarray, tv: float, l1: float) -> np.ndarray:
    """Return ``dual`` less its projection on the subdifferential at ``beta`` (d,), segment by segment."""
    turned = dual - chain_gradient(beta, tv, l1)
    residual = np.empty_like(turned)
    for run in segments(beta):
        residual[run] = prox_chain(turned[run], tv, l1 if beta[run[0]] == 0.0 else 0.0)
    return residual


def chain_dual_norm(dual: np.ndarray, tv: float, l1: float) -> float:
    """Return the largest ``|sum_I dual| / (l1 |I| + tv #ends of I inside the chain)`` over the intervals ``I``.

    The penalty is the sum of its level sets, so its dual ball is given by the indicators of intervals. The whole chain
    has no end inside; without ``l1`` it has no weight and is left out.
    """
    d = dual.size
    sums = np.concatenate([[0.0], np.cumsum(dual)])
    largest = 0.0
    for start in range(d):
        stops = np.arange(start + 1, d + 1)
        weight = l1 * (stops - start) + tv * ((start > 0) + (stops < d).astype(float))
        used = weight > 0.0
        size = np.abs(sums[start + 1 :] - sums[start])[used] / weight[used]
        largest = max(largest, float(size.max(initial=0.0)))
    return largest


def _cut(y: list[float], t: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends (m,) of the constant segments, and the signs (m - 1,) of the jumps between them.

    The two candidates for the level of the segment that begins at ``first`` are ``low`` and ``high``, the values of
    the dual variable under them ``under`` and ``over``; ``at_low`` and ``at_high`` are where each was last reached.
    """
    last, first, at, at_low, at_high = len(y) - 1, 0, 0, 0, 0
    low, high, under, over = y[0] - t, y[0] + t, t, -t
    ends: list[int] = []
    jumps: list[float] = []
    while True:
        if at == last:
            if under < 0.0:
                at = at_low = first = at_low + 1
                ends.append(first)
                jumps.append(-1.0)
                low, under = y[first], t
                over = low + t - high
            elif over > 0.0:
                at = at_high = first = at_high + 1
                ends.append(first)
                jumps.append(1.0)
                high, over = y[first], -t
                under = high - t - low
            else:
                return np.array([*ends, last + 1]), np.array(jumps)
            continue
        new_under, new_over = under + y[at + 1] - low, over + y[at + 1] - high
        if new_under < -t or new_over > t:
            down = new_under < -t
            first = (at_low if down else at_high) + 1
            ends.append(first)
            jumps.append(-1.0 if down else 1.0)
            at = at_low = at_high = first
            low, high = (y[first], y[first] + 2.0 * t) if down else (y[first] - 2.0 * t, y[first])
            under, over = t, -t
            continue
        at, under, over = at + 1, new_under, new_over
        if under >= t:
            low, under, at_low = low + (under - t) / (at - first + 1), t, at
        if over <= -t:
            high, over, at_high = high + (over + t) / (at - first + 1), -t, at
