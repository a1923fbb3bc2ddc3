"""Polya-Gamma deviates against their Laplace transform, their moments and a sum of gamma variables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from bayesreg.posterior.gibbs.augmented import polya_gamma
from bayesreg.posterior.gibbs.augmented.polya_gamma import draw_polya_gamma, moments
from bayesreg.posterior.gibbs.streams import Streams

LIMIT = 4.5  # standard errors: 7e-6 a comparison, below 1e-3 for all of a file
EXTREMES = (0.0, 1e-8, 0.7, 3.0, 50.0, 700.0)
SHAPES = (1.0, 3.0, 0.4, 2.5, 40.0)


def draws(b: float, z: float, size: int = 40000, seed: int = 1) -> np.ndarray:
    streams = Streams(np.random.SeedSequence(seed).spawn(2))
    return draw_polya_gamma(np.array(b), np.full((2, size // 2), z), streams).ravel()


def log_transform(t: np.ndarray, b: float, z: float) -> np.ndarray:
    """Return ``log E exp(-t x)``: ``b log(cosh(z / 2) / cosh(sqrt(z^2 / 4 + t / 2)))``."""

    def log_cosh(x: np.ndarray) -> np.ndarray:
        return np.logaddexp(x, -x) - np.log(2.0)

    return b * (log_cosh(np.asarray(0.5 * z)) - log_cosh(np.sqrt(0.25 * z * z + 0.5 * t)))


@pytest.mark.parametrize("z", EXTREMES)
@pytest.mark.parametrize("b", SHAPES)
def test_laplace_transform(b, z):
    """At arguments about one over the mean, where the transform is neither 1 nor 0."""
    x = draws(b, z)
    t = np.array([0.3, 1.0, 3.0]) / (b * moments(np.array([z]))[0])
    values = np.exp(-t[:, None] * x)
    error = values.std(axis=1) / np.sqrt(x.size)
    assert np.all(np.abs(values.mean(axis=1) - np.exp(log_transform(t, b, z))) < LIMIT * error)


@pytest.mark.parametrize("z", EXTREMES)
@pytest.mark.parametrize("b", SHAPES)
def test_mean_and_variance(b, z):
    x = draws(b, z, seed=2)
    mean, variance = (b * float(part[0]) for part in moments(np.array([z])))
    assert abs(x.mean() - mean) < LIMIT * np.sqrt(variance / x.size)
    squares = (x - mean) ** 2
    assert abs(squares.mean() - variance) < LIMIT * squares.std() / np.sqrt(x.size)


def test_moments_are_derivatives_of_the_transform():
    """By sums over the poles, which are exact to 1e-6 where 200000 terms leave out 1e-6 of the mean."""
    z = np.array([0.0, 1e-3, 2.9e-3, 3.1e-3, 0.1, 1.0, 9.0, 80.0])
    k = np.arange(200000) + 0.5
    terms = 0.5 / np.pi**2 / (k**2 + (z[:, None] / (2.0 * np.pi)) ** 2)
    mean, variance = moments(z)
    np.testing.assert_allclose(mean, terms.sum(axis=1), rtol=1e-4)
    np.testing.assert_allclose(variance, (terms**2).sum(axis=1), rtol=1e-7)


@pytest.mark.parametrize("z", [0.0, 2.0, 12.0])
@pytest.mark.parametrize("b", [1.0, 0.4, 3.0])
def test_distribution_is_that_of_a_sum_of_gamma_variables(b, z):
    """300 terms leave out 7e-4 of the mean, far less than a test of 20000 against 20000 can see."""
    rng = np.random.default_rng(4)
    k = np.arange(300) + 0.5
    weights = 0.5 / np.pi**2 / (k**2 + (z / (2.0 * np.pi)) ** 2)
    other = rng.standard_gamma(b, size=(20000, 300)) @ weights
    assert ks_2samp(draws(b, z, 20000), other).pvalue > 1e-4


def test_a_wrong_proposal_is_noticed(monkeypatch):
    """The same check rejects deviates that come from the right tail half as often."""
    right = polya_gamma._share_right
    monkeypatch.setattr(polya_gamma, "_share_right", lambda half, rate: 0.5 * right(half, rate))
    x = draws(1.0, 0.7)
    mean, variance = (float(part[0]) for part in moments(np.array([0.7])))
    squares = (x - mean) ** 2
    right_mean = abs(x.mean() - mean) < LIMIT * np.sqrt(variance / x.size)
    right_variance = abs(squares.mean() - variance) < LIMIT * squares.std() / np.sqrt(x.size)
    assert not (right_mean and right_variance)


def test_nothing_is_drawn_for_no_trials():
    assert np.all(draws(0.0, 1.0, 10) == 0.0)


def test_a_chain_draws_the_same_alone_and_beside_others():
    seeds = np.random.SeedSequence(7).spawn(3)
    z = np.random.default_rng(0).normal(size=(3, 50))
    b = np.where(np.arange(50) % 2, 1.0, 2.3)
    together = draw_polya_gamma(b, z, Streams(seeds))
    alone = [draw_polya_gamma(b, z[k : k + 1], Streams([seeds[k]]))[0] for k in range(3)]
    np.testing.assert_array_equal(together, alone)
