"""An elastic-net path, half and half; no intercept."""

from __future__ import annotations

import numpy as np

from benchmarks.problems.columns import correlated, count, normal_response, signs, with_grid
from benchmarks.record import Facts, Problem


def elastic_net(quick: bool) -> Problem:
    """Return strongly correlated columns, twice as many as rows."""
    rng = np.random.default_rng(0)
    n, p, k = (60, 120, 5) if quick else (1000, 2000, 30)
    X = correlated(rng, n, p, 0.9)
    y = normal_response(rng, X @ signs(rng, p, k), 3.0)
    words = f"elastic-net path, shares 1/2; AR(1) columns, rho 0.9; {k} coefficients of +-1; no intercept"
    return with_grid(Facts("elastic_net", words, "gaussian", "elastic_net", False, n, p, count(quick), share=0.5), X, y)
