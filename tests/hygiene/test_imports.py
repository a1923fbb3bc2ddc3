"""Importing is cheap, and a first small fit loads and compiles nothing that it does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

HEAVY = (
    *("pymc", "pytensor", "statsmodels", "matplotlib", "numba", "arviz", "nutpie", "sklearn", "polars", "xarray"),
    *("scipy.optimize", "scipy.stats"),
)
REPORT = f"import json, sys; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
LASSO = """
import bayesreg as br
fit = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1(lam=500.0)).fit()
assert fit.certificate.ok
"""
RIDGE = """
import bayesreg as br
post = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(lam=10.0)).sample(draws=5, seed=1)
assert post.engine == "exact"
"""


def run(code: str) -> str:
    """Run code in a fresh interpreter, warnings as errors; return what it prints."""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import bayesreg; assert 'numpy' not in __import__('sys').modules; {REPORT}"
    assert json.loads(run(code)) == []


def test_the_first_lasso_loads_nothing_heavy() -> None:
    assert json.loads(run(LASSO + REPORT)) == []


def test_an_exact_posterior_needs_no_sampler() -> None:
    """xarray imports the package sparse where that is installed (a peer in the benchmarks needs it), and that numba."""
    theirs = {"numba"} if find_spec("sparse") else set()
    assert not {"pymc", "pytensor", "numba", "nutpie", "arviz"} & set(json.loads(run(RIDGE + REPORT))) - theirs


def test_help_of_the_command_line_loads_nothing_heavy() -> None:
    code = f"""
import contextlib, io
from bayesreg.cli.main import run
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    run(["--help"])
{REPORT}"""
    assert json.loads(run(code)) == []


def test_importing_changes_no_global_state() -> None:
    code = """
import logging, random, warnings
import formulaic, narwhals, numpy as np, pandas as pd, scipy.linalg, scipy.optimize, scipy.sparse, scipy.stats
def state():
    names = [name for name in dir(pd.options.display) if name not in ("html", "unicode")]
    shown = str([getattr(pd.options.display, name) for name in names])
    handlers = list(logging.getLogger().handlers)
    return shown, str(np.get_printoptions()), np.geterr(), list(warnings.filters), handlers, random.getstate()
before = state(), str(np.random.get_state())
import bayesreg as br
for name in br.__all__:
    getattr(br, name)
br.Model("target ~ bmi", br.datasets.diabetes(), penalty=br.L1(lam=500.0)).fit()
after = state(), str(np.random.get_state())
print([k for k, (a, b) in enumerate(zip(before[0], after[0])) if a != b], before[1] == after[1])
"""
    assert run(code).split() == ["[]", "True"]


@pytest.mark.parametrize("name", ["Modell", "l1", "np"])
def test_an_unknown_public_name_lists_the_known_ones(name: str) -> None:
    import bayesreg as br

    with pytest.raises(AttributeError, match=r"public names: Model, adaptive_weights, bayes_factor, compare"):
        getattr(br, name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Ridge", r"did you mean br\.L2, as in .*\? public"),
        ("lasso", r"did you mean br\.L1, as in .*\? public"),
        ("OLS", r"did you mean br\.Model\(formula, data\)\.mle\(\)\? public"),
        ("fit", r"did you mean br\.Model\(formula, data\)\.fit\(\)\? public"),
        ("Modle", r"did you mean br\.Model\? public"),
        ("zzz", r"'zzz'; public"),
    ],
)
def test_names_that_people_try_are_answered(name: str, says: str) -> None:
    import bayesreg as br

    with pytest.raises(AttributeError, match=says):
        getattr(br, name)


def test_dir_lists_the_public_names() -> None:
    import bayesreg as br

    assert dir(br) == sorted(br.__all__)
