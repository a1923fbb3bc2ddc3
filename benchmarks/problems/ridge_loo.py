"""Ridge paths with exact leave-one-out accuracy at every strength; with an intercept."""

from __future__ import annotations

import numpy as np

from benchmarks.problems.columns import correlated, count, normal_response, signs
from benchmarks.record import Facts, Problem


def _ridge(name: str, n: int, p: int, quick: bool) -> Problem:
    rng = np.random.default_rng(0)
    X = correlated(rng, n, p, 0.5)
    y = normal_response(rng, X @ signs(rng, p, p // 4), 3.0)
    words = "ridge path with exact leave-one-out accuracy; lam from 10 n to n / 1000; AR(1) columns, rho 0.5"
    facts = Facts(name, words, "gaussian", "l2", True, n, p, count(quick), task="loo")
    return Problem(facts, X, y, n * np.geomspace(10.0, 1e-3, facts.strengths))


def ridge_tall(quick: bool) -> Problem:
    """Return more rows than columns."""
    return _ridge("ridge_tall", *((100, 10) if quick else (5000, 200)), quick)


def ridge_wide(quick: bool) -> Problem:
    """Return more columns than rows."""
    return _ridge("ridge_wide", *((20, 60) if quick else (200, 5000)), quick)
