"""Strengths from beliefs against SciPy's distributions, simulation, and the degrees of freedom of fits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg import belief
from bayesreg.errors import InputError

DIABETES = br.datasets.diabetes()
FORMULA = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
MODEL = br.Model(FORMULA, DIABETES)
LAWS = [(br.Normal, stats.norm), (br.Laplace, stats.laplace), (br.Cauchy, stats.cauchy)]


@pytest.mark.parametrize(("family", "law"), LAWS, ids=["Normal", "Laplace", "Cauchy"])
@pytest.mark.parametrize(
    ("on", "within", "ends"),
    [
        ("coefficient", 1.7, (-1.7, 1.7)),
        ("odds ratio", 2.0, (np.log(0.5), np.log(2.0))),
        ("rate ratio", 1.05, (-np.log(1.05), np.log(1.05))),
    ],
)
@pytest.mark.parametrize("prob", [0.05, 0.95, 0.999])
def test_the_range_has_its_probability(family: Any, law: Any, on: str, within: float, ends: Any, prob: float) -> None:
    prior = family.from_belief(prob=prob, within=within, on=on)
    low, high = law(scale=prior.scale).cdf(ends)
    assert high - low == pytest.approx(prob, rel=1e-12)
    assert prior.relative_to is None


def test_a_folded_law_has_its_range_above_1() -> None:
    prior = br.Normal.from_belief(prob=0.9, within=3.0, on="odds ratio", positive=True)
    assert prior.positive
    assert stats.halfnorm(scale=prior.scale).cdf(np.log(3.0)) == pytest.approx(0.9, rel=1e-12)


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
@pytest.mark.parametrize("standardize", [True, False])
def test_the_table_of_priors_gives_the_belief_back(family: str, standardize: bool) -> None:
    """Per standard deviation with ``standardize=True``, per unit of the column without."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 2)) * [2.0, 10.0], rng.integers(0, 2, 40)
    prior = br.Laplace.from_belief(within=2.5, on="odds ratio")
    model = br.Model.from_arrays(X, y, family=family, prior=prior, standardize=standardize)
    rows = model.priors().iloc[1:]
    unit = 1.0 if standardize else X.std(axis=0)
    assert rows.effect_upper.to_numpy() ** (1.0 / unit) == pytest.approx(2.5, rel=1e-10)
    assert rows.effect_lower.to_numpy() ** (1.0 / unit) == pytest.approx(0.4, rel=1e-10)


@pytest.mark.parametrize("prob", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("count", [1, 4, 300])
def test_the_quantile_of_a_sum_of_squares_is_chi_squared(count: int, prob: float) -> None:
    """The discretisation error of the inversion is exp(-18.4) = 1e-8 of a probability."""
    got = belief.quantile_of(belief.normal_transform(np.ones(count)), prob, float(count))
    assert got == pytest.approx(stats.chi2(count).ppf(prob), rel=1e-6)


@pytest.mark.parametrize("law", [stats.norm, stats.laplace, stats.cauchy, stats.t(3)])
@pytest.mark.parametrize("prob", [0.05, 0.5, 0.95])
def test_the_quantile_of_one_square_is_that_of_its_root(law: Any, prob: float) -> None:
    transform = belief.square_transform(lambda size: np.log(2.0) + law.logpdf(size), law.ppf(0.75), 1)
    assert belief.quantile_of(transform, prob, 1.0) == pytest.approx(law.ppf(0.5 + 0.5 * prob) ** 2, rel=2e-6)


@pytest.mark.parametrize("prob", [None, 0.9])
def test_r2_of_uncorrelated_columns(prob: float | None) -> None:
    """For a normal prior ``R^2 / (1 - R^2) = scale^2 chi^2_p``."""
    prior = br.Normal.from_belief(prob=prob, within=0.3, on="R2", columns=7)
    assert prior.relative_to == "sigma"
    odds = prior.scale**2 * stats.chi2(7).ppf(prob or 0.5)
    assert odds / (1.0 + odds) == pytest.approx(0.3, rel=1e-6)


def test_r2_under_a_laplace_prior_by_simulation() -> None:
    prior = br.Laplace.from_belief(within=0.4, on="R2", columns=3)
    draws = np.random.default_rng(1).laplace(scale=prior.scale, size=(400_000, 3))
    odds = (draws**2).sum(axis=1)
    assert (odds / (1.0 + odds) <= 0.4).mean() == pytest.approx(0.5, abs=0.004)  # 5 standard errors


@pytest.mark.parametrize("columns", [MODEL, DIABETES.drop(columns="target").to_numpy()], ids=["model", "array"])
def test_r2_of_correlated_columns_by_simulation(columns: Any) -> None:
    prior = br.Normal.from_belief(within=0.4, on="R2", columns=columns)
    X = DIABETES.drop(columns="target").to_numpy()
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    draws = np.random.default_rng(1).normal(scale=prior.scale, size=(20_000, 10))
    odds = (draws @ Z.T).var(axis=1)
    assert (odds / (1.0 + odds) <= 0.4).mean() == pytest.approx(0.5, abs=0.018)  # 5 standard errors


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("within", [0.5, 4.0, 9.5])
def test_edf_is_what_the_fit_spends_beside_the_intercept(within: float, standardize: bool) -> None:
    prior = br.Normal.from_belief(within=within, on="edf", columns=br.Model(FORMULA, DIABETES, standardize=standardize))
    fit = br.Model(FORMULA, DIABETES, prior=prior, standardize=standardize).fit()
    assert fit.edf == pytest.approx(1.0 + within, rel=1e-9)


def test_edf_of_a_logistic_model_is_that_at_its_null_model() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(60, 3)), np.resize([0, 0, 1], 60)
    prior = br.Normal.from_belief(within=2.0, on="edf", columns=br.Model.from_arrays(X, y, family="bernoulli"))
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    information = Z.T @ Z * (1.0 / 3.0) * (2.0 / 3.0)
    share = np.linalg.solve(information + np.eye(3) / prior.scale**2, information)
    assert np.trace(share) == pytest.approx(2.0, rel=1e-10)


