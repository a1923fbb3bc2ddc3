"""A refused formula is answered with what to write instead."""

from __future__ import annotations

import re

import pytest

from bayesreg.design import build
from bayesreg.errors import FormulaError

NAMES = ("y", "x", "g", "cost €", "my col", "a~b", "p-value", "income ($)", "Sepal.Length", "it's", "x + g")
DATA = {name: [1.0, 2.0 + place, 4.0] for place, name in enumerate(NAMES)}


@pytest.mark.parametrize(
    ("formula", "column"),
    [
        ("y ~ cost €", "cost €"),
        ("cost € ~ x", "cost €"),
        ("y ~ my col", "my col"),
        ("my col ~ x", "my col"),
        ("y ~ x + my col + g", "my col"),
        ("y ~ log(my col)", "my col"),
        ("y ~ I(my col + 1):x", "my col"),
        ("y ~ a~b", "a~b"),
        ("y ~ p-value", "p-value"),
        ("y ~ income ($)", "income ($)"),
        ("y ~ it's", "it's"),
        ("y ~ log(Sepal.Length)", "Sepal.Length"),
    ],
)
def test_a_column_without_its_back_quotes_is_named(formula, column):
    with pytest.raises(FormulaError, match=rf"column .*; write `{re.escape(column)}` in back-quotes\.$"):
        build(formula, DATA)
    assert column in build(formula.replace(column, f"`{column}`"), DATA).spec.formula


@pytest.mark.parametrize("formula", ["y ~ x + g + nope", "y ~ `my col` + nope", "y ~ I(g == 'my col') + nope"])
def test_what_is_quoted_or_reads_as_terms_is_not_taken_for_a_name(formula):
    with pytest.raises(FormulaError, match="the formula names 'nope', which is not a column"):
        build(formula, {**DATA, "g": ["a", "b", "a"]})


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("y ~ x +", r"the operator \+ has nothing after it in 'y ~ x \+'"),
        ("y ~ x:", "the operator : has nothing after it"),
        ("y ~ x **", r"the operator \*\* has nothing after it"),
        ("y ~ (x +) + g", r"the operator \+ has nothing after it"),
        ("y ~ x + ()", r"the operator \+ has nothing after it"),
        ("y ~ x ** + g", r"the operator \*\*\+ is misplaced in 'y ~ x \*\* \+ g'"),
        ("y ~ (* x) + g", r"Operator `\*` is incorrectly used\. y ~ \(\* x\) \+ g"),
        ("y * ~ x", r"the operator \* has nothing after it before the ~"),
        ("y ~ x g", "Missing operator between `x` and `g`"),
        ("y ~ x ! g", "Unknown operator '!'"),
    ],
)
def test_misplaced_operators_are_named_in_plain_words(formula, says):
    with pytest.raises(FormulaError, match=says) as caught:
        build(formula, DATA)
    assert not {"⧛", "⧚", "\x1b"} & set(str(caught.value))
    assert "insuff" not in str(caught.value)


@pytest.mark.parametrize(
    ("term", "says"),
    [
        ("offset(x)", r"the offset is an argument: Model\(\.\.\., offset=\.\.\.\)"),
        ("offset(log(x))", "the offset is an argument"),
        ("Q('my col')", "back-quotes, as in `my col`"),
        ("s(x, k=4)", r"splines are written bs\(\.\.\.\) or cr\(\.\.\.\)"),
        ("x:(1|g)", r"group effects are written \(1 \| g\), \(x \|\| g\) or .*'y ~ x:\(1\|g\)' is not of that form"),
        ("x + (x | g)", "group effects"),
        ("x | g", r"the operator \| is not known"),
        ("logg(x)", r"did you mean log or .*page 'Formulas'; give your own as functions="),
        ("np.lgo(x)", r"did you mean np\.log"),
    ],
)
def test_words_of_other_software_are_answered(term, says):
    with pytest.raises(FormulaError, match=says) as caught:
        build(f"y ~ {term}", DATA)
    assert len(str(caught.value)) < 250


def test_close_names_of_the_users_functions_are_suggested():
    with pytest.raises(FormulaError, match=r"did you mean above.*yours: above"):
        build("y ~ abov(x)", DATA, functions={"above": abs})
