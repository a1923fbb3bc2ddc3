"""Which penalty acts on which coefficients."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.blocks import make_blocks, penalty_weights
from bayesreg.errors import InputError

NAMES = ("Intercept", "age", "bmi", "C(site)[T.b]", "C(site)[T.c]", "age:bmi", "my col", "log(bmi + 1)")
TERMS = ("Intercept", "age", "bmi", "C(site)", "C(site)", "age:bmi", "my col", "log(bmi + 1)")


def blocks_of(penalty):
    return {block.label: block.columns.tolist() for block in make_blocks(penalty, NAMES, TERMS, intercept=True)}


def weights_of(penalty):
    return penalty_weights(make_blocks(penalty, NAMES, TERMS, intercept=True), NAMES, TERMS)


@pytest.mark.parametrize(
    ("key", "columns"),
    [
        ("bmi", [2]),
        ("bmi + age", [1, 2]),
        ("C(site)", [3, 4]),
        ("C( site )", [3, 4]),
        ("C(site)[T.c]", [4]),
        ("C(site)[T.c] + age", [1, 4]),
        ("age:bmi", [5]),
        ("age : bmi+bmi", [2, 5]),
        ("my col", [6]),
        ("`my col` + age", [1, 6]),
        ("log(bmi + 1)", [7]),
        ("log(bmi + 1) + age", [1, 7]),
        ("age + age", [1]),
        ("Intercept", [0]),
    ],
)
def test_keys_name_terms_or_coefficients(key, columns):
    rest = [j for j in range(8) if j not in columns and j != 0]
    expected = {key: columns, "...": rest} | ({"Intercept": [0]} if 0 not in columns else {})
    assert blocks_of({key: br.L1(1.0)}) == expected


@pytest.mark.parametrize("rest", [..., "..."])
def test_ellipsis_is_the_rest_without_the_intercept(rest):
    blocks = make_blocks({"bmi": br.L2(1.0), rest: br.L1(2.0)}, NAMES, TERMS, intercept=True)
    assert [(type(block.penalty).__name__, block.columns.tolist()) for block in blocks] == [
        ("Flat", [0]),
        ("L2", [2]),
        ("L1", [1, 3, 4, 5, 6, 7]),
    ]


def test_one_penalty_acts_on_all_but_the_intercept():
    assert blocks_of(br.L1(1.0)) == {"Intercept": [0], "...": [1, 2, 3, 4, 5, 6, 7]}
    only = make_blocks(br.L1(1.0), NAMES[1:], TERMS[1:], intercept=False)
    assert [block.columns.tolist() for block in only] == [list(range(7))]


def test_no_penalty_is_flat():
    assert {type(block.penalty) for block in make_blocks(None, NAMES, TERMS, intercept=True)} == {br.Flat}


@pytest.mark.parametrize(
    "penalty", [None, br.L1(1.0), {"age": br.L2(1.0), "C(site)": br.L1(1.0)}, {"Intercept": br.L2(1.0)}]
)
def test_every_coefficient_is_covered_once(penalty):
    columns = np.concatenate([block.columns for block in make_blocks(penalty, NAMES, TERMS, intercept=True)])
    assert sorted(columns.tolist()) == list(range(8))


def test_unknown_terms_are_refused_with_what_is_known():
    with pytest.raises(
        InputError, match=r"'bmu' is not a term .* of this model. Did you mean 'bmi'. Known: Intercept, age, bmi, "
    ):
        blocks_of({"age + bmu": br.L1(1.0)})


@pytest.mark.parametrize("key", [3, None, ("age", "bmi")])
def test_keys_are_text(key):
    with pytest.raises(InputError, match="of a penalty or weight is not a term; give its name as text") as caught:
        blocks_of({key: br.L1(1.0)})
    assert repr(key) in str(caught.value)


def test_overlaps_are_refused():
    with pytest.raises(
        InputError, match=r"'C\(site\)\[T.b\]' is penalised by two keys: 'C\(site\)' and 'C\(site\)\[T.b\]'"
    ):
        blocks_of({"C(site)": br.L1(1.0), "C(site)[T.b]": br.L2(1.0)})


@pytest.mark.parametrize("law", [1.0, "l1", br.L1, None])
def test_values_are_penalties(law):
    with pytest.raises(
        InputError, match=r"The penalty of 'age' is .*, which is not a penalty; allowed: an object such as br\.L1"
    ):
        blocks_of({"age": law})


def test_the_argument_itself_is_a_penalty():
    with pytest.raises(InputError, match=r"The penalty is 'lasso', which is not a penalty"):
        blocks_of("lasso")


def test_weights_by_position_and_by_name():
    w = [1.0, 2.0, 0.0, np.inf, 5.0, 6.0, 7.0]
    assert weights_of(br.L1(1.0, weights=w)).tolist() == [1.0, *w]
    by_name = weights_of(br.L1(1.0, weights={"C(site)": 3.0, "bmi + age": 0.5, "age:bmi": np.inf}))
    assert by_name.tolist() == [1.0, 0.5, 0.5, 3.0, 3.0, np.inf, 1.0, 1.0]
    blocks = {"C(site)": br.L1(1.0, weights=[2.0, 3.0]), "bmi": br.L2(1.0, weights={"bmi": 4.0})}
    assert weights_of(blocks).tolist() == [1.0, 1.0, 4.0, 2.0, 3.0, 1.0, 1.0, 1.0]


def test_weights_must_fit_what_the_penalty_acts_on():
    with pytest.raises(InputError, match=r"shape \(2,\), but the penalty acts on 7 coefficients: age, bmi"):
        weights_of(br.L1(1.0, weights=[1.0, 2.0]))
    with pytest.raises(
        InputError, match=r"The penalty weight of 'bmi' concerns \['bmi'\], which this penalty does not act"
    ):
        weights_of({"age": br.L1(1.0, weights={"bmi": 2.0})})
    with pytest.raises(InputError, match=r"'bmu' is not a term or coefficient"):
        weights_of(br.L1(1.0, weights={"bmu": 2.0}))


@pytest.mark.parametrize(
    ("law", "hint"), [(br.L1, r"br\.L1 is a class; write br\.L1\(\.\.\.\)"), ("L1", r"Did you mean br\.L1\(")]
)
def test_what_a_class_or_a_name_stands_for_is_said(law, hint):
    with pytest.raises(InputError, match=hint):
        blocks_of({"age": law})


@pytest.mark.parametrize("key", ["1 | g", "(1 | g)", "(1|g)"])
def test_a_group_effect_is_named_as_the_formula_writes_it(key):
    names, terms = ("Intercept", "x", "1|g[a]", "1|g[b]"), ("Intercept", "x", "1 | g", "1 | g")
    blocks = make_blocks({key: br.L2(2.0)}, names, terms, intercept=True)
    assert next(block for block in blocks if block.label == key).columns.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("key", "columns"), [("(x || g)", [1, 2, 3, 4]), ("(0 + x || g)", [3, 4]), ("(1 + x || g)", [1, 2, 3, 4])]
)
def test_independent_slopes_are_named_as_the_formula_writes_them(key, columns):
    names = ("x", "1|g[a]", "1|g[b]", "x|g[a]", "x|g[b]")
    blocks = make_blocks({key: br.L2(2.0)}, names, ("x", "1 | g", "1 | g", "x | g", "x | g"), intercept=False)
    assert next(block for block in blocks if block.label == key).columns.tolist() == columns
