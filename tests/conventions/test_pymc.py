"""PyMC's rows: its log density and ours differ by a constant that no coefficient moves - by none at all."""

import numpy as np
import pymc as pm
import pytest

from bayesreg.conventions import from_package

POINTS = np.linspace(-3.0, 3.0, 7)


@pytest.mark.parametrize(
    ("call", "argument", "law"),
    [
        ("pymc.Laplace", "b", lambda value: pm.Laplace.dist(0.0, b=value)),
        ("pymc.Normal", "sigma", lambda value: pm.Normal.dist(0.0, sigma=value)),
        ("pymc.Normal", "tau", lambda value: pm.Normal.dist(0.0, tau=value)),
    ],
)
def test_pymc(call, argument, law):
    penalty = from_package(call, **{argument: 0.7})
    theirs = pm.logp(law(0.7), POINTS).eval()
    ours = penalty.log_prior(POINTS, penalty.strength(1.0))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
