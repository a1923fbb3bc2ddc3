"""Simulation-based calibration: parameters drawn from the prior, data from the model, ranks must be uniform.

Talts et al. (2018). It tests prior, likelihood and posterior together: a wrong normaliser, a wrong power
of sigma or a wrong conditional shows as a skewed or bent histogram.
"""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br

REPLICATES = 400
ROWS = 12


def simulate(rng, relative, X):
    """Draw sigma, coefficients and a response from the joint prior."""
    sigma = np.sqrt(9.0 / rng.gamma(4.0))  # inverse gamma (4, 9) on sigma^2
    unit = sigma if relative else 1.0
    beta = 1.5 * unit * rng.normal(size=X.shape[1])
    return sigma, beta, X @ beta + sigma * rng.normal(size=len(X))


@pytest.mark.parametrize("relative", [False, True], ids=["absolute", "relative to sigma"])
def test_ranks_of_the_exact_engine_are_uniform(relative):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(ROWS, 3)) @ np.array([[1.0, 0.8, 0.0], [0.0, 0.6, 0.0], [0.0, 0.0, 1.0]])
    penalty = br.Normal(1.5, relative_to="sigma" if relative else None)
    ranks = np.zeros((REPLICATES, 4))
    for k in range(REPLICATES):
        sigma, beta, y = simulate(rng, relative, X)
        model = br.Model.from_arrays(
            X, y, intercept=False, penalty=penalty, standardize=False, dispersion=br.InverseGamma(4.0, 9.0)
        )
        tree = model.sample(draws=200, chains=1, seed=k).tree["posterior"]
        draws = np.column_stack([tree["beta"].values[0], tree["sigma"].values[0]])
        ranks[k] = (draws < np.r_[beta, sigma]).mean(axis=0)
    for column in ranks.T:
        # Kolmogorov-Smirnov at 1e-4, 8 tests in all: a family-wise error below 1e-3
        assert stats.kstest(column, "uniform").pvalue > 1e-4


def test_calibration_catches_a_wrong_power_of_sigma():
    """The planted error: a prior read as absolute whose draws scale with sigma."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(ROWS, 3))
    ranks = []
    for k in range(REPLICATES):
        sigma, _, y = simulate(rng, True, X)
        model = br.Model.from_arrays(
            X, y, intercept=False, penalty=br.Normal(0.3), standardize=False, dispersion=br.InverseGamma(4.0, 9.0)
        )
        ranks.append((model.sample(draws=200, chains=1, seed=k).tree["posterior"]["sigma"].values[0] < sigma).mean())
    assert stats.kstest(ranks, "uniform").pvalue < 1e-4
