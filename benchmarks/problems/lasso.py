"""Lasso paths on correlated, standardised columns; y centred and scaled; no intercept."""

from __future__ import annotations

import numpy as np

from benchmarks.problems.columns import correlated, count, normal_response, signs, with_grid
from benchmarks.record import Facts, Problem


def _lasso(name: str, n: int, p: int, rho: float, k: int, snr: float, quick: bool) -> Problem:
    rng = np.random.default_rng(0)
    X = correlated(rng, n, p, rho)
    y = normal_response(rng, X @ signs(rng, p, k), snr)
    words = f"lasso path; AR(1) columns, rho {rho:g}; {k} coefficients of +-1, signal to noise {snr:g}; no intercept"
    return with_grid(Facts(name, words, "gaussian", "l1", False, n, p, count(quick)), X, y)


def tall(quick: bool) -> Problem:
    """Return many rows, few columns."""
    return _lasso("tall", *((400, 20) if quick else (20000, 200)), 0.5, 10 if quick else 20, 3.0, quick)


def wide(quick: bool) -> Problem:
    """Return few rows, many columns."""
    return _lasso("wide", *((40, 200) if quick else (200, 20000)), 0.5, 5 if quick else 20, 5.0, quick)


def square(quick: bool) -> Problem:
    """Return strongly correlated columns, twice as many as rows."""
    return _lasso("square", *((60, 120) if quick else (1000, 2000)), 0.9, 5 if quick else 30, 3.0, quick)
