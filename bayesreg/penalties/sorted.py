"""Numerics of the sorted absolute-value norm ``sum_i w_i |b|_(i)``, ``w`` not increasing: prox, clusters, marginals."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import sparse
from scipy.special import gammaln, ndtri

from bayesreg.penalties.homogeneous import TIE

SMALLEST_SHARE = 1e-20


def normal_sequence(d: int, q: float) -> np.ndarray:
    """Return the Benjamini-Hochberg sequence ``Phi^-1(1 - i q / (2 d))`` (d,), divided by its first element."""
    steps = -ndtri(np.arange(1, d + 1) * q / (2.0 * d))
    return steps / steps[0]


def prox_sorted(z: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``argmin_x |x - z|^2 / 2 + sum_i w_i |x|_(i)`` (d,), by isotonic regression of the sorted sizes."""
    from scipy.optimize import isotonic_regression

    order = np.argsort(-np.abs(z), kind="stable")
    fitted = isotonic_regression(np.abs(z)[order] - weights, increasing=False).x
    out = np.empty_like(z)
    out[order] = np.maximum(fitted, 0.0)
    return np.sign(z) * out


def sorted_dual_norm(dual: np.ndarray, weights: np.ndarray) -> float:
    """Return ``max_k sum_{i <= k} |dual|_(i) / sum_{i <= k} w_i``."""
    sizes = np.sort(np.abs(dual))[::-1]
    return float((np.cumsum(sizes) / np.cumsum(weights)).max(initial=0.0))


def clusters(beta: np.ndarray) -> list[np.ndarray]:
    """Return the coefficients of equal size, from the largest size to the smallest.

    Sizes that differ by rounding count as equal; zero is exact and is a cluster of its own.
    """
    order = np.argsort(-np.abs(beta), kind="stable")
    size = np.abs(beta)[order]
    new = (size[:-1] - size[1:] > TIE * size[:-1]) | ((size[1:] == 0.0) & (size[:-1] > 0.0))
    return np.split(order, np.flatnonzero(new) + 1)


def sorted_residual(beta: np.ndarray, dual: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``dual`` less its projection on the subdifferential at ``beta`` (d,), cluster by cluster."""
    from scipy.optimize import isotonic_regression

    residual, start = np.empty_like(dual), 0
    for cluster in clusters(beta):
        own = weights[start : start + cluster.size]
        start += cluster.size
        if beta[cluster[0]] == 0.0:
            residual[cluster] = prox_sorted(dual[cluster], own)
            continue
        turned = np.sign(beta[cluster]) * dual[cluster]
        order = np.argsort(-turned, kind="stable")
        fitted = np.empty_like(turned)
        fitted[order] = isotonic_regression(turned[order] - own, increasing=False).x
        residual[cluster] = np.sign(beta[cluster]) * fitted
    return residual


def sorted_face(beta: np.ndarray, weights: np.ndarray) -> tuple[sparse.csc_array, np.ndarray]:
    """Return directions (d, k) in which the norm is smooth at ``beta``, and its gradient (d,) along them."""
    start, places, entries, counts = 0, [np.zeros(0, int)], [np.zeros(0)], [0]
    gradient = np.zeros(beta.size)
    for cluster in clusters(beta):
        own, start = weights[start : start + cluster.size], start + cluster.size
        sign = np.sign(beta[cluster])
        gradient[cluster] = sign * own.mean()
        alone = own[0] == own[-1] and (sign[0] != 0.0 or own[0] == 0.0)
        if not alone and sign[0] == 0.0:
            continue
        places.append(cluster)
        entries.append(np.ones(cluster.size) if alone else sign / np.sqrt(cluster.size))
        counts += [1] * cluster.size if alone else [cluster.size]
    shape = (beta.size, len(counts) - 1)
    return sparse.csc_array((np.concatenate(entries), np.concatenate(places), np.cumsum(counts)), shape=shape), gradient


def first_tie(beta: np.ndarray, direction: np.ndarray) -> float:
    """Return the smallest step > 0 along ``direction`` (d,) at which sizes of two clusters meet, or one is 0.

    Infinite where there is none. Zeros stay where they are.
    """
    found, turned = clusters(beta), np.sign(beta) * direction
    sizes = np.array([np.abs(beta[one[0]]) for one in found])
    slowest, fastest = (np.array([fold(turned[one]) for one in found]) for fold in (np.min, np.max))
    if sizes[-1] > 0.0:
        sizes, fastest = np.append(sizes, 0.0), np.append(fastest, 0.0)
    gap, closing = sizes[:-1] - sizes[1:], fastest[1:] - slowest[: sizes.size - 1]
    meet = closing > 0.0
    return float((gap[meet] / closing[meet]).min(initial=np.inf))


def log_mass(weights: np.ndarray) -> float:
    """Return ``log(2^d d! / prod_k W_k)``, ``W_k`` the cumulative sums of the weights."""
    d = weights.size
    return float(d * np.log(2.0) + gammaln(d + 1.0) - np.log(np.cumsum(weights)).sum())


def sorted_moments(weights: np.ndarray) -> tuple[float, float]:
    """Return ``(E|b_j|, E b_j^2)``: ``|b|_(k)`` is the sum of independent spacings ``Exp(W_m)``, ``m >= k``."""
    mean = 1.0 / np.cumsum(weights)
    above = np.cumsum(mean[::-1])[::-1]
    spread = np.cumsum(mean[::-1] ** 2)[::-1]
    return float(above.mean()), float((above**2 + spread).mean())


def draw_sorted(weights: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    """Return exact draws (count, d): spacings, random signs, a random order."""
    spacings = rng.exponential(1.0 / np.cumsum(weights), (count, weights.size))
    sizes = np.cumsum(spacings[:, ::-1], axis=1)
    signs = np.where(rng.random(sizes.shape) < 0.5, -1.0, 1.0)
    return rng.permuted(signs * sizes, axis=1)


@cache
def _survivors(weights: tuple[float, ...]) -> np.ndarray:
    """Return the expected share of coefficients beyond, after each event of the uniformised process.

    As ``x`` grows from 0 the number ``m`` of sizes beyond it falls by one at rate ``W_m``.
    """
    rates = np.cumsum(weights)
    falls = rates / rates[-1]
    state = np.zeros(rates.size)
    state[-1] = 1.0
    counts = np.arange(1, rates.size + 1) / rates.size
    shares: list[float] = []
    while not shares or shares[-1] > SMALLEST_SHARE:
        shares.append(float(state @ counts))
        moving = state * falls
        state = state - moving
        state[:-1] += moving[1:]
    return np.array(shares)


def sorted_quantile(prob: float, weights: np.ndarray) -> float:
    """Return the ``x`` with ``P(|b_j| <= x) = prob``."""
    from scipy.optimize import brentq

    if prob <= 0.0:
        return 0.0
    shares, fastest = _survivors(tuple(weights.tolist())), float(weights.sum())
    events = np.arange(shares.size)
    log_factorial = gammaln(events + 1.0)

    def excess(x: float) -> float:
        poisson = np.exp(events * np.log(fastest * x) - fastest * x - log_factorial) if x > 0.0 else events == 0
        return float(np.log(poisson @ shares) - np.log1p(-prob))

    upper = 1.0 / weights[0]
    while excess(upper) > 0.0:
        upper *= 2.0
    return float(brentq(excess, 0.0, upper, xtol=1e-15 * upper, rtol=1e-14))
