"""Group lasso paths: groups of five neighbouring columns, penalised by ``lam sqrt(5) ||b_g||``; no intercept."""

from __future__ import annotations

import numpy as np

from benchmarks.problems.columns import correlated, count, normal_response, signs, with_grid
from benchmarks.record import Facts, Problem

SIZE = 5


def _group(name: str, n: int, p: int, rho: float, k: int, quick: bool) -> Problem:
    rng = np.random.default_rng(0)
    X = correlated(rng, n, p, rho)
    groups = np.repeat(np.arange(p // SIZE), SIZE)
    slopes = signs(rng, p // SIZE, k)[groups] * rng.standard_normal(p)
    y = normal_response(rng, X @ slopes, 3.0)
    words = f"group lasso path; groups of {SIZE}, AR(1) columns, rho {rho:g}; {k} groups in the truth; no intercept"
    return with_grid(Facts(name, words, "gaussian", "group", False, n, p, count(quick)), X, y, groups)


def group_wide(quick: bool) -> Problem:
    """Return more columns than rows."""
    return _group("group_wide", *((60, 120) if quick else (1000, 2000)), 0.5, 4 if quick else 20, quick)


def group_tall(quick: bool) -> Problem:
    """Return more rows than columns."""
    return _group("group_tall", *((200, 40) if quick else (5000, 500)), 0.5, 4 if quick else 20, quick)
