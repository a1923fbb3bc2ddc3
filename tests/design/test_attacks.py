"""Formulas that try to run code, to name what is not theirs, or to exhaust the machine are refused, quickly."""

from __future__ import annotations

import builtins
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bayesreg.design import build
from bayesreg.errors import BayesRegError, FormulaError


def table() -> dict:
    rng = np.random.default_rng(0)
    return {"y": rng.normal(size=12), "x": rng.uniform(1, 2, size=12), "z": rng.normal(size=12), "g": list("abc") * 4}


ATTACKS = [
    "{(open('owned','w') or abs)(y)} ~ x",
    "y ~ {open('owned','w')}",
    "y ~ open('owned', 'w')",
    "I(open('owned','w')) ~ x",
    "y ~ __import__('os').system('touch owned')",
    "y ~ I(__import__('os').system('touch owned'))",
    "__import__('os').system('touch owned') ~ x",
    "y ~ eval('1')",
    "y ~ exec('open(1)')",
    "y ~ compile('1', '', 'eval')",
    "y ~ np.load('owned.npy')",
    "y ~ np.save('owned', x)",
    "y ~ np.genfromtxt('owned')",
    "y ~ np.ctypeslib.load_library('x', 'y')",
    "y ~ np.f2py.os.system('touch owned')",
    "y ~ np.__dict__",
    "y ~ np.log.__class__(x)",
    "y ~ np.frompyfunc(x, 1, 1)",
    "y ~ np.vectorize(x)",
    "y ~ np.array(x)",
    "y ~ numpy.log(x)",
    "y ~ x.__class__",
    "y ~ x.tofile('owned')",
    "y ~ x.dump('owned')",
    "y ~ I(x.astype(int))",
    "y ~ x.sum()",
    "y ~ ''.join(x)",
    "y ~ I('{0.__class__}'.format(x))",
    "y ~ I(f'{x}')",
    "y ~ I(x[0])",
    "y ~ x[0]",
    "y ~ x[:, None]",
    "y ~ I([1, 2])",
    "y ~ I((x, z))",
    "y ~ I({1: x})",
    "y ~ {[a for a in x]}",
    "y ~ I([a for a in x])",
    "y ~ sum(a for a in x)",
    "y ~ I({a for a in x})",
    "y ~ I((lambda: x)())",
    "y ~ {(lambda a: a)(x)}",
    "y ~ I(x if x else z)",
    "y ~ I(x and z)",
    "y ~ I(not x)",
    "y ~ I((w := x))",
    "y ~ I(*x)",
    "y ~ I(**x)",
    "y ~ log(*x)",
    "y ~ log(x, out=z)",
    "y ~ log(x, where=z)",
    "y ~ poly(x, degree=z)",
    "y ~ poly(x, 10**9)",
    "y ~ poly(x, 1000000)",
    "y ~ bs(x, df=1000000000)",
    "y ~ bs(x, _state={})",
    "y ~ scale(x, _state=x)",
    "y ~ C(g, contr.custom([[1, 2]]))",
    "y ~ C(g, {'a': [1]})",
    "y ~ C(g, contr.__init__)",
    "y ~ C(g, np.log)",
    "y ~ contr.treatment('a')",
    "y ~ I(1)",
    "y ~ {1}",
    "y ~ log(2)",
    "y ~ I(9**9**9**9) + x",
    "y ~ I(9**9**9**9)",
    "y ~ 'x'",
    "y ~ I('x')",
    "y ~ I(b'x' == g)",
    "y ~ I(x is z)",
    "y ~ I(x in z)",
    "y ~ I(0 < x < 1)",
    "y ~ I(x @ z)",
    "y ~ I(x << 2)",
    "y ~ I(1j * x)",
    "y ~ I(x * ...)",
    "y ~ I(None)",
    "y ~ Q('x')",
    "y ~ hashed(g, levels=3)",
    "y ~ lag(x)",
    "y ~ await(x)",
    "y ~ I(await x)",
    "y ~ I(yield x)",
    "y ~ I(x); import os",
    "y ~ {import os}",
    "y ~ {x; y}",
    "y ~ table",
    "y ~ ATTACKS",
    "y ~ __builtins__",
    "y ~ __formulaic_variables_available__",
    "y ~ l1(x)",
    "y ~ l2(x + z)",
    "y ~ flat(x)",
    "y ~ group(C(g))",
    "y ~ smooth(bs(x, df=5))",
    "y ~ fused(x)",
    "y ~ en(x)",
    "y ~ x + (1 | g)",
    "y ~ x | z",
    "[y ~ x] ~ z",
    "y ~ [x ~ z]",
    "y ~ x ~ z",
    "~ x",
    "x",
    "y ~",
    "",
    "   ",
    "y",
    "y + z ~ x",
    "y:z ~ x",
    "1 ~ x",
    ". ~ x",
    "y ~ 2",
    "y ~ x + 0.5",
    "y ~ x ** z",
    "y ~ x ** 0",
    "y ~ x ** 10000000",
    "y ~ x ** 1.5",
    "y ~ (x + z + g) ** 20",
    "y ~ .**20",
    "y ~ x +",
    "y ~ * x",
    "y ~ x x",
    "y ~ x z",
    "y ~ (x",
    "y ~ x)",
    "y ~ log(x",
    "y ~ `x",
    "y ~ 'x",
    "y ~ x < 1",
    "y ~ !x",
    "y ~ x & z",
    "y ~ x $ z",
    "y ~ x\x00",
    "y ~ x\u202e + z",
    "y ~ \u200bx",
    "y ~ \ud800",
    "y ~ \ufb01(x)",
    "y ~ \uff45val(x)",
    "y ~ " + "(" * 500 + "x" + ")" * 500,
    "y ~ I(" + "-" * 5000 + "x)",
    "y ~ I(" + "x+" * 5000 + "x)",
    "y ~ " + "x+" * 60_000 + "x",
    "y ~ " + "~" * 1000 + "x",
    "y ~ " + "**".join(["x"] * 1000),
    "y ~ " + "*".join(f"I(x+{k})" for k in range(40)),
    "y ~ " + ":".join(f"I(x+{k})" for k in range(40)),
    "y ~ (" + "+".join(f"I(x+{k})" for k in range(30)) + ")**8",
    "y ~ 0",
    "y ~ x - x - 1",
    "y ~ y + x",
    "y ~ x + 2:x",
    "y ~ (x - x)/z",
    "y ~ x %in% (z - z)",
    "y ~ poly(x, 2) + I(poly(x, 2) + 1)",
    "y ~ log(g)",
    "y ~ I(g + 1)",
    "y ~ I(g < 'b')",
    "y ~ I(x == 'b')",
    "y ~ I(x & z)",
    "y ~ unknown",
    "y ~ log",
    "y ~ log()",
    "y ~ log(x, z)",
    "y ~ poly(x, 2, 3, 4, 5)",
    "y ~ poly(x, 2, degree=2)",
    "y ~ C(g, contr.treatment('nope'))",
    "y ~ C(g, levels=['a', 'b'])",
]


