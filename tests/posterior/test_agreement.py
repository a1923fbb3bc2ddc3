"""The test of agreement itself: it accepts correct draws as often as it says, and rejects small errors."""

import numpy as np
from scipy import stats

from tests.posterior.agreement import against, between, judge, standard_error
from tests.reference.oracles import Margin

LAW = stats.norm(2.0, 3.0)
MARGIN = Margin(2.0, 3.0, LAW.ppf([0.1, 0.5, 0.9]), np.array([0.1, 0.5, 0.9]))


def chain(rng, mean=2.0, sd=3.0, share=0.6, shape=(4, 2000)):
    """A stationary autoregression of order one."""
    x = np.empty(shape)
    x[:, 0] = rng.normal(size=shape[0])
    for t in range(1, shape[1]):
        x[:, t] = share * x[:, t - 1] + np.sqrt(1.0 - share**2) * rng.normal(size=shape[0])
    return mean + sd * x


def test_the_standard_error_is_that_of_an_autoregression():
    """Known: ``sd^2 / N (1 + r) / (1 - r)``; an estimate from 8000 draws is within a fifth of it."""
    found = standard_error(chain(np.random.default_rng(0)))
    assert abs(found / (3.0 / np.sqrt(8000) * np.sqrt(1.6 / 0.4)) - 1.0) < 0.2


def test_correct_draws_agree():
    """At a family-wise error of 0.05, of 100 families at most 15 disagree: binomial, beyond its 1e-4 quantile."""
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(100):
        draws = chain(rng, shape=(4, 400))
        scores = {
            "mean": (draws.mean() - 2.0) / standard_error(draws),
            "below": ((draws < 2.0).mean() - 0.5) / standard_error((draws < 2.0).astype(float)),
        }
        rejected += not judge(scores, 0.05).agrees
    assert rejected <= 15


def test_a_wrong_mean_or_spread_does_not():
    rng = np.random.default_rng(2)
    assert against([chain(rng)], [MARGIN]).agrees
    assert not against([chain(rng, mean=2.5)], [MARGIN]).agrees
    wide = against([chain(rng, sd=3.5)], [MARGIN])
    assert not wide.agrees
    assert wide.what == "variance of 0"
    assert "limit" in str(wide)


def test_two_sets_of_draws():
    rng = np.random.default_rng(3)
    assert between({"b": chain(rng)}, {"b": chain(rng, share=0.1)}).agrees
    assert not between({"b": chain(rng)}, {"b": chain(rng, sd=3.6)}).agrees


def test_draws_that_are_no_numbers_disagree():
    draws = chain(np.random.default_rng(4))
    draws[0, 0] = np.nan
    assert not against([draws], [MARGIN]).agrees
