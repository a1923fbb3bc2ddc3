from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

import bayesreg as br
from bayesreg.design import Weights, build, from_arrays
from bayesreg.errors import DataError, EngineError, InputError, RankError, SeparationError, UnsupportedError
from bayesreg.families import Family
from bayesreg.frequentist import fit_mle

DIABETES = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
VOTE = "dole ~ party + self_right + age"
VISITS = "visits ~ log_coinsurance + physical_limit + chronic + health"


def mle(formula, data, family="gaussian", cov_type="nonrobust", groups=None, use_t=None, **options):
    law = Family(family)
    return fit_mle(build(formula, data, **options), law.likelihood, law, cov_type=cov_type, groups=groups, use_t=use_t)


def in_order(record, results, level=0.95):
    """Parameters, standard errors and intervals of both, in our order of coefficients."""
    names = list(record.names)
    ours = np.column_stack([record.params, np.sqrt(np.diag(record.cov)), record.results.conf_int(alpha=1 - level)])
    theirs = pd.concat([results.params, results.bse, results.conf_int(alpha=1 - level)], axis=1)
    return ours, theirs.loc[names].to_numpy()


def agree(record, results, rtol=1e-8):
    ours, theirs = in_order(record, results)
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol * np.abs(theirs).min())


# ---- against the formula interface of statsmodels, on the raw frames


@pytest.mark.parametrize("cov_type", ["nonrobust", "HC0", "HC1", "HC2", "HC3"])
def test_ols(cov_type):
    data = br.datasets.diabetes()
    record = mle(DIABETES, data, cov_type=cov_type)
    reference = smf.ols(DIABETES, data).fit(cov_type=cov_type)
    agree(record, reference)
    assert record.df_resid == reference.df_resid
    np.testing.assert_allclose(record.dispersion, reference.scale, rtol=1e-12)
    np.testing.assert_allclose(record.log_likelihood, reference.llf, rtol=1e-12)
    assert list(record.results.params.index) == list(record.names)
    assert record.names[0] == "Intercept"


@pytest.mark.parametrize(("formula", "family"), [(VOTE, "bernoulli"), (VISITS, "poisson")])
@pytest.mark.parametrize("cov_type", ["nonrobust", "HC0"])
def test_glm(formula, family, cov_type):
    data = br.datasets.vote_1996() if family == "bernoulli" else br.datasets.doctor_visits()
    law = sm.families.Binomial() if family == "bernoulli" else sm.families.Poisson()
    record = mle(formula, data, family, cov_type)
    reference = smf.glm(formula, data, family=law).fit(cov_type=cov_type, tol=1e-10)
    agree(record, reference, rtol=1e-6)  # both stop on the deviance
    np.testing.assert_allclose(record.log_likelihood, reference.llf, rtol=1e-10)
    assert record.dispersion == 1.0
    assert record.law == "normal"


def test_glm_agrees_with_the_discrete_models_of_statsmodels():
    record = mle(VISITS, br.datasets.doctor_visits(), "poisson")
    reference = smf.poisson(VISITS, br.datasets.doctor_visits()).fit(disp=0, maxiter=100)
    agree(record, reference, rtol=1e-5)


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
def test_hc1_of_a_glm_is_hc0_with_its_factor(family):
    formula, data = (VOTE, br.datasets.vote_1996()) if family == "bernoulli" else (VISITS, br.datasets.doctor_visits())
    record = mle(formula, data, family, "HC1")
    Z, y = record.results.model.exog, record.results.model.endog
    mu = record.results.fittedvalues.to_numpy()
    bread = np.linalg.inv(Z.T @ (Z * (mu * (1 - mu) if family == "bernoulli" else mu)[:, None]))
    meat = Z.T @ (Z * ((y - mu) ** 2)[:, None])
    n, q = Z.shape
    np.testing.assert_allclose(record.cov, n / (n - q) * bread @ meat @ bread, rtol=1e-6)


@pytest.mark.parametrize("family", ["gaussian", "poisson"])
def test_cluster(family):
    data = br.datasets.doctor_visits()
    groups = np.arange(len(data)) // 7
    record = mle(VISITS, data, family, "cluster", groups=groups)
    model = smf.ols(VISITS, data) if family == "gaussian" else smf.glm(VISITS, data, family=sm.families.Poisson())
    options = {} if family == "gaussian" else {"tol": 1e-10}
    agree(record, model.fit(cov_type="cluster", cov_kwds={"groups": groups}, **options), rtol=1e-6)
    labels = pd.Series([f"g{i}" for i in groups], index=data.index).sample(frac=1.0, random_state=1)
    again = mle(VISITS, data, family, "cluster", groups=labels)
    np.testing.assert_allclose(again.cov, record.cov, rtol=1e-10)


