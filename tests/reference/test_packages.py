"""Rows of the convention table against fits by the packages themselves, stored with the scripts that made them.

Coefficients are compared per standard deviation of their column, relative to the largest. The tolerances are what
the package's solver reaches at its strictest setting, with a factor of 10 to spare: the stored numbers do not change.
"""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2

import bayesreg as br
from bayesreg.objective import LogJoint
from tests.reference.packages.data import sample_of
from tests.reference.packages.stored import assert_same_mode, cases_of, model_of, moment, numbers, rows_of

CLOSE = {
    "glmnet": 5e-8,  # coordinate descent that ends at thresh=1e-20 of the null deviance: up to 6e-9 off
    "glmnet, object": 1e-11,  # Newton steps for a family object: up to 1e-13
    "MASS": 1e-12,  # a singular value decomposition
    "lasso2": 1e-11,  # active sets: exact but for rounding
    "adelie": 1e-9,  # coordinate descent with tol=1e-24: up to 2e-11
}


def glmnet_penalty(case, sample):
    """Return the penalty of a glmnet case; its s_y is that of y less the offset, and uncentred without intercept."""
    facts = {"lambda_": case["lambda"], "alpha": case["alpha"], "n": rows_of(sample), "family": case["family"]}
    if case["family"] == "gaussian" and case["alpha"] < 1.0:
        offset = 0.0 if sample.offset is None else sample.offset
        facts["s_y"] = moment(sample, sample.y - offset, centred=case.get("intercept", True))
    if "penalty_factor" in case:
        facts["penalty_factor"] = case["penalty_factor"]
    penalty = br.from_package("glmnet", **facts)
    return replace(penalty, positive=True) if case.get("lower_limits") == 0.0 else penalty


@cases_of("glmnet")
def test_glmnet(case):
    model = model_of(case, glmnet_penalty(case, sample_of(case)), standardize=case.get("standardize", True))
    reached = CLOSE["glmnet, object" if case["family"] == "gaussian()" else "glmnet"]
    assert_same_mode(model, case["fit"]["coefficients"], case["fit"]["intercept"], reached)


@cases_of("mass")
def test_mass(case):
    """Without an intercept lm.ridge divides columns by their root mean squares, which are weights of raw columns."""
    penalty, standardize = br.from_package("MASS.lm_ridge", lambda_=case["lambda"]), True
    if not case.get("intercept", True):
        square = (sample_of(case).X ** 2).mean(axis=0)
        penalty, standardize = br.L2(penalty.lam, weights=square), False
    model = model_of(case, penalty, standardize=standardize)
    assert_same_mode(model, case["fit"]["coefficients"], case["fit"]["intercept"], CLOSE["MASS"])


@cases_of("lasso2")
def test_lasso2(case):
    standardize, multiplier = case.get("standardize", True), float(case["fit"]["Lagrangian"])
    facts = {"n": sample_of(case).y.size} if standardize else {"standardize": False}
    penalty = br.L1(br.convert(multiplier, "lasso2.l1ce.Lagrangian", "bayesreg.L1.lam", **facts))
    model = model_of(case, penalty, standardize=standardize)
    assert_same_mode(model, case["fit"]["coefficients"], case["fit"]["intercept"], CLOSE["lasso2"])


def grouped(case, sample):
    """Return group lassos with adelie's factors: the root of the size of a group by default."""
    starts = [*case["groups"], len(sample.names)]
    members = [sample.names[a:b] for a, b in pairwise(starts)]
    factors = case.get("penalty", [np.sqrt(len(names)) for names in members])
    lam = br.convert(case["lmda"], "adelie.grpnet.lmda", "bayesreg.L1.lam", n=rows_of(sample), alpha=case["alpha"])
    return {" + ".join(names): br.GroupLasso(lam * v, weights=1) for names, v in zip(members, factors, strict=True)}


@cases_of("adelie")
def test_adelie(case):
    sample = sample_of(case)
    if "groups" in case:
        penalty = grouped(case, sample)
    else:
        factors = {"penalty": case["penalty"]} if "penalty" in case else {}
        facts = {"lmda": case["lmda"], "alpha": case["alpha"], "n": rows_of(sample)}
        penalty = br.from_package("adelie.grpnet", **facts, **factors)
    model = model_of(case, penalty, standardize=False)
    assert_same_mode(model, case["fit"]["coefficients"], case["fit"]["intercept"], CLOSE["adelie"])


LEVELS = np.arange(1, 10) / 10
DRAWS = 10_000  # of theirs, and of ours where there is no closed form


def names_of(case):
    return [sample_of(case).names[j - 1] for j in case["columns"]]


def rstanarm_prior(case, **facts):
    """Return the penalty of a prior of rstanarm by its own arguments."""
    return br.from_package(f"rstanarm.{case['prior']}", **case["arguments"] | facts)


def adjusted_scales(case):
    """Return the scales after rstanarm's adjustment: over the n - 1 standard deviations, times that of y."""
    sample, scales = sample_of(case), np.full(len(case["columns"]), case["arguments"]["scale"])
    if not case["autoscale"]:
        return scales
    spread = sample.X[:, [j - 1 for j in case["columns"]]].std(axis=0, ddof=1)
    return scales / spread * (sample.y.std(ddof=1) if case["family"] == "gaussian" else 1.0)


def closed_quantiles(case):
    """Return the quantile of ``|b_j|`` as a function of j and a level: half of the central range."""
    names, scales = names_of(case), adjusted_scales(case)
    priors = {name: rstanarm_prior(case, scale=scale) for name, scale in zip(names, scales, strict=True)}
    model = model_of(case, priors, standardize=False)
    table = cache(lambda level: model.priors(level).set_index("coefficient")["upper"])
    return lambda j, level: table(level)[names[j]]


