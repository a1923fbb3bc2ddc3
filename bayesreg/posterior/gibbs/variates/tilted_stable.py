r"""Exponentially tilted positive stable deviates: ``p(s) ~ exp(-lam s) g(s)`` with ``E_g exp(-t s) = exp(-t^alpha)``.

A stable deviate is ``x^(-b)``, ``b = (1 - alpha) / alpha``, with ``x`` exponential of rate ``A(t)`` and ``t`` uniform
on ``(0, pi)``; ``A = (sin(alpha t)^alpha sin((1 - alpha) t)^(1 - alpha) / sin t)^(1 / (1 - alpha))``.
"""

from __future__ import annotations

import numpy as np

from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.posterior.gibbs.variates.rejection import rejection

UNIFORMS = 7
LEAST, MOST = 1e-100, 1e30
SIDE = np.sqrt(0.5 * np.pi)


def draw_log_tilted_stable(power: np.ndarray, alpha: float, streams: Streams) -> np.ndarray:
    """Return logarithms of deviates of index ``alpha`` in (0, 1), for ``lam^alpha`` (K, ...) >= 0.

    Double rejection: the angle from a bound on its density, then ``x`` given the angle from a normal, a uniform and an
    exponential piece. More than an eighth of the proposals is accepted, whatever the tilt.

    References
    ----------
    Devroye (2009), Random variate generation for exponentially and polynomially tilted stable distributions. Hofert
    (2011), Sampling exponentially tilted stable distributions.
    """
    power = np.clip(power, LEAST, MOST)
    log_x = rejection(_propose, (power, np.full(power.shape, alpha)), streams, UNIFORMS)
    return -(1.0 - alpha) / alpha * log_x


def _propose(u: np.ndarray, power: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ``log x``, and which proposals are accepted in both steps."""
    spread = np.sqrt(power * alpha * (1.0 - alpha))
    angle, log_bound = _angle(u[:3], spread)
    inside = (angle > 0.0) & (angle < np.pi)
    angle = np.where(inside, angle, 1.0)
    log_fall = _log_height(angle, alpha)
    zeta = np.exp(0.5 * log_fall)
    z = -1.0 / np.expm1(-np.log1p(alpha * zeta / spread) / alpha)
    log_rho = np.log(np.pi) - power * -np.expm1(-log_fall) - np.log((1.0 + SIDE) * spread / zeta + z) + log_bound
    log_z = np.log(u[3]) + log_rho
    log_x, log_ratio = _given_angle(u[4:], power, alpha, log_fall, z)
    return log_x, inside & (log_z <= 0.0) & (log_ratio <= -log_z)


def _angle(u: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return angles from two pieces, one of them near ``pi``, and the log of the bound on their density there."""
    wide = (2.0 + SIDE) * spread
    xi = (1.0 + np.sqrt(2.0) * wide) / np.pi
    psi = wide * np.exp(-0.125 * (np.pi * spread) ** 2) / np.sqrt(np.pi)
    narrow = spread >= 1.0
    first = np.where(narrow, SIDE * xi / spread, xi * np.pi)
    second = 2.0 * np.sqrt(np.pi) * psi
    normal = np.sqrt(-2.0 * np.log(u[1])) * np.abs(np.cos(np.pi * u[2])) / spread
    near = np.where(narrow, normal, np.pi * u[1])
    angle = np.where(u[0] * (first + second) <= first, near, np.pi * (1.0 - u[1] ** 2))
    rest = np.maximum(np.pi - angle, 1e-300)
    body = np.where(narrow, xi * np.exp(-0.5 * np.minimum(spread * angle, 1e10) ** 2), xi)
    with np.errstate(divide="ignore"):
        return angle, np.log(body + psi / np.sqrt(rest))


def _log_height(angle: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return ``log(B(angle) / B(0))`` with ``B = A^-(1 - alpha)``, at most 0."""
    sines = [np.log(np.sinc(part * angle / np.pi)) for part in (1.0, alpha, 1.0 - alpha)]
    return np.minimum(sines[0] - alpha * sines[1] - (1.0 - alpha) * sines[2], 0.0)


def _given_angle(
    u: np.ndarray, power: np.ndarray, alpha: np.ndarray, log_height: np.ndarray, z: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return ``log x``, from three pieces of ``y = A x``, and the log of bound over density there, infinite below 0."""
    b = (1.0 - alpha) / alpha
    log_a = np.log1p(-alpha) + (alpha * np.log(alpha) - log_height) / (1.0 - alpha)
    root_a = np.exp((1.0 - alpha) * log_a)
    middle = power * root_a * b**alpha
    delta = np.sqrt(alpha * middle)
    left = delta * SIDE
    pick = u[0] * (left + delta + z)
    normal = np.sqrt(-2.0 * np.log(u[1])) * np.abs(np.cos(np.pi * u[2]))
    tail = -np.log(u[1])
    in_left, in_right = pick <= left, pick > left + delta
    y = middle + np.where(in_left, -delta * normal, delta * np.where(in_right, 1.0, u[1]) + in_right * tail * z)
    positive = y > 0.0
    log_y = np.log(np.where(positive, y, 1.0))
    pull = power * root_a * b ** (alpha - 1.0)
    cost = y - middle + pull * np.expm1(np.minimum(b * (np.log(middle) - log_y), 600.0))
    cost = cost - np.where(in_left, 0.5 * normal**2, np.where(in_right, tail, 0.0))
    return log_y - log_a, np.where(positive, cost, np.inf)
