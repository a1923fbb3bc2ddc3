"""Posteriors: what is measured of draws, packages that are too slow or absent, and the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import processes
from benchmarks.__main__ import main, parser
from benchmarks.adapters import Setting
from benchmarks.measure import Options
from benchmarks.posterior.adapters import CONTESTANTS
from benchmarks.posterior.measure import CHILD, measure
from benchmarks.posterior.problems import PROBLEMS
from benchmarks.posterior.quality import deviation, effective, moments
from benchmarks.posterior.record import load, save
from benchmarks.posterior.report import cells, markdown
from benchmarks.processes import SolverError


def draws(seed: int = 0, slow: int = -1) -> dict[str, np.ndarray]:
    """Return independent draws of three coefficients and sigma; one coefficient may hardly move."""
    rng = np.random.default_rng(seed)
    coef = rng.normal(size=(4, 500, 3))
    if slow >= 0:
        coef[..., slow] = np.cumsum(coef[..., slow], axis=1)
    return {"coef": coef, "sigma": 1.0 + rng.exponential(size=(4, 500))}


def test_the_weakest_quantity_decides() -> None:
    """Of 2000 independent draws the effective size is about 2000; a random walk has next to none."""
    good, bad = effective(draws()), effective(draws(slow=1))
    assert 1500.0 < good["ess"] < 2600.0
    assert good["rhat"] < 1.01
    assert bad["weakest"] == "coef 1"
    assert bad["ess"] < 50.0
    assert bad["rhat"] > 1.1


def test_draws_that_never_move_are_worth_nothing() -> None:
    stuck = draws()
    stuck["sigma"] = np.ones((4, 500))
    found = effective(stuck)
    assert (found["weakest"], found["ess"]) == ("sigma", 0.0)


def test_the_deviation_is_in_standard_deviations_of_the_reference() -> None:
    reference = moments(draws(1))
    moved = draws(2)
    moved["coef"][..., 2] += 0.5
    found = deviation(moved, reference)
    assert found["farthest"] == "coef 2"
    assert found["deviation"] == pytest.approx(0.5, abs=0.12)  # 4 standard errors of two means of 2000
    assert deviation(draws(2), {}) == {}


@pytest.mark.parametrize("name", PROBLEMS)
def test_problems_are_whole(name: str, tmp_path: Path) -> None:
    problem = PROBLEMS[name](True)
    facts = problem.facts
    assert problem.X.shape == (facts.n, facts.p) == (facts.n, len(problem.names))
    assert problem.X.std(axis=0).min() > 0.0
    assert np.isfinite(problem.X).all()
    save(problem, tmp_path)
    again = load(tmp_path)
    assert again.facts == facts
    np.testing.assert_array_equal(again.X, problem.X)
    assert list(again.frame().columns) == [*problem.names, "y"]
    if facts.family == "bernoulli":
        assert set(np.unique(problem.y)) == {0.0, 1.0}


def test_every_package_says_what_it_has_otherwise() -> None:
    """Where the prior's scale is learned, a package that can not learn it has a remark or a reason."""
    for name, make in PROBLEMS.items():
        facts = make(True).facts
        for contestant in CONTESTANTS.values():
            if facts.scale is None and not contestant.learns and not contestant.refuses(facts):
                assert contestant.remark(facts), (name, contestant.package)


def test_a_record_of_our_own_run() -> None:
    said: list[str] = []
    options = Options(repeats=1, limit=120.0, solvers=("bayesreg",))
    record = measure(PROBLEMS["diabetes"](True), options, said.append)
    assert record["reference"]["status"] == "finished"
    assert record["reference"]["draws"] == 2000
    (row,) = record["rows"]
    assert row["status"] == "finished"
    assert row["runs"] == 1
    assert 0.0 < row["seconds"] < row["cold"]
    assert row["first"] < row["cold"]
    assert row["ess_per_second"] == pytest.approx(row["ess"] / row["seconds"])
    # two means of at least 200 effective draws each, 12 quantities: beyond 0.4 standard deviations by chance 1e-3
    assert row["deviation"] < 0.4
    assert any(line.startswith("  bayesreg: ") for line in said)