def test_cluster_can_use_students_t():
    data = br.datasets.doctor_visits()
    groups = np.arange(len(data)) % 11
    record = mle(VISITS, data, cov_type="cluster", groups=groups, use_t=True)
    reference = smf.ols(VISITS, data).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    agree(record, reference)
    assert record.law == "t(10)"


def test_wls_with_precision_weights_and_rows_of_weight_zero():
    data = br.datasets.diabetes()
    data["w"] = np.random.default_rng(1).uniform(0.2, 3.0, size=len(data))
    data.loc[::10, "w"] = 0.0
    kept = data[data["w"] > 0]
    for cov_type in ("nonrobust", "HC3"):
        record = mle(DIABETES, data, cov_type=cov_type, weights=Weights("w", kind="precision"))
        reference = smf.wls(DIABETES, kept, weights=kept["w"]).fit(cov_type=cov_type)
        agree(record, reference)
        np.testing.assert_allclose(record.log_likelihood, reference.llf, rtol=1e-10)
        np.testing.assert_allclose(record.dispersion, reference.scale, rtol=1e-10)
        assert record.df_resid == len(kept) - 11


def test_precision_weights_of_a_glm():
    data = br.datasets.doctor_visits()
    w = np.random.default_rng(2).uniform(0.5, 2.0, size=len(data))
    record = mle(VISITS, data, "poisson", weights=Weights(w, kind="precision"))
    reference = smf.glm(VISITS, data, family=sm.families.Poisson(), var_weights=w).fit(tol=1e-10)
    agree(record, reference, rtol=1e-6)
    np.testing.assert_allclose(record.log_likelihood, reference.llf, rtol=1e-10)


@pytest.mark.parametrize("cov_type", ["nonrobust", "HC0", "HC1", "HC2", "HC3", "cluster"])
def test_gaussian_frequency_weights_are_repeated_rows(cov_type):
    data = br.datasets.diabetes()
    w = np.random.default_rng(3).integers(0, 4, size=len(data))
    groups = np.arange(len(data)) // 5
    again = data.loc[data.index.repeat(w)].reset_index(drop=True)
    kwds = {"cov_kwds": {"groups": np.repeat(groups, w)}} if cov_type == "cluster" else {}
    weights = Weights(w, kind="frequency")
    record = mle(DIABETES, data, cov_type=cov_type, groups=groups if kwds else None, weights=weights)
    reference = smf.ols(DIABETES, again).fit(cov_type=cov_type, **kwds)
    agree(record, reference, rtol=1e-7)  # intervals too: by Student's t where statsmodels uses it
    assert record.df_resid == reference.df_resid == w.sum() - 11
    np.testing.assert_allclose([record.dispersion, record.log_likelihood], [reference.scale, reference.llf], rtol=1e-9)


@pytest.mark.parametrize("cov_type", ["nonrobust", "HC0", "HC1", "cluster"])
def test_glm_frequency_weights_are_repeated_rows(cov_type):
    data = br.datasets.vote_1996()
    w = np.random.default_rng(4).integers(0, 4, size=len(data))
    groups = np.arange(len(data)) // 5 if cov_type == "cluster" else None
    again = data.loc[data.index.repeat(w)].reset_index(drop=True)
    more = None if groups is None else np.repeat(groups, w)
    record = mle(VOTE, data, "bernoulli", cov_type, groups=groups, weights=Weights(w, kind="frequency"))
    reference = mle(VOTE, again, "bernoulli", cov_type, groups=more)
    agree(record, reference.results, rtol=1e-6)
    assert record.df_resid == reference.df_resid
    np.testing.assert_allclose(record.log_likelihood, reference.log_likelihood, rtol=1e-10)


