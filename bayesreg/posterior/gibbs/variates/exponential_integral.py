r"""The inverse squares of half-Cauchy scales given a normal deviate: ``p(x) ~ exp(-m x) / (1 + x)``, ``x > 0``.

Its normaliser is ``e^m E1(m)``. In ``t = log(1 + x)`` the density is ``exp(-m e^t)``: log-concave and falling.
"""

from __future__ import annotations

import numpy as np

from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.posterior.gibbs.variates.rejection import rejection

LEAST, MOST = 1e-280, 1e280


def draw_odds(m: np.ndarray, streams: Streams) -> np.ndarray:
    r"""Return draws from ``exp(-m x) / (1 + x)`` for ``m`` (K, ...) >= 0.

    The bound on ``exp(-m e^t)`` is ``exp(-m)`` up to where it bends, ``t = log(1 / m)``, and its tangent from there.
    Between 0.59 and 1 of the proposals are accepted. An ``m`` of 0, where there is no such law, counts as 1e-280.

    References
    ----------
    Bhattacharya, Khare and Pal (2022), Geometric ergodicity of Gibbs samplers for the horseshoe and its regularized
    variants.
    """
    return rejection(_propose, (np.clip(m, LEAST, MOST),), streams)


def _propose(u: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, log_bound = _bounded(u[0], u[1], m, *_pieces(m))
    return x, np.log(u[2]) + log_bound <= -m * x - np.log1p(x)


def _pieces(m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the masses of the pieces of the bound on ``exp(-m x) / (1 + x)``: where it is flat in t, and its tail."""
    bend = np.maximum(-np.log(m), 0.0)
    return bend, np.exp(np.minimum(m - 1.0, 0.0)) / np.maximum(m, 1.0)


def _bounded(
    pick: np.ndarray, u: np.ndarray, m: np.ndarray, flat: np.ndarray, tail: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of the two pieces, and the log of the bound there in terms of ``x``."""
    steep = np.maximum(m, 1.0)
    in_flat = pick * (flat + tail) <= flat
    beyond = -np.log(u) / steep
    t = np.where(in_flat, u * flat, flat + beyond)
    log_bound = np.where(in_flat, 0.0, np.minimum(m - 1.0, 0.0) - steep * beyond)
    return np.expm1(t), log_bound - t


def draw_tilted_odds(m: np.ndarray, tilt: np.ndarray, streams: Streams) -> np.ndarray:
    r"""Return draws from ``sqrt(1 + tilt / x) exp(-m x) / (1 + x)`` for ``m`` and ``tilt`` (K, ...) > 0.

    The root is at most ``1 + sqrt(tilt / x)``. The first term has the bound of `draw_odds`; the second is
    ``x^(-1/2) exp(-m x) / (1 + x)``, below the squares of Cauchy and of normal deviates: the smaller one is taken. More
    than two fifths of the proposals are accepted.
    """
    return rejection(_propose_tilted, (np.clip(m, LEAST, MOST), tilt), streams)


def _propose_tilted(u: np.ndarray, m: np.ndarray, tilt: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    flat, tail = _pieces(m)
    cauchy = m * np.pi < 1.0
    root = np.sqrt(tilt)
    second = root * np.where(cauchy, np.pi, np.sqrt(np.pi / m))
    first = flat + tail
    pick = u[0] * (first + second)
    in_first = pick <= first
    x, log_bound = _bounded(np.minimum(pick / first, 1.0), u[1], m, flat, tail)
    share = np.where(in_first, 0.5, (first + second - pick) / second)
    tangent = np.tan(0.5 * np.pi * u[1])
    normal_square = -np.log(u[1]) * np.cos(np.pi * share) ** 2 / m
    y = np.clip(np.where(cauchy, tangent * tangent, normal_square), LEAST, MOST)
    x = np.maximum(np.where(in_first, x, y), LEAST)
    log_target = -m * x - np.log1p(x)
    ratio = np.where(in_first, log_target - log_bound, log_target + np.where(cauchy, np.log1p(y), m * y))
    both = 0.5 * np.log(x + tilt) - np.log(np.sqrt(x) + root)
    return x, np.log(u[2]) <= ratio + both
