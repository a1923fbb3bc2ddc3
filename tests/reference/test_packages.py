"""Rows of the convention table against fits by the packages themselves, stored with the scripts that made them.

Coefficients are compared per standard deviation of their column, relative to the largest. The tolerances are what
the package's solver reaches at its strictest setting, with a factor of 10 to spare: the stored numbers do not change.
"""

from dataclasses import replace

import numpy as np

import bayesreg as br
from tests.reference.packages.data import sample_of
from tests.reference.packages.stored import assert_same_mode, cases_of, model_of, moment, rows_of

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
    members = [sample.names[a:b] for a, b in zip(starts[:-1], starts[1:], strict=True)]
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
