"""Designs from a matrix: names, labels, sparse input, and new rows by name."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

import bayesreg as br
from bayesreg.design import build, from_arrays
from bayesreg.errors import BayesRegError, DataError, InputError, MissingValuesError
from bayesreg.matrices import dense_columns

X = np.array([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]])
Y = np.array([1.0, 0.5, 2.0])


@pytest.mark.parametrize(
    "matrix",
    [
        X,
        X.tolist(),
        np.asfortranarray(X),
        sparse.csc_matrix(X),
        sparse.csr_array(X),
        X.astype("int8"),
        X.astype(object),
        pd.DataFrame(X, columns=["x0", "x1"]),
        pl.DataFrame(X, schema=["x0", "x1"]),
        {"x0": X[:, 0], "x1": X[:, 1]},
    ],
    ids=["array", "list", "fortran", "csc", "csr", "int8", "object", "pandas", "polars", "dict"],
)
def test_all_matrices_give_the_same_design(matrix):
    design = from_arrays(matrix, Y)
    assert design.names == design.terms == ("x0", "x1")
    assert design.spec.formula is None
    assert isinstance(design.X, sparse.csc_array) == sparse.issparse(matrix)
    np.testing.assert_array_equal(dense_columns(design.X), X)
    np.testing.assert_array_equal(dense_columns(design.spec.rows(matrix).X), X)


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_is_copied_once_in_its_memory_order(order, dtype):
    """A copy in doubles, and at most a twentieth more: sums, means and weights of rows and columns."""
    given = np.asarray(np.random.default_rng(2).normal(scale=50.0, size=(2_000, 1_000)), dtype=dtype, order=order)
    y = np.arange(2_000.0)
    br.Model.from_arrays(given[:50, :2], y[:50], penalty=br.L1(1.0))
    tracemalloc.start()
    model = br.Model.from_arrays(given, y, penalty=br.L1(1.0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.05 * 8 * given.size
    assert model.design.X.flags[f"{order}_CONTIGUOUS"]
    assert not np.shares_memory(model.design.X, given)
    np.testing.assert_array_equal(model.design.X, given)


FRAMES = {
    "one type": pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [0.5, 0.0, 2.0]}),
    "of an array": pd.DataFrame(np.array([[1.0, 0.5], [2.0, 0.0], [4.0, 2.0]]), columns=["a", "b"]),
    "several types": pd.DataFrame({"a": [1, 2, 4], "b": [0.5, 0.0, 2.0]}),
    "flags": pd.DataFrame({"a": [1, 2, 4], "b": [True, False, True]}),
    "nullable": pd.DataFrame({"a": pd.array([1, 2, 4], dtype="Int64"), "b": [0.5, 0.0, 2.0]}),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_table_is_copied_and_left_alone(frame):
    before = frame.copy(deep=True)
    design = from_arrays(frame, Y)
    assert not any(np.shares_memory(design.X, frame[name].to_numpy()) for name in frame)
    new = design.spec.rows(frame[["b", "a"]], offset=None)
    new.X[:] = -1.0
    np.testing.assert_array_equal(design.X, before.to_numpy(dtype=float))
    pd.testing.assert_frame_equal(frame, before)


def test_missing_values_of_a_table_and_an_array_are_counted_alike():
    values = np.array([[1.0, np.nan, 2.0], [np.nan, np.nan, 1.0], [0.0, 3.0, 1.0], [1.0, 2.0, 4.0]])
    for given in (values, pd.DataFrame(values, columns=["x0", "x1", "x2"]), sparse.csr_array(values)):
        with pytest.raises(MissingValuesError, match=r"\(x0: 1, x1: 2; 2 of 4 rows\)"):
            from_arrays(given, np.arange(4.0))
        design = from_arrays(given, np.arange(4.0), missing="drop")
        assert (design.dropped, design.y.tolist(), design.n) == (2, [2.0, 3.0], 2)
        np.testing.assert_array_equal(dense_columns(design.X), values[2:])
    wide = np.full((2, 50), np.nan)
    with pytest.raises(MissingValuesError, match=r"x39: 2 and 10 more; 2 of 2 rows"):
        from_arrays(wide, [0.0, 1.0])


def test_equals_the_formula():
    frame = pd.DataFrame(X, columns=["a", "b"], index=["p", "q", "r"]).assign(y=Y)
    one, two = from_arrays(frame[["a", "b"]], frame["y"]), build("y ~ a + b", frame)
    assert (one.names, one.response, list(one.index)) == (two.names, two.response, list(two.index))
    np.testing.assert_array_equal(one.X, two.X)


def test_new_rows_of_a_table_are_matched_by_name():
    design = from_arrays(pd.DataFrame(X, columns=["a", "b"]), Y)
    new = pd.DataFrame({"other": ["t"], "b": [7.0], "a": [3.0]})
    np.testing.assert_array_equal(design.spec.rows(new).X, [[3.0, 7.0]])
    with pytest.raises(DataError, match="no column 'b'"):
        design.spec.rows(new.drop(columns="b"))
    with pytest.raises(DataError, match="X has 3 columns, the model has 2"):
        design.spec.rows(np.ones((1, 3)))


def test_missing_new_values_give_nan_rows():
    rows = from_arrays(X, Y).spec.rows(np.array([[1.0, np.nan], [1.0, 2.0]]))
    assert rows.missing.tolist() == [True, False]
    assert np.isnan(rows.X[0]).all()


def test_a_series_is_aligned_with_the_table():
    frame = pd.DataFrame(X, columns=["a", "b"], index=[2, 0, 1])
    y = pd.Series([10.0, 20.0, 30.0], index=[0, 1, 2], name="resp")
    design = from_arrays(frame, y)
    assert design.y.tolist() == [30.0, 10.0, 20.0]
    assert design.response == "resp"
    shuffled = from_arrays(X, y.iloc[[2, 0, 1]], weights=pd.Series([1.0, 2.0, 3.0], index=[0, 1, 2]))
    assert shuffled.y.tolist() == [30.0, 10.0, 20.0]
    assert shuffled.weights.tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("y", "name"),
    [
        (pd.Series(Y, name="resp"), "resp"),
        (pl.Series("resp", Y), "resp"),
        (pd.DataFrame({"resp": Y}), "resp"),
        (pd.Series(Y), "y"),
        (pl.Series(Y), "y"),
        (Y, "y"),
    ],
    ids=["pandas", "polars", "frame", "pandas without", "polars without", "array"],
)
def test_a_named_series_names_the_response(y, name):
    assert from_arrays(X, y).response == name


def test_labels_and_offsets():
    design = from_arrays(X, ["no", "yes", "no"], offset=[1.0, 2.0, 3.0], names=["a", "b"], intercept=False)
    assert (design.levels, design.y.tolist(), design.intercept) == (("no", "yes"), [0.0, 1.0, 0.0], False)
    with pytest.raises(DataError, match="give the offset of the new rows"):
        design.spec.rows(X)
    assert design.spec.rows(X, offset=[1.0, np.nan, 2.0]).missing.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("matrix", "y", "options", "says"),
    [
        (X[:, 0], Y, {}, r"X has shape \(3,\)"),
        (np.ones((2, 2, 2)), Y, {}, "X has shape"),
        (np.empty((0, 2)), [], {}, "X is empty"),
        (X, Y[:2], {}, "y has 2 values, X has 3 rows"),
        (X, np.ones((3, 2)), {}, r"y has shape \(3, 2\)"),
        (X, [1.0, np.inf, 2.0], {}, "infinite"),
        (np.array([[1.0], [np.inf], [2.0]]), Y, {}, r"X has 1 infinite value\(s\), the first in row 1"),
        (pd.DataFrame({"a": ["x", "y", "z"]}), Y, {}, "column 'a' of X holds text labels"),
        (pd.DataFrame(X), Y, {}, "column name 0"),
        (pd.DataFrame(X, columns=["a", "a"]), Y, {}, "two columns named 'a'"),
        (X, Y, {"names": ["a"]}, "does not fit X of 2 columns"),
        (X, Y, {"names": ["a", "a"]}, "'a' twice"),
        (X, Y, {"names": "ab"}, "does not fit"),
        (np.empty((3, 0)), Y, {"intercept": False}, "no columns and there is no intercept"),
        (sparse.csc_matrix(X) * 1j, Y, {}, "the sparse X holds values of type complex128"),
        (sparse.csc_matrix((0, 2)), [], {}, "X is empty"),
        (sparse.coo_array([1.0, 2.0, 3.0]), Y, {}, r"X has shape \(3,\)"),
        (
            sparse.csc_matrix([[0.0, 1.0], [0.0, -np.inf], [0.0, 2.0]]),
            Y,
            {},
            "column 1 of X has 1 infinite",
        ),
        (None, Y, {}, r"X has shape \(\)"),
        (X, None, {}, r"y has shape \(\)"),
        ("text", Y, {}, "X has shape"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(matrix, y, options, says):
    with pytest.raises(BayesRegError, match=says) as caught:
        from_arrays(matrix, y, **options)
    assert isinstance(caught.value, DataError | InputError)
