from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bayesreg as br
from bayesreg.results.priors import describe_penalty, describe_sigma, prior_sentences

DATA = br.datasets.diabetes()


def resolved(penalty: Any, **options: Any) -> Any:
    return br.Model("target ~ bmi + bp", DATA, penalty=penalty, **{"dispersion": 2000.0, **options}).resolved


@pytest.mark.parametrize(
    ("penalty", "law"),
    [
        (br.L1(lam=500.0), "Laplace with scale 4 per standard deviation of its column"),
        (br.L2(lam=500.0), "Normal with sd 2 per standard deviation"),
        (
            br.L2(lam=500.0, positive=True),
            "Normal with sd 2 per standard deviation of its column, restricted to >= 0 (",
        ),
        (br.Normal(3.0), "Normal with sd 3 per"),
        (br.Laplace(2.0, relative_to="sigma"), "(in units of sigma, here at sqrt(phi))"),
        (br.ElasticNet(lam=1000.0, l1_ratio=0.5), "Laplace (scale 4) times Normal (sd 2) per"),
        (br.L1(lam=500.0, weights={"bmi": 2.0}), "times the column's penalty weight"),
    ],
)
def test_the_sentence_gives_the_law_in_prior_units(penalty: br.Penalty, law: str) -> None:
    (sentence,) = prior_sentences(resolved(penalty))
    assert law in sentence
    assert f"({penalty.written} at phi = 2000, fixed by dispersion=2000)" in sentence


def test_the_scale_named_is_the_one_that_is_used() -> None:
    record = resolved(br.L1(lam=500.0), dispersion="reml")
    scale = float(record.sd[1] / record.strength.rate[1])  # raw rate per unit -> scale per standard deviation
    (sentence,) = prior_sentences(record)
    assert f"Laplace with scale {scale:.4g} " in sentence


def test_raw_columns_are_said() -> None:
    record = resolved(br.L2(lam=5.0), standardize=False)
    assert "per unit of its column" in prior_sentences(record)[0]
    assert describe_penalty(record) == "L2(lam=5.0), standardize=False"


def test_blocks_are_named() -> None:
    record = resolved({"bmi": br.L1(lam=5.0), ...: br.L2(lam=3.0)})
    assert describe_penalty(record) == "bmi: L1(lam=5.0), ...: L2(lam=3.0)"
    assert [sentence.split(":")[0] for sentence in prior_sentences(record)] == [
        "Prior of bmi",
        "Prior of each other coefficient",
    ]


def test_what_has_no_penalty_beside_one_is_named() -> None:
    assert prior_sentences(resolved({"bmi": br.L1(lam=5.0)}))[1:] == ("No penalty: bp (flat).",)
    named = resolved({"bmi": br.Flat(), ...: br.L1(lam=5.0)})
    assert prior_sentences(named)[-1] == "No penalty: bmi (flat)."


def test_of_many_coefficients_without_a_penalty_eight_are_named() -> None:
    model = br.Model("target ~ .", DATA, penalty={"s6": br.L1(lam=5.0)})
    assert prior_sentences(model.resolved)[1:] == ("No penalty: age, sex, bmi, bp, s1, s2, s3, s4 and 1 more (flat).",)


def test_nothing_is_said_of_a_flat_prior() -> None:
    record = resolved(None)
    assert (describe_penalty(record), prior_sentences(record)) == ("flat", ())


def test_sigma() -> None:
    assert describe_sigma(resolved(br.L2(lam=5.0))) == f"fixed at {np.sqrt(2000.0):.4g}"
    assert describe_sigma(resolved(br.L2(lam=5.0), dispersion=br.HalfT(3.0, 5.0))) == "HalfT(df=3, scale=5)"


def test_a_weight_of_infinity_is_no_prior_but_a_zero() -> None:
    record = resolved({"bmi": br.L1(lam=5.0, weights={"bmi": np.inf}), ...: br.L2(lam=3.0)})
    assert prior_sentences(record)[0] == "bmi: forced to 0 by its penalty weight."


@pytest.mark.parametrize(
    ("penalty", "belief"),
    [
        (br.Normal.from_belief(within=30.0), "between -30 and 30; worth about 8.5 observations"),
        (br.L2(lam=12.0), "between -25.3 and 25.3; worth about 12 observations"),
        (br.L2(lam=2000.0), "between -1.96 and 1.96; worth about 2,000 observations"),
        (br.Normal.from_belief(within=30.0, positive=True), "between 0.48 and 34.3; worth about 8.5 observations"),
        (
            br.Laplace(10.0, weights={"bmi": 2.0}),
            "between -15 and 15 (bmi), up to between -30 and 30 (bp); worth about",
        ),
    ],
)
def test_the_sentence_gives_the_belief_back(penalty: br.Penalty, belief: str) -> None:
    """The numbers: 30 = 1.96 sd, 2000 / (30 / 1.96)^2 = 8.5 rows, quantiles of the half normal, 10 log 20 = 30."""
    (sentence,) = prior_sentences(resolved(penalty))
    assert f": 95 % of effects {belief}" in sentence


def test_ratios_are_said_as_such() -> None:
    data = br.datasets.breast_cancer()
    formula = "malignant ~ mean_radius + mean_texture"
    prior = br.Normal.from_belief(within=2.0, on="odds ratio")
    model = br.Model(formula, data, family="bernoulli", prior=prior)
    share = data["malignant"].mean()
    rows = f"{1.0 / (prior.scale**2 * share * (1.0 - share)):.0f}"
    (sentence,) = prior_sentences(model.resolved)
    assert f"95 % of odds ratios between 0.5 and 2; worth about {rows} observations." in sentence
    assert model.priors()["belief"].tolist() == [
        "",
        *[f"95 % of odds ratios per sd between 0.5 and 2; worth about {rows} observations"] * 2,
    ]


def test_a_learned_strength_is_said_with_its_prior() -> None:
    (sentence,) = prior_sentences(resolved(br.L2()))
    assert "Normal, its strength learned with prior R^2 ~ Beta(1, 1), per standard deviation" in sentence
    assert "95 % of effects between -" in sentence
    assert "at its median strength" in sentence


def test_laws_are_named_once_with_four_digits_and_limits_on_the_scale_of_the_coefficient():
    data = br.datasets.diabetes()
    group = br.Model("target ~ bmi + C(sex)", data, penalty={"C(sex)": br.GroupLasso(7.0)}, dispersion=1000.0)
    assert "Prior of C(sex): GroupLaplace with scale 142.9 per" in prior_sentences(group.resolved)[0]
    limited = br.Model("target ~ bmi", data, penalty=br.L1(3.0, limits=(0.0, 2.0)))
    assert (
        "per standard deviation of its column, each coefficient restricted to 0 to 2 on its own scale ("
        in (prior_sentences(limited.resolved)[0])
    )
