"""Integrals of ``exp(-rate x - precision x^2 / 2)`` over ``0 <= x <= end``: what plain laws are normalised with.

Over the half line it is ``sqrt(pi / (2 precision)) erfcx(rate / sqrt(2 precision))``, which loses all digits
when ``u = precision / rate^2`` is small; there it is ``S(u) / rate`` with the asymptotic series
``S(u) = sum_k (-1)^k (2k - 1)!! u^k``.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erfcx, log_ndtr, ndtri_exp

from bayesreg.xp import NUMPY, Array, Namespace

SERIES_BELOW = 5e-3
NO_CURVATURE = 1e-20
NEWTON_STEPS = 6
SERIES = np.cumprod(np.r_[1.0, -(2.0 * np.arange(1, 13) - 1.0)])  # (-1)^k (2k - 1)!!
SHORT = 1.0
SHORT_NODES, SHORT_WEIGHTS = np.polynomial.legendre.leggauss(10)
NEGLIGIBLE = 50.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)


def horner(coefficients: np.ndarray, u: Array) -> Array:
    """Return the polynomial with these coefficients, the constant first."""
    total = 0.0 * u + coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * u + coefficient
    return total


def log_half_line(rate: Array, precision: Array, xp: Namespace = NUMPY) -> Array:
    """Return the log integral over the half line; 0 where both are 0."""
    rate, precision = rate + 0.0 * precision, precision + 0.0 * rate
    series = precision < SERIES_BELOW * rate * rate
    free = rate + precision <= 0.0
    safe_rate = xp.where(series, rate, 1.0)
    u = xp.where(series, precision, 0.0) / (safe_rate * safe_rate)
    by_series = xp.log(horner(SERIES, u)) - xp.log(safe_rate)
    safe_precision = xp.where(series, 1.0, xp.where(free, 1.0, precision))
    at = xp.where(series, 0.0, rate) / xp.sqrt(2.0 * safe_precision)
    closed = 0.5 * (np.log(0.5 * np.pi) - xp.log(safe_precision)) + xp.log(xp.erfcx(at))
    return xp.where(free, 0.0, xp.where(series, by_series, closed))


def log_interval(end: Array, rate: Array, precision: Array, xp: Namespace = NUMPY) -> Array:
    """Return the log integral over ``0 <= x <= end``, for a finite ``end > 0``.

    The integrand falls to ``exp(-height)`` at the end. A short interval, of height below 1, takes ten Gauss-Legendre
    nodes (relative error 1e-19); a longer one is the half line less what lies beyond the end.
    """
    rate, precision = rate + 0.0 * precision, precision + 0.0 * rate
    height = end * (rate + 0.5 * precision * end)
    short = height < SHORT
    fall, bend = xp.where(short, rate * end, 0.0), xp.where(short, precision * end * end, 0.0)
    total = 0.0 * height
    for node, weight in zip(0.5 * (1.0 + SHORT_NODES), 0.5 * SHORT_WEIGHTS, strict=True):
        total = total + weight * xp.exp(-node * (fall + 0.5 * node * bend))
    long_rate, long_precision = xp.where(short, 2.0 / end, rate), xp.where(short, 0.0, precision)
    whole = log_half_line(long_rate, long_precision, xp)
    beyond = log_half_line(long_rate + long_precision * end, long_precision, xp)
    share = xp.exp(beyond - whole - xp.where(short, 2.0, height))
    return xp.where(short, np.log(end) + xp.log(total), whole + xp.log1p(-share))


def log_part(end: float, rate: Array, precision: Array, xp: Namespace = NUMPY) -> Array:
    """Return the log integral over ``0 <= x <= end``, for ``end > 0`` that may be infinite."""
    return log_half_line(rate, precision, xp) if end == np.inf else log_interval(np.float64(end), rate, precision, xp)


def upper_quantile(tail: np.ndarray, rate: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Return the ``x`` beyond which the share ``tail`` of the half line lies.

    It is a normal of mean ``-rate / precision`` truncated to (0, inf). Where ``u = precision / rate^2`` is small
    the truncated normal cancels; there Newton steps on the log tail probability, which is concave, come down from
    the exponential quantile, an upper bound.
    """
    series = precision < SERIES_BELOW * rate**2
    root = np.sqrt(np.where(series, 1.0, precision))
    at = np.where(series, 0.0, rate) / root
    truncated = (-ndtri_exp(np.log(tail) + log_ndtr(-at)) - at) / root
    return np.where(series, _small_quantile(np.log(tail), rate, precision, series), np.maximum(truncated, 0.0))


