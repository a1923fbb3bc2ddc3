"""Design columns and names equal formulaic's own model matrix on every form that is allowed.

formulaic evaluates the same text by itself here; agreement is to 1e-12 relative because products of three factors are
formed in another order.
"""

from __future__ import annotations

import formulaic
import numpy as np
import pandas as pd
import pytest

from bayesreg.design import build


def table(n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "x": rng.normal(size=n),
            "z": rng.uniform(0.5, 3.0, size=n),
            "k": rng.integers(1, 4, size=n),
            "g": rng.choice(["a", "b", "c"], size=n),
            "h": pd.Categorical(rng.choice(["u", "v"], size=n), categories=["v", "u"]),
            "my var": rng.normal(size=n),
            "naïve": rng.normal(size=n),
            "a:b": rng.normal(size=n),
            "it's": rng.normal(size=n),
        }
    )


FORMS = [
    "y ~ 1",
    "y ~ x",
    "y ~ 0 + x",
    "y ~ x - 1",
    "y ~ -1 + x + z",
    "y ~ x + z + 0",
    "y ~ x + x",
    "y ~ x * z",
    "y ~ x:z + x",
    "y ~ x + g",
    "y ~ g - 1",
    "y ~ 0 + g + h",
    "y ~ 0 + x + g:h",
    "y ~ g:h",
    "y ~ g*h",
    "y ~ g*h - g",
    "y ~ x:g",
    "y ~ 0 + x:g + h",
    "y ~ g/x",
    "y ~ x %in% g",
    "y ~ (x + z + g)**2",
    "y ~ (x + z + h)^3",
    "y ~ (x + z) * g - x:g",
    "y ~ x*g*h",
    "y ~ 2:x + z",
    "y ~ 0.5:x:z",
    "y ~ C(k)",
    "y ~ C(k, contr.treatment(2)) + x",
    'y ~ C(g, contr.treatment("b"))',
    'y ~ C(g, contr.treatment(base="c")) : x',
    "y ~ C(g, contr.SAS)",
    "y ~ C(g, contr.sum)",
    "y ~ C(g, contr.sum) * h",
    "y ~ C(g, contr.helmert)",
    "y ~ C(g, contr.helmert(reverse=False, scale=True))",
    "y ~ C(g, contr.poly)",
    "y ~ C(k, contr.poly(scores=[1, 2, 4]))",
    "y ~ C(g, contr.diff)",
    "y ~ C(g, contr.diff(backward=False))",
    "y ~ C(g, Treatment(reference='b')) + C(h, Sum)",
    "y ~ 0 + C(g, contr.sum) + x",
    "y ~ C(g, levels=['c', 'b', 'a'])",
    "y ~ C(g, spans_intercept=False)",
    "y ~ log(z)",
    "log(z) ~ x",
    "I(y * 2) ~ x",
    "{y + z} ~ x",
    "np.exp(y) ~ np.log(z) + np.sqrt(z)",
    "y ~ log10(z) + log2(z) + exp(x)",
    "y ~ np.log1p(z) + np.expm1(x) + np.abs(x) + np.tanh(x)",
    "y ~ np.maximum(x, 0) + np.power(z, 2)",
    "y ~ I(x ** 2) + I(x / z) + I(-x + 1.5)",
    "y ~ {x + z} + {x * z}",
    "y ~ I(x > 0) + I(z <= 1.5)",
    "y ~ I(g == 'a')",
    "y ~ I((x > 0) & (z < 2))",
    "y ~ I((x > 0) | (z < 2)) + I(~(x > 1))",
    "y ~ poly(x, 3)",
    "y ~ poly(x, degree=2, raw=True)",
    "y ~ poly(log(z), 2):g",
    "y ~ bs(x, df=5)",
    "y ~ bs(x, df=6, degree=2)",
    "y ~ 0 + bs(x, df=5, include_intercept=True)",
    "y ~ bs(x, df=5, include_intercept=True)",
    "y ~ bs(x, knots=[-0.5, 0.5], lower_bound=-5, upper_bound=5)",
    "y ~ bs(x, df=4):g",
    "y ~ cr(x, df=4)",
    "y ~ cs(x, df=5, constraints='center')",
    "y ~ cc(x, df=4)",
    "y ~ scale(x) + center(z)",
    "y ~ scale(x, center=False, ddof=0) + standardize(z)",
    "y ~ scale(x, center=1.5, scale=2)",
    "y ~ scale(log(z)) ** 1 + I(scale(x) ** 2)",
    "y ~ `my var` + `naïve`",
    "y ~ log(exp(`my var`)) + I(`naïve` + 1)",
    "y ~ naïve",
    "y ~ `it's`",
    "y ~ `a:b` + x",
    "y ~ I(`a:b` * 2) : x",
    "y ~ k + I(k ** 2)",
    "y ~ C(I(x > 0))",
    "y~x+\n  z",
    "(y) ~ ((x + z))",
]


