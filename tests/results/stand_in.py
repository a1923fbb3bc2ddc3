"""Posteriors whose draws are made here: normal around the mode, as wide as its curvature says."""

import numpy as np

from bayesreg.objective import LogJoint
from bayesreg.posterior.draws import make_tree
from bayesreg.posterior.sampling import Sampled
from bayesreg.results.posterior import Posterior


def near_the_mode(model, draws=250, chains=4, seed=0):
    """Return the Laplace approximation of a model without a dispersion as a posterior with independent draws."""
    resolved, design = model.resolved, model.design
    mode = model.fit().params.to_numpy()
    joint = LogJoint(design, resolved)
    weights = resolved.weights * resolved.likelihood.curvature(joint.eta(mode))
    Z = np.column_stack([np.ones(design.n), design.X])
    precision = Z.T @ (weights[:, None] * Z) + np.diag(resolved.strength.precision)
    normal = np.random.default_rng(seed).standard_normal((chains, draws, mode.size))
    beta = mode + normal @ np.linalg.inv(np.linalg.cholesky(precision))
    return of_draws(model, beta)


def of_draws(model, beta, stats=None):
    """Return a posterior with draws (chains, draws, q) of the coefficients."""
    tree = make_tree(model.design, model.resolved, beta, None, {"engine": "nuts", "seed": 0}, stats)
    return Posterior(model, Sampled(tree, "nuts", "engine nuts: made by a test", model.design, model.resolved))
