"""Weights and offsets: by column, by position for arrays, by index for Series; bad values are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from bayesreg.design import Weights, build, from_arrays
from bayesreg.errors import DataError, InputError

DATA = pd.DataFrame({"y": [1.0, 2.0, 3.0], "x": [4.0, 5.0, 6.0], "w": [1.0, 0.0, 2.0]}, index=["a", "b", "c"])


@pytest.mark.parametrize("name", ["weights", "offset"])
@pytest.mark.parametrize(
    "values",
    [
        "w",
        [1, 0, 2],
        (1.0, 0.0, 2.0),
        np.array([1, 0, 2], dtype="int8"),
        pl.Series([1, 0, 2]),
        DATA["w"],
        DATA["w"][::-1],
    ],
    ids=["column", "list", "tuple", "int8", "polars", "series", "shuffled series"],
)
def test_all_ways_of_giving_them_agree(name, values):
    design = build("y ~ x", DATA, **{name: values})
    assert getattr(design, name).tolist() == [1.0, 0.0, 2.0]
    assert from_arrays(DATA[["x"]], DATA["y"], **{name: DATA["w"][::-1]}).n == 3


def test_kind_is_kept_and_left_open_when_not_said():
    assert build("y ~ x", DATA, weights="w").weights_kind is None
    assert build("y ~ x", DATA, weights=Weights("w", kind="frequency")).weights_kind == "frequency"
    assert build("y ~ x", DATA).weights is None


def test_rows_of_weight_zero_stay():
    assert build("y ~ x", DATA, weights="w").n == 3


@pytest.mark.parametrize("name", ["weights", "offset"])
@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([1.0, 2.0], "has 2 values for 3 rows"),
        ([[1.0, 2.0, 3.0]], r"has shape \(1, 3\)"),
        (3.0, r"has shape \(\)"),
        ([1.0, np.inf, 2.0], r"has 1 infinite value\(s\), the first in row 1"),
        ([1.0, np.nan, 2.0], "1 of 3 rows"),
        (["a", "b", "c"], "holds text"),
        ("v", "'v' is not a column of the data"),
        (pd.Series([1.0, 2.0, 3.0], index=["a", "b", "z"]), "without the row label 'c'"),
        (pd.Series([1.0, 2.0, 3.0]), "without the row label 'a'"),
        (pd.Series([1.0, 2.0], index=["a", "b"]), "2 values for 3 rows"),
        (pd.Series([1.0, 2.0, 3.0], index=["a", "a", "b"]), "repeated labels"),
    ],
    ids=str,
)
def test_bad_values_are_named(name, values, says):
    with pytest.raises(DataError, match=says) as caught:
        build("y ~ x", DATA, **{name: values})
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([1.0, -2.0, 1.0], "negative value -2 in row 1"),
        ([0.0, 0.0, 0.0], "all weights are zero"),
        (Weights([1.0, 1.5, 1.0], kind="frequency"), "value 1.5 in row 1"),
    ],
)
def test_weights_are_checked(weights, says):
    with pytest.raises(DataError, match=says):
        build("y ~ x", DATA, weights=weights)


def test_kinds_are_checked():
    with pytest.raises(InputError, match="kind='analytic'"):
        Weights("w", kind="analytic")


def test_arrays_take_no_column_names():
    with pytest.raises(InputError, match="weights='w' is a column name"):
        from_arrays(DATA[["x"]], DATA["y"], weights="w")
