"""Rows with missing values: counted, dropped on request, never lost in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bayesreg.design import Weights, build, from_arrays
from bayesreg.errors import DataError, InputError, MissingValuesError

DATA = pd.DataFrame(
    {
        "y": [1.0, 2.0, np.nan, 4.0, 5.0],
        "x": [np.nan, 2.0, 3.0, 4.0, 5.0],
        "g": ["a", "b", "a", None, "b"],
        "w": [1.0, 1.0, 2.0, 3.0, np.nan],
    },
    index=list("pqrst"),
)


def test_the_error_counts_by_column_and_by_row():
    with pytest.raises(MissingValuesError, match=r"\(y: 1, x: 1, g: 1; 3 of 5 rows\).*missing=\"drop\""):
        build("y ~ x + g", DATA)


def test_weights_and_offset_are_counted_too():
    with pytest.raises(MissingValuesError, match=r"\(y: 1, weights: 1; 2 of 5 rows\)"):
        build("y ~ 1", DATA, weights="w")
    design = build("y ~ 1", DATA, offset="w", missing="drop")
    assert design.dropped == 2
    assert design.offset.tolist() == [1.0, 1.0, 3.0]


def test_dropped_rows_are_counted_and_labels_kept():
    design = build("y ~ x", DATA, missing="drop")
    assert design.dropped == 2
    assert list(design.index) == ["q", "s", "t"]
    assert design.X[:, 0].tolist() == [2.0, 4.0, 5.0]


def test_transforms_learn_from_the_rows_kept():
    design = build("y ~ center(x)", DATA, missing="drop")
    np.testing.assert_allclose(design.X[:, 0], np.array([2.0, 4.0, 5.0]) - 11 / 3)


LEARNED = pd.DataFrame(
    {
        "y": [1.0, 2.0, 0.5, 4.0, 3.0, 2.5, np.nan, 1.0, 7.0],
        "x": [0.0, 1.0, 2.5, 3.0, 4.0, 6.0, 90.0, np.nan, np.inf],
        "t": ["b", "c", "b", "c", "b", "c", "a", "b", "d"],
        "k": [2, 3, 2, 3, 2, 3, 1, 2, 4],
        "h": pd.Categorical(["v", "u", "v", "u", "u", "v", "w", "u", "z"], categories=["z", "w", "v", "q", "u"]),
        "w": [1.0, 0.0, 2.0, 1.0, 1.0, 1.0, 5.0, 5.0, np.nan],
        "unused": np.nan,
    }
)


@pytest.mark.parametrize(
    "terms",
    [
        "t",
        "0 + t",
        "C(k)",
        "C(t, contr.sum)",
        "full(t)",
        "h",
        "h * t",
        "C(h, contr.helmert)",
        "C(I(k > 2)) - 1",
        "center(x)",
        "scale(x) + t",
        "poly(x, 2)",
        "bs(x, df=4)",
        "cr(x, df=3)",
        "f(t)",
    ],
)
def test_drop_equals_dropping_the_rows_before(terms):
    """Levels, knots, means and polynomials are learned from the rows that are left, whatever the others hold."""
    formula, functions = f"y ~ x + t + h + k + {terms}", {"f": lambda t: t}
    ours = build(formula, LEARNED, weights="w", missing="drop", functions=functions)
    used = LEARNED.dropna(subset=["y", "x", "t", "k", "h", "w"])
    theirs = build(formula, used, weights="w", functions=functions)
    assert (ours.names, ours.terms, list(ours.index)) == (theirs.names, theirs.terms, list(theirs.index))
    for one, other in ((ours.X, theirs.X), (ours.y, theirs.y), (ours.weights, theirs.weights)):
        np.testing.assert_array_equal(one, other)
    new = used.iloc[[0, 1, 3]]
    np.testing.assert_array_equal(ours.spec.rows(new).X, theirs.spec.rows(new).X)


def test_a_level_of_dropped_rows_is_unseen():
    spec = build("y ~ x + t", LEARNED, weights="w", missing="drop").spec
    with pytest.raises(DataError, match=r"column 't' has the level 'a' .*'b', 'c'"):
        spec.rows({"x": [1.0], "t": ["a"]})


def test_a_response_has_the_levels_of_the_rows_that_are_left():
    data = {"r": ["no", "yes", "maybe", "no"], "x": [1.0, 2.0, np.nan, 3.0]}
    design = build("r ~ x", data, missing="drop")
    assert (design.levels, design.y.tolist()) == (("no", "yes"), [0.0, 1.0, 0.0])


def test_rows_of_frequency_zero_have_levels():
    weights = Weights([1, 2, 0], kind="frequency")
    assert build("y ~ g", {"y": [1.0, 2.0, 3.0], "g": ["a", "b", "c"]}, weights=weights).names == ("g[T.b]", "g[T.c]")


def test_infinite_numbers_are_refused_in_the_rows_that_are_used():
    data = {"y": [1.0, 2.0, 3.0], "x": [1.0, np.nan, np.inf], "w": [1.0, np.inf, 1.0]}
    with pytest.raises(DataError, match=r"column 'x' has 1 infinite value\(s\), the first in row 2"):
        build("y ~ x", data, missing="drop")
    with pytest.raises(DataError, match=r"weights has 1 infinite value\(s\), the first in row 1"):
        build("y ~ 1", data, weights="w")
    assert build("y ~ x", {**data, "x": [1.0, np.nan, 2.0]}, weights="w", missing="drop").n == 2


def test_nothing_left_and_unknown_actions_are_errors():
    with pytest.raises(DataError, match="every one of the 5 rows"):
        build("y ~ x", DATA.assign(x=np.nan), missing="drop")
    with pytest.raises(InputError, match="missing='ignore'"):
        build("y ~ x", DATA, missing="ignore")


def test_arrays_follow_the_same_rule():
    X = DATA[["x"]].to_numpy()
    with pytest.raises(MissingValuesError, match=r"\(x0: 1, y: 1; 2 of 5 rows\)"):
        from_arrays(X, DATA["y"])
    assert from_arrays(X, DATA["y"], missing="drop").n == 3


@pytest.mark.parametrize(
    "term", ["log(x)", "I(1 / x)", "np.sqrt(x - 1)", "I(x ** 400)", "exp(1000 * x)", "scale(I(0*x))"]
)
def test_values_made_infinite_by_a_transform_name_the_term(term):
    data = {"y": [1.0, 2.0, 3.0], "x": [0.0, 10.0, 20.0]}
    with pytest.raises(DataError, match=r"the term .* is not finite in \d of 3 rows"):
        build(f"y ~ {term}", data)


def test_a_response_made_infinite_is_named():
    with pytest.raises(DataError, match=r"the response log\(y\) has 1 infinite"):
        build("log(y) ~ x", {"y": [0.0, 1.0], "x": [1.0, 2.0]})
    with pytest.raises(DataError, match=r"the response log\(y\) is not a number in 1 of 2 rows"):
        build("log(y) ~ x", {"y": [-1.0, 1.0], "x": [1.0, 2.0]})


def test_columns_that_share_a_name_with_the_response_or_the_weights_are_counted_too():
    """Regression: masks kept by name let the missing value of a column called "weights" or "y" through."""
    data = {"y": [1.0, 2.0, 3.0], "weights": [np.nan, 1.0, 2.0]}
    with pytest.raises(MissingValuesError, match=r"\(weights: 1; 1 of 3 rows\)"):
        build("y ~ weights", data, weights=[1.0, 1.0, 1.0])
    with pytest.raises(MissingValuesError, match=r"\(y: 1; 1 of 3 rows\)"):
        from_arrays(pd.DataFrame({"y": [np.nan, 1.0, 2.0]}), [1.0, 2.0, 3.0])