def test_offsets():
    data = br.datasets.doctor_visits()
    exposure = np.random.default_rng(5).uniform(0.5, 2.0, size=len(data))
    record = mle(VISITS, data, "poisson", offset=np.log(exposure))
    reference = smf.glm(VISITS, data, family=sm.families.Poisson(), exposure=exposure).fit(tol=1e-10)
    agree(record, reference, rtol=1e-6)
    diabetes = br.datasets.diabetes()
    record = mle("target ~ bmi + s5", diabetes, offset="bp")
    agree(record, smf.ols("I(target - bp) ~ bmi + s5", diabetes).fit())


def test_factors_and_missing_rows_as_the_formula_interface():
    data = br.datasets.penguins()
    formula = "body_mass_g ~ species * sex + flipper_length_mm"
    record = mle(formula, data, missing="drop")
    agree(record, smf.ols(formula, data.dropna()).fit(), rtol=1e-7)


def test_no_intercept():
    data = br.datasets.diabetes()
    agree(mle("target ~ 0 + bmi + bp", data), smf.ols("target ~ 0 + bmi + bp", data).fit())


# ---- numbers that are hard


def test_wampler_exact_polynomial():
    x = np.arange(21.0)
    design = from_arrays(np.column_stack([x**j for j in range(1, 6)]), sum(x**j for j in range(6)))
    law = Family("gaussian")
    record = fit_mle(design, law.likelihood, law)
    np.testing.assert_allclose(record.params, 1.0, rtol=1e-5)  # conditions of 1e13 leave some digits


def test_longley_certified_values():
    """NIST Longley: certified coefficients and standard errors."""
    data = sm.datasets.longley.load_pandas()
    law = Family("gaussian")
    record = fit_mle(from_arrays(data.exog, data.endog.to_numpy()), law.likelihood, law)
    certified = [-3482258.63459582, 15.0618722713733, -0.358191792925910e-01, -2.02022980381683, -1.03322686717359]
    np.testing.assert_allclose(record.params[:5], certified, rtol=1e-7)
    np.testing.assert_allclose(np.sqrt(record.cov[0, 0]), 890420.383607373, rtol=1e-7)


@pytest.mark.parametrize("size", [1e-11, 1e-8, 1e8, 1e11])
def test_units_of_a_column_do_not_matter(size):
    data = br.datasets.diabetes()
    reference = mle("target ~ bmi + bp", data)
    data["bmi"] *= size
    record = mle("target ~ bmi + bp", data)
    scale = np.array([1.0, size, 1.0])
    np.testing.assert_allclose(record.params * scale, reference.params, rtol=1e-5)  # conditions of 1e13
    np.testing.assert_allclose(np.sqrt(np.diag(record.cov)) * scale, np.sqrt(np.diag(reference.cov)), rtol=1e-4)


@pytest.mark.parametrize("size", [1e160, 1e-170])
@pytest.mark.parametrize("family", ["gaussian", "poisson"])
def test_a_column_that_would_vanish_is_refused_by_name(size, family):
    data = br.datasets.diabetes()
    data["bmi"] *= size
    with pytest.raises(EngineError, match=r"'bmi'.* give columns in comparable units"):
        mle("target ~ bmi + bp", data, family)


def test_a_column_far_from_its_origin_is_refused_by_name():
    x = 1e9 + np.arange(30.0)
    with pytest.raises(EngineError, match=r"1e\+09 \('t'\): give columns in comparable units, or centre"):
        mle("y ~ t", {"t": x, "y": np.arange(30.0) ** 2})


def test_responses_separated_but_for_rounding_are_no_silent_fit():
    x = np.r_[np.arange(15.0), 14.0 - 1e-7, np.arange(15.0, 29.0)]
    with pytest.raises(EngineError, match="almost separated"):
        mle("y ~ x", {"x": x, "y": np.repeat([0, 1], 15)}, "bernoulli")


def test_tiny_responses_are_no_perfect_prediction():
    data = br.datasets.diabetes()
    reference = mle("target ~ bmi", data)
    data["target"] *= 1e-12
    record = mle("target ~ bmi", data, weights=Weights(np.ones(len(data)), kind="frequency"))
    np.testing.assert_allclose(record.params * 1e12, reference.params, rtol=1e-9)
    assert record.notes == ()


def test_saturated_counts_are_fitted():
    record = mle("y ~ g", {"y": [3, 8, 5], "g": ["a", "b", "c"]}, "poisson")
    np.testing.assert_allclose(np.exp(record.params), [3.0, 8 / 3, 5 / 3], rtol=1e-6)
    assert record.notes == ()


