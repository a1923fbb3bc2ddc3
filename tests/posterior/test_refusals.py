"""Models without a mode, a posterior or a prior of their own are refused or flagged at once, with a working way out."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.posterior.sampling import flags

SECONDS = 3.0
"""Refusals take some hundredths of a second; a loaded machine gets a margin, a compiled sampler would not fit in."""

RNG = np.random.default_rng(0)
TALL = pd.DataFrame(RNG.standard_normal((30, 3)), columns=list("abc"))
TALL = TALL.assign(
    y=TALL.a - TALL.c + RNG.standard_normal(30),
    less=-TALL.a - TALL.b,
    all_one=1,
    none=0,
    split=(TALL.a > 0.0).astype(int),
)
WIDE = pd.DataFrame(RNG.standard_normal((6, 9)), columns=[f"x{j}" for j in range(9)]).assign(y=RNG.standard_normal(6))
MANY = f"y ~ {' + '.join(f'x{j}' for j in range(9))}"


def tall(penalty, formula="y ~ a + b + c", **options):
    return br.Model(formula, TALL, penalty=penalty, **options)


def wide(penalty, **options):
    return br.Model(MANY, WIDE, penalty=penalty, **{"dispersion": 1.0, **options})


def refused(act: Callable[[], object], error: type[Exception], *says: str) -> None:
    """Check that an action raises at once, and that its message holds these words."""
    start = time.perf_counter()
    with pytest.raises(error) as raised:
        act()
    assert time.perf_counter() - start < SECONDS
    for words in says:
        assert words in str(raised.value)


@pytest.mark.parametrize("penalty", [br.Horseshoe(0.1), br.Horseshoe(), br.RegularizedHorseshoe(), br.R2D2()], ids=repr)
def test_mode_of_a_prior_that_is_infinite_at_zero(penalty):
    """The way out: another penalty has a mode."""
    refused(tall(penalty).fit, br.errors.UnsupportedError, "infinite at 0", "mean or median of sample()", "such as br.")
    for other in (br.SpikeSlabLasso(1.0, 0.1, inclusion=0.5), br.LogPenalty(1.0), br.L2(1.0)):
        assert np.isfinite(tall(other, dispersion=1.0).fit().params).all()


@pytest.mark.parametrize("penalty", [br.MCP(1.0), br.SCAD(1.0)], ids=repr)
def test_posterior_of_a_penalty_with_constant_tails_and_more_columns_than_rows(penalty):
    """The way out: its mode, a proper prior, or more rows than columns (which are flagged)."""
    name = type(penalty).__name__
    says = (f"along directions of {name}", "fit() needs no proper posterior", "br.Normal(scale)", "fewer columns")
    refused(wide(penalty).sample, br.errors.ImproperPosteriorError, *says)
    assert np.isfinite(wide(penalty).fit().params).all()
    assert wide(br.Normal(1.0)).sample(draws=5, seed=1).engine == "exact"
    assert f"{name} is constant far out and so no distribution" in flags(tall(penalty).resolved)


@pytest.mark.parametrize("penalty", [br.L1(), br.L2(br.HalfCauchy(1.0)), br.L1(br.Gamma(2.0, 1.0))], ids=repr)
def test_joint_mode_of_coefficients_and_strength(penalty):
    """It does not exist, so that a strength is chosen by a rule first, and the fit says which."""
    fit = tall(penalty).fit()
    assert fit.chosen.by == ("evidence" if isinstance(penalty, br.L2) else "cv")
    assert fit.certificate.ok
    assert "chosen" in fit.summary().header
    assert tall(penalty).resolved.learned


def test_the_sd_of_random_effects_has_no_joint_mode_either():
    data = TALL.assign(g=np.arange(30) % 5)
    model = br.Model("y ~ a + (1 | g)", data, penalty=br.L2(1.0), dispersion=1.0)
    assert model.fit().chosen.by == "evidence"
    given = {"1 | g": br.Normal(1.0), "...": br.L2(1.0)}
    assert np.isfinite(br.Model("y ~ a + (1 | g)", data, penalty=given, dispersion=1.0).fit().params).all()


@pytest.mark.parametrize("penalty", [br.FusedLasso(1.0), br.Smooth(1.0, order=1)], ids=repr)
def test_null_spaces_of_penalty_and_design_meet(penalty):
    """Equal coefficients are free under the penalty, and three columns that sum to 0 say nothing about their level."""
    model = tall(penalty, "y ~ a + b + less", standardize=False, dispersion=1.0)
    refused(model.sample, br.errors.ImproperPosteriorError, "flat direction", "br.Normal(scale)")
    proper = br.FusedLasso(1.0, l1=0.1)
    assert tall(proper, "y ~ a + b + less", standardize=False, dispersion=1.0).resolved.blocks[-1].law.traits.proper


@pytest.mark.parametrize(
    ("response", "family", "value"), [("all_one", "bernoulli", 1), ("none", "bernoulli", 0), ("none", "poisson", 0)]
)
def test_flat_intercept_with_responses_of_one_class(response, family, value):
    """The way out that the message writes."""
    model = tall(br.Normal(1.0), f"{response} ~ a + b", family=family)
    says = (f"all 30 responses are {value}", "penalty={'Intercept': br.Normal(5.0)")
    refused(model.sample, br.errors.SeparationError, *says)
    given = {"Intercept": br.Normal(5.0), "...": br.Normal(1.0)}
    assert np.isfinite(tall(given, f"{response} ~ a + b", family=family).fit().params).all()


@pytest.mark.parametrize("penalty", [br.Normal(1.0), br.Laplace(1.0), br.StudentT(4.0, 1.0)], ids=repr)
def test_absolute_proper_prior_with_as_many_columns_as_rows_under_one_over_sigma(penalty):
    """The way out: a prior in units of sigma, or a proper prior of sigma."""
    says = ("dispersion='jeffreys'", "sigma -> 0 has infinite mass", "relative_to='sigma'", "br.HalfT(3, scale)")
    refused(wide(penalty, dispersion="jeffreys").sample, br.errors.ImproperPosteriorError, *says)
    inside = wide(br.Normal(1.0, relative_to="sigma"), dispersion="jeffreys").sample(draws=5, seed=1)
    assert np.isfinite(inside.params).all()


@pytest.mark.parametrize("penalty", [br.Flat(), {"a": br.Flat(), "...": br.Normal(1.0)}], ids=["flat", "partly flat"])
def test_separation_under_a_flat_prior(penalty):
    """The way out: a proper prior, or Firth's correction."""
    model = tall(penalty, "split ~ a + b", family="bernoulli")
    says = ("'a' separates the responses", "br.Normal(scale)", "br.Firth()")
    refused(model.sample, br.errors.SeparationError, *says)
    for other in (br.Normal(1.0), br.Firth()):
        assert np.isfinite(tall(other, "split ~ a + b", family="bernoulli").fit().params).all()


def test_more_flat_coefficients_than_rows():
    refused(wide(br.Flat()).sample, br.errors.RankError, "can not be told apart without a prior", "br.Normal(scale)")


@pytest.mark.parametrize("penalty", [br.GPrior(), br.Dropout(0.2), br.EarlyStopping(5.0)], ids=repr)
def test_priors_that_depend_on_the_design_are_flagged_when_they_are_sampled(penalty):
    posterior = tall(penalty, dispersion=1.0).sample(draws=5, seed=1)
    assert "from the columns of this design: other rows" in posterior.why
    assert "br.Normal(scale)" in posterior.why


def test_firth_is_flagged():
    said = flags(tall(br.Firth(), "split ~ b + c", family="bernoulli").resolved)
    assert "Jeffreys prior takes its shape from the columns of this design" in said
    assert "br.Normal(scale)" in said


def test_other_priors_are_not_flagged():
    assert flags(tall({"a": br.L1(1.0), "...": br.Normal(1.0)}, dispersion=1.0).resolved) == ""
