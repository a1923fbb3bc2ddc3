"""L1 logistic paths."""

from __future__ import annotations

import numpy as np

from benchmarks.problems.columns import binary_response, correlated, count, signs, with_grid
from benchmarks.record import Facts, Problem


def _logistic(name: str, n: int, p: int, k: int, level: float | None, quick: bool) -> Problem:
    rng = np.random.default_rng(0)
    X = correlated(rng, n, p, 0.5)
    slopes = 0.5 * signs(rng, p, k)
    y = binary_response(rng, X @ slopes + (level or 0.0))
    ending = "no intercept" if level is None else f"with an intercept, at {level:g} in the truth"
    words = f"L1 logistic path; AR(1) columns, rho 0.5; {k} coefficients of +-0.5; {ending}"
    return with_grid(Facts(name, words, "bernoulli", "l1", level is not None, n, p, count(quick)), X, y)


def logistic_wide(quick: bool) -> Problem:
    """Return more columns than rows."""
    return _logistic("logistic_wide", *((80, 160, 5) if quick else (2000, 5000, 20)), None, quick)


def logistic_tall(quick: bool) -> Problem:
    """Return many rows, few columns, an event in about a third of the rows."""
    return _logistic("logistic_tall", *((500, 10, 5) if quick else (100_000, 50, 20)), -1.0, quick)
