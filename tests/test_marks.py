"""Formulas with marks as models: the penalties they name, what other software fits, and reference levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.cli.main import run
from bayesreg.errors import DataError, FormulaError, InputError
from bayesreg.marks import MARKS
from bayesreg.penalties import REGISTRY
from bayesreg.results.priors import prior_sentences


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    n, sites = 120, np.array(["oslo", "bern", "rome", "york"])
    site = rng.integers(0, 4, n)
    x, z, t = rng.normal(size=n), rng.normal(size=n), rng.uniform(size=n)
    y = x + np.array([-1.0, 0.5, 0.8, 0.0])[site] + np.sin(6.0 * t) + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "z": z, "t": t, "site": sites[site], "ward": site + 1})


def laws(model: br.Model) -> dict[str, str]:
    return {block.label: block.penalty.written for block in model.resolved.blocks if not block.penalty.is_flat}


def test_every_registered_penalty_has_a_mark():
    assert sorted(law.__name__ for law in MARKS.values()) == sorted(REGISTRY)
    assert all(name.isidentifier() and name == name.lower() for name in MARKS)
    short = {"l1": "L1", "l2": "L2", "flat": "Flat", "elastic_net": "ElasticNet", "group": "GroupLasso"}
    short |= {"sparse_group": "SparseGroupLasso", "fused": "FusedLasso", "slope": "SLOPE", "smooth": "Smooth"}
    short |= {"student_t": "StudentT", "horseshoe": "Horseshoe", "normal": "Normal", "laplace": "Laplace"}
    assert {name: MARKS[name].__name__ for name in short} == short


@pytest.mark.parametrize(
    ("formula", "penalty"),
    [
        ("y ~ l1(x + z, lam=3) + t", {"x + z": br.L1(3)}),
        ("y ~ flat(x) + l1(., lam=2)", {"z + t + site + ward": br.L1(2)}),
        (
            "y ~ elastic_net(x + z, lam=2, l1_ratio=0.3) + l2(t, lam=1.0)",
            {"x + z": br.ElasticNet(2, 0.3), "t": br.L2(1.0)},
        ),
        ("y ~ group(C(site), lam=2) + x", {"C(site)": br.GroupLasso(2)}),
        ("y ~ x + smooth(bs(t, df=20), lam=0.5, order=1)", {"bs(t, df=20)": br.Smooth(0.5, order=1)}),
        ("y ~ 0 + smooth(cc(t, df=8), lam=0.5, cyclic=True)", {"cc(t, df=8)": br.Smooth(0.5, cyclic=True)}),
        ("y ~ normal(x, scale=0.5) + laplace(z, scale=1)", {"x": br.Normal(0.5), "z": br.Laplace(1)}),
    ],
)
def test_marks_are_the_same_model_as_the_mapping(data, formula, penalty):
    model = br.Model(formula, data)
    assert laws(model) == {key: law.written for key, law in penalty.items()}
    plain = " + ".join(dict.fromkeys(model.design.terms))
    other = br.Model(f"y ~ {int(model.design.intercept)} + {plain}", data, penalty=penalty)
    assert np.array_equal(model.design.X, other.design.X)
    fit = model.fit()
    assert fit.certificate.ok
    # both certified to a relative gap of 1e-8 or better of the same convex problem
    np.testing.assert_allclose(fit.predict(), other.fit().predict(), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(fit.predict(data.head(3)), fit.predict()[:3], rtol=1e-12)
    assert model.formula == formula
    assert formula in repr(model)


def test_a_spline_block_is_its_basis_in_order(data):
    model = br.Model("y ~ x + smooth(bs(t, df=20), lam=1.0) + z", data)
    [block] = [one for one in model.resolved.blocks if not one.penalty.is_flat]
    assert [model.resolved.coefficients[j] for j in block.columns] == [f"bs(t, df=20)[{k}]" for k in range(1, 21)]


def test_group_effects_are_the_predictions_of_a_mixed_model(data):
    from statsmodels.regression.mixed_linear_model import MixedLM

    mixed = MixedLM.from_formula("y ~ x", data, groups="ward").fit(reml=True)
    tau2 = float(mixed.cov_re.iloc[0, 0])
    model = br.Model("y ~ x + (1 | ward)", data, penalty={"1 | ward": br.L2(mixed.scale / tau2)})
    params = model.fit().params
    # the equations of Henderson hold at any variances, so only the accuracy of both solutions limits the agreement
    np.testing.assert_allclose(params[["Intercept", "x"]], mixed.fe_params, rtol=1e-6)
    expected = [float(mixed.random_effects[level].iloc[0]) for level in (1, 2, 3, 4)]
    np.testing.assert_allclose(params[[f"1|ward[{level}]" for level in (1, 2, 3, 4)]], expected, rtol=1e-6)


def test_intercepts_and_slopes_of_groups_have_strengths_of_their_own(data):
    model = br.Model("y ~ x + (x || site)", data, penalty={"1 | site": br.L2(2.0), "x|site": br.L2(5.0)})
    X = np.column_stack([np.ones(len(data)), model.design.X])
    precision = np.diag([0.0, 0.0] + [2.0] * 4 + [5.0] * 4)  # raw coefficients: no standard deviations here
    expected = np.linalg.solve(X.T @ X + precision, X.T @ data["y"])
    np.testing.assert_allclose(model.fit().params, expected, rtol=1e-9, atol=1e-10)


def test_a_group_effect_has_a_strength_to_learn(data):
    model = br.Model("y ~ x + (x || site)", data, penalty=br.L1(1.0))
    assert laws(model) == {"1 | site": "L2(lam=None)", "x | site": "L2(lam=None)", "...": "L1(lam=1.0)"}
    assert [one.label for one in model.resolved.learned] == ["1 | site", "x | site"]
    assert np.all(model.resolved.scale[2:] == 1.0)
    assert "one factor for all strengths" in model.fit().summary().header["chosen"]


def test_group_effects_are_raw_under_any_law(data):
    priors = br.Model("y ~ x + (1 | site)", data, penalty={"1 | site": br.Normal(0.7), ...: br.Normal(0.7)}).priors()
    scale = priors.set_index("coefficient")["scale"]
    np.testing.assert_allclose(scale.filter(like="1|site"), 0.7)
    assert abs(scale["x"] - 0.7) > 1e-3


def test_unseen_levels_are_named(data):
    fit = br.Model("y ~ x + (1 | site)", data, penalty={"1 | site": br.L2(1.0)}).fit()
    with pytest.raises(DataError, match="column 'site' has the level 'nice'"):
        fit.predict(pd.DataFrame({"x": [0.0], "site": ["nice"]}))


INVARIANT = [
    ("y ~ x + full(C(site))", {"full(C(site))": br.L1(4.0)}),
    ("y ~ x + full(C(site))", {"full(C(site))": br.L2(4.0)}),
    ("y ~ x + full(C(site))", {"full(C(site))": br.ElasticNet(4.0, 0.3)}),
    ("y ~ x + (1 | site)", {"1 | site": br.L2(4.0)}),
    ("y ~ x + (x || site)", {"1 | site": br.L2(4.0), "x | site": br.Normal(0.4)}),
    ("y ~ x + group(C(site), lam=4)", None),
    ("y ~ x + group(full(C(site)), lam=4)", None),
]


def relevelled(data: pd.DataFrame) -> list[pd.DataFrame]:
    levels = sorted(data["site"].unique())
    return [data.assign(site=pd.Categorical(data["site"], [*levels[k:], *levels[:k]])) for k in range(3)]


@pytest.mark.parametrize(("formula", "penalty"), INVARIANT)
def test_fits_of_all_levels_and_of_groups_do_not_depend_on_the_reference_level(data, formula, penalty):
    fitted = [br.Model(formula, one, penalty=penalty, dispersion=1.0).fit().predict() for one in relevelled(data)]
    # active sets and ridges are exact to rounding; the group lasso is iterated to its certificate
    exact = {"atol": 1e-10} if "group" not in formula else {"atol": 1e-7}
    np.testing.assert_allclose(fitted[1], fitted[0], rtol=0.0, **exact)
    np.testing.assert_allclose(fitted[2], fitted[0], rtol=0.0, **exact)


@pytest.mark.parametrize("law", [br.L1(4.0), br.L2(4.0)])
def test_fits_of_treatment_coding_do_and_it_is_said(data, law):
    models = [br.Model("y ~ x + C(site)", one, penalty={"C(site)": law}) for one in relevelled(data)[:2]]
    fitted = [model.fit().predict() for model in models]
    assert np.abs(fitted[1] - fitted[0]).max() > 0.01
    note = "depends on the reference level of C(site); full(C(site)) does not"
    priors = models[0].priors()
    assert priors["note"].tolist() == ["", "", note, note, note]
    assert note in prior_sentences(models[0].resolved)[0]


@pytest.mark.parametrize(("formula", "penalty"), INVARIANT)
def test_no_note_where_nothing_depends_on_it(data, formula, penalty):
    model = br.Model(formula, data, penalty=penalty)
    assert set(model.priors()["note"]) == {""}
    assert not any("reference" in text for text in prior_sentences(model.resolved))


@pytest.mark.parametrize(
    ("formula", "penalty", "says"),
    [
        ("y ~ l1(x, lam=1) + z", {"x": br.L2(1.0)}, r"'x' is penalised twice: by l1\(x, lam=1\) in the formula and by"),
        ("y ~ l1(x + z, lam=1)", br.L2(1.0), "has no terms left to act on"),
        ("y ~ x + (1 | site)", {"1 | sites": br.L2(1.0)}, r"Did you mean '1 \| site'"),
    ],
)
def test_penalties_of_formula_and_argument_must_not_meet(data, formula, penalty, says):
    with pytest.raises(InputError, match=says):
        br.Model(formula, data, penalty=penalty)


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("l1(x, lamb=3)", r"lamb= is not an option of l1\(\.\.\.\); did you mean lam\? Allowed: lam, "),
        ("l1(x, law='Normal')", "law= is not an option"),
        ("smooth(bs(t, df=9), ordr=1)", "did you mean order"),
        ("l1(x, lam=-1)", r"In the mark l1\(x, lam=-1\): lam=-1 is not a strength"),
        ("l1(x, lam='big')", "is not a strength"),
        ("l1(x, positive=1)", "must be True or False"),
        ("l1(x, relative_to='tau')", "relative_to='tau' is not known"),
        ("normal(x)", r"normal\(x\) lacks scale=, which Normal needs"),
        ("student_t(x, df='a', scale=1)", r"student_t\(x"),
        ("smooth(bs(t, df=9), order=7)", "order=7 is not an order"),
    ],
)
def test_options_are_those_of_the_penalty(data, mark, says):
    with pytest.raises(FormulaError, match=says):
        br.Model(f"y ~ {mark}", data)


def test_the_command_line_takes_marks(data, tmp_path, capsys):
    file = tmp_path / "data.csv"
    data.to_csv(file, index=False)
    with pytest.raises(SystemExit) as stop:
        run(["fit", "y ~ l1(x, lam=3) + z", str(file)])
    assert stop.value.code == 0
    assert "penalty: x: L1(lam=3)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("formula", "hint"),
    [
        ("y ~ L1(x, lam=3)", r"did you mean the mark l1\("),
        ("y ~ lasso(x, lam=3)", r"did you mean the mark l1\("),
        ("y ~ studentt(x, df=4, scale=1)", r"did you mean the mark student_t\("),
        ("y ~ firth(x)", r"penalty=br\.Firth\(\)"),
        ("y ~ s(x)", r"with a penalty smooth\(bs\(x"),
    ],
)
def test_marks_of_other_software_are_translated(formula, hint):
    with pytest.raises(FormulaError, match=hint):
        br.Model(formula, {"y": [0.0, 1.0, 3.0], "x": [1.0, 2.0, 4.0]})


def test_a_group_of_open_strength_is_chosen_by_the_evidence():
    data = {"y": [0.0, 1.0, 3.0, 4.0], "g": ["a", "a", "b", "b"]}
    fit = br.Model("y ~ (1 | g)", data).fit()
    assert fit.chosen.lams.index.tolist() == ["1 | g"]