def _small_quantile(log_tail: np.ndarray, rate: np.ndarray, precision: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Return the quantile in units where ``rate`` is 1, times ``1 / rate``, by Newton steps on the log tail."""
    safe = np.where(used, rate, 1.0)
    u = np.where(used, precision, 0.0) / safe**2
    curved = u > NO_CURVATURE
    root = np.sqrt(2.0 * np.where(curved, u, 1.0))
    x = -log_tail + 0.0 * u
    for _ in range(NEWTON_STEPS if np.any(curved) else 0):
        beyond = erfcx((1.0 + u * x) / root)
        excess = np.log(beyond / erfcx(1.0 / root)) - x - 0.5 * u * x * x - log_tail
        hazard = root / (np.sqrt(np.pi) * beyond)
        x = np.where(curved, np.maximum(x + excess / hazard, 0.0), x)
    return x / safe


def part_quantile(share: np.ndarray, end: float, rate: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Return the ``x`` below which ``share`` of the integral over ``0 <= x <= end`` lies.

    Upper quantiles of long intervals are those of the half line. The others take Newton steps on the log integral,
    which is concave: they come up from ``share`` times the integral, a lower bound because the integrand is at most 1.
    """
    share, rate, precision = (np.asarray(part, dtype=float) for part in np.broadcast_arrays(share, rate, precision))
    short = (
        np.asarray(end * (rate + 0.5 * precision * end) < SHORT) if end < np.inf else np.zeros(share.shape, dtype=bool)
    )
    by_tail = _long_quantile(share, end, np.where(short, 2.0 / end, rate), np.where(short, 0.0, precision))
    low = short | (share < 0.5)
    area = log_part(end, rate, precision)
    target = area + np.log(np.where(share > 0.0, share, 1.0))
    x = np.exp(target)
    for _ in range(NEWTON_STEPS):
        at = np.where(low, x, np.exp(area))
        here = log_interval(at, rate, precision)
        x = at + (target - here) * np.exp(here + at * (rate + 0.5 * precision * at))
    return np.where(share <= 0.0, 0.0, np.clip(np.where(low, x, by_tail), 0.0, end))


def _long_quantile(share: np.ndarray, end: float, rate: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Return the same where the half line beyond the end is no more than exp(-1) of it."""
    whole, part = log_half_line(rate, precision), log_part(end, rate, precision)
    return upper_quantile(np.maximum(1.0 - share * np.exp(part - whole), np.finfo(float).tiny), rate, precision)


def part_moments(end: float, rate: np.ndarray, precision: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the integrals of 1, ``x`` and ``x^2`` over ``0 <= x <= end``, where they are finite.

    By Gauss-Legendre up to where the integrand is below exp(-50).
    """
    rate, precision = (np.asarray(part, dtype=float) for part in np.broadcast_arrays(rate, precision))
    with np.errstate(divide="ignore", invalid="ignore"):
        far = 2.0 * NEGLIGIBLE / (rate + np.sqrt(rate * rate + 2.0 * NEGLIGIBLE * precision))
    stop = np.minimum(np.where(rate + precision > 0.0, far, np.inf), end)[..., None]
    x = 0.5 * (1.0 + NODES) * stop
    mass = 0.5 * WEIGHTS * stop * np.exp(-x * (rate[..., None] + 0.5 * precision[..., None] * x))
    return mass.sum(-1), (mass * x).sum(-1), (mass * x * x).sum(-1)
