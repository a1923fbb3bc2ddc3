"""Simulation-based calibration of the Gibbs engine: ranks of parameters drawn from the prior are uniform.

Talts et al. (2018). Unlike the exact engine's draws these depend on each other, so every tenth is kept.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import bayesreg as br

REPLICATES, KEPT, EVERY = 150, 99, 10
IG = br.InverseGamma(4.0, 9.0)
SHAPES = {"tall": (14, 3), "wide": (6, 9)}


def rank(draws: np.ndarray, truth: float) -> float:
    """Return the share of the kept draws below the truth, in the middle of its step: uniform where all is right."""
    return ((draws < truth).sum() + 0.5) / (draws.size + 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_ranks_under_the_default_priors_are_uniform(shape: str) -> None:
    """Laplace coefficients relative to sigma, R^2 uniform: coefficients, sigma and R^2."""
    n, p = SHAPES[shape]
    rng = np.random.default_rng(8)
    X = rng.normal(size=(n, p))
    spread = 2.0 * (X**2).mean(axis=0).sum()
    ranks = np.empty((REPLICATES, 4))
    for k in range(REPLICATES):
        sigma, share = np.sqrt(IG.b / rng.gamma(IG.a)), rng.uniform()
        beta = sigma * np.sqrt(share / (1.0 - share) / spread) * rng.laplace(size=p)
        y = X @ beta + sigma * rng.normal(size=n)
        model = br.Model.from_arrays(X, y, intercept=False, penalty=br.L1(), standardize=False, dispersion=IG)
        post = model.sample(draws=KEPT * EVERY, chains=1, seed=k, engine="gibbs").tree["posterior"]
        coefficients = np.asarray(post["beta"])[0, ::EVERY, :2]
        ranks[k] = [
            *(rank(coefficients[:, j], beta[j]) for j in range(2)),
            rank(np.asarray(post["sigma"])[0, ::EVERY], sigma),
            rank(np.asarray(post["R2"])[0, ::EVERY], share),
        ]
    # Kolmogorov-Smirnov, 4 tests a case and 2 cases: a family-wise error of 1e-3
    assert min(stats.kstest(column, "uniform").pvalue for column in ranks.T) > 1e-3 / 8.0
