"""Rows with missing values: counted, dropped on request, never lost in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bayesreg.design import build, from_arrays
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
