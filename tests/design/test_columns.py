"""Values of odd types become numbers, flags or labels, or are refused; nothing is guessed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest

from bayesreg.design import build, from_arrays
from bayesreg.design.columns import as_column
from bayesreg.errors import DataError


@pytest.mark.parametrize(
    ("values", "kind", "missing"),
    [
        (np.ma.masked_equal([1, 2, 3], 2), "number", [1]),
        (np.ma.masked_array(["a", "z", "b"], mask=[0, 1, 0]), "label", [1]),
        (np.array([1, 2, 3], dtype="float16"), "number", []),
        (np.array([1, 2, 3], dtype="longdouble"), "number", []),
        (np.array(["a", "b", "a"], dtype=np.dtypes.StringDType()), "label", []),
        ([1, pd.NA, 2], "number", [1]),
        ([True, None, False], "flag", [1]),
        ([np.True_, False, True], "flag", []),
        ([np.str_("a"), "b", "a"], "label", []),
        ([2**70, 1, 2], "number", []),
        ([Decimal("0.5"), Decimal(1), None], "number", [2]),
        (pl.Series([1, None, 3], dtype=pl.Int128), "number", [1]),
        (pl.Series([Decimal("1.5"), None, Decimal(2)]), "number", [1]),
        (pl.Series(["b", "a", None], dtype=pl.Categorical), "label", [2]),
        (pl.Series(["b", "a", None], dtype=pl.Enum(["b", "a"])), "label", [2]),
        (pl.Series([float("nan"), 1.0, 2.0]), "number", [0]),
        (pd.Categorical([True, False, None]), "label", [2]),
        (pd.cut(pd.Series([1.0, 2.0, 3.0]), 2), "label", []),
        (pd.array([1, None, 3], dtype="int64[pyarrow]"), "number", [1]),
        ([None, None, None], "empty", [0, 1, 2]),
        (pl.Series([None, None, None]), "empty", [0, 1, 2]),
    ],
    ids=str,
)
def test_kinds_and_missing_values(values, kind, missing):
    column = as_column("c", values)
    assert column.kind == kind
    assert np.flatnonzero(column.missing).tolist() == missing
    if kind == "number":
        assert np.flatnonzero(np.isnan(column.numbers())).tolist() == missing
    if kind == "label":
        assert len(column.levels) == 2


@pytest.mark.parametrize(
    "values",
    [
        [Fraction(1, 2), 1, 2],
        [1, pd.NaT, 2],
        [[1], [1, 2], 3],
        [1, "a", 2],
        {1, 2, 3},
        np.zeros(3, dtype=[("a", "f8")]),
        pd.period_range("2020", periods=3),
        pl.Series([b"a", b"b", b"c"]),
    ],
    ids=str,
)
def test_everything_else_is_refused_by_name(values):
    with pytest.raises(DataError, match="column 'c'"):
        build("y ~ c", {"y": [1.0, 2.0, 3.0], "c": values})
    with pytest.raises(DataError, match="y"):
        from_arrays(np.eye(3), values)


def test_the_order_of_an_enum_is_kept_in_a_dict():
    g = pl.Series(["hi", "lo", "hi"], dtype=pl.Enum(["lo", "hi"]))
    assert build("y ~ g", {"y": [1.0, 2.0, 3.0], "g": g}).names == ("g[T.hi]",)


def test_large_whole_numbers_keep_apart_as_levels():
    design = build("y ~ C(k)", {"y": [1.0, 2.0, 3.0], "k": np.array([2**60, 2**60 + 1, 1])})
    assert design.names == (f"C(k)[T.{2**60}]", f"C(k)[T.{2**60 + 1}]")