def test_case_weights_count() -> None:
    rows = DIABETES.head(60)
    weighted = br.Model("target ~ bmi + bp", rows, weights=br.Weights(np.full(60, 2.0), kind="frequency"))
    prior = br.Normal.from_belief(within=1.0, on="edf", columns=weighted)
    plain = br.Normal.from_belief(within=1.0, on="edf", columns=br.Model("target ~ bmi + bp", rows))
    assert prior.scale == pytest.approx(plain.scale / np.sqrt(2.0), rel=1e-10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"within": 2, "on": "hazard"}, r"on='hazard' is not known; allowed: 'coefficient', 'odds ratio'"),
        ({"within": 0.5, "on": "odds ratio"}, r"within=0\.5 is not the upper end of a range of odds ratios"),
        ({"within": None}, r"within=None is not a half width; on='coefficient' takes a finite number > 0"),
        ({"within": np.nan}, "within=nan is not a half width"),
        ({"within": np.inf, "on": "rate ratio"}, "within=inf is not the upper end"),
        ({"within": 2, "prob": 95}, r"prob=95 is not a probability; it must lie between 0 and 1, e\.g\. 0\.95"),
        ({"within": 2, "prob": True}, "prob=True is not a probability"),
        ({"within": 1.0, "on": "R2", "columns": 3}, "within=1.0 is not a share of the variance"),
        ({"within": 0.5, "on": "R2"}, "columns=None are not columns; on='R2' takes a number of uncorrelated"),
        ({"within": 0.5, "on": "R2", "columns": 0}, "columns=0 are not columns"),
        ({"within": 0.5, "on": "R2", "columns": np.ones((5, 1))}, "Column 0 of columns= is constant"),
        ({"within": 3, "on": "edf", "columns": 5}, "columns=5 are not columns; on='edf' takes a matrix"),
        ({"within": 10, "on": "edf", "columns": MODEL}, "number of degrees of freedom below the rank; .* > 0 and < 10"),
        ({"within": 3, "on": "edf", "prob": 0.5, "columns": MODEL}, "prob=0.5 has no meaning for on='edf'"),
        ({"within": 3, "columns": MODEL}, "columns= has no meaning for on='coefficient'"),
        ({"within": 3, "weights": [2.0]}, "from_belief takes no weights="),
        ({"within": 3, "relative_to": "sigma"}, "from_belief takes no relative_to="),
    ],
)
def test_bad_values_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        br.Normal.from_belief(**arguments)


def test_only_a_ridge_has_its_degrees_of_freedom_and_correlated_r2() -> None:
    with pytest.raises(InputError, match="counts the degrees of freedom of a ridge, and Laplace is none"):
        br.Laplace.from_belief(within=3, on="edf", columns=MODEL)
    with pytest.raises(InputError, match=r"with correlated columns is known for br\.Normal only, not for Laplace"):
        br.Laplace.from_belief(within=0.5, on="R2", columns=MODEL)


def test_laws_of_a_shape_take_it_along() -> None:
    t = br.StudentT.from_belief(within=2.0, df=4.0)
    assert stats.t(4.0, scale=t.scale).cdf(2.0) == pytest.approx(0.975, rel=1e-12)
    bridge = br.GeneralizedNormal.from_belief(within=2.0, q=1.5)
    assert stats.gennorm(1.5, scale=bridge.scale).cdf(2.0) == pytest.approx(0.975, rel=1e-10)
    pareto = br.GeneralizedDoublePareto.from_belief(within=2.0, shape=3.0)
    assert (1.0 + 2.0 / (3.0 * pareto.scale)) ** -3.0 == pytest.approx(0.05, rel=1e-10)


def test_a_belief_about_the_sd_is_a_strength_that_is_learned() -> None:
    prior = br.Normal.from_belief(prob=0.95, within=3.0, on="sd")
    assert prior == br.Normal(br.PenalizedComplexity(upper=3.0, prob=0.05))


@pytest.mark.parametrize(
    ("family", "arguments", "message"),
    [
        (br.Normal, {"r2": 0.3}, "r2= is not an argument of Normal.from_belief; allowed: prob, within, on, columns"),
        (br.StudentT, {"within": 2.0}, "StudentT.from_belief needs df="),
    ],
)
def test_arguments_of_no_meaning_and_parameters_that_lack_are_named(family, arguments, message):
    with pytest.raises(br.errors.InputError, match=message):
        family.from_belief(**arguments)
