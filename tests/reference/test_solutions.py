"""Every fit is within 1e-7 (scaled) of a reference solution made by outside software.

The solutions in ``solutions/solutions.json`` were found by Clarabel 0.11.1 through CVXPY 1.9.3, polished by Newton
steps on their face in 80-bit arithmetic (NumPy 2.5.5), and written with 21 digits by ``solutions/make.py``, which does
not use the package. As written they meet the conditions of optimality to 1e-14 of the largest score where nothing is
fitted, with strict inequalities off the face, and the objective is strictly convex on it: each is the only minimiser.
The first test checks the conditions again, wherever ``numpy.longdouble`` is wider than a double.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

import bayesreg as br
from tests.reference.solutions.cases import CASES
from tests.reference.solutions.data import offset_of, table_of, weights_of
from tests.reference.solutions.optimality import KKT, SLACK, coordinates, optimality
from tests.reference.solutions.problem import make_problem, objective

STORED = json.loads((Path(__file__).parent / "solutions" / "solutions.json").read_text())["cases"]
WIDE_ENOUGH = np.finfo(np.longdouble).eps < 1e-18
CLOSE = 1e-7  # what is promised; solvers that end on the right face are some 1e-12 away
OBJECTIVE = 1e-12  # relative: rounding of a sum over up to 2,000 rows


def named(cases):
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


@pytest.mark.skipif(not WIDE_ENOUGH, reason="numpy.longdouble is no wider than a double here")
@named(STORED)
def test_stored_solutions_are_optimal(case):
    for point in case["solutions"]:
        problem = make_problem(case, point["multiplier"])
        u = coordinates(problem, point["coefficients"])
        found = optimality(problem, u)
        assert found.kkt <= KKT
        assert found.slack >= SLACK
        assert abs(objective(problem, u) / np.longdouble(point["objective"]) - 1) <= 1e-15


@pytest.mark.skipif(not WIDE_ENOUGH, reason="numpy.longdouble is no wider than a double here")
@named([case for case in STORED if "path" not in case][::6])
def test_a_small_change_is_not_optimal(case):
    problem, (point,) = make_problem(case), case["solutions"]
    for name, number in list(point["coefficients"].items())[:4]:
        moved = point["coefficients"] | {name: str(np.longdouble(number) * np.longdouble(1.0 + 1e-9))}
        assert optimality(problem, coordinates(problem, moved)).kkt > KKT


def test_the_file_belongs_to_the_cases():
    plain = json.loads(json.dumps(CASES))
    assert [{key: value for key, value in case.items() if key != "solutions"} for case in STORED] == plain
    assert all([p["multiplier"] for p in case["solutions"]] == case.get("path", [1.0]) for case in STORED)


def law_of(block, multiplier):
    """Return the penalty of a block, its strengths multiplied."""
    given = {key: value for key, value in block.items() if key not in ("on", "law")}
    if block["law"] == "Flat":
        del given["lam"]
    for strength in {"lam", "l1"} & set(given):
        given[strength] *= multiplier
    if "factors" in given:
        given["weights"] = {name: float(factor) for name, factor in given.pop("factors").items()}
    if given.get("weights") == "one":
        given["weights"] = 1
    if "limits" in given:
        given["limits"] = tuple(given["limits"])
    return getattr(br, block["law"])(**given)


@cache
def frame_of(name):
    return getattr(br.datasets, name)()


def model_of(case, multiplier=1.0):
    """Return the model of a case, by its formula or from the arrays."""
    table = table_of(case)
    penalty = {... if block["on"] == "..." else block["on"]: law_of(block, multiplier) for block in case["penalty"]}
    options = {
        "penalty": penalty[...] if list(penalty) == [...] else penalty,
        "family": case["family"],
        "standardize": case.get("standardize", True),
    }
    if "weights" in case:
        options["weights"] = br.Weights(weights_of(case, table.y.size), kind=case["weights"][0])
    if "offset" in case:
        options["offset"] = offset_of(case, table.y.size)
    intercept = case.get("intercept", True)
    if "synthetic" in case:
        X = sparse.csc_array(table.X) if case.get("sparse") else table.X
        return br.Model.from_arrays(X, table.y, names=table.names, intercept=intercept, **options)
    data = frame_of(case["data"]).iloc[table.rows]
    formula = f"{case['response']} ~ {'' if intercept else '0 + '}{' + '.join(case['columns'])}"
    model = br.Model(formula, data, **options)
    assert list(model.design.names) == table.names
    return model


def assert_close(resolved, mode, point):
    """Compare coefficients per standard deviation of a column, the intercept with the sizes that make it up."""
    reference = np.array([float(point["coefficients"].get(name, "0")) for name in resolved.coefficients])
    start = int(resolved.intercept)
    size = np.maximum(np.abs(resolved.sd * reference)[start:].max(), 1e-30)
    assert np.abs(resolved.sd * (mode.beta - reference))[start:].max() <= CLOSE * size
    if start:
        parts = abs(reference[0]) + np.abs(resolved.center * reference).sum()
        assert abs(mode.beta[0] - reference[0]) <= CLOSE * parts
    assert mode.objective == pytest.approx(float(point["objective"]), rel=OBJECTIVE)
    assert mode.certificate.ok, mode.status


@named(STORED)
def test_fit_and_path(case):
    """The path is compared at all strengths, fits of their own at the first and the last."""
    model, (first, *others) = model_of(case), case["solutions"]
    assert first["multiplier"] == 1.0
    assert_close(model.resolved, model.fit().mode, first)
    if not others:
        return
    last = model_of(case, others[-1]["multiplier"]).fit()
    assert_close(last.resolved, last.mode, others[-1])
    unit = case["penalty"][0]["lam"] if len(case["penalty"]) == 1 else 1.0
    path = model.path(lams=unit * np.array(case["path"]))
    assert len(path.modes.modes) == len(case["solutions"])
    for mode, point in zip(path.modes.modes, case["solutions"], strict=True):
        assert_close(model.resolved, mode, point)