# ---- refusals


def test_rank_deficiency_is_named():
    data = br.datasets.diabetes()
    data["twice"] = 2 * data["bmi"]
    with pytest.raises(RankError, match="'twice'"):
        mle("target ~ bmi + bp + twice", data)
    with pytest.raises(RankError, match="There are only 8 rows"):
        mle(DIABETES, data.head(8))


def test_rank_deficiency_caused_by_weights_of_zero():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "a": [0, 0, 0, 1.0], "b": [1.0, 2, 3, 4], "w": [1, 1, 1, 0]})
    with pytest.raises(RankError, match="'a' is all zero"):
        mle("y ~ a + b", data, weights=Weights("w", kind="precision"))


def test_separation_is_named():
    with pytest.raises(SeparationError, match="a combination of"):
        mle("malignant ~ .", br.datasets.breast_cancer(), "bernoulli")
    data = {"y": [0, 0, 0, 0, 3, 1, 2, 5], "g": list("aaaabbbb")}
    with pytest.raises(SeparationError, match=r"'g\[T\.b\]' sets apart 4 row"):
        mle("y ~ g", data, "poisson")


def test_no_degree_of_freedom():
    with pytest.raises(DataError, match="3 observations for 3 coefficients"):
        mle("y ~ a + b", {"y": [1.0, 2, 4], "a": [1.0, 2, 3], "b": [1.0, 4, 2]})


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cov_type": "hc3"}, InputError, "cov_type='hc3' is not known; allowed: 'nonrobust'"),
        ({"cov_type": "HC3", "family": "poisson"}, UnsupportedError, "'HC3' is not available for the poisson family"),
        ({"cov_type": "cluster"}, InputError, "needs groups="),
        ({"groups": np.zeros(2019)}, InputError, "groups= has no use with cov_type='nonrobust'"),
        ({"cov_type": "cluster", "groups": "health"}, InputError, "groups='health' is a name"),
        ({"cov_type": "cluster", "groups": np.zeros(5)}, InputError, r"groups has shape \(5,\), but the fit has 2019"),
        ({"cov_type": "cluster", "groups": np.zeros(2019)}, InputError, "one group only"),
        ({"cov_type": "cluster", "groups": [None] * 2019}, DataError, "2019 missing label"),
    ],
)
def test_refused_covariances(options, error, message):
    with pytest.raises(error, match=message):
        mle(VISITS, br.datasets.doctor_visits(), **options)


def test_groups_after_dropped_rows():
    data = br.datasets.penguins()
    formula = "body_mass_g ~ flipper_length_mm + sex"
    with pytest.raises(InputError, match="11 rows were dropped"):
        mle(formula, data, cov_type="cluster", groups=data["island"].to_numpy(), missing="drop")
    kept = data.dropna()
    record = mle(formula, data, cov_type="cluster", groups=data["island"], missing="drop")
    codes = pd.factorize(kept["island"])[0]
    agree(record, smf.ols(formula, kept).fit(cov_type="cluster", cov_kwds={"groups": codes}))
    with pytest.raises(InputError, match="without the row label"):
        mle(formula, data, cov_type="cluster", groups=data["island"].iloc[5:], missing="drop")


def test_leverage_one_leaves_hc3_undefined():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3, 5], "x": [1.0, 2, 3, 5, 4], "one": [0, 0, 0, 1, 0]}, index=list("abcde"))
    with pytest.raises(DataError, match=r"'HC3' is not defined: 1 row\(s\) have leverage 1, the first labelled 'd'"):
        mle("y ~ x + one", data, cov_type="HC3")
    agree(mle("y ~ x + one", data, cov_type="HC1"), smf.ols("y ~ x + one", data).fit(cov_type="HC1"))


def test_hc1_of_saturated_counts_is_refused():
    with pytest.raises(DataError, match="3 observations for 3 coefficients"):
        mle("y ~ g", {"y": [3, 8, 5], "g": ["a", "b", "c"]}, "poisson", "HC1")


def test_response_outside_the_family():
    with pytest.raises(DataError, match="'target'"):
        mle("target ~ bmi", br.datasets.diabetes(), "bernoulli")


def test_statsmodels_is_imported_only_to_fit():
    code = "import sys, bayesreg.frequentist, bayesreg.existence; print([m for m in sys.modules if 'statsmodels' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