def test_a_package_that_takes_too_long_is_not_finished() -> None:
    """Nothing finishes in a millisecond, the reference neither; its row says so and stays."""
    record = measure(PROBLEMS["diabetes"](True), Options(limit=0.001, solvers=("bayesreg",)), lambda text: None)
    assert record["reference"] == {"status": "stopped after 0.001 s"}
    (row,) = record["rows"]
    assert row["status"] == "not finished in 0.001 s"
    table = markdown({**RECORD, "problems": {"diabetes": record | {"measured": MEASURED}}})
    assert "| bayesreg |" in table
    assert "not finished in 0.001 s" in table


def test_a_package_that_does_not_sample_a_problem_is_reported() -> None:
    facts = PROBLEMS["horseshoe"](True).facts
    assert "horseshoe" in CONTESTANTS["bambi"].refuses(facts)
    assert CONTESTANTS["bayesbridge"].refuses(PROBLEMS["doctor_visits"](True).facts) == "has no poisson models"


def test_a_package_that_is_not_there_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHMARKS_BAYESBRIDGE_PYTHON", "/bin/false")
    assert "can not import bayesbridge" in CONTESTANTS["bayesbridge"].missing()


def test_a_child_that_fails_says_why(tmp_path: Path) -> None:
    """Bambi needs scales that only a reference run gives."""
    save(PROBLEMS["diabetes"](True), tmp_path)
    solver = processes.start(tmp_path, CONTESTANTS["rstanarm"], Setting("default"), gigabytes=32.0, module=CHILD)
    try:
        with pytest.raises(SolverError, match="failed: RuntimeError: no reference run to take the scales from"):
            solver.ask("", 60.0)
    finally:
        solver.stop()


MEASURED = {"date": "2001-02-03 04:05 UTC", "commit": "abc"}
RECORD: dict[str, Any] = {
    "machine": {
        "date": MEASURED["date"],
        "commit": "abc",
        "processor": "an abacus",
        "cores": 2,
        "memory_gb": 1.5,
        "system": "Linux x86_64",
        "python": "3.13.0",
        "versions": {"bayesreg": "1", "bambi": "2"},
    },
    "quick": False,
    "repeats": 1,
    "problems": {},
}
ROW = {
    "status": "finished",
    "remark": "",
    "cold": 2.5,
    "first": 0.75,
    "runs": 1,
    "seconds": 0.5,
    "ess": 1000.0,
    "ess_per_second": 2000.0,
    "weakest": "coef 3",
    "rhat": 1.0021,
    "deviation": 0.034,
    "farthest": "sigma",
}


def test_the_table_says_what_the_record_says(tmp_path: Path) -> None:
    slow = {**ROW, "package": "bambi", "remark": "fixed scales", "ess_per_second": 10.0, "seconds": 100.0}
    stopped = {"package": "pymc", "remark": "", "status": "not finished in 560 s"}
    late = {"package": "rstanarm", "remark": "", "status": "not finished in 560 s", "cold": 300.0}
    made = {
        "facts": {"n": 30, "p": 4, "fitted": "made up"},
        "reference": {"status": "finished", "draws": 10000, "ess": 9000.0},
        "rows": [{**ROW, "package": "bayesreg"}, slow, stopped, late],
        "measured": MEASURED,
    }
    text = markdown({**RECORD, "problems": {"made_up": made}})
    assert "| bayesreg | 0.5 | 2.5 | 1,000 | coef 3 | 2,000 |  | 1.002 | 0.034 (sigma) |  |" in text
    assert "| bambi | 100 | 2.5 | 1,000 | coef 3 | 10 | 200 | 1.002 | 0.034 (sigma) | fixed scales |" in text
    assert "| pymc |  |  |  |  |  |  |  |  | not finished in 560 s |" in text
    assert "**made_up**, 30 x 4: made up." in text
    assert "an abacus, 2 cores, 1.5 GB" in text
    assert "small versions" not in text
    assert cells(late, None)[2] == "300"


def test_the_command_line_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match=r"There is no problem taller; there are diabetes"):
        main(["posterior", "--problems", "taller"])
    with pytest.raises(SystemExit, match=r"There is no package stan; there are bayesreg"):
        main(["posterior", "--packages", "stan"])
    assert parser().parse_args(["posterior", "--limit", "5"]).limit == 5.0
    file = tmp_path / "out.json"
    main(
        ["posterior", "--quick", "--limit", "0.001", "--problems", "tall", "--packages", "bayesreg", "--out", str(file)]
    )
    record = json.loads(file.read_text(encoding="utf-8"))
    assert list(record["problems"]) == ["tall"]
    assert file.with_suffix(".md").read_text(encoding="utf-8") == markdown(record)