@pytest.fixture
def nothing_runs(tmp_path, monkeypatch):
    """Run in an empty folder with the doors watched; fail if one is opened or a file appears."""
    monkeypatch.chdir(tmp_path)
    opened = []
    build("y ~ x", table())
    for name in ("eval", "exec", "open"):
        monkeypatch.setattr(builtins, name, lambda *args, name=name, **kwargs: opened.append((name, args)))
    yield
    monkeypatch.undo()
    assert opened == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("formula", ATTACKS, ids=[str(place) for place in range(len(ATTACKS))])
@pytest.mark.usefixtures("nothing_runs")
def test_refused_within_a_second_and_nothing_runs(formula):
    started = time.perf_counter()
    with pytest.raises(BayesRegError) as caught:
        build(formula, table())
    assert time.perf_counter() - started < 1.0
    assert str(caught.value).endswith((".", "}}", ")", "}")), str(caught.value)
    assert len(str(caught.value)) < 1_500


@pytest.mark.parametrize("formula", [None, 3, b"y ~ x", ["y ~ x"], object()])
def test_only_text_is_a_formula(formula):
    with pytest.raises(FormulaError, match="not a text"):
        build(formula, table())


def test_an_unknown_function_is_answered_with_the_page_of_functions():
    with pytest.raises(
        FormulaError, match=r"'l1' in 'l1\(x\)' is not allowed: the functions are log, .*page 'Formulas'"
    ):
        build("y ~ l1(x)", table())


WORDS = (
    "y x z g ~ ~ + - * / : ** ^ %in% . 0 1 2 ( ) [ ] { } , = == < 'a' ` np.log( log( poly( C( I( bs( full( scale( "
    "contr.sum lambda x: __class__ .__class__ open( df=4 | & ! @ \\ \" ' \n \x00 for in if"
)
PIECES = st.sampled_from(WORDS.split(" "))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(PIECES, max_size=14), glue=st.sampled_from(["", " "]))
def test_random_formulas_raise_only_our_errors(parts, glue):
    _only_our_errors(glue.join(parts))


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40))
def test_random_texts_raise_only_our_errors(text):
    _only_our_errors("y ~ " + text)


def _only_our_errors(formula: str) -> None:
    try:
        design = build(formula, table())
    except BayesRegError:
        return
    assert np.isfinite(design.X).all()
