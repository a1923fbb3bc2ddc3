"""A lasso path on a sparse matrix that would take 80 GB as a dense one; raw columns, no intercept."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from benchmarks.problems.columns import count, normal_response, signs, with_grid
from benchmarks.record import Facts, Problem


def sparse_lasso(quick: bool) -> Problem:
    """Return CSC columns of ten standard normal entries on average."""
    rng = np.random.default_rng(0)
    size, density, k = (300, 0.05, 10) if quick else (100_000, 1e-4, 100)
    X = sparse.csc_matrix(sparse.random_array((size, size), density=density, rng=rng, data_sampler=rng.standard_normal))
    X.sort_indices()
    y = normal_response(rng, X @ signs(rng, size, k), 10.0)
    words = (
        f"lasso path; CSC, density {density:g}, raw columns; {k} coefficients of +-1, signal to noise 10; no intercept"
    )
    facts = Facts("sparse", words, "gaussian", "l1", False, size, size, count(quick), sparse=True)
    return with_grid(facts, X, y)
