"""NUTS against two-dimensional quadrature where no closed form is known: each family under the sparse priors."""

import itertools

import numpy as np
import pytest

import bayesreg as br
from bayesreg.objective import LogJoint

pytestmark = pytest.mark.slow

LIMIT = 4.5  # standard errors; 3 x 3 x 2 means and as many standard deviations: a family-wise error of 3e-4
FAMILIES = ("gaussian", "bernoulli", "poisson")
PENALTIES = (br.Laplace(0.5), br.ElasticNetPrior(1.0, 2.0), br.Laplace(0.5, positive=True))


def data_of(family):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(25, 2)) @ np.array([[1.0, 0.7], [0.0, 0.7]])
    eta = X @ np.array([0.6, 0.2])
    y = {
        "gaussian": eta + rng.normal(size=25),
        "bernoulli": (rng.random(25) < 1.0 / (1.0 + np.exp(-eta))).astype(float),
        "poisson": rng.poisson(np.exp(eta)).astype(float),
    }[family]
    return X, y


@pytest.mark.parametrize(("family", "penalty"), list(itertools.product(FAMILIES, PENALTIES)), ids=repr)
def test_moments_agree_with_quadrature(family, penalty):
    X, y = data_of(family)
    options = {"dispersion": 1.0} if family == "gaussian" else {}
    model = br.Model.from_arrays(X, y, intercept=False, family=family, penalty=penalty, standardize=False, **options)
    joint, mode = LogJoint(model.design, model.resolved), model.fit().params.to_numpy()
    step = 0.01
    axes = [np.arange(-4.0, 4.0, step) + 0.5 * step + 0.0 * m for m in mode]
    if penalty.positive:
        axes = [axis[axis > 0.0] for axis in axes]
    log_density = np.array([[joint.log_posterior(np.array([a, b])) for b in axes[1][::4]] for a in axes[0][::4]])
    mass = np.exp(log_density - log_density.max())
    mass /= mass.sum()
    grids = np.meshgrid(axes[0][::4], axes[1][::4], indexing="ij")
    frame = model.sample(draws=2000, tune=1000, seed=1, engine="nuts").summary().frame
    for j, grid in enumerate(grids):
        mean = float((mass * grid).sum())
        sd = float(np.sqrt((mass * (grid - mean) ** 2).sum()))
        ess = float(frame["ess_bulk"].iloc[j])
        # the grid of step 0.04 adds an error of order step^2 at the corner of the prior, allowed for with 2e-3
        assert abs(frame["mean"].iloc[j] - mean) < LIMIT * sd / np.sqrt(ess) + 2e-3
        assert abs(frame["sd"].iloc[j] / sd - 1.0) < LIMIT * np.sqrt(1.0 / ess) + 1e-2
