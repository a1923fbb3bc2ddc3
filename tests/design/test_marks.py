"""Marks in formulas: which terms and options they have, what is refused, and that nothing in them runs."""

from __future__ import annotations

import time

import numpy as np
import pytest

from bayesreg.design import build
from bayesreg.design.functions import FUNCTIONS
from bayesreg.errors import BayesRegError, DataError, FormulaError, InputError
from bayesreg.marks import MARKS, marked_terms
from tests.design.test_attacks import nothing_runs  # noqa: F401 - a fixture

ROWS = 24

tuple(MARKS.values())  # imports the files of all laws: nothing may be opened in the tests that watch for it


def table() -> dict:
    rng = np.random.default_rng(3)
    return {
        "y": rng.normal(size=ROWS),
        "x": rng.normal(size=ROWS),
        "z": rng.normal(size=ROWS),
        "t": rng.uniform(size=ROWS),
        "g": list("abcd") * 6,
        "h": [1, 2, 3] * 8,
        "my col": rng.normal(size=ROWS),
    }


def read(formula: str, **options):
    return build(formula, table(), marks=MARKS, **options)


def marks_of(formula: str) -> list[tuple]:
    return [(mark.name, dict(mark.options), mark.terms) for mark in read(formula).marks]


@pytest.mark.parametrize(
    ("formula", "marks"),
    [
        ("y ~ l1(x + z, lam=3)", [("l1", {"lam": 3}, ("x", "z"))]),
        ("y ~ flat(x) + l1(z) + t", [("flat", {}, ("x",)), ("l1", {}, ("z",))]),
        ("y ~ l1(x*z, lam=1e2)", [("l1", {"lam": 100.0}, ("x", "z", "x:z"))]),
        ("y ~ l2(`my col` + log(t), weights=[1, 2])", [("l2", {"weights": [1, 2]}, ("my col", "log(t)"))]),
        ("y ~ elastic_net(x, lam=2, l1_ratio=0.3)", [("elastic_net", {"lam": 2, "l1_ratio": 0.3}, ("x",))]),
        ("y ~ l1(x, positive=True, relative_to=None)", [("l1", {"positive": True, "relative_to": None}, ("x",))]),
        ("y ~ l1(x, relative_to='sigma')", [("l1", {"relative_to": "sigma"}, ("x",))]),
        ("y ~ l1(I(x == 1), limits=(-1, 2))", [("l1", {"limits": [-1, 2]}, ("I(x == 1)",))]),
        ("y ~ l1(C(g, levels=['a', 'b', 'c', 'd']))", [("l1", {}, ("C(g, levels=['a', 'b', 'c', 'd'])",))]),
        ("y ~ smooth(bs(t, df=6), order=1)", [("smooth", {"order": 1}, ("bs(t, df=6)",))]),
        ("y ~ (1 | g)", [("|", {}, ("1 | g",))]),
        ("y ~ (1||g)", [("|", {}, ("1 | g",))]),
        ("y ~ x + (x || g)", [("|", {}, ("1 | g",)), ("|", {}, ("x | g",))]),
        ("y ~ (0 + x + z || g)", [("|", {}, ("x | g",)), ("|", {}, ("z | g",))]),
        ("y ~ (1 | g/h)", [("|", {}, ("1 | g",)), ("|", {}, ("1 | g:h",))]),
    ],
)
def test_terms_and_options_are_read(formula, marks):
    assert marks_of(formula) == marks


