"""Smoothed importance weights against ArviZ, and against an average that is known."""

import numpy as np
import pytest
from scipy import stats

from bayesreg.posterior.psis import khat_limit, smooth


def arviz_weights(log_ratios, efficiency):
    """Return what ArviZ makes of each row; its function takes the log likelihood, minus the log ratio."""
    from arviz_stats.base import array_stats

    pairs = [array_stats.psislw(-row, r_eff=efficiency) for row in log_ratios]
    return np.array([pair[0] for pair in pairs]), np.array([float(pair[1]) for pair in pairs])


@pytest.mark.parametrize(("draws", "efficiency"), [(4000, 1.0), (1000, 0.4), (300, 1.0), (200, 1.0), (60, 1.0)])
def test_weights_are_those_of_arviz(draws, efficiency):
    rng = np.random.default_rng(7)
    log_ratios = rng.standard_normal((40, draws)) * np.linspace(0.01, 3.0, 40)[:, None]
    weights, shapes = smooth(log_ratios, efficiency)
    expected, k = arviz_weights(log_ratios, efficiency)
    np.testing.assert_allclose(shapes, k, atol=1e-9)
    np.testing.assert_allclose(weights, expected, atol=1e-9)


def test_shapes_are_those_of_pareto_tails():
    """Ratios with a Pareto tail of shape 0.5: the estimate is drawn to 0.5 too, so only its noise is left."""
    ratios = stats.pareto(2.0).rvs((50, 4000), random_state=3)
    _, shapes = smooth(np.log(ratios))
    assert shapes.mean() == pytest.approx(0.5, abs=4.0 * 1.5 / np.sqrt(189 * 50))


def test_averages_under_weights():
    """Weights from N(0, 1) to N(0.5, 1): the mean is 0.5, to five standard errors of so many weighted draws."""
    x = np.random.default_rng(1).standard_normal(8000)
    weights, shape = smooth((0.5 * x)[None])
    assert np.exp(weights[0]) @ x == pytest.approx(0.5, abs=5.0 * np.sqrt(1.6 / 8000))
    assert shape[0] < 0.5


def test_what_can_not_be_smoothed_says_so():
    rows = np.zeros((3, 1000))
    rows[1, 5] = np.inf
    rows[2, :10] = 50.0
    weights, shapes = smooth(rows)
    assert shapes[0] == -np.inf
    assert shapes[1] == np.inf
    np.testing.assert_allclose(np.exp(weights).sum(axis=1), 1.0)
    assert np.isinf(smooth(np.zeros((1, 12)))[1][0])
    assert khat_limit(100) == pytest.approx(0.5)
    assert khat_limit(10**9) == 0.7
