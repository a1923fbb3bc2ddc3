"""Learned strengths as data: the quantity that has the density, defaults, spreads, and the joint density of scales."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import bayesreg as br
from bayesreg.errors import InputError
from bayesreg.learned import central_scales, draw_scales, log_hyperprior
from bayesreg.objective import log_prior

N = 60


def frame(seed=0):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.normal(size=(N, 4)) * [1.0, 3.0, 0.2, 1.0] + [0.0, 5.0, 1.0, 0.0], columns=list("abcd"))
    data["y"] = data.a + rng.normal(size=N)
    data["z"] = (data.y > 0.0).astype(int)
    return data


DATA = frame()


def learned(penalty, family="gaussian", **options):
    response = {"gaussian": "y", "bernoulli": "z"}[family]
    return br.Model(f"{response} ~ a + b + c + d", DATA, family=family, penalty=penalty, **options).resolved.learned


@pytest.mark.parametrize(
    ("penalty", "family", "prior", "relative"),
    [
        (br.L1(), "gaussian", br.R2(), True),
        (br.L1(relative_to=None), "gaussian", br.R2(), True),
        (br.L2(), "bernoulli", br.PenalizedComplexity(3.0, 0.05), False),
        (br.L1(br.Gamma(2.0, 0.1)), "gaussian", br.Gamma(2.0, 0.1), True),
        (br.L1(br.Gamma(2.0, 0.1), relative_to=None), "gaussian", br.Gamma(2.0, 0.1), False),
        (br.Laplace(br.HalfCauchy(1.0)), "gaussian", br.HalfCauchy(1.0), False),
        (br.Laplace(br.HalfCauchy(1.0), relative_to="sigma"), "gaussian", br.HalfCauchy(1.0), True),
        (br.Normal(br.R2(0.5, 4.0)), "gaussian", br.R2(0.5, 4.0), True),
        (br.L1(br.HalfNormal(1.0)), "bernoulli", br.HalfNormal(1.0), False),
    ],
    ids=repr,
)
def test_defaults_and_units(penalty, family, prior, relative):
    (one,) = learned(penalty, family)
    assert (one.hyperprior, one.relative, one.shared) == (prior, relative, False)


def test_open_strengths_share_one_r2_and_given_ones_stay_apart():
    found = learned({"a": br.L1(), "b + c": br.L2(), "d": br.L1(br.HalfCauchy(1.0))})
    assert [(one.label, one.shared) for one in found] == [("a", True), ("b + c", True), ("d", False)]
    assert found[0].describe() == "prior R^2 of all learned strengths together ~ Beta(1, 1)"


def test_the_spread_is_the_prior_variance_of_the_linear_predictor():
    """Against the variance, over rows and prior draws, of the linear predictor of draws at scale 1."""
    rng = np.random.default_rng(1)
    X = DATA[list("abcd")].to_numpy()
    sd = X.std(axis=0)
    for penalty, options, expected in (
        (br.L1(), {}, 8.0),
        (br.L2(), {}, 4.0),
        (br.L2(), {"standardize": False}, float((sd**2).sum())),
        (br.L1(weights={"a": 2.0}), {}, 2.0 / 4.0 + 6.0),
    ):
        (one,) = learned(penalty, **options)
        assert one.spread == pytest.approx(expected, rel=1e-12)
    (one,) = learned(br.L1())
    eta = rng.laplace(size=(20_000, 4)) @ ((X - X.mean(axis=0)) / sd).T
    assert np.mean(eta**2) == pytest.approx(one.spread, rel=0.05)


@pytest.mark.parametrize("prior", [br.R2(0.4, 3.0), br.Gamma(2.0, 0.5), br.PenalizedComplexity(), br.HalfNormal(1.0)])
def test_the_density_of_the_scale_integrates_and_follows_the_draws(prior):
    found = learned(br.L1(prior))
    total = integrate.quad(lambda t: np.exp(log_hyperprior(found, np.array([t]))), 0.0, np.inf, limit=200)[0]
    assert total == pytest.approx(1.0, rel=1e-6)
    median = np.median(draw_scales(found, np.random.default_rng(0), 20_001))
    below = integrate.quad(lambda t: np.exp(log_hyperprior(found, np.array([t]))), 0.0, median)[0]
    assert below == pytest.approx(0.5, abs=0.018)  # 5 standard errors of a median's level
    assert central_scales(found)[0] == pytest.approx(median, rel=0.05)


def test_the_joint_density_of_shared_scales_integrates_to_one():
    found = learned({"a": br.L1(), "b + c": br.L2()})
    # scales tau_k = sqrt(v_k / spread_k): integrated over log tau on a grid that holds all but 1e-6 of the mass
    at = np.linspace(-18.0, 18.0, 721)
    logs = np.stack(np.meshgrid(at, at))
    density = np.exp(log_hyperprior(found, np.exp(logs)) + logs.sum(axis=0))
    assert density.sum() * (at[1] - at[0]) ** 2 == pytest.approx(1.0, abs=1e-4)


def test_the_implied_share_of_variance_is_uniform():
    for penalty in (br.L1(), {"a": br.L1(), "b": br.L2(), "c": br.L1(), ...: br.L2()}):
        found = learned(penalty)
        scales = draw_scales(found, np.random.default_rng(5), 4000)
        variance = sum(scales[:, k] ** 2 * one.spread for k, one in enumerate(found))
        assert stats.kstest(variance / (1.0 + variance), stats.uniform().cdf).pvalue > 1e-4
        if len(found) > 1:
            share = scales[:, 0] ** 2 * found[0].spread / variance
            assert stats.kstest(share, stats.beta(1.0, len(found) - 1.0).cdf).pvalue > 1e-4


def test_the_log_prior_at_a_scale_is_that_of_the_law_in_prior_units():
    beta, scale, sigma = np.array([0.3, 0.2, -0.4, 0.1, 0.7]), 0.37, 1.4
    for relative_to, unit in (("sigma", sigma), (None, 1.0)):
        open_ = br.Model("y ~ a + b + c + d", DATA, penalty=br.L1(br.HalfCauchy(1.0), relative_to=relative_to))
        sd = open_.resolved.sd[1:]
        expected = stats.laplace(scale=scale * unit / sd).logpdf(beta[1:]).sum()
        found = log_prior(open_.resolved, beta, sigma, scales=np.array([scale]))
        assert found == pytest.approx(expected, rel=1e-12)
        fixed = open_.resolved.at_scales(np.array([scale]))
        assert log_prior(fixed, beta, sigma) == pytest.approx(expected, rel=1e-12)


def test_a_point_of_the_path_is_given_and_not_learned():
    model = br.Model("y ~ a + b", DATA, penalty=br.L1())
    point = model.path(lams=[3.0, 1.0]).at(1.0)
    assert point.resolved.learned == ()
    assert not point.resolved.sigma_relative.any()
    assert model.resolved.sigma_relative[1:].all()


def test_what_has_no_meaning_is_refused():
    with pytest.raises(InputError, match=r"has no dispersion to share with\. Use br.PenalizedComplexity"):
        learned(br.L1(br.R2()), "bernoulli")
    with pytest.raises(InputError, match=r"is zero under L2\. Use a prior of its scale"):
        br.Model("y ~ a", DATA, penalty={"Intercept": br.L2(br.R2())})
