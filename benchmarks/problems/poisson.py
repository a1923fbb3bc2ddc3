"""L1 Poisson paths: made-up counts, and the doctor visits of the RAND experiment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.problems.columns import correlated, count, signs, standardised, with_grid
from benchmarks.record import Facts, Problem


def poisson(quick: bool) -> Problem:
    """Return counts of mean 2 to 3."""
    rng = np.random.default_rng(0)
    n, p, k = (400, 10, 4) if quick else (20000, 100, 10)
    X = correlated(rng, n, p, 0.5)
    y = rng.poisson(np.exp(0.7 + X @ (0.2 * signs(rng, p, k)))).astype(float)
    words = f"L1 Poisson path; AR(1) columns, rho 0.5; {k} coefficients of +-0.2; with an intercept"
    return with_grid(Facts("poisson", words, "poisson", "l1", True, n, p, count(quick)), X, y)


def doctor_visits(quick: bool) -> Problem:
    """Return real counts on their columns, all products of two and squares, standardised."""
    import bayesreg as br

    frame = br.datasets.doctor_visits()
    y = frame.pop("visits").to_numpy(dtype=float)
    base = pd.get_dummies(frame, drop_first=True).astype(float)
    columns = dict(base.items())
    for j, first in enumerate(base):
        columns |= {f"{first}:{second}": base[first] * base[second] for second in list(base)[j:]}
    X = pd.DataFrame(columns).to_numpy()
    X = X[:, X.std(axis=0) > 0.0]
    X = standardised(X[:, np.sort(np.unique(X, axis=1, return_index=True)[1])])
    words = "L1 Poisson path; doctor visits, all squares and products of two columns; with an intercept"
    return with_grid(Facts("doctor_visits", words, "poisson", "l1", True, *X.shape, count(quick)), X, y)
