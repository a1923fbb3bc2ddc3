"""Ten-fold cross-validation of a lasso, with an intercept, and the fit at its best strength."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np

from benchmarks.problems.columns import correlated, count, normal_response, signs, standardised, with_grid
from benchmarks.record import Facts, Problem

WORDS = "ten-fold cross-validation of a lasso and the fit at its best strength; the gaps are those of the fold fits"


def cv_products(quick: bool) -> Problem:
    """Return the diabetes data with squares and products of their columns."""
    import bayesreg as br

    data = br.datasets.diabetes()[: 100 if quick else None]
    base = [data[name].to_numpy(dtype=float) for name in data.columns if name != "target"]
    pairs = [a * b for a, b in combinations_with_replacement(base, 2) if np.ptp(a) > 1.0 or a is not b]
    X = standardised(np.column_stack([*base, *pairs]))
    y = data["target"].to_numpy(dtype=float)
    words = f"{WORDS}; diabetes data, squares and products; strengths down to a thousandth of the largest"
    facts = Facts("cv_products", words, "gaussian", "l1", True, *X.shape, count(quick), task="cv")
    return with_grid(facts, X, y, ratio=1e-3)  # the default of both bayesreg and LassoCV


def cv_wide(quick: bool) -> Problem:
    """Return few rows, many columns."""
    rng, (n, p) = np.random.default_rng(0), (40, 200) if quick else (200, 5000)
    X = correlated(rng, n, p, 0.5)
    y = normal_response(rng, X @ signs(rng, p, 5 if quick else 20), 5.0)
    words = f"{WORDS}; AR(1) columns, rho 0.5; 20 coefficients of +-1, signal to noise 5"
    facts = Facts("cv_wide", words, "gaussian", "l1", True, n, p, count(quick), task="cv")
    return with_grid(facts, X, y)
