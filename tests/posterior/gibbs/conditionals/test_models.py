"""A spike and slab in a model: inclusion probabilities against the sum over all subsets of the columns."""

from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

import bayesreg as br

N, P = 60, 5
SPIKE, SLAB, INCLUSION = 0.003, 1.0, 0.3
CHAINS, DRAWS = 8, 500


def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, P))
    X[:, 1] = 0.8 * X[:, 0] + 0.6 * X[:, 1]
    y = X @ np.array([0.5, 0.2, 0.0, 0.0, 0.25]) + rng.normal(size=N)
    return X, y


def enumerated(X, y):
    """Return posterior means and inclusion probabilities; sigma is 1 and the flat intercept integrated out."""
    across = np.linalg.svd(np.ones((N, 1)))[0][:, 1:]
    Z, target = across.T @ X, across.T @ y
    log_weights, means, choices = [], [], np.array(list(product((0, 1), repeat=P)))
    for choice in choices:
        variance = np.where(choice, SLAB, SPIKE) ** 2
        evidence = stats.multivariate_normal(np.zeros(N - 1), np.eye(N - 1) + (Z * variance) @ Z.T).logpdf(target)
        log_weights.append(evidence + stats.bernoulli(INCLUSION).logpmf(choice).sum())
        means.append(np.linalg.solve(Z.T @ Z + np.diag(1.0 / variance), Z.T @ target))
    weight = np.exp(np.array(log_weights) - max(log_weights))
    weight /= weight.sum()
    return weight @ np.array(means), weight @ choices


def test_inclusion_probabilities_under_a_narrow_spike():
    """Within 5 standard errors of eight chain means: the slab is 333 times as wide as the spike."""
    X, y = data()
    names = [f"x{j}" for j in range(P)]
    frame = pd.DataFrame(X, columns=names).assign(y=y)
    law = br.SpikeSlab(INCLUSION, SLAB, SPIKE)
    model = br.Model(f"y ~ {' + '.join(names)}", frame, penalty=law, standardize=False, dispersion=1.0)
    posterior = model.sample(engine="gibbs", seed=3, draws=DRAWS, tune=100, chains=CHAINS).tree["posterior"]
    for name, expected in zip(("beta", "inclusion"), enumerated(X, y), strict=True):
        of_chains = posterior[name].values[..., 1:].mean(axis=1)
        error = of_chains.std(axis=0, ddof=1) / np.sqrt(CHAINS)
        assert np.all(np.abs(of_chains.mean(axis=0) - expected) < 5.0 * error)
