"""How the texts read a frame: factors, missing rows, labels, odd names, arrays, columns that are left out."""

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.export.r_words import r_text
from tests.export.models import frame
from tests.export.test_modes import run


def assert_runs(model, data, target="sklearn", **scope):
    """Assert that the text finds the mode from the frame and the arrays in scope."""
    given = data.copy()
    found = run(model.export(target), data=data, **scope)["params"]
    expected = model.fit().params
    assert list(found.index) == list(expected.index)
    assert np.abs(found - expected).max() <= 1e-6 * max(1.0, np.abs(expected).max())
    pd.testing.assert_frame_equal(given, data)


def test_factors_interactions_and_missing_rows():
    data = br.datasets.penguins()
    formula = "body_mass_g ~ C(species) * sex + bill_length_mm + flipper_length_mm + C(island)"
    model = br.Model(formula, data, missing="drop", penalty=br.L2(20.0))
    assert "dropna(subset=[" in model.export("sklearn")
    assert_runs(model, data)


def test_a_response_of_labels():
    data = br.datasets.penguins()
    model = br.Model("sex ~ bill_depth_mm + species", data, family="bernoulli", missing="drop", penalty=br.L2(1.0))
    assert_runs(model, data)
    assert 'y <- as.numeric(data$sex == "male")' in model.export("glmnet")
    assert 'data$sex <- as.numeric(data$sex == "male")' in model.export("brms")


def test_functions_on_both_sides():
    data = br.datasets.diabetes()
    model = br.Model("np.log(target) ~ poly(bmi, 2) + I(bp / 10) + np.log(s5) + s1:s2", data, penalty=br.L1(3.0))
    assert_runs(model, data)


def test_names_that_are_no_identifiers():
    data = frame().rename(columns={"a": "blood sugar", "gaussian": "the {response}"})
    model = br.Model("`the {response}` ~ `blood sugar` + b + g", data, penalty=br.L2(3.0))
    assert_runs(model, data)
    assert "`blood sugar`" in model.export("glmnet")


def test_declared_categories_keep_their_order():
    data = frame().assign(g=pd.Categorical(frame()["g"], categories=["top", "low", "mid"]))
    model = br.Model("gaussian ~ a + g", data, penalty=br.L1(3.0))
    assert_runs(model, data)
    assert 'levels = c("top", "low", "mid")' in model.export("brms")


@pytest.mark.parametrize("target", ["sklearn", "statsmodels"])
def test_arrays_of_weights_and_offset(target):
    data = frame()
    weights, offset = data["w"].to_numpy(), data["o"].to_numpy()
    given = br.Weights(weights, kind="frequency")
    model = br.Model("poisson ~ a + b", data, family="poisson", penalty=br.L2(3.0), weights=given, offset=offset)
    assert "arrays named" in model.export(target) or "an array named weights" in model.export(target)
    assert_runs(model, data, target, weights=weights, offset=offset)


def test_a_model_of_arrays_reads_the_columns_by_name():
    data = frame()
    model = br.Model.from_arrays(data[["a", "b"]], data["gaussian"], penalty=br.ElasticNet(4.0))
    assert 'X = data[["a", "b"]].to_numpy(dtype=float)' in model.export("sklearn")
    assert_runs(model, data)


def test_columns_of_infinite_weight_are_left_out():
    data = frame()
    model = br.Model("gaussian ~ a + b + g", data, penalty=br.L1(3.0, weights={"b": np.inf, "g[T.mid]": np.inf}))
    text = model.export("sklearn")
    assert '[["a", "g[T.top]"]]' in text
    found = run(text, data=data)["params"]
    expected = model.fit().params
    assert np.abs(found - expected[found.index]).max() <= 1e-6
    assert set(expected.index[expected == 0.0]) >= {"b", "g[T.mid]"}


def test_rows_of_weight_zero_say_nothing():
    data = frame().assign(w=np.where(np.arange(len(frame())) < 5, 0.0, 2.0))
    weights = br.Weights("w", kind="precision")
    model = br.Model("gaussian ~ a + b", data, penalty=br.L2(3.0), weights=weights)
    assert_runs(model, data)
    assert "seen = weights > 0.0" in model.export("pymc")
    assert "if (weights[n] > 0)" in model.export("stan")


def test_the_frame_has_the_name_that_was_given():
    model = br.Model("gaussian ~ a + b", frame(), penalty=br.L2(1.0))
    assert 'y = patients["gaussian"]' in model.export("sklearn", data="patients")
    assert "y <- patients$gaussian" in model.export("glmnet", data="patients")


def test_a_fit_of_the_exported_estimator_is_read_back_as_the_same_penalty():
    data = br.datasets.diabetes()
    model = br.Model("target ~ bmi + bp + s5", data, penalty=br.L2(12.0))
    scope = run(model.export("sklearn"), data=data)
    back = br.Model.from_fitted(scope["fitted"], scope["X"], scope["y"])
    assert back.penalty.lam == pytest.approx(12.0, rel=1e-12)
    assert np.allclose(back.fit().params, model.fit().params, rtol=1e-9)


def test_arithmetic_in_r():
    import ast

    node = ast.parse("I(a ** 2 + 1) / np.log(b)", mode="eval").body
    assert r_text(node, {}, factor=True) == "I(I(((a ^ 2) + 1)) / log(b))"


def test_columns_of_true_and_false():
    """Formulaic takes them for numbers, and we for labels, as R does."""
    data = frame().assign(flag=frame()["a"] > 0.0, **{"my flag": frame()["b"] > 1.0})
    model = br.Model("gaussian ~ flag * c + `my flag` + C(flag):b", data, penalty=br.L2(3.0))
    assert_runs(model, data)
    gaps = data.assign(flag=data["flag"].astype("boolean").mask(data["a"] > 1.5))
    assert_runs(br.Model("gaussian ~ flag + c", gaps, missing="drop", penalty=br.L1(1.0)), gaps)


def test_functions_that_formulaic_has_in_numpy_only():
    data = frame()
    model = br.Model("gaussian ~ sqrt(c) * g + log1p(c) + sin(a) + np.cos(a)", data, penalty=br.L2(3.0))
    assert 'context={"log1p": np.log1p, "sin": np.sin, "sqrt": np.sqrt}' in model.export("sklearn")
    assert_runs(model, data)


def test_arithmetic_in_braces():
    data = frame()
    assert_runs(br.Model("gaussian ~ {a + b} + {a * c}:b", data, penalty=br.L2(3.0)), data)


def test_r_reads_ordered_factors_and_logical_responses():
    """An ordered factor has polynomial contrasts there, and a logical value is TRUE where Python writes True."""
    data = frame().assign(
        g=pd.Categorical(frame()["g"], categories=["low", "mid", "top"], ordered=True), flag=frame()["bernoulli"] == 1
    )
    model = br.Model("flag ~ a + g", data, family="bernoulli", penalty=br.L2(3.0))
    for target in ("glmnet", "brms", "stan"):
        text = model.export(target)
        assert 'levels = c("low", "mid", "top"), ordered = FALSE)' in text
        assert 'as.numeric(toupper(data$flag) == "TRUE")' in text
    assert_runs(model, data)
