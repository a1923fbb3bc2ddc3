"""Weights of draws of several distributions: known integrals, and Bennett's equation by root finding."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logsumexp

from bayesreg.posterior.bands.mixture import mixture_weights
from bayesreg.posterior.bands.monitors import smooth_weights

CENTRES = np.array([0.0, 0.7, 1.5, 2.1])
LOG_INTEGRALS = np.array([3.0, -2.0, 0.5, 10.0])
"""Of four normal densities of sd 1, each multiplied by a constant of its own."""


def log_densities(x: np.ndarray) -> np.ndarray:
    return -0.5 * (x - CENTRES[:, None]) ** 2 + LOG_INTEGRALS[:, None]


def drawn(anchors: list[int], sizes: list[int], seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    pairs = zip(anchors, sizes, strict=True)
    return np.concatenate([CENTRES[a] + rng.standard_normal(size) for a, size in pairs])


def test_integrals_of_normals_are_found() -> None:
    """Only ratios are known. The relative errors of 20000 draws are below 0.02, so 0.06 is more than three of them."""
    x = drawn([0, 2, 3], [5000, 5000, 10000])
    logs = mixture_weights(log_densities(x), np.array([0, 2, 3]), np.array([5000, 5000, 10000]))
    found = logsumexp(logs, axis=1)
    np.testing.assert_allclose(found - found[0], LOG_INTEGRALS - LOG_INTEGRALS[0], atol=0.06)
    means = np.exp(logs - found[:, None]) @ x
    np.testing.assert_allclose(means, CENTRES, atol=0.06)


def test_the_ratio_of_two_integrals_solves_bennetts_equation() -> None:
    """Bennett (1976): ``sum_1 expit(...) = sum_0 expit(...)``, solved by bisection; both are exact to rounding."""
    sizes = np.array([300, 700])
    x = drawn([0, 1], [300, 700])
    log_q = log_densities(x)
    logs = mixture_weights(log_q, np.array([0, 1]), sizes)

    def balance(log_ratio: float) -> float:
        at = log_q[1] - log_q[0] - log_ratio + np.log(sizes[1] / sizes[0])
        return float(expit(at[:300]).sum() - expit(-at[300:]).sum())

    found = logsumexp(logs, axis=1)
    assert found[1] - found[0] == pytest.approx(brentq(balance, -20.0, 20.0, xtol=1e-13), abs=1e-9)


def test_each_anchor_has_its_integral_under_its_own_weights() -> None:
    """The equations that define the integrals: weights of an anchor, times its number, sum to one draw each."""
    sizes = np.array([200, 50, 400])
    x = drawn([0, 1, 3], sizes.tolist())
    logs = mixture_weights(log_densities(x), np.array([0, 1, 3]), sizes)[[0, 1, 3]]
    shares = np.exp(logs - logsumexp(logs, axis=1)[:, None] + np.log(sizes)[:, None])
    np.testing.assert_allclose(shares.sum(axis=0), 1.0, atol=1e-6)


def test_distributions_that_share_no_draws_keep_their_own() -> None:
    x = np.concatenate([np.linspace(-1.0, 1.0, 50), np.linspace(199.0, 201.0, 50)])
    log_q = -0.5 * (x - np.array([0.0, 200.0])[:, None]) ** 2
    logs = mixture_weights(log_q, np.array([0, 1]), np.array([50, 50]))
    weights, khat = smooth_weights(logs, 1.0)
    np.testing.assert_allclose(weights[0], np.repeat([0.02, 0.0], 50), atol=1e-12)
    np.testing.assert_allclose(weights[1], np.repeat([0.0, 0.02], 50), atol=1e-12)
    assert (khat <= 0.0).all()


def test_heavy_tails_of_weights_are_told_from_bounded_ones() -> None:
    """Exponential draws weighed for another rate: the weights have a Pareto tail of shape ``1 - rate'`` exactly."""
    x = np.random.default_rng(1).exponential(size=4000)
    logs = np.stack([-0.1 * x + x, -0.6 * x + x, -1.5 * x + x])
    khat = smooth_weights(logs, 1.0)[1]
    assert khat[0] > 0.7
    assert khat[1] == pytest.approx(0.4, abs=0.2)  # the fit on 189 draws has a standard error near 0.1
    assert khat[2] <= 0.0
