"""New rows never re-learn anything, keep their number, and are refused by name when they do not fit."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from bayesreg.design import build
from bayesreg.errors import DataError, InputError

RNG = np.random.default_rng(3)
DATA = pd.DataFrame(
    {
        "y": RNG.normal(size=30),
        "x": RNG.uniform(1, 2, size=30),
        "k": RNG.integers(0, 3, size=30),
        "g": RNG.choice(["a", "b", "c"], size=30),
        "f": RNG.choice([True, False], size=30),
        "e": RNG.uniform(size=30),
    }
)
FORMULAS = [
    "y ~ x*g",
    "y ~ poly(x, 3) + C(k)",
    "y ~ bs(x, df=6):f",
    "y ~ cr(x, df=5) + scale(e)",
    "y ~ 0 + full(g) + center(x)",
    "y ~ C(g, contr.sum) + standardize(log(x))",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_training_rows_come_back(formula):
    design = build(formula, DATA)
    np.testing.assert_allclose(design.spec.rows(DATA).X, design.X, rtol=1e-14)


@pytest.mark.parametrize("formula", FORMULAS)
def test_rows_do_not_depend_on_each_other(formula):
    design = build(formula, DATA)
    for row in (0, 7, 29):
        np.testing.assert_allclose(design.spec.rows(DATA.iloc[[row]]).X, design.X[[row]], rtol=1e-12)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_missing_value_gives_a_row_of_nan(formula):
    design = build(formula, DATA)
    new = DATA.astype({"k": object, "f": object}).copy()
    new.loc[[2, 5]] = None
    rows = design.spec.rows(new)
    assert np.flatnonzero(rows.missing).tolist() == [2, 5]
    assert np.isnan(rows.X[[2, 5]]).all()
    keep = ~rows.missing
    np.testing.assert_allclose(rows.X[keep], design.X[keep], rtol=1e-12)


def test_only_missing_rows_and_no_rows_at_all():
    design = build("y ~ x*g", DATA)
    rows = design.spec.rows({"x": [None, 1.0], "g": ["a", None]})
    assert rows.X.shape == (2, design.p)
    assert rows.missing.all()
    assert design.spec.rows({"x": [], "g": []}).X.shape == (0, design.p)


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ({"g": ["a", "z"], "x": [1.0, 2.0]}, r"column 'g' has the level 'z' \(1 row\(s\)\).*'a', 'b', 'c'"),
        ({"g": ["a"]}, "no column 'x', which the model needs; the model uses 'x', 'g'"),
        ({"g": [1], "x": [1.0]}, "column 'g' holds numbers in the new data, but the model was fitted with text labels"),
        (
            {"g": ["a"], "x": ["1"]},
            "column 'x' holds text labels in the new data, but the model was fitted with numbers",
        ),
        ({"g": ["a"], "x": [True]}, "column 'x' holds true/false values"),
        ({"g": ["a"], "x": [np.inf]}, "column 'x' has 1 infinite"),
        (None, "can not be read"),
    ],
)
def test_new_rows_that_do_not_fit_are_named(new, says):
    with pytest.raises(DataError, match=says):
        build("y ~ x + g", DATA).spec.rows(new)


def test_unseen_levels_in_calls_and_values_outside_of_knots():
    with pytest.raises(DataError, match=r"the level 7 .* 0, 1, 2"):
        build("y ~ C(k)", DATA).spec.rows({"k": [7]})
    with pytest.raises(DataError, match=r"bs\(x, df=5\) can not be computed.*extrapolation"):
        build("y ~ bs(x, df=5)", DATA).spec.rows({"x": [9.0]})
    with pytest.raises(DataError, match=r"the term log\(x\) is not finite in 1 of 1"):
        build("y ~ log(x)", DATA).spec.rows({"x": [0.0]})


def test_categories_do_not_need_all_their_levels_again():
    design = build("y ~ g", DATA)
    assert design.spec.rows({"g": pd.Categorical(["c"], categories=["c", "b", "zzz"])}).X.tolist() == [[0.0, 1.0]]


def test_a_category_that_no_row_of_the_fit_has_is_unseen():
    g = pd.Categorical(["a", "b", "a"], categories=["a", "mid", "b"])
    spec = build("y ~ g", {"y": [1.0, 2.0, 3.0], "g": g}).spec
    with pytest.raises(DataError, match=r"column 'g' has the level 'mid' \(1 row\(s\)\).*known levels 'a', 'b'"):
        spec.rows({"g": pd.Categorical(["b", "mid"], categories=g.categories)})
    assert spec.rows({"g": pd.Categorical(["b"], categories=g.categories)}).X.tolist() == [[1.0]]


def test_columns_are_taken_by_name_and_the_response_is_not_needed():
    design = build("y ~ x + e", DATA)
    np.testing.assert_array_equal(design.spec.rows(DATA[["e", "x"]]).X, design.X)


def test_offsets_of_new_rows():
    named = build("y ~ x", DATA, offset="e").spec
    assert named.rows({"x": [1.0], "e": [2.0]}).offset.tolist() == [2.0]
    assert named.rows({"x": [1.0]}, offset=[3.0]).offset.tolist() == [3.0]
    assert named.rows({"x": [1.0], "v": [4.0]}, offset="v").offset.tolist() == [4.0]
    with pytest.raises(DataError, match="offset='e' is not a column"):
        named.rows({"x": [1.0]})
    rows = named.rows({"x": [1.0, 2.0], "e": [None, 2.0]})
    assert rows.missing.tolist() == [True, False]
    assert np.isnan(rows.X[0, 0])
    given = build("y ~ x", DATA, offset=DATA["e"]).spec
    with pytest.raises(DataError, match="give the offset of the new rows"):
        given.rows(DATA)
    assert given.rows({"x": [1.0]}, offset=[0.5]).offset.tolist() == [0.5]
    with pytest.raises(DataError, match="2 values for 1 rows"):
        given.rows({"x": [1.0]}, offset=[0.5, 0.5])
    with pytest.raises(InputError, match="built without one"):
        build("y ~ x", DATA).spec.rows(DATA, offset="e")


def test_take_keeps_the_specification():
    design = build("y ~ x + g", DATA, weights="e", offset="k")
    rows = np.array([3, 3, 0])
    part = design.take(rows)
    assert part.spec is design.spec
    assert (part.n, part.p) == (3, design.p)
    np.testing.assert_array_equal(part.X, design.X[rows])
    np.testing.assert_array_equal(part.weights, design.weights[rows])
    np.testing.assert_array_equal(part.offset, design.offset[rows])
    assert list(part.index) == [3, 3, 0]
    assert part.X.flags.f_contiguous
    mask = np.arange(30) < 4
    np.testing.assert_array_equal(design.take(mask).y, design.y[:4])


def test_a_design_can_be_sent_to_another_process():
    design = build("y ~ poly(x, 2)*g + bs(e, df=5)", DATA)
    again = pickle.loads(pickle.dumps(design))
    np.testing.assert_array_equal(again.spec.rows(DATA).X, design.spec.rows(DATA).X)


def test_rows_leave_the_specification_as_it_was():
    design = build("y ~ scale(x) + g", DATA)
    first = design.spec.rows(DATA).X
    design.spec.rows(DATA.assign(x=DATA.x * 100))
    np.testing.assert_array_equal(design.spec.rows(DATA).X, first)
