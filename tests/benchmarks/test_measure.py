"""Solvers in processes: answered, too slow, broken; and the record of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import memory, processes
from benchmarks.adapters import ADAPTERS, Setting
from benchmarks.cold import measure_cold
from benchmarks.measure import Options, measure
from benchmarks.problems import PROBLEMS
from benchmarks.processes import SolverError
from benchmarks.record import save


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(PROBLEMS["tall"](True), tmp_path)
    return tmp_path


def test_a_record_has_times_and_certificates() -> None:
    said: list[str] = []
    options = Options(repeats=2, limit=60.0, solvers=("bayesreg", "numpy", "scikit-learn:1e-08"))
    record = measure(PROBLEMS["tall"](True), options, said.append)
    rows = {row["package"]: row for row in record["rows"]}
    assert set(rows) == {"bayesreg", "numpy", "scikit-learn"}
    solved = rows["scikit-learn"]
    assert solved["status"] == "solved"
    assert solved["runs"] == 2
    assert 0.0 <= solved["added_mb"] < solved["peak_mb"]
    assert 0.0 < solved["fastest"] <= solved["seconds"]
    assert solved["gap"] < 1e-7
    assert solved["excess"] >= 0.0
    assert rows["bayesreg"]["ratio"] == 1.0
    assert solved["ratio"] > 0.0
    assert "objective" not in solved
    assert any(line.startswith("  scikit-learn:1e-08: ") for line in said)


def test_a_package_that_does_not_solve_a_problem_is_reported() -> None:
    record = measure(PROBLEMS["group_wide"](True), Options(solvers=("glum",)), lambda text: None)
    assert record["rows"] == [{"package": "glum", "setting": "", "status": "refused: has no path for gaussian group"}]


def test_a_solver_that_takes_too_long_is_stopped(folder: Path) -> None:
    solver = processes.start(folder, ADAPTERS["numpy"], Setting("X'X once"), gigabytes=4.0)
    with pytest.raises(SolverError, match=r"stopped after 0.001 s"):
        solver.ask("", 0.001)
    assert solver.process.poll() is not None


def test_a_solver_that_fails_says_why(folder: Path) -> None:
    (folder / "y.npy").unlink()
    solver = processes.start(folder, ADAPTERS["numpy"], Setting("X'X once"), gigabytes=4.0)
    with pytest.raises(SolverError, match=r"failed: KeyError: 'y'"):
        solver.ask("", 60.0)
    solver.stop()


@pytest.mark.skipif(memory.resident() == 0, reason="the system does not tell the resident set of a process")
def test_the_peak_counts_what_was_needed_since_it_was_reset() -> None:
    """A block of 64 MB that is written to is resident; less than it may be added where freed memory is used again."""
    memory.reset_peak()
    before, block = memory.resident(), np.ones(2**23)
    needed = memory.peak() - before
    del block
    assert 2**25 < needed < 2**27


def test_what_is_not_asked_for_is_not_run() -> None:
    options = Options(solvers=("celer", "skglm:1e-07"))
    assert options.wants("celer", "default")
    assert options.wants("skglm", "1e-07")
    assert not options.wants("skglm", "default")
    assert not options.wants("glum", "default")


def test_a_cold_start_that_takes_too_long_is_reported() -> None:
    record = measure_cold(Options(repeats=1, limit=0.01, solvers=("scikit-learn",)), lambda text: None)
    assert record["rows"] == [{"package": "scikit-learn", "setting": "default", "status": "stopped after 0.01 s"}]
    assert record["again"] == {}


@pytest.mark.slow
def test_the_cold_start_fits_the_same_lasso_everywhere() -> None:
    """Coefficients are printed to four decimals; statsmodels' coordinate descent stops earlier than the others."""
    said: list[str] = []
    record = measure_cold(Options(repeats=1), said.append)
    rows = {row["package"]: row for row in record["rows"]}
    assert set(rows) == {"bayesreg", "scikit-learn", "statsmodels"}
    assert rows["bayesreg"]["apart"] < 1e-5
    assert rows["statsmodels"]["apart"] < 0.2
    assert all(row["processor"] > 0.0 and row["runs"] == 1 for row in rows.values())
    again = record["again"]
    assert 0.0 < again["formula"] < again["total"]
    assert again["beyond"] == pytest.approx(again["total"] - again["formula"], rel=1e-9)
