"""Draws from the prior against SciPy's distributions; p-values of 1e-4 at fixed seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError
from tests.problems import shown

DIABETES = br.datasets.diabetes()
DRAWS = 4000


def frame(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(50.0, 3.0, n), "z": rng.normal(size=n)})
    data["hit"] = np.resize([0, 0, 1], n)
    data["count"] = rng.poisson(4.0, n)
    data["y"] = data.x + rng.normal(size=n)
    return data


DATA = frame()


def tree(formula: str = "y ~ x + z", seed: int = 1, draws: int = DRAWS, **options: Any) -> Any:
    return br.Model(formula, DATA, **options).prior_predictive(draws=draws, seed=seed)


def column(found: Any, name: str) -> np.ndarray:
    return np.asarray(found["prior"]["beta"].sel(coef=name, chain=0))


def holds(draws: np.ndarray, law: Any) -> bool:
    return bool(stats.kstest(draws, law.cdf).pvalue > 1e-4)


@pytest.mark.parametrize(
    ("prior", "law"),
    [
        (br.Laplace(0.7), stats.laplace(scale=0.7)),
        (br.L2(lam=8.0), stats.norm(scale=0.5)),
        (br.Normal(0.7, positive=True), stats.halfnorm(scale=0.7)),
        (br.L1(lam=4.0, weights=[1.0, 2.0]), stats.laplace(scale=0.5)),
    ],
    ids=shown,
)
def test_coefficients_are_draws_of_their_prior_on_the_users_scale(prior: br.Penalty, law: Any) -> None:
    found = tree(prior=prior, dispersion=2.0)
    assert holds(column(found, "x") * np.std(DATA.x), law)
    factor = 2.0 if prior.weights is not None else 1.0
    assert holds(column(found, "z") * np.std(DATA.z) * factor, law)
    assert abs(stats.spearmanr(column(found, "x"), column(found, "z")).statistic) < 5.0 / np.sqrt(DRAWS)


@pytest.mark.parametrize(
    ("dispersion", "law"),
    [
        (br.HalfT(3.0, 2.0), None),
        (br.Exponential(0.5), stats.expon(scale=2.0)),
        (br.InverseGamma(3.0, 5.0), stats.invgamma(3.0, scale=5.0)),
    ],
    ids=["half t", "exponential", "inverse gamma"],
)
def test_sigma_is_drawn_from_its_prior_and_a_relative_prior_moves_with_it(dispersion: Any, law: Any) -> None:
    found = tree(prior=br.Laplace(0.3, relative_to="sigma"), dispersion=dispersion)
    sigma = np.asarray(found["prior"]["sigma"])[0]
    if law is None:
        assert stats.kstest(sigma, lambda s: 2.0 * stats.t(3.0, scale=2.0).cdf(s) - 1.0).pvalue > 1e-4
    else:
        assert holds(sigma**2 if isinstance(dispersion, br.InverseGamma) else sigma, law)
    assert holds(column(found, "x") * np.std(DATA.x) / sigma, stats.laplace(scale=0.3))
    assert "sigma" not in found["constant_data"]


def test_a_response_has_the_variance_of_its_linear_predictor_and_of_its_error() -> None:
    found = tree(prior=br.Normal(0.8), dispersion=2.0)
    Z = (DATA[["x", "z"]] - DATA[["x", "z"]].mean()) / DATA[["x", "z"]].std(ddof=0)
    y = np.asarray(found["prior_predictive"]["y"])[0]
    for row in (0, 17, 59):
        sd = np.sqrt(0.64 * (Z.iloc[row] ** 2).sum() + 2.0)
        assert holds(y[:, row], stats.norm(DATA.y.mean(), sd))
    assert float(found["constant_data"]["sigma"]) == pytest.approx(np.sqrt(2.0))


def test_precision_weights_divide_the_variance_and_frequencies_do_not() -> None:
    values = np.resize([0.25, 1.0, 4.0], 60)
    for kind, scale in (("precision", values**-0.5), ("frequency", np.ones(60))):
        weights = br.Weights(np.where(values < 1.0, 1.0, values) if kind == "frequency" else values, kind=kind)
        found = tree("y ~ 0 + z", prior=br.Normal(1e-9), dispersion=1.0, weights=weights)
        y = np.asarray(found["prior_predictive"]["y"])[0]
        assert y.std(axis=0) == pytest.approx(scale, rel=0.06)  # 5 standard errors


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_the_prior_median_of_r2_is_the_one_believed(share: float) -> None:
    """Whether sigma is sampled or fixed."""
    formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
    prior = br.Normal.from_belief(within=share, on="R2", columns=br.Model(formula, DIABETES))
    for options in ({}, {"dispersion": 2900.0}):
        found = br.Model(formula, DIABETES, prior=prior, **options).prior_predictive(draws=DRAWS, seed=3)
        assert float((found["prior"]["explained"] <= share).mean()) == pytest.approx(0.5, abs=0.04)  # 5 standard errors


def test_a_flat_intercept_is_held_at_the_means_of_the_columns() -> None:
    found = tree("count ~ x + z", family="poisson", prior=br.Normal(0.1), offset=np.full(60, 0.3))
    at_means = column(found, "Intercept") + column(found, "x") * DATA.x.mean() + column(found, "z") * DATA.z.mean()
    assert at_means == pytest.approx(np.log(DATA["count"].mean()) - 0.3, rel=1e-12)
    assert "held" in found["prior"].attrs["intercept"]
    assert "sigma" not in found["prior"]


def test_an_intercept_with_a_prior_is_drawn_where_columns_are_centred() -> None:
    found = tree("hit ~ x", family="bernoulli", prior={"Intercept": br.Normal(1.5), "x": br.Normal(0.5)})
    centred = column(found, "Intercept") + column(found, "x") * DATA.x.mean()
    assert holds(centred, stats.norm(scale=1.5))
    assert "intercept" not in found["prior"].attrs


def test_responses_of_the_other_families() -> None:
    hits = tree("hit ~ x + z", family="bernoulli", prior=br.Normal(0.5))
    y = np.asarray(hits["prior_predictive"]["hit"])
    assert set(np.unique(y)) == {0.0, 1.0}
    assert bool((hits["prior"]["lowest_mean"] < hits["prior"]["highest_mean"]).all())
    assert bool((hits["prior"]["lowest_mean"] > 0.0).all())
    counts = tree("count ~ x + z", family="poisson", prior=br.Normal(30.0))
    y = np.asarray(counts["prior_predictive"]["count"])
    assert bool((y >= 0.0).all())
    assert float(y.max()) > 1e30, "counts beyond what the generator takes are their means"


def test_groups_and_coordinates() -> None:
    found = tree("y ~ x + z", prior={"x": br.L1(1.0, weights=[np.inf]), "z": br.Normal(1.0)}, draws=5)
    assert set(found.children) == {"prior", "prior_predictive", "observed_data", "constant_data"}
    assert found["prior"]["beta"].dims == ("chain", "draw", "coef")
    assert found["prior"]["coef"].to_numpy().tolist() == ["Intercept", "z"]
    assert found["prior_predictive"]["y"].shape == (1, 5, 60)
    np.testing.assert_array_equal(found["observed_data"]["y"], DATA.y)


def test_limits_hold() -> None:
    found = tree(prior=br.Normal(1.0, limits=(-0.01, 0.02)))
    assert column(found, "x").min() >= -0.01
    assert column(found, "x").max() <= 0.02


def test_seeds() -> None:
    options = {"prior": br.Laplace(1.0), "draws": 20}
    one, again, other = (tree(seed=seed, **options) for seed in (4, 4, 5))
    assert one["prior_predictive"].equals(again["prior_predictive"])
    assert not one["prior_predictive"].equals(other["prior_predictive"])
    fresh = br.Model("y ~ x", DATA, prior=br.Normal(1.0)).prior_predictive(draws=3)
    same = br.Model("y ~ x", DATA, prior=br.Normal(1.0)).prior_predictive(draws=3, seed=fresh["prior"].attrs["seed"])
    assert fresh["prior"].equals(same["prior"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prior": {"x": br.Normal(1.0)}}, r"The prior of z is flat or improper.*br\.Normal\.from_belief"),
        ({}, "The prior of x, z is flat or improper"),
        ({"prior": br.Flat(limits=(0.0, np.inf))}, "The prior of x, z is flat or improper"),
        ({"prior": br.Normal(1.0), "dispersion": "jeffreys"}, "improper prior 1 / sigma.*HalfT"),
    ],
)
def test_what_is_no_distribution_is_refused_by_name(options: Any, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        tree(**options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": 0}, "draws=0 is not allowed"),
        ({"draws": 2.5}, r"draws=2\.5 is not allowed"),
        ({"seed": -1}, "seed=-1 is not allowed"),
        ({"draws": 10**7}, "10000000 draws of 60 responses take 4.7 GiB, above the limit of 1 GiB"),
    ],
)
def test_bad_arguments_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        br.Model("y ~ x + z", DATA, prior=br.Normal(1.0)).prior_predictive(**arguments)


def test_a_flat_prior_between_two_limits_is_a_distribution() -> None:
    found = tree("y ~ z", prior=br.Flat(limits=(-1.0, 3.0)))
    assert holds(column(found, "z"), stats.uniform(-1.0, 4.0))


def test_a_learned_scale_is_drawn_with_its_coefficients() -> None:
    """A half-Cauchy scale of a Laplace prior; then the sd of the linear predictor of two uncorrelated columns."""
    found = tree(prior={"x": br.Laplace(br.HalfCauchy(0.5)), "z": br.Normal(0.1)})
    tau = np.asarray(found["prior"]["scale"].sel(strength="x"))[0]
    assert stats.kstest(tau / 0.5, stats.halfcauchy.cdf).pvalue > 1e-4
    assert holds(column(found, "x") * np.std(DATA.x) / tau, stats.laplace)
    sd = br.Normal.from_belief(prob=0.9, within=3.0, on="sd")
    hits = tree("hit ~ z", family="bernoulli", prior=sd)
    tau = np.asarray(hits["prior"]["scale"])[0, :, 0]
    assert (tau <= 3.0).mean() == pytest.approx(0.9, abs=0.024)  # 5 standard errors
    assert holds(column(hits, "z") * np.std(DATA.z) / tau, stats.norm)


def test_a_strength_left_open_has_a_uniform_r2() -> None:
    found = tree(prior=br.L2(), dispersion=br.Exponential(1.0))
    sigma, tau = np.asarray(found["prior"]["sigma"])[0], np.asarray(found["prior"]["scale"])[0, :, 0]
    assert holds(2.0 * tau**2 / (2.0 * tau**2 + 1.0), stats.uniform)
    assert holds(column(found, "z") * np.std(DATA.z) / tau / sigma, stats.norm)
