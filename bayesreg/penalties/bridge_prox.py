"""The proximal operator of ``pull x^q``: closed forms for q = 1/2, 2/3, 1, 3/2 and 2, Newton steps otherwise."""

from __future__ import annotations

import numpy as np

NEWTON_STEPS = 100


def shrink(size: np.ndarray, pull: np.ndarray, q: float) -> np.ndarray:
    """Return ``argmin_x (x - size)^2 / 2 + pull x^q`` over ``x >= 0``, for ``size >= 0``.

    For q < 1 it jumps: it is 0 up to a threshold, and the largest stationary point beyond it.
    """
    size, pull = (np.asarray(part, dtype=float) for part in np.broadcast_arrays(size, pull))
    if q == 1.0:
        return np.maximum(size - pull, 0.0)
    free = (pull <= 0.0) | (size <= 0.0)
    z, c = np.where(free, 1.0, size), np.where(free, 1.0, pull)
    if q < 1.0:
        jump = (2.0 * c * (1.0 - q)) ** (1.0 / (2.0 - q))
        dead = z <= (2.0 - q) / (2.0 * (1.0 - q)) * jump
        z, c = np.where(dead, 1.0, z), np.where(dead, 0.0, c)
        x = CLOSED[q](z, c) if q in CLOSED else _jumping(z, c, q)
        return np.where(free, size, np.where(dead, 0.0, x))
    x = CLOSED[q](z, c) if q in CLOSED else _rooted(z, c, q) if q < 2.0 else _steep(z, c, q)
    return np.where(free, size, x)


def _half(z: np.ndarray, c: np.ndarray) -> np.ndarray:
    angle = np.arccos(np.minimum(0.25 * c * (z / 3.0) ** -1.5, 1.0))
    return 2.0 / 3.0 * z * (1.0 + np.cos(2.0 / 3.0 * (np.pi - angle)))


def _two_thirds(z: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Return ``u^3`` for the largest root of ``u^4 - z u + 2 c / 3``, by its resolvent cubic."""
    root = np.sqrt(8.0 * np.where(c > 0.0, c, 1.0) / 9.0)
    ratio = np.maximum(0.5 * z * z / root**3, 1.0)
    a = np.sqrt(2.0 * root * np.cosh(np.arccosh(ratio) / 3.0))
    u = 0.5 * (a + np.sqrt(np.maximum(2.0 * z / a - a * a, 0.0)))
    return np.where(c > 0.0, u**3, z)


def _three_halves(z: np.ndarray, c: np.ndarray) -> np.ndarray:
    return (2.0 * z / (1.5 * c + np.sqrt(2.25 * c * c + 4.0 * z))) ** 2


def _two(z: np.ndarray, c: np.ndarray) -> np.ndarray:
    return z / (1.0 + 2.0 * c)


CLOSED = {0.5: _half, 2.0 / 3.0: _two_thirds, 1.5: _three_halves, 2.0: _two}


def _jumping(z: np.ndarray, c: np.ndarray, q: float) -> np.ndarray:
    """Return the largest root of ``x + c q x^(q - 1) - z``, convex there: Newton steps come down from ``z``."""
    x = z
    for _ in range(NEWTON_STEPS):
        part = c * q * x ** (q - 1.0)
        new = x - (x + part - z) / (1.0 + (q - 1.0) * part / x)
        if np.all(np.abs(new - x) <= 4.0 * np.finfo(float).eps * x):
            return new
        x = new
    return x


def _rooted(z: np.ndarray, c: np.ndarray, q: float) -> np.ndarray:
    """Return the root for 1 < q < 2 by ``u = x^(q - 1)``: ``u^m + c q u - z`` is convex, ``m = 1 / (q - 1)``."""
    power, slope = 1.0 / (q - 1.0), c * q
    u = np.minimum(z / slope, z ** (q - 1.0))
    return _descend(u, z, slope, power) ** power


def _steep(z: np.ndarray, c: np.ndarray, q: float) -> np.ndarray:
    """Return the root for q > 2 of ``x + c q x^(q - 1) - z``, which is convex."""
    scale = c * q
    return _descend(np.minimum(z, (z / scale) ** (1.0 / (q - 1.0))), z / scale, 1.0 / scale, q - 1.0)


def _descend(u: np.ndarray, z: np.ndarray, slope: np.ndarray, power: float) -> np.ndarray:
    """Return the root of ``u^power + slope u - z`` by Newton steps that come down from an upper bound."""
    for _ in range(NEWTON_STEPS):
        part = u**power
        new = u - (part + slope * u - z) / (slope + power * part / u)
        if np.all(np.abs(new - u) <= 4.0 * np.finfo(float).eps * u):
            return new
        u = new
    return u
