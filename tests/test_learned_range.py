"""Central ranges under learned strengths against laws whose mixtures are known, and against draws from the prior."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.learned import Learned, draw_scales
from bayesreg.learned_range import absolute_quantile, quantile_within, scale_nodes
from bayesreg.penalties import Strength
from bayesreg.posterior.prior_predictive import draw_coefficients

PROBS = (0.025, 0.5, 0.95, 0.975, 0.999)
ONE, NONE = np.ones(1), np.zeros(1)


def learned(hyperprior, *, shared=False):
    return Learned("x", 0, np.array([1]), hyperprior, relative=False, spread=1.0, shared=shared)


@pytest.mark.parametrize("scale", [0.2, 5.0])
def test_normal_under_a_half_cauchy_scale_is_a_horseshoe(scale):
    nodes = scale_nodes((learned(br.HalfCauchy(scale)),), 0)
    found = absolute_quantile(br.L2(1.0), Strength(NONE, ONE), nodes, PROBS)[:, 0]
    known = [float(br.Horseshoe(1.0).absolute_quantile(p, Strength(1.0 / scale, 0.0))) for p in PROBS]
    assert found == pytest.approx(known, rel=3e-5)  # of the interpolated quantile function


def test_laplace_under_a_gamma_rate_is_a_generalized_double_pareto():
    nodes = scale_nodes((learned(br.Gamma(2.0, 3.0)),), 0)
    found = absolute_quantile(br.L1(1.0), Strength(np.array([1.0, 4.0]), np.zeros(2)), nodes, PROBS)
    known = 3.0 * ((1.0 - np.array(PROBS)) ** -0.5 - 1.0)  # P(|b| > x) = (1 + x / 3)^-2
    assert found[:, 0] == pytest.approx(known, rel=3e-5)
    assert found[:, 1] == pytest.approx(known / 4.0, rel=3e-5)


def test_shared_strengths_divide_their_odds_uniformly():
    """``tau^2`` is R^2 odds times a Beta(1, 2) share: its distribution function by draws of both."""
    three = tuple(learned(br.R2(), shared=True) for _ in range(3))
    scale, weight = scale_nodes(three, 1)
    draws = draw_scales(three, np.random.default_rng(0), 200_000)[:, 1]
    for at in (0.1, 0.5, 2.0, 10.0):
        assert weight[scale <= at].sum() == pytest.approx(np.mean(draws <= at), abs=0.01)  # steps of the nodes
    assert weight.sum() == pytest.approx(1.0, abs=1e-12)


def test_limits_cut_the_law_at_each_scale():
    law, limits = br.L1(1.0, limits=(-1.0, 2.0)), (-1.0, 2.0)
    found = quantile_within(limits, Strength(ONE, NONE), scale_nodes((learned(br.HalfCauchy(1.0)),), 0), PROBS)[:, 0]
    rng = np.random.default_rng(0)
    rate = 1.0 / np.abs(rng.standard_cauchy(100_000))
    draws = law.draw(Strength(rate, 0.0 * rate), rng, rate.shape)
    at = np.array([np.mean(draws <= x) for x in found])
    assert at == pytest.approx(PROBS, abs=4.0 * np.sqrt(0.25 / draws.size))


@pytest.mark.parametrize(
    ("formula", "penalty", "family"),
    [
        ("target ~ age + bmi + bp", br.L1(), "gaussian"),
        ("target ~ age + bmi + bp", {"bmi": br.L1(), "...": br.L2()}, "gaussian"),
        ("target ~ age + bmi + bp", br.Normal(br.HalfNormal(2.0)), "gaussian"),
        ("target ~ age + bmi + bp", br.L1(positive=True), "gaussian"),
        ("target ~ age + bmi + bp", br.Laplace(br.HalfCauchy(9.0), limits=(-1.0, 2.0)), "gaussian"),
        ("target ~ age + bmi + bp", br.L1(weights={"bmi": 0.5, "bp": 2.0}), "gaussian"),
        ("target ~ age + bmi + bp", br.GroupLasso(), "gaussian"),
        ("high ~ age + bmi + bp", br.ElasticNet(l1_ratio=0.5), "bernoulli"),
    ],
    ids=str,
)
def test_ranges_hold_their_share_of_draws_from_the_prior(formula, penalty, family):
    data = br.datasets.diabetes()
    data["high"] = (data.target > 140.0).astype(int)
    model = br.Model(formula, data, family=family, penalty=penalty)
    table, record, rng, count = model.priors(level=0.9), model.resolved, np.random.default_rng(2), 20_000
    scales = draw_scales(record.learned, rng, count)
    draws = draw_coefficients(model.design, record, np.full(count, np.sqrt(record.phi)), scales, rng)
    error = 4.5 * np.sqrt(0.05 * 0.95 / count)
    for j in range(1, len(record.coefficients)):
        assert np.mean(draws[:, j] < table.lower[j]) == pytest.approx(0.05, abs=error)
        assert np.mean(draws[:, j] > table.upper[j]) == pytest.approx(0.05, abs=error)
    assert table.belief[1].endswith("at its median strength")


def test_a_range_at_the_median_strength_would_be_too_short():
    data = br.datasets.diabetes()
    table = br.Model("target ~ bmi", data, penalty=br.Normal(br.HalfCauchy(1.0)), dispersion=3000.0).priors()
    known = float(br.Horseshoe(1.0).absolute_quantile(0.95, Strength(1.0, 0.0))) / np.std(data.bmi)
    assert table.upper[1] == pytest.approx(known, rel=3e-5)
    assert table.scale[1] == pytest.approx(1.0 / np.std(data.bmi), rel=1e-9)
    assert known > 3.0 * (1.96 * table.scale[1])
