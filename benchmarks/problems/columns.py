"""What the problems are made of: correlated columns, responses, grids of strengths."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from benchmarks.families import LOSSES, null_predictor
from benchmarks.record import Facts, Problem


def correlated(rng: np.random.Generator, n: int, p: int, rho: float) -> np.ndarray:
    """Return standardised AR(1) columns (n, p) in Fortran order: neighbours have correlation ``rho``."""
    X = np.asfortranarray(rng.standard_normal((n, p)))
    for j in range(1, p):
        X[:, j] = rho * X[:, j - 1] + np.sqrt(1.0 - rho**2) * X[:, j]
    return standardised(X)


def standardised(X: np.ndarray) -> np.ndarray:
    """Return columns with mean 0 and mean square 1."""
    return np.asfortranarray((X - X.mean(axis=0)) / X.std(axis=0))


def signs(rng: np.random.Generator, p: int, k: int) -> np.ndarray:
    """Return coefficients (p,) of which k are +1 or -1 and the others 0."""
    b = np.zeros(p)
    at = rng.choice(p, k, replace=False)
    b[at] = rng.choice([-1.0, 1.0], k)
    return b


def normal_response(rng: np.random.Generator, mean: np.ndarray, snr: float) -> np.ndarray:
    """Return means with normal noise at a ratio of variances, centred and scaled."""
    y = mean + rng.standard_normal(mean.size) * np.sqrt(mean.var() / snr)
    return (y - y.mean()) / y.std()


def binary_response(rng: np.random.Generator, eta: np.ndarray) -> np.ndarray:
    """Return draws of 0 and 1 at linear predictors."""
    return (rng.random(eta.size) < expit(eta)).astype(float)


def with_grid(facts: Facts, X: object, y: np.ndarray, groups: np.ndarray | None = None, ratio: float = 0.01) -> Problem:
    """Return a problem over strengths from the smallest that holds all slopes at 0 to ``ratio`` of it."""
    level = null_predictor(facts.family, y, intercept=facts.intercept)
    score = X.T @ (y - LOSSES[facts.family].mean(np.full(facts.n, level)))  # type: ignore[attr-defined]
    if groups is None:
        largest = float(np.abs(score).max()) / facts.share
    else:
        largest = float(np.sqrt(np.bincount(groups, score**2) / np.bincount(groups)).max())
    return Problem(facts, X, y, largest * np.geomspace(1.0, ratio, facts.strengths), groups)


def count(quick: bool) -> int:
    """Return the number of strengths."""
    return 10 if quick else 100
