"""Inverse curvatures that follow the gradients: those of SciPy's BFGS update, written for whole matrices."""

import numpy as np
import pytest
from scipy.optimize import BFGS

from bayesreg.solvers.secants import MOST, Secants

RNG = np.random.default_rng(1)
N = 6


def curvature():
    root = RNG.normal(size=(20, N))
    gram = root.T @ root
    return (gram + gram.T) / 2.0


@pytest.mark.parametrize("count", [0, 1, 4, MOST])
def test_steps_change_the_inverse_as_updates_of_the_whole_matrix_do(count):
    """To 1e-10: ten products of matrices whose condition is about 10."""
    start, true = 1e-3 * curvature(), curvature()
    secants, whole = Secants(start), BFGS(init_scale=start)
    whole.initialize(N, "inv_hess")
    for step in RNG.normal(size=(count, N)):
        secants.add(step, true @ step)
        whole.update(step, true @ step)
    r = RNG.normal(size=N)
    np.testing.assert_allclose(secants.times(r), whole.dot(r) if count else start @ r, rtol=1e-10)


def test_the_last_step_is_met_and_the_oldest_forgotten():
    true = curvature()
    secants, steps = Secants(np.eye(N)), RNG.normal(size=(MOST + 3, N))
    for step in steps:
        secants.add(step, true @ step)
    np.testing.assert_allclose(secants.times(true @ steps[-1]), steps[-1], rtol=1e-10)
    assert len(secants.pairs) == MOST
    assert secants.pairs[0][0] is not steps[2]
    np.testing.assert_array_equal(secants.pairs[0][0], steps[3])


def test_a_step_without_curvature_is_left_out():
    secants, r = Secants(np.eye(N)), RNG.normal(size=N)
    secants.add(r, np.zeros(N))
    secants.add(r, -r)
    np.testing.assert_array_equal(secants.times(r), r)
