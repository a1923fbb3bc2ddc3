"""Random formulas of factors and numbers get formulaic's terms, coding and names."""

from __future__ import annotations

import formulaic
import numpy as np
import pandas as pd
import pytest
from formulaic.parser.algos.tokenize import tokenize
from hypothesis import given, settings
from hypothesis import strategies as st

from bayesreg.design import build
from bayesreg.errors import FormulaError

RNG = np.random.default_rng(11)
DATA = pd.DataFrame({"y": RNG.normal(size=60), "x": RNG.normal(size=60), "z": RNG.normal(size=60)}).assign(
    g=RNG.choice(["a", "b", "c"], size=60), h=RNG.choice(["u", "v"], size=60), k=RNG.choice(["m", "n"], size=60)
)

ATOMS = st.sampled_from(
    ["x", "z", "g", "h", "k", "C(g, contr.sum)", "poly(x, 2)", "bs(z, df=4, include_intercept=True)"]
)


def joined(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from([" + ", ":", "*", "/", " - "])
    pair = st.tuples(children, operators, children).map(lambda one: f"({one[0]}{one[1]}{one[2]})")
    return pair | children.map(lambda one: f"({one})**2")


@settings(max_examples=150, deadline=None)
@given(right=st.recursive(ATOMS, joined, max_leaves=4), start=st.sampled_from(["", "0 + ", "1 + "]))
def test_coding_equals_formulaic(right, start):
    formula = f"y ~ {start}{right} + x"
    try:
        theirs = formulaic.model_matrix(formula, DATA).rhs
    except TypeError:  # formulaic reduces an empty set of terms, as in (x - x)/x
        with pytest.raises(FormulaError, match="no terms left"):
            build(formula, DATA)
        return
    ours = build(formula, DATA)
    names = [name for name in theirs.columns if name != "Intercept"]
    assert list(ours.names) == names
    np.testing.assert_allclose(ours.X, theirs[names].to_numpy(dtype=float), rtol=1e-12, atol=1e-14)


def test_the_tokenizer_behind_still_speaks_as_we_read_it():
    """A canary: what is checked rests on these kinds of tokens."""
    text = "log(`a b`) ~ 1 + x.y:{z + 1} - C(g, contr.sum) %in% 'h' + ."
    assert [(token.kind.value, token.token) for token in tokenize(text)] == [
        ("python", "log(`a b`)"),
        ("operator", "~"),
        ("value", "1"),
        ("operator", "+"),
        ("name", "x.y"),
        ("operator", ":"),
        ("python", "z + 1"),
        ("operator", "-"),
        ("python", "C(g, contr.sum)"),
        ("operator", "in"),
        ("value", "'h'"),
        ("operator", "+"),
        ("value", "."),
    ]
