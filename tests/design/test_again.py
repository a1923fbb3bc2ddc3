"""Designs learned again from some rows are those that these rows alone would have made."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import bayesreg as br
from bayesreg.design import build, from_arrays, learn_again, rows_under

FORMULA = "y ~ bs(x, df=5) + C(g) + center(z):g + log(z) + double(x)"


def data(n=60):
    rng = np.random.default_rng(3)
    g = rng.choice(["a", "b", "c"], n)
    return pd.DataFrame({"y": rng.normal(size=n), "x": rng.normal(size=n), "z": rng.uniform(1, 2, n), "g": g})


def test_a_design_learned_again_is_the_one_built_from_these_rows_alone():
    frame, rng = data(), np.random.default_rng(0)
    rows = rng.integers(0, 60, 45)  # a bootstrap sample: repeated, in any order
    rest = np.flatnonzero((frame["x"] >= frame["x"].iloc[rows].min()) & (frame["x"] <= frame["x"].iloc[rows].max()))
    given = {"functions": {"double": lambda x: 2.0 * x}}
    whole = build(FORMULA, frame, weights=np.arange(60.0), offset="z", **given)
    again = learn_again(whole, rows)
    alone = build(FORMULA, frame.iloc[rows].reset_index(drop=True), weights=rows.astype(float), offset="z", **given)
    assert (again.names, again.terms, again.references) == (alone.names, alone.terms, alone.references)
    for name in ("X", "y", "weights", "offset"):
        np.testing.assert_array_equal(getattr(again, name), getattr(alone, name))
    np.testing.assert_array_equal(rows_under(again, whole, rest).X, alone.spec.rows(frame.iloc[rest]).X)
    np.testing.assert_array_equal(rows_under(again, whole, rest).y, frame["y"].iloc[rest])


def test_levels_and_the_reference_are_those_of_the_rows():
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0, 5.0], "g": ["a", "b", "c", "b"]})
    whole = build("y ~ g", frame)
    part = learn_again(whole, np.array([1, 2, 3]))
    assert part.names == ("g[T.c]",)
    with pytest.raises(br.errors.DataError, match="column 'g' has the level 'a'"):
        rows_under(part, whole, np.array([0]))


def test_it_can_be_learned_again_from_what_was_learned_again():
    whole = build("y ~ center(x)", data())
    part = learn_again(learn_again(whole, np.arange(30)), np.arange(10))
    np.testing.assert_array_equal(part.X, learn_again(whole, np.arange(10)).X)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csc_array])
def test_a_matrix_is_its_rows(kind):
    X = np.random.default_rng(1).normal(size=(8, 3))
    whole = from_arrays(kind(X), np.arange(8.0))
    part = learn_again(whole, np.array([4, 4, 1]))
    held = rows_under(part, whole, np.arange(8) > 5)
    for design, rows in ((part, [4, 4, 1]), (held, [6, 7])):
        got = design.X.toarray() if sparse.issparse(design.X) else design.X
        np.testing.assert_array_equal(got, X[rows])
        np.testing.assert_array_equal(design.y, np.arange(8.0)[rows])


def test_labels_of_the_response_stay_what_they_are():
    frame = pd.DataFrame({"y": ["no", "yes", "yes", "yes"], "x": [1.0, 2.0, 3.0, 4.0]})
    part = learn_again(build("y ~ x", frame), np.array([1, 2, 3]))
    assert part.levels == ("no", "yes")
    assert part.y.tolist() == [1.0, 1.0, 1.0]