def test_columns_stay_in_the_order_of_the_formula_and_group_effects_come_last():
    design = read("y ~ (1 | h) + t + l1(x) + z + l2(x:t)")
    assert design.names == ("t", "x", "z", "x:t", "1|h[1]", "1|h[2]", "1|h[3]")
    assert design.terms == ("t", "x", "z", "x:t", "1 | h", "1 | h", "1 | h")
    assert design.spec.formula == "y ~ (1 | h) + t + l1(x) + z + l2(x:t)"


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("y ~ l1(x + z)", "y ~ x + z"),
        ("y ~ 0 + l1(g)", "y ~ 0 + g"),
        ("y ~ l1(g) - 1", "y ~ g - 1"),
        ("y ~ flat(x) + l1(g + x:g)", "y ~ x + g + x:g"),
        ("y ~ l1(.)", "y ~ ."),
        ("y ~ l1(. - h)", "y ~ . - h"),
        ("y ~ smooth(bs(t, df=7))", "y ~ bs(t, df=7)"),
    ],
)
def test_marks_do_not_change_the_columns(formula, plain):
    marked, other = read(formula), build(plain, table())
    assert (marked.names, marked.terms, marked.intercept) == (other.names, other.terms, other.intercept)
    assert np.array_equal(marked.X, other.X)


@pytest.mark.parametrize(
    ("formula", "terms"),
    [
        ("y ~ flat(x) + l1(.)", ("x", "z", "t", "g", "h", "my col")),
        ("y ~ . + (1 | g)", ("x", "z", "t", "h", "my col", "1 | g")),
        ("y ~ . + (0 + x || g) - `my col`", ("x", "z", "t", "h", "x | g")),
        ("y ~ t + l1(. + x:z) + l2(g)", ("t", "x", "z", "h", "my col", "g", "x:z")),
    ],
)
def test_a_dot_is_what_no_other_summand_names(formula, terms):
    assert set(read(formula).terms) == set(terms)


def test_group_effects_are_indicators_and_slopes_their_products():
    data, design = table(), read("y ~ x + (x || h)")
    indicators = np.equal.outer(data["h"], [1, 2, 3]).astype(float)
    assert design.names[1:] == ("1|h[1]", "1|h[2]", "1|h[3]", "x|h[1]", "x|h[2]", "x|h[3]")
    assert np.array_equal(design.X[:, 1:4], indicators)
    assert np.array_equal(design.X[:, 4:], indicators * data["x"][:, None])
    assert design.group_effects.tolist() == [False] + [True] * 6


def test_groups_of_groups_have_the_pairs_that_occur():
    data = {"y": [1.0, 2.0, 3.0, 5.0], "site": ["s", "s", "t", "t"], "room": ["b", "a", "c", "c"]}
    design = build("y ~ (1 | site/room)", data, marks=MARKS)
    assert design.names == ("1|site[s]", "1|site[t]", "1|site:room[s:a]", "1|site:room[s:b]", "1|site:room[t:c]")
    with pytest.raises(DataError, match=r"column 'site:room' has the level 's:c'"):
        design.spec.rows({"site": ["s"], "room": ["c"]})


def test_slopes_of_a_factor_are_coded_beside_the_groups_intercept():
    assert {name.partition("|")[0] for name in read("y ~ (g || h)").names} == {"1", "g[T.b]", "g[T.c]", "g[T.d]"}
    assert {name.partition("|")[0] for name in read("y ~ (0 + g || h)").names} == {f"g[{one}]" for one in "abcd"}


def test_new_rows_have_the_levels_of_the_fit():
    spec = read("y ~ l1(x) + (1 | h)").spec
    assert spec.rows({"x": [0.5], "h": [2]}).X.tolist() == [[0.5, 0.0, 1.0, 0.0]]
    with pytest.raises(DataError, match="column 'h' has the level 7"):
        spec.rows({"x": [0.5], "h": [7]})
    assert spec.rows({"x": [0.5, 1.0], "h": [1.0, None]}).missing.tolist() == [False, True]


