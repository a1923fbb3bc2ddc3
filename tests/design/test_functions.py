"""Functions the user hands over, responses of labels, and factors that can not be coded."""

from __future__ import annotations

import numpy as np
import pytest

from bayesreg.design import build
from bayesreg.errors import DataError, FormulaError, InputError

DATA = {"y": [1.0, 2.0, 3.0, 4.0], "x": [1.0, 2.0, 3.0, 4.0], "g": ["a", "b", "a", "b"]}


def test_user_functions_get_arrays_and_constants():
    seen = []

    def double(x, factor=2.0, *, shift=0):
        seen.append((type(x), x.dtype))
        return factor * x + shift

    design = build("y ~ double(x) + double(x + 1, 3, shift=-1) + log(double(x))", DATA, functions={"double": double})
    assert design.names == ("double(x)", "double(x + 1, 3, shift=-1)", "log(double(x))")
    np.testing.assert_allclose(design.X[:, 1], 3 * (np.array(DATA["x"]) + 1) - 1)
    assert set(seen) == {(np.ndarray, np.dtype(float))}
    np.testing.assert_allclose(design.spec.rows({"x": [10.0]}).X[0, 0], 20.0)


def test_user_functions_may_return_blocks_labels_and_flags():
    functions = {
        "powers": lambda x: np.column_stack([x, x**2]),
        "side": lambda x: np.where(x > 2, "right", "left"),
        "upper": lambda g: np.array([one.upper() for one in g]),
        "big": lambda x: x > 2,
    }
    design = build("y ~ powers(x) + side(x) + upper(g) + big(x)", DATA, functions=functions)
    assert design.names == ("powers(x)[0]", "powers(x)[1]", "side(x)[T.right]", "upper(g)[T.B]", "big(x)[T.True]")


def test_a_user_function_can_not_change_the_data():
    def spoil(x):
        x[:] = 0.0
        return x

    data = {name: np.array(values) for name, values in DATA.items()}
    design = build("y ~ spoil(x) + x", data, functions={"spoil": spoil})
    np.testing.assert_array_equal(design.X[:, 1], DATA["x"])
    np.testing.assert_array_equal(data["x"], DATA["x"])


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: 1 / 0, r"your function f\(x\) raised ZeroDivisionError"),
        (lambda x: x[:2], r"shape \(2,\)"),
        (lambda x: 3.0, r"shape \(\)"),
        (lambda x: None, r"shape \(\)"),
        (lambda x: x * 1j, "complex128"),
        (lambda x: x / 0, "not finite"),
        (lambda x: np.array([None, "a", "b", "a"], dtype=object), "missing|level None"),
    ],
)
def test_failures_of_user_functions_are_reported(function, says):
    with pytest.raises(DataError, match=says):
        build("y ~ f(x)", DATA, functions={"f": function})


@pytest.mark.parametrize(
    ("functions", "says"),
    [
        ({"log": abs}, "log is a word of the formula language"),
        ({"l1": abs}, "l1 is a word of the formula language"),
        ({"a b": abs}, "plain Python identifier"),
        ({"__f": abs}, "plain Python identifier"),
        ({3: abs}, "plain Python identifier"),
        ({"f": 3}, "can not be called"),
    ],
)
def test_names_of_user_functions_are_checked(functions, says):
    with pytest.raises(InputError, match=says):
        build("y ~ x", DATA, functions=functions, marks=["l1"])


def test_only_functions_handed_over_can_be_called():
    with pytest.raises(FormulaError, match="yours: f"):
        build("y ~ h(x)", DATA, functions={"f": abs})


@pytest.mark.parametrize(
    ("response", "values", "levels", "y"),
    [
        ("r", ["no", "yes", "no", "yes"], ("no", "yes"), [0, 1, 0, 1]),
        ("r", [True, False, False, True], ("False", "True"), [1, 0, 0, 1]),
        ("C(r)", [3, 5, 3, 5], ("3", "5"), [0, 1, 0, 1]),
        ("I(r > 3)", [3, 5, 3, 5], ("False", "True"), [0, 1, 0, 1]),
        ("r", [0, 1, 1, 0], None, [0, 1, 1, 0]),
    ],
)
def test_a_response_of_two_labels_becomes_zero_and_one(response, values, levels, y):
    design = build(f"{response} ~ x", {**DATA, "r": values})
    assert (design.levels, design.y.tolist(), design.response) == (levels, y, response)


def test_levels_of_a_response_follow_category_order():
    import pandas as pd

    r = pd.Categorical(["yes", "no", "yes", "no"], categories=["yes", "maybe", "no"])
    design = build("r ~ x", {**DATA, "r": r})
    assert (design.levels, design.y.tolist()) == (("yes", "no"), [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["a", "b", "c", "a"], r"has 3 level\(s\), 'a', 'b', 'c'"),
        (["a", "a", "a", "a"], r"has 1 level\(s\), 'a'"),
        ([True, True, True, True], r"has 1 level\(s\), True"),
    ],
)
def test_other_numbers_of_labels_are_refused(values, says):
    with pytest.raises(DataError, match=says):
        build("r ~ x", {**DATA, "r": values})


@pytest.mark.parametrize(("values", "count"), [(["1", "2.5", "-3e2", "n/a"], 3), (["1", "2", "3", "4"], 4)])
def test_a_response_of_numbers_read_as_text_is_named(values, count):
    with pytest.raises(DataError, match=rf"text, although {count} of its 4 labels are numbers .*with pd\.to_numeric"):
        build("r ~ x", {**DATA, "r": values})


def test_two_labels_that_are_numbers_stay_labels():
    assert build("r ~ x", {**DATA, "r": ["0", "1", "1", "0"]}).levels == ("0", "1")


def test_a_block_is_no_response():
    with pytest.raises(FormulaError, match="several columns"):
        build("poly(y, 2) ~ x", DATA)


def test_a_factor_of_one_level_is_refused_next_to_an_intercept():
    data = {**DATA, "one": ["u"] * 4}
    with pytest.raises(DataError, match="one has the single level 'u'"):
        build("y ~ x + one", data)
    assert build("y ~ 0 + one", data).names == ("one[u]",)


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(FormulaError, match="two design columns are named 'a:b'"):
        build("y ~ a:b + `a:b`", {"y": [1, 2], "a": [1, 2], "b": [3, 4], "a:b": [5, 6]})


def test_a_factor_with_too_many_levels_is_refused_before_it_is_made():
    data = {"y": np.arange(20_000.0), "x": np.arange(20_000.0)}
    with pytest.raises(FormulaError, match=r"makes 19,999 columns \(2.98 GiB\)"):
        build("y ~ C(x)", data)


def test_wide_tables_are_quick():
    import time

    rng = np.random.default_rng(0)
    data = {"y": rng.normal(size=20), **{f"x{k}": rng.normal(size=20) for k in range(3000)}}
    started = time.perf_counter()
    assert build("y ~ .", data).p == 3000
    assert time.perf_counter() - started < 5.0
