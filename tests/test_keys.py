"""Names of terms and coefficients as keys: what is found, in which order, and what is said of the others."""

from __future__ import annotations

import pytest

from bayesreg.errors import InputError
from bayesreg.keys import Keys

NAMES = ("Intercept", "x", "a b", "g[T.b]", "g[T.c]", "1 | site[u]", "z | site[u]", "f(x, 1 + 2)")
TERMS = ("Intercept", "x", "a b", "g", "g", "1 | site", "z | site", "f(x, 1 + 2)")


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("x", [1]),
        ("g", [3, 4]),
        ("g[T.c]", [4]),
        ("g + x", [3, 4, 1]),
        ("x+g[T.b]+g", [1, 3, 4]),
        ("`a b` + x", [2, 1]),
        ("(z || site)", [5, 6]),
        ("(0 + z || site)", [6]),
        ("1|site", [5]),
        ("f(x,1+2) + Intercept", [7, 0]),
    ],
)
def test_keys_name_terms_before_coefficients(key, found):
    assert Keys(NAMES, TERMS).find(key) == found


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (3, "The key 3 of a penalty or weight is not a term"),
        ("x + gg", "'gg' is not a term or coefficient of this model. Did you mean 'g'"),
        ("y", r"Known: Intercept, x, a b, g, 1 \| site, z \| site, .*"),
    ],
)
def test_unknown_keys_are_refused(key, says):
    with pytest.raises(InputError, match=says):
        Keys(NAMES, TERMS).find(key)


def test_long_lists_of_names_are_cut():
    names = tuple(f"x{j}" for j in range(1_000))
    with pytest.raises(InputError, match=r"x38, x39 and 960 more\.$"):
        Keys(names, names).find("nothing like it")
