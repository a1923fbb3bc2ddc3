"""The lasso posterior of two correlated coefficients at a known sigma: a mixture of normals cut to quadrants."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.special import log_ndtr, owens_t
from scipy.stats import norm

from tests.reference.oracles.margins import Margin


def two_lasso(G: np.ndarray, h: np.ndarray, rate: np.ndarray) -> tuple[list[Margin], dict[tuple[int, int], float]]:
    """Return the margins of ``exp(-b'G b / 2 + h'b - sum_j rate_j |b_j|)``, and the probability of each sign pattern.

    References
    ----------
    Hans (2009), Bayesian lasso regression; Tallis (1961), The moment generating function of the truncated
    multi-normal distribution.
    """
    S = np.linalg.inv(G)
    signs = list(itertools.product((1, -1), repeat=2))
    parts = []
    for sign in signs:
        flip = np.diag(sign)
        mean = S @ (h - rate * sign)
        height = 0.5 * mean @ G @ mean
        mass, first, second = positive_quadrant(flip @ mean, flip @ S @ flip)
        parts.append((np.exp(height), mass, flip @ first, second))
    total = sum(scale * mass for scale, mass, _, _ in parts)
    shares = {sign: scale * mass / total for sign, (scale, mass, _, _) in zip(signs, parts, strict=True)}
    first = sum(scale * at for scale, _, at, _ in parts) / total
    second = sum(scale * at for scale, _, _, at in parts) / total
    margins = []
    for j in range(2):
        negative = sum(share for sign, share in shares.items() if sign[j] < 0)
        sd = np.sqrt(second[j] - first[j] ** 2)
        margins.append(Margin(float(first[j]), float(sd), np.zeros(1), np.array([negative])))
    return margins, shares


def positive_quadrant(mean: np.ndarray, S: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return mass, ``E[x 1]`` and ``E[x_i^2 1]`` (2,) of ``N(mean, S)`` over the quadrant of positive ``x``.

    ``E[(x_i - mean_i) f] = sum_j S_ij E[df / dx_j]``, whose boundary terms are one-dimensional.
    """
    sd = np.sqrt(np.diag(S))
    mass = quadrant_mass(mean / sd, float(S[0, 1] / sd.prod()))
    edge, inner = np.zeros(2), np.zeros(2)
    for j in range(2):
        k = 1 - j
        centre = mean[k] - S[k, j] / S[j, j] * mean[j]
        width = np.sqrt(S[k, k] - S[k, j] ** 2 / S[j, j])
        at_zero = norm.pdf(0.0, mean[j], sd[j])
        edge[j] = at_zero * norm.cdf(centre / width)
        inner[j] = at_zero * (centre * norm.cdf(centre / width) + width * norm.pdf(centre / width))
    first = mean * mass + S @ edge
    # f = x_i 1: its boundary term at x_j = 0 has x_i, which is 0 where j = i
    second = np.array([mean[i] * first[i] + S[i, i] * mass + S[i, 1 - i] * inner[1 - i] for i in range(2)])
    return mass, first, second


def quadrant_mass(z: np.ndarray, r: float) -> float:
    """Return ``P(x_1 > 0, x_2 > 0)`` of normals with means ``z``, unit variances and correlation ``r``.

    References
    ----------
    Owen (1956), Tables for computing bivariate normal probabilities.
    """
    one, two = z
    root = np.sqrt(1.0 - r * r)
    with np.errstate(divide="ignore"):
        first, second = (two / one - r) / root, (one / two - r) / root
    both = 0.5 * (np.exp(log_ndtr(one)) + np.exp(log_ndtr(two)))
    apart = 0.0 if one * two > 0.0 or (one * two == 0.0 and one + two >= 0.0) else 0.5
    return float(both - owens_t(one, first) - owens_t(two, second) - apart)
