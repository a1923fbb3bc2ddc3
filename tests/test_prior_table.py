"""The table of priors against SciPy's quantiles, and the worth in observations done by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bayesreg as br
from tests.problems import shown

PHI = 2.0


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(5.0, 3.0, 50), "z": rng.normal(size=50)})
    frame["y"] = frame.x + rng.normal(size=50)
    frame["hit"] = (np.arange(50) % 5 == 0).astype(int)
    frame["count"] = rng.poisson(3.0, 50)
    return frame


def table(data, penalty, response="y", **options):
    extra = {"dispersion": PHI} if response == "y" else {}
    return br.Model(f"{response} ~ x + z", data, penalty=penalty, **extra, **options).priors().set_index("coefficient")


@pytest.mark.parametrize(
    ("law", "scipy", "name"),
    [
        (br.L1(4.0), stats.laplace(scale=0.5), "Laplace"),
        (br.Laplace(0.7), stats.laplace(scale=0.7), "Laplace"),
        (br.L2(4.0), stats.norm(scale=0.5**0.5), "Normal"),
        (br.Normal(0.7), stats.norm(scale=0.7), "Normal"),
        (br.Laplace(0.7, positive=True), stats.expon(scale=0.7), "Exponential"),
        (br.Normal(0.7, positive=True), stats.halfnorm(scale=0.7), "HalfNormal"),
    ],
    ids=shown,
)
def test_ranges_are_scipys_quantiles(data, law, scipy, name):
    rows, sd = table(data, law), np.array([np.std(data.x), np.std(data.z)])
    slopes = rows.loc[["x", "z"]]
    assert slopes.lower.to_numpy() == pytest.approx(scipy.ppf(0.025) / sd, rel=1e-12)
    assert slopes.upper.to_numpy() == pytest.approx(scipy.ppf(0.975) / sd, rel=1e-12)
    assert slopes.law.tolist() == [name] * 2
    assert slopes.scale_standardized.to_numpy() == pytest.approx(scipy.kwds["scale"], rel=1e-12)
    assert slopes.scale.to_numpy() == pytest.approx(scipy.kwds["scale"] / sd, rel=1e-12)
    assert slopes.lam.to_numpy() == pytest.approx(law.to_penalty(PHI).lam, rel=1e-12)
    assert slopes.proper.all()


def test_other_levels(data):
    rows = br.Model("y ~ x", data, penalty=br.Normal(1.0), dispersion=PHI).priors(level=0.5)
    assert rows.upper[1] == pytest.approx(stats.norm.ppf(0.75) / np.std(data.x), rel=1e-12)
    with pytest.raises(br.errors.InputError, match=r"level=1\.5 is not a probability"):
        br.Model("y ~ x", data, dispersion=PHI).priors(level=1.5)


@pytest.mark.parametrize(
    ("response", "family", "effect"), [("hit", "bernoulli", "odds ratio"), ("count", "poisson", "rate ratio")]
)
def test_effects_are_ratios_for_a_standard_deviation(data, response, family, effect):
    rows = table(data, br.Normal(1.0), response, family=family)
    assert rows.effect_upper["x"] == pytest.approx(np.exp(stats.norm.ppf(0.975)), rel=1e-12)
    assert rows.effect_lower["x"] == pytest.approx(np.exp(-stats.norm.ppf(0.975)), rel=1e-12)
    assert rows.effect_upper["x"] == pytest.approx(7.099, abs=5e-4)
    assert rows.effect.tolist() == [effect] * 3


def test_gaussian_effects_have_no_ratio(data):
    rows = table(data, br.Normal(1.0))
    assert rows.effect_upper.isna().all()
    assert rows.effect.tolist() == [""] * 3


def test_worth_in_observations_by_hand(data):
    """A prior of variance v on a standardised column weighs as many rows as have information 1 / v: phi / v."""
    assert table(data, br.Normal(0.5)).observations["x"] == pytest.approx(PHI / 0.25, rel=1e-12)
    assert table(data, br.L2(8.0)).observations["x"] == pytest.approx(8.0, rel=1e-12)
    assert table(data, br.Laplace(0.5)).observations["x"] == pytest.approx(PHI / (2.0 * 0.25), rel=1e-12)
    share = data.hit.mean()
    got = table(data, br.Normal(0.5), "hit", family="bernoulli").observations["z"]
    assert got == pytest.approx(1.0 / (0.25 * share * (1.0 - share)), rel=1e-12)
    got = table(data, br.Normal(0.5), "count", family="poisson").observations["z"]
    assert got == pytest.approx(4.0 / data["count"].mean(), rel=1e-12)


def test_that_worth_is_what_rows_do():
    """n rows of a standardised column and a prior worth k rows shrink the least-squares estimate by n / (n + k)."""
    x = np.resize([-1.0, 1.0], 20)
    y = 3.0 * x + np.resize([0.5, 0.5, -0.5, -0.5], 20)
    model = br.Model.from_arrays(x[:, None], y, penalty=br.Normal(0.4), dispersion=PHI)
    worth = model.priors().observations[1]
    least = br.Model.from_arrays(x[:, None], y, dispersion=PHI).fit().params.iloc[1]
    assert model.fit().params.iloc[1] == pytest.approx(least * 20 / (20 + worth), rel=1e-10)


def test_flat_excluded_and_relative_rows(data):
    rows = table(data, {"x": br.L1(1.0, weights=[np.inf]), "z": br.Laplace(2.0, relative_to="sigma")})
    assert rows.law.tolist() == ["flat", "fixed at 0", "Laplace"]
    assert rows.relative_to.tolist() == ["", "", "sigma"]
    assert rows.proper.tolist() == [False, True, True]
    assert rows.upper.tolist()[:2] == [np.inf, 0.0]
    assert rows.lower.tolist()[:2] == [-np.inf, 0.0]
    assert rows.observations["Intercept"] == 0.0
    assert rows.scale["z"] == pytest.approx(2.0 * PHI**0.5 / np.std(data.z), rel=1e-12)
    assert rows.term.tolist() == ["Intercept", "x", "z"]


def test_elastic_net_scale_is_its_standard_deviation(data):
    law = br.ElasticNetPrior(1.5, 0.5)
    draws = law.draw(law.strength(1.0), np.random.default_rng(0), 200_000)
    rows = table(data, law)
    assert rows.law["x"] == "ElasticNet"
    assert rows.scale_standardized["x"] == pytest.approx(draws.std(), rel=0.01)  # 4 standard errors
    assert rows.upper["x"] * np.std(data.x) == pytest.approx(np.quantile(draws, 0.975), rel=0.02)


def test_laws_without_a_variance_and_laws_within_limits(data):
    rows = table(data, {"x": br.Cauchy(2.0), "z": br.Normal(0.5, limits=(0.0, 1.0))})
    sd = np.std(data.x)
    assert rows.upper["x"] * sd == pytest.approx(stats.cauchy(scale=2.0).ppf(0.975), rel=1e-10)
    assert (rows.scale_standardized["x"], rows.observations["x"]) == (pytest.approx(2.0), 0.0)
    cut = stats.truncnorm(0.0, np.std(data.z) / 0.5, scale=0.5 / np.std(data.z))
    assert [rows.lower["z"], rows.upper["z"]] == pytest.approx(cut.ppf([0.025, 0.975]), rel=1e-8)
    assert rows.law["z"] == "Normal within limits"


def test_a_block_has_the_marginals_of_its_draws(data):
    """The g-prior ``N(0, g phi (X'X)^-1)`` in closed form, the group lasso against its draws on the user's scale."""
    X = (data[["x", "z"]] - data[["x", "z"]].mean()).to_numpy()
    sd = np.sqrt(20.0 * PHI * np.diag(np.linalg.inv(X.T @ X)))
    assert table(data, br.GPrior(20.0)).scale[["x", "z"]].to_numpy() == pytest.approx(sd, rel=1e-10)
    model = br.Model("y ~ x + z", data, penalty={"x + z": br.GroupLasso(3.0)}, dispersion=PHI)
    rows = model.priors().set_index("coefficient")
    draws = np.asarray(model.prior_predictive(draws=40_000, seed=1)["prior"]["beta"])[0]
    for j, name in ((1, "x"), (2, "z")):
        assert draws[:, j].std() == pytest.approx(rows.scale[name], rel=0.03)  # 4 standard errors
        assert np.mean(np.abs(draws[:, j]) <= rows.upper[name]) == pytest.approx(0.95, abs=0.005)


def test_what_depends_on_the_design_is_noted():
    data = br.datasets.diabetes()
    table = br.Model("target ~ bmi + bp", data, penalty=br.GPrior(10.0)).priors()
    assert table["note"].iloc[1:].str.contains("design").all()
    data = data.assign(high=(data["target"] > 140).astype(int))
    table = br.Model("high ~ bmi + bp", data, family="bernoulli", penalty=br.Firth()).priors()
    assert (table["law"] == "Jeffreys").all()
    assert table["note"].str.contains("design").all()


def test_effects_of_a_group_are_those_of_a_level():
    data = br.datasets.penguins().dropna()
    table = br.Model("body_mass_g ~ (1 | island)", data, penalty={"1 | island": br.Normal(200.0)}).priors()
    beliefs = table.loc[table["term"] == "1 | island", "belief"]
    assert beliefs.str.startswith("95 % of effects of a level between -392 and 392").all()
