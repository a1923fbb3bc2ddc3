"""Generalised inverse Gaussian deviates: ``p(x) ~ x^(index - 1) exp(-(psi x + chi / x) / 2)``."""

from __future__ import annotations

import numpy as np

from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.posterior.gibbs.variates.rejection import rejection

FAR = 690.0


def draw_log_gig(index: np.ndarray, psi: np.ndarray, chi: np.ndarray, streams: Streams) -> np.ndarray:
    r"""Return the logarithms of generalised inverse Gaussian deviates, for parameters (K, ...) of one shape.

    ``t = log x``, centred, has the log-concave density ``exp(-alpha (cosh t - 1) - |index| (e^t - t - 1))`` with
    ``alpha = sqrt(omega^2 + index^2) - |index|``, ``omega^2 = psi chi``. Proposals are uniform about its mode, with
    exponential tails; more than two thirds of them are accepted, whatever the parameters.

    Parameters
    ----------
    index : ndarray (K, ...)
        Of any sign.
    psi, chi : ndarray (K, ...)
        > 0; either can be tiny, where the law is nearly a gamma or an inverse gamma distribution.
    streams : Streams

    References
    ----------
    Devroye (2014), Random variate generation for the generalized inverse Gaussian distribution.
    """
    size = np.abs(index)
    omega = np.sqrt(psi) * np.sqrt(chi)
    root = np.hypot(omega, size)
    alpha = omega * (omega / (root + size))
    right, left = _right(alpha, size), _left(alpha, size)
    t = rejection(_propose, (alpha, size, right, left), streams)
    middle = np.log(root + size)
    return np.where(index >= 0.0, t + middle - np.log(psi), np.log(chi) - middle - t)


def _log_density(t: np.ndarray, alpha: np.ndarray, size: np.ndarray) -> np.ndarray:
    t = np.clip(t, -FAR, FAR)
    return -2.0 * alpha * np.sinh(0.5 * t) ** 2 - size * (np.expm1(t) - t)


def _slope(t: np.ndarray, alpha: np.ndarray, size: np.ndarray) -> np.ndarray:
    t = np.clip(t, -FAR, FAR)
    return -alpha * np.sinh(t) - size * np.expm1(t)


def _right(alpha: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return where the right tail begins: where the log density has fallen by about 1."""
    fall = -_log_density(np.ones_like(alpha), alpha, size)
    steep, flat = np.sqrt(2.0 / (alpha + size)), np.log(4.0 / (alpha + 2.0 * size))
    return np.where(fall > 2.0, steep, np.where(fall < 0.5, flat, 1.0))


def _left(alpha: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return how far to the left of the mode the left tail begins."""
    fall = -_log_density(-np.ones_like(alpha), alpha, size)
    steep = np.sqrt(4.0 / (alpha * np.cosh(1.0) + size))
    with np.errstate(divide="ignore", over="ignore"):
        bend = np.log1p(1.0 / alpha + np.sqrt(1.0 / alpha) * np.sqrt(1.0 / alpha + 2.0))
        flat = np.minimum(1.0 / size, bend)
    return np.where(fall > 2.0, steep, np.where(fall < 0.5, flat, 1.0))


def _propose(
    u: np.ndarray, alpha: np.ndarray, size: np.ndarray, right: np.ndarray, left: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Propose from a uniform middle and the tangents of the log density at ``right`` and ``-left``."""
    above, below = _log_density(right, alpha, size), _log_density(-left, alpha, size)
    fall, rise = -1.0 / _slope(right, alpha, size), 1.0 / _slope(-left, alpha, size)
    high, low = right + fall * above, left + rise * below
    middle = high + low
    pick = u[0] * (middle + fall + rise)
    tail = -np.log(u[1])
    in_middle, in_right = pick < middle, pick < middle + fall
    t = np.where(in_middle, u[1] * middle - low, np.where(in_right, high + fall * tail, -low - rise * tail))
    over = np.where(t > high, (high - t) / fall, np.where(t < -low, (t + low) / rise, 0.0))
    return t, np.log(u[2]) + over <= _log_density(t, alpha, size)
