"""A second stage, held to statsmodels, ridge's closed form and the definition of the blend."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

import bayesreg as br

FORMULA = "target ~ age + bmi + bp + s5 + s1"


@pytest.fixture(scope="module")
def data():
    return br.datasets.diabetes()


LAWS = [br.L1(3000.0), br.ElasticNet(3000.0, 0.8), br.MCP(3000.0), br.SCAD(3000.0), br.GroupLasso(3000.0)]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_without_a_penalty_the_second_stage_is_least_squares(data, law):
    first = br.Model(FORMULA, data, penalty=law).fit()
    assert 0 < len(first.active) < 5
    want = sm.OLS(data["target"], sm.add_constant(data[list(first.active)])).fit()
    got = first.relax()
    np.testing.assert_allclose(got.params[["Intercept", *first.active]], want.params, rtol=1e-9)
    assert (got.params.drop(["Intercept", *first.active]) == 0.0).all()
    assert got.deviance == pytest.approx(want.ssr, rel=1e-12)
    assert got.edf == pytest.approx(1 + len(first.active))


def test_two_classes_are_refitted_by_maximum_likelihood(data):
    frame = data.assign(high=(data["target"] > 150).astype(int))
    first = br.Model("high ~ age + bmi + bp + s5 + s1", frame, family="bernoulli", penalty=br.L1(30.0)).fit()
    want = sm.GLM(frame["high"], sm.add_constant(frame[list(first.active)]), family=sm.families.Binomial()).fit(
        tol=1e-14
    )
    np.testing.assert_allclose(first.relax().params[["Intercept", *first.active]], want.params, rtol=1e-8)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0])
def test_the_blend_is_that_of_linear_predictors(data, gamma):
    first = br.Model(FORMULA, data, penalty=br.L1(3000.0)).fit()
    got, ends = first.relax(gamma), first.relax(0.0)
    np.testing.assert_allclose(got.predict(), gamma * first.predict() + (1.0 - gamma) * ends.predict(), rtol=1e-12)
    if gamma == 1.0:
        np.testing.assert_array_equal(got.params, first.params)


def test_a_ridge_stage_is_ridge_on_what_was_selected(data):
    first = br.Model(FORMULA, data, penalty=br.L1(3000.0)).fit()
    X, y = data[list(first.active)].to_numpy(float), data["target"].to_numpy(float)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    beta = np.linalg.solve(Z.T @ Z + 40.0 * np.eye(Z.shape[1]), Z.T @ (y - y.mean())) / X.std(axis=0)
    np.testing.assert_allclose(first.relax(second=br.L2(40.0)).params[first.active], beta, rtol=1e-10)
    alone = br.Model("target ~ " + " + ".join(first.active), data, penalty=br.L2())
    chosen = first.relax(second=br.L2())
    assert chosen.second.chosen.lam == pytest.approx(alone.select(by="evidence").lam, rel=1e-5)
    assert "by evidence" in chosen.summary().header["second stage"]


@pytest.mark.parametrize(
    ("formula", "penalty"),
    [
        ("target ~ bmi + l1(age + s5 + s1 + bp, lam=3000) + l2(s6, lam=20)", None),
        ("target ~ bmi + age + s5 + s1 + bp + s6", {"age + s5 + s1 + bp": br.L1(3000.0), "s6": br.L2(20.0)}),
    ],
)
def test_blocks_that_do_not_select_keep_their_laws(data, formula, penalty):
    first = br.Model(formula, data, penalty=penalty).fit()
    inside = [name for name in ("age", "s5", "s1", "bp") if name in first.active]
    assert 0 < len(inside) < 4
    want = br.Model(f"target ~ bmi + {' + '.join(inside)} + s6", data, penalty={"s6": br.L2(20.0)}).fit()
    np.testing.assert_allclose(first.relax().params[want.params.index], want.params, rtol=1e-9)


def test_a_point_of_a_path_and_a_chosen_fit_relax(data):
    path = br.Model(FORMULA, data, penalty=br.L1()).path(n_lams=5)
    given = br.Model(FORMULA, data, penalty=br.L1(3000.0)).fit().relax()
    np.testing.assert_allclose(path.at(3000.0).relax().params, given.params, rtol=1e-9)
    chosen = br.Model(FORMULA, data, penalty=br.L1(), select={"by": "cv", "rule": "1se"}).fit()
    assert chosen.relax().params[chosen.active].abs().gt(chosen.params[chosen.active].abs()).any()


def test_more_columns_than_rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 500))
    y = X[:, :3] @ [3.0, -2.0, 2.0] + rng.normal(size=40)
    first = br.Model.from_arrays(X, y, penalty=br.L1(), select={"by": "cv", "rule": "1se"}).fit()
    inside = [int(name.removeprefix("x")) for name in first.active]
    got = first.relax().params[first.active]
    start = 1 if "x0" not in first.solved.coefficients else 0
    want = sm.OLS(y, sm.add_constant(X[:, np.array(inside) - start])).fit().params[1:]
    np.testing.assert_allclose(got, want, rtol=1e-8)


def test_the_summary_says_what_each_stage_is(data):
    text = str(br.Model(FORMULA, data, penalty=br.L1(3000.0)).fit().relax(0.5))
    for said in (
        "First stage: Prior of each",
        "Second stage: Optimal",
        "No standard errors",
        "gamma: 0.5",
        "no penalty on",
    ):
        assert said in text


def test_separated_classes_have_no_second_stage():
    frame = {"y": [0, 0, 0, 1, 1, 1], "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "z": [0.1, -0.2, 0.1, 0.0, 0.2, -0.1]}
    first = br.Model("y ~ x + z", frame, family="bernoulli", penalty=br.L1(0.5)).fit()
    with pytest.raises(br.errors.SeparationError, match="x"):
        first.relax()
    assert np.isfinite(first.relax(second=br.L2(1.0)).params).all()


@pytest.mark.parametrize(
    ("law", "options", "kind", "message"),
    [
        (br.L1(10.0), {"gamma": 1.5}, br.errors.InputError, "gamma=1.5"),
        (br.L1(10.0), {"second": br.L1(2.0)}, br.errors.InputError, "is not a second stage"),
        (br.L2(10.0), {}, br.errors.UnsupportedError, "can be exactly zero"),
        (br.FusedLasso(10.0), {}, br.errors.UnsupportedError, "ties neighbours"),
    ],
)
def test_what_has_no_meaning_is_refused(data, law, options, kind, message):
    with pytest.raises(kind, match=message):
        br.Model(FORMULA, data, penalty=law).fit().relax(**options)