def test_columns_relative_to_a_reference_level_are_known():
    assert read("y ~ g + full(h)").references == ("g", "g", "g", "", "", "")
    two = {"y": [1.0, 2.0, 4.0], "x": [0, 1, 3], "s": ["m", "f", "f"]}
    assert build("y ~ s", two).references == ("",)
    assert build("y ~ s*x", two).references == ("", "", "s")


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("y ~ l1(x) + x", r"the term x stands under l1\(x\) and also plain"),
        ("y ~ l1(x) + l2(x + z)", r"the term x stands under l1\(x\) and under l2\(x \+ z\)"),
        ("y ~ l1(x) + l1(x)", "the term x stands under"),
        ("y ~ (1 | g) + (x || g)", r"the term 1 \| g stands under \(1 \| g\) and under \(x \|\| g\)"),
        ("y ~ l1(x + z) - x", "has a minus sign elsewhere; take it out there"),
        ("y ~ x - l1(z)", "has a minus sign before it"),
        ("y ~ l1(x):z", "stands between \\+ signs on the right side"),
        ("y ~ l1(x)*z", "and not inside of brackets, functions, interactions or other marks"),
        ("y ~ (l1(x) + z)", "not inside of brackets"),
        ("y ~ log(l1(x))", "not inside of brackets, functions"),
        ("y ~ l1(l2(x) + z)", r"l2\(x\) stands inside of l1\(l2\(x\) \+ z\)"),
        ("l1(y) ~ x", "right side"),
        ("y ~ l1 (x)", "l1 is a mark, write l1"),
        ("y ~ l1", "l1 is a mark, write l1"),
        ("y ~ l1()", "has no terms"),
        ("y ~ l1(lam=3)", "has no terms"),
        ("y ~ l1(x, z)", r"'z' in l1\(x, z\) has no name; terms are joined by \+"),
        ("y ~ l1(x, 3)", r"as in l1\(x \+ z, lam=3\)"),
        ("y ~ l1(x, lam=1, lam=2)", "given twice"),
        ("y ~ l1(1 + x)", "the constant 1 as a term"),
        ("y ~ l1(x - 1)", "the constant 1 as a term"),
        ("y ~ l1(x ~ z)", "has a ~ inside"),
        ("y ~ l1((1 | g))", "group effects are written"),
        ("y ~ l1(y)", "the response y is also a term"),
        ("y ~ (x | g)", r"Write \(x \|\| g\) for these, or \(1 \| g\)"),
        ("y ~ (0 + x | g)", r"Write \(0 \+ x \|\| g\)"),
        ("y ~ (1 | 1)", "not a group effect"),
        ("y ~ (0 || g)", "not a group effect"),
        ("y ~ (. || g)", "has a `.`"),
        ("y ~ (1 | g | h)", "with one bar"),
        ("y ~ (1 | )", "group effects are written"),
        ("y ~ 2:(1 | g)", "group effects are written"),
        ("y ~ x | g", "the operator | is not known"),
        ("y ~ (1 | nope)", "'nope', which is not a column"),
        ("y ~ (1 | open('owned'))", "not allowed"),
    ],
)
def test_what_is_misplaced_is_refused_by_name(formula, says):
    with pytest.raises(FormulaError, match=says.replace(" | is", r" \| is")):
        read(formula)


