"""Every installed package solves a small problem of every kind that it says it solves, by the same certificate."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.adapters import ADAPTERS
from benchmarks.certificate import certify, exact_loo
from benchmarks.problems import PROBLEMS
from benchmarks.record import load, save

QUICK = ("bayesreg", "numpy", "scikit-learn", "celer", "glum")
SLOW = ("statsmodels", "glmnet", "skglm")
ABOVE = {"statsmodels": 1e-2}  # its coordinate descent stops at a thousandth of the largest coefficient
SMALL = ("tall", "sparse", "elastic_net", "group_wide", "logistic_wide", "logistic_tall", "poisson", "ridge_tall")


def exact_answer(package: str, name: str) -> None:
    """Solve at the tightest setting: the objective is at most the gap above the minimum."""
    adapter, problem = ADAPTERS[package], PROBLEMS[name](True)
    if adapter.refuses(problem.facts):
        return
    why = adapter.missing()
    if why:
        pytest.skip(why)
    answer = adapter.prepare(problem, adapter.settings(problem.facts)[-1])()
    assert answer.seconds > 0.0
    if answer.coefs is not None:
        proof = certify(problem, answer.coefs, answer.intercepts)
        assert np.all(proof.gap < ABOVE.get(package, 1e-5))
        assert proof.nonzero[-1] > 0
    if answer.loo is not None:
        assert answer.loo == pytest.approx(exact_loo(problem, answer.dispersion), rel=1e-8)


@pytest.mark.filterwarnings("ignore")  # the packages' own
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("package", QUICK)
def test_a_package_solves_what_it_says(package: str, name: str) -> None:
    exact_answer(package, name)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("package", "name"), [("statsmodels", "tall"), ("glmnet", "poisson")])
def test_a_package_that_takes_longer_solves_one_problem(package: str, name: str) -> None:
    exact_answer(package, name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("package", SLOW)
def test_a_package_that_takes_longer_solves_what_it_says(package: str, name: str) -> None:
    exact_answer(package, name)


def test_every_package_is_tested_or_runs_elsewhere() -> None:
    assert {*QUICK, *SLOW, "adelie"} == set(ADAPTERS)


def test_bayesreg_refuses_nothing() -> None:
    for name, make in PROBLEMS.items():
        assert not ADAPTERS["bayesreg"].refuses(make(True).facts), name


@pytest.mark.parametrize("name", ["tall", "sparse", "group_wide"])
def test_a_problem_travels_as_files(name: str, tmp_path: object) -> None:
    problem = PROBLEMS[name](True)
    save(problem, tmp_path / "made")  # type: ignore[operator]
    read = load(tmp_path / "made")  # type: ignore[operator]
    assert read.facts == problem.facts
    assert abs(read.X - problem.X).max() == 0.0
    assert np.array_equal(read.lams, problem.lams)
    assert np.array_equal(read.group_sizes, problem.group_sizes)
    assert not problem.facts.sparse or read.X.format == "csc"


def test_a_problem_is_the_same_every_time() -> None:
    first, second = (PROBLEMS["logistic_wide"](True) for _ in range(2))
    assert np.array_equal(first.X, second.X)
    assert np.array_equal(first.y, second.y)