@pytest.mark.parametrize("formula", FORMS)
def test_matrix_and_names_equal_formulaic(formula):
    data = table()
    ours = build(formula, data)
    theirs = formulaic.model_matrix(formula, data)
    right = theirs.rhs
    names = [name for name in right.columns if name != "Intercept"]
    assert list(ours.names) == names
    assert ours.intercept == ("Intercept" in right.columns)
    np.testing.assert_allclose(ours.X, right[names].to_numpy(dtype=float), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(ours.y, theirs.lhs.iloc[:, 0].to_numpy(dtype=float), rtol=1e-12)
    assert ours.response == theirs.lhs.columns[0]


@pytest.mark.parametrize("formula", FORMS)
def test_terms_equal_formulaic(formula):
    data = table()
    spec = formulaic.model_matrix(formula, data).rhs.model_spec
    expected = [str(term) for term, columns in spec.term_indices.items() for _ in columns if str(term) != "1"]
    assert list(build(formula, data).terms) == expected


@pytest.mark.parametrize("formula", [one for one in FORMS if "levels=" not in one])
def test_new_rows_equal_formulaic(formula):
    data = table()
    new = data.iloc[[5, 3, 17, 3]].reset_index(drop=True)
    spec = formulaic.model_matrix(formula, data).rhs.model_spec
    theirs = spec.get_model_matrix(new)
    names = [name for name in theirs.columns if name != "Intercept"]
    rows = build(formula, data).spec.rows(new)
    np.testing.assert_allclose(rows.X, theirs[names].to_numpy(dtype=float), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("formula", "same"), [("y ~ .", "y ~ x + z + k"), ("log(z) ~ . - k", "log(z) ~ y + x")])
def test_dot_stands_for_all_other_columns(formula, same):
    data = table()[["y", "x", "z", "k"]]
    assert build(formula, data).names == build(same, data).names
    names = [name for name in formulaic.model_matrix(formula, data).rhs.columns if name != "Intercept"]
    assert list(build(formula, data).names) == names


def test_dot_leaves_out_weights_and_offset():
    design = build("y ~ .", table()[["y", "x", "z", "k"]], weights="z", offset="k")
    assert design.names == ("x",)


def test_full_gives_all_levels_with_and_without_intercept():
    data = table()
    for formula in ("y ~ full(C(g))", "y ~ 0 + full(C(g))"):
        design = build(formula, data)
        assert design.names == ("full(C(g))[a]", "full(C(g))[b]", "full(C(g))[c]")
        np.testing.assert_array_equal(design.X, np.column_stack([data.g == one for one in "abc"]))
    assert build("y ~ full(g)", data).names == ("full(g)[a]", "full(g)[b]", "full(g)[c]")


@pytest.mark.parametrize(
    "formula", ["y ~ h", "y ~ 0 + h", "y ~ x * h", "y ~ C(h)", "y ~ C(h, contr.sum)", "y ~ full(h)"]
)
def test_categories_without_rows_are_no_levels(formula):
    """formulaic keeps a column of zeros for them, which no data can tell anything about."""
    data = table()
    wider = data.assign(h=data["h"].cat.set_categories(["v", "none", "u", "other"]))
    ours, plain = build(formula, wider), build(formula, data)
    assert ours.names == plain.names
    np.testing.assert_array_equal(ours.X, plain.X)
    if "full" not in formula and "sum" not in formula:
        theirs = formulaic.model_matrix(formula, wider).rhs
        empty = [name for name in theirs.columns if not theirs[name].any()]
        assert empty
        assert list(ours.names) == [name for name in theirs.columns if name not in ("Intercept", *empty)]


def test_the_random_state_of_numpy_is_left_alone():
    np.random.seed(3)  # noqa: NPY002 - the legacy state is what formulaic draws from
    expected = np.random.RandomState(3).uniform()
    build("y ~ log(exp(`my var`)) + `naïve`", table())
    assert np.random.uniform() == expected  # noqa: NPY002


def test_a_number_in_front_of_a_factor_counts_once():
    """formulaic 1.2 multiplies by the square of the number when the factor is coded in full."""
    data = table()
    np.testing.assert_array_equal(build("y ~ 0.5:x:g", data).X, 0.5 * build("y ~ x:g", data).X)
    np.testing.assert_array_equal(build("y ~ 0 + 2:g", data).X, 2.0 * build("y ~ 0 + g", data).X)


def test_columns_whose_names_read_as_code_are_columns():
    rng = np.random.default_rng(1)
    names = ["y", "1", "0", "log(x)", "x", "x, 2", "C", "np", "__class__", "2.5"]
    data = pd.DataFrame(rng.uniform(1, 2, size=(12, len(names))), columns=names)
    design = build("y ~ .", data)
    assert design.names == tuple(names[1:])
    np.testing.assert_array_equal(design.X, data[names[1:]].to_numpy())
    both = build("y ~ 0 + `1` + poly(`x, 2`) + poly(x, 2)", data)
    np.testing.assert_array_equal(both.X[:, 0], data["1"])
    np.testing.assert_allclose(both.X[:, 2:], build("y ~ 0 + poly(x, 2)", data).X)