ATTACKS = [
    "y ~ l1(open('owned', 'w'))",
    "y ~ l1(x + __import__('os').system('touch owned'))",
    "y ~ l1(I(eval('1')))",
    "y ~ l1({open('owned','w')})",
    "y ~ l1(x, lam=open('owned', 'w'))",
    "y ~ l1(x, lam=__import__('os').system('touch owned'))",
    "y ~ l1(x, lam=eval('1'))",
    "y ~ l1(x, lam=x)",
    "y ~ l1(x, lam=9**9**9**9)",
    "y ~ l1(x, lam=1 + 1)",
    "y ~ l1(x, lam=1e999)",
    "y ~ l1(x, lam=" + "9" * 5000 + ")",
    "y ~ l1(x, lam=" + "9" * 1000 + ")",
    "y ~ l1(x, lam=1j)",
    "y ~ l1(x, lam=b'1')",
    "y ~ l1(x, lam=f'{open(1)}')",
    "y ~ l1(x, lam=(lambda: 1)())",
    "y ~ l1(x, lam=[a for a in x])",
    "y ~ l1(x, lam=[[1]])",
    "y ~ l1(x, lam={'a': 1})",
    "y ~ l1(x, lam=(w := 1))",
    "y ~ l1(x, lam=1 if 1 else 2)",
    "y ~ l1(x, lam=)",
    "y ~ l1(x, lam=1; import os)",
    "y ~ l1(x, lam=-'a')",
    "y ~ l1(x, *[1])",
    "y ~ l1(x, **{'lam': 1})",
    "y ~ l1(*x)",
    "y ~ l1(x, __class__=1)",
    "y ~ l1(x, law='Normal')",
    "y ~ l1(x, _check=1)",
    "y ~ l1(x, lam=1,)",
    "y ~ l1(x).real",
    "y ~ l1(x)(z)",
    "y ~ l1(x)[0]",
    "y ~ l1.__class__(x)",
    "y ~ br.L1(x)",
    "y ~ l1[x]",
    "y ~ l1([x])",
    "y ~ l1(x; z)",
    "y ~ l1(x z)",
    "y ~ l1(x +)",
    "y ~ l1(x, lam='" + "a" * 3000 + "')",
    "y ~ l1(" + "(" * 35 + "x" + ")" * 35 + "**99)",
    "y ~ l1((x + z + t + g)**20)",
    "y ~ " + " + ".join(f"l1(I(x + {k}))" for k in range(2_100)),
    "y ~ " + " + ".join(["l1(.)"] * 5_000),
    "y ~ " + " + ".join(["(1 | g)"] * 5_000),
    "y ~ (1 | " + ":".join(f"I(x + {k})" for k in range(20)) + ")",
    "y ~ (" + " + ".join(f"I(x + {k})" for k in range(70)) + " || " + "*".join("gh") + "*I(x > 1)*I(t > 1)*I(z > 1))",
    "y ~ (__import__('os') || g)",
    "y ~ (1 | g.__class__)",
    "y ~ (1 | [g])",
    "y ~ (1 | g) | h",
    "y ~ (1 |- g)",
    "(1 | g) ~ x",
    "y ~ nope(x, lam=2)",
]


@pytest.mark.parametrize("formula", ATTACKS, ids=[str(place) for place in range(len(ATTACKS))])
@pytest.mark.usefixtures("nothing_runs")
def test_nothing_inside_of_a_mark_runs(formula):
    started = time.process_time()
    with pytest.raises(BayesRegError) as caught:
        marked_terms(read(formula).marks)
    assert time.process_time() - started < 2.0
    assert len(str(caught.value)) < 1_500


def test_names_of_marks_are_no_functions_and_can_not_become_ones():
    assert not set(MARKS) & set(FUNCTIONS)
    for name in MARKS:
        with pytest.raises(InputError, match=f"{name} is a word of the formula language"):
            read("y ~ x", functions={name: abs})


def test_a_column_may_be_called_like_a_mark():
    data = table() | {"l1": table()["z"]}
    assert build("y ~ l1 + l2(l1:x)", data, marks=MARKS).terms == ("l1", "l1:x")


def test_interaction_joins_the_labels_that_occur():
    data = {"y": [1.0, 2.0, 3.0, 4.0], "a": ["p", "p", "q", "q"], "b": [10, 2, 2, 2]}
    assert build("y ~ 0 + interaction(a, b)", data).names == tuple(
        f"interaction(a, b)[{one}]" for one in ("p:2", "p:10", "q:2")
    )
    clash = {"y": [1.0, 2.0], "a": ["p:q", "p"], "b": ["r", "q:r"]}
    with pytest.raises(DataError, match="read alike"):
        build("y ~ interaction(a, b)", clash)
