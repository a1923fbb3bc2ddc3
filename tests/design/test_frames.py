"""The same columns come out of every kind of table, and what can not be read is refused by name."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from bayesreg.design import build
from bayesreg.design.frames import read
from bayesreg.errors import DataError, FormulaError

RAW = {"y": [1.0, 2.0, 3.5, 4.0], "x": [1, -2, 3, 4], "g": ["b", "a", "b", "c"], "f": [True, False, True, True]}
FORMULA = "y ~ x + g + f + x:f"


def tables(folder):
    frame = pd.DataFrame(RAW)
    frame.to_csv(folder / "t.csv", index=False)
    parquet.write_table(pa.table(RAW), folder / "t.parquet")
    nullable = frame.astype({"x": "Int16", "y": "Float64", "f": "boolean"})
    return {
        "pandas": frame,
        "objects": frame.astype(object),
        "nullable": nullable,
        "arrow-backed": frame.convert_dtypes(dtype_backend="pyarrow"),
        "string[pyarrow]": frame.astype({"g": "string[pyarrow]"}),
        "category": frame.astype({"g": "category"}),
        "int8": frame.astype({"x": "int8", "y": "float32"}),
        "sparse": frame.assign(x=pd.arrays.SparseArray(RAW["x"])),
        "polars": pl.DataFrame(RAW),
        "polars-categorical": pl.DataFrame(RAW).with_columns(pl.col("g").cast(pl.Categorical)),
        "pyarrow": pa.table(RAW),
        "arrow-dictionary": pa.table({**RAW, "g": pa.array(["a", "b", "c"]).take(pa.array([1, 0, 1, 2]))}),
        "dict-of-lists": RAW,
        "dict-of-arrays": {name: np.array(values) for name, values in RAW.items()},
        "csv": folder / "t.csv",
        "csv-text": str(folder / "t.csv"),
        "parquet": folder / "t.parquet",
    }


def test_every_kind_of_table_gives_the_same_design(tmp_path):
    expected = build(FORMULA, pd.DataFrame(RAW))
    assert expected.names == ("x", "g[T.b]", "g[T.c]", "f[T.True]", "x:f[T.True]")
    np.testing.assert_array_equal(expected.X[:, 4], [1, 0, 3, 4])
    for name, data in tables(tmp_path).items():
        design = build(FORMULA, data)
        assert design.names == expected.names, name
        np.testing.assert_array_equal(design.X, expected.X, err_msg=name)
        np.testing.assert_array_equal(design.y, expected.y, err_msg=name)


def test_every_kind_of_table_gives_the_same_new_rows(tmp_path):
    spec = build(FORMULA, pd.DataFrame(RAW)).spec
    expected = spec.rows(pd.DataFrame(RAW)).X
    for name, data in tables(tmp_path).items():
        np.testing.assert_array_equal(spec.rows(data).X, expected, err_msg=name)


def test_missing_values_are_seen_in_every_kind_of_table(tmp_path):
    raw = {"y": [1.0, 2.0, 3.0, 4.0], "x": [1, None, 3, 4], "g": ["b", "a", None, "a"], "f": [True, True, False, None]}
    frame = pd.DataFrame(raw).astype({"x": "Int64", "f": "boolean"})
    frame.to_csv(tmp_path / "m.csv", index=False)
    tables = {
        "dict": raw,
        "nullable": frame,
        "objects": pd.DataFrame(raw, dtype=object),
        "category": frame.astype({"g": "category"}),
        "polars": pl.DataFrame(raw),
        "enum": pl.DataFrame(raw).with_columns(pl.col("g").cast(pl.Enum(["a", "b"]))),
        "arrow": pa.table(raw),
        "csv": tmp_path / "m.csv",
    }
    for name, data in tables.items():
        with pytest.raises(DataError, match=r"\(x: 1, g: 1, f: 1; 3 of 4 rows\)"):
            build("y ~ x + g + f", data)
        assert build("y ~ x", data, missing="drop").dropped == 1, name


def test_the_text_nan_is_a_level():
    design = build("y ~ g", {"y": [1, 2, 3], "g": ["NaN", "None", "a"]})
    assert design.names == ("g[T.None]", "g[T.a]")


def test_small_integers_do_not_wrap_around():
    data = pd.DataFrame(
        {"y": [1.0, 2.0], "a": np.array([100, 120], dtype="int8"), "b": np.array([100, 2], dtype="int8")}
    )
    np.testing.assert_array_equal(build("y ~ a:b + I(a * b) + I(a ** 2)", data).X[0], [1e4, 1e4, 1e4])


def test_categories_keep_their_order_and_are_levels_where_a_row_has_them():
    g = pd.Categorical(["lo", "hi", "lo", "top"], categories=["top", "lo", "mid", "hi"], ordered=True)
    assert build("y ~ g", {"y": [1, 2, 3, 4], "g": g}).names == ("g[T.lo]", "g[T.hi]")
    enum = pl.Series(["lo", "hi", "lo"], dtype=pl.Enum(["lo", "mid", "hi"]))
    assert build("y ~ 0 + g", {"y": [1, 2, 3], "g": enum}).names == ("g[lo]", "g[hi]")


def test_decimals_are_numbers_and_numeric_categories_are_factors():
    assert build("y ~ x", {"y": [1, 2], "x": [Decimal("1.5"), Decimal("2")]}).X.tolist() == [[1.5], [2.0]]
    data = pd.DataFrame({"y": [1, 2, 3], "k": pd.Categorical([3, 1, 3])})
    design = build("y ~ k", data)
    assert design.names == ("k[T.3]",)
    assert design.spec.rows({"k": [3, 1]}).X.tolist() == [[1.0], [0.0]]


def test_the_callers_data_are_not_changed():
    data = pd.DataFrame(RAW)
    before = data.copy(deep=True)
    design = build(FORMULA, data)
    pd.testing.assert_frame_equal(data, before)
    with pytest.raises(ValueError, match="read-only"):
        design.X[0, 0] = 7.0


def test_unused_columns_are_not_looked_at():
    data = pd.DataFrame({**RAW, "when": pd.date_range("2020", periods=4), "mixed": [1, "a", None, 2.0], "gap": np.nan})
    assert build("y ~ x", data).dropped == 0


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (pd.date_range("2020", periods=4), "column 'c' holds values of type Datetime"),
        (pd.timedelta_range("1D", periods=4), "column 'c' holds values of type Duration"),
        (np.array([1j, 2, 3, 4]), "column 'c' holds values of type complex128"),
        ([[1], [2], [3], [4]], r"column 'c' has shape \(4, 1\)"),
        ([1.0, "two", 3.0, 4.0], "column 'c' mixes numbers and text: 'two' in row 1"),
        ([1.0, None, "three", 4.0], "column 'c' mixes numbers and text: 'three' in row 2"),
        ([b"a", b"b", b"a", b"b"], "column 'c' holds values of type bytes"),
        ([object(), 1, 2, 3], "column 'c' holds values of type"),
        ([1.0, np.inf, 3.0, -np.inf], r"column 'c' has 2 infinite value\(s\), the first in row 1"),
        (10**400, "column 'c' is the single value"),
        ([10**400, 1, 2, 3], "too large"),
    ],
)
def test_columns_that_can_not_be_used_are_named(column, says):
    with pytest.raises(DataError, match=says):
        build("y ~ c", {"y": [1.0, 2.0, 3.0, 4.0], "c": column})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "data of type NoneType can not be read"),
        (3, "data of type int"),
        ([{"y": 1}], "data of type list"),
        (np.ones((3, 2)), "data of type ndarray"),
        (pd.Series([1.0], name="y"), "data of type Series"),
        (pl.LazyFrame(RAW), "Collect a lazy frame first"),
        ({}, "empty"),
        (pd.DataFrame(), "empty"),
        (pd.DataFrame({"y": [], "x": []}), r"empty \(0 rows, 2 columns\)"),
        ({"y": [1, 2], "x": [1, 2, 3]}, r"different lengths \(y: 2, x: 3\)"),
        ({"y": [1, 2], "x": 3}, "column 'x' is the single value 3"),
        ({"y": [1, 2], "x": "ab"}, "column 'x' is the single value 'ab'"),
        ({"y": [1, 2], "x": np.ones((2, 2))}, r"column 'x' has shape \(2, 2\)"),
        ({"y": pd.Series([1, 2]), "x": pd.Series([1, 2], index=[1, 0])}, "different indexes"),
        (pd.DataFrame([[1, 2, 3]], columns=["y", "x", "x"]), "two columns named 'x'"),
        (pa.table([[1], [2], [3]], names=["y", "x", "x"]), "two columns named 'x'"),
        ("nowhere.csv", "no file 'nowhere.csv'"),
        ("nowhere.parquet", "no file 'nowhere.parquet'"),
        ("data.pkl", "not a file that can be read"),
    ],
    ids=str,
)
def test_tables_that_can_not_be_read_are_refused(data, says):
    with pytest.raises(DataError, match=says):
        build("y ~ x", data)


@pytest.mark.parametrize("data", [pd.Series([1.0]), pl.Series([1.0]), np.ones((3, 2)), np.ones(3)], ids=str)
def test_arrays_given_as_a_table_are_sent_to_from_arrays(data):
    with pytest.raises(DataError, match=r"For X and y use br\.Model\.from_arrays\(X, y\)"):
        build(np.ones((3, 2)), data)


@pytest.mark.parametrize("data", ["y ~ x", "nowhere.csv", "nowhere"])
def test_a_path_that_is_none_names_the_order_of_arguments(data):
    with pytest.raises(DataError, match=r"The formula comes first, then the data: br\.Model\(formula, data\)"):
        build("t.csv", data)


def test_broken_files_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("y,x,x\n1,2,3\n")
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 nothing")
    (tmp_path / "d.csv").write_bytes(b"\xff\xfe\x00y,x\n")
    for name, says in [("a.csv", "two columns named 'x'"), ("b.csv", "read"), ("c.parquet", "read"), ("d.csv", "read")]:
        with pytest.raises(DataError, match=says):
            build("y ~ x", tmp_path / name)


def test_a_missing_column_is_named_with_the_nearest():
    with pytest.raises(FormulaError, match="names 'agee', which is not a column of the data; did you mean 'age'"):
        build("y ~ agee", {"y": [1, 2], "age": [1, 2]})
    with pytest.raises(FormulaError, match="did you mean 'age'"):
        build("y ~ log(AGE)", {"y": [1, 2], "age": [1, 2]})


def test_numbers_with_typing_errors_are_not_made_a_factor():
    values = [str(k / 2) for k in range(20)]
    data = {"y": np.arange(21.0), "x": [*values, "1o.5"]}
    with pytest.raises(DataError, match=r"column 'x' holds text, but 20 of its 21 labels are numbers, '1o.5' is not"):
        build("y ~ x", data)
    assert build("y ~ C(x)", data).p == 20
    assert build("y ~ x", {**data, "x": pd.Categorical(data["x"])}).p == 20
    assert build("y ~ k", {"y": np.arange(24.0), "k": [str(k % 12) for k in range(24)]}).p == 11


def test_columns_whose_names_are_not_text_are_left_out():
    assert list(read(pd.DataFrame([[1.0, 2.0]], columns=["y", 3])).names) == ["y"]