def drawn_quantiles(case):
    """Return the same of our own draws, at sigma = 1: the horseshoe moves with sigma, and its tau is drawn."""
    fixed = {"dispersion": 1.0} if case["family"] == "gaussian" else {}
    model = model_of(case, rstanarm_prior(case, dispersion=1.0), standardize=False, **fixed)
    beta = model.prior_predictive(DRAWS, seed=1)["prior"]["beta"].to_numpy().reshape(DRAWS, -1)[:, 1:]
    return lambda j, level: np.quantile(np.abs(beta[:, j]), level)


@cases_of("rstanarm")
def test_rstanarm(case):
    """Every decile of prior draws lies between ours at levels four standard errors of the draws to either side."""
    horseshoe = case["prior"] == "hs"
    quantile = (drawn_quantiles if horseshoe else closed_quantiles)(case)
    for j, drawn in enumerate(case["fit"]["coefficients"]):
        share = 1.0 / numbers(drawn["ess"]) + (1.0 / DRAWS if horseshoe else 0.0)
        error = 4.0 * np.sqrt(LEVELS * (1.0 - LEVELS) * share)
        for level, decile, margin in zip(LEVELS, numbers(drawn["deciles"]), error, strict=True):
            assert quantile(j, level - margin) <= decile <= quantile(j, level + margin), level
        if case["family"] == "gaussian":
            moves = float(drawn["rank_correlation_with_sigma"])
            assert moves > 0.2 if horseshoe else abs(moves) < 0.06  # 0.06: four errors of 4,500 draws


@cases_of("rstanarm")
def test_rstanarm_adjusts_scales(case):
    """By the n - 1 standard deviations, which the rows of automatic scales say of standardised columns."""
    if case["prior"] == "hs":
        assert case["fit"]["scale"] == ["1"] * 3
        return
    scales = adjusted_scales(case)
    np.testing.assert_allclose(numbers(case["fit"]["scale"]), scales, rtol=1e-12)  # rounding
    if case["prior"] == "normal" and case["autoscale"]:
        gaussian, sample = case["family"] == "gaussian", sample_of(case)
        row = "rstanarm.normal(autoscale)" if gaussian else "rstanarm.normal(autoscale, glm)"
        facts = {"s_y": sample.y.std()} if gaussian else {"n": sample.y.size}
        law = br.from_package(row, scale=case["arguments"]["scale"], **facts)
        table = model_of(case, law, standardize=True).priors().set_index("coefficient").loc[names_of(case)]
        np.testing.assert_allclose(table["scale"], scales, rtol=1e-12)


BRMS = {
    "normal(0, 2)": ("normal", {"scale": 2.0}),
    "double_exponential(0, 2)": ("double_exponential", {"scale": 2.0}),
    "student_t(4, 0, 2)": ("student_t", {"df": 4.0, "scale": 2.0}),
}
HORSESHOE = (
    "b = horseshoe(zb, hs_local, hs_global, hs_scale_slab^2 * hs_slab);",
    "lprior += inv_gamma_lpdf(hs_slab | 0.5 * hs_df_slab, 0.5 * hs_df_slab);",
    "target += student_t_lpdf(hs_local | hs_df, 0, 1)",
)
STATEMENTS = {
    "lasso": (
        "lprior += chi_square_lpdf(lasso_inv_lambda | lasso_df);",
        "target += double_exponential_lpdf(b | 0, lasso_scale * lasso_inv_lambda);",
    ),
    "horseshoe": (*HORSESHOE, "lprior += student_t_lpdf(hs_global | hs_df_global, 0, hs_scale_global)"),
    "horseshoe_autoscale": (
        *HORSESHOE,
        "lprior += student_t_lpdf(hs_global | hs_df_global, 0, hs_scale_global * sigma)",
    ),
}


@cases_of("brms")
def test_brms(case):
    """Log densities of the generated programs differ by a constant from ours; learned scales are read in the text."""
    if case["name"] in STATEMENTS:
        assert set(STATEMENTS[case["name"]]) <= set(case["fit"]["statements"])
        return
    row, arguments = BRMS[case["prior"]]
    fixed = {"dispersion": case["sigma"] ** 2} if case["family"] == "gaussian" else {}
    model = model_of(case, br.from_package(f"brms.{row}", **arguments), standardize=False, **fixed)
    joint = LogJoint(model.design, model.resolved)
    ours = np.array([joint.log_posterior(beta) for beta in numbers(case["points"])])
    assert np.ptp(numbers(case["fit"]["log_densities"]) - ours) <= 1e-8  # of some 1e4, in double precision


@pytest.mark.parametrize("sigma", [1.0, 54.0])
def test_the_laws_of_learned_scales_are_those_that_brms_writes(sigma):
    levels = np.array([0.1, 0.5, 0.9])
    lasso = br.from_package("brms.lasso", scale=2.0, df=3.0).scale
    assert lasso.quantity == "scale"
    np.testing.assert_allclose([lasso.quantile(p) for p in levels], 2.0 * chi2(3).ppf(levels), rtol=1e-3)  # a grid
    slab = {"df_slab": 4.0, "scale_slab": 2.0}
    law = br.from_package("brms.horseshoe", scale_global=0.5, dispersion=sigma**2, **slab)
    assert (law.slab_scale, law.slab_df, law.relative_to) == (2.0, 4.0, None)
    assert law.tau.scale == pytest.approx(0.5 * sigma, rel=1e-14)
