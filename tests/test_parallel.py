"""Tasks in turn and in processes: the same results, one thread each, and a progress bar that moves."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import rich.progress
from threadpoolctl import threadpool_info

import bayesreg as br
from bayesreg.parallel import run_tasks

DATA = br.datasets.diabetes()


def _threads(_: int) -> int:
    np.linalg.svd(np.ones((2, 2)))
    return max(one["num_threads"] for one in threadpool_info())


def _power(exponent: int, item: int) -> int:
    return int(item**exponent)


@pytest.mark.parametrize("workers", [None, 1, 2])
def test_results_are_in_order_and_each_task_has_one_thread(workers: int | None) -> None:
    found = run_tasks(partial(_power, 2), range(7), workers=workers, progress=False, label="squares")
    assert found == [0, 1, 4, 9, 16, 25, 36]
    assert set(run_tasks(_threads, range(2), workers=workers, progress=False, label="threads")) == {1}


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """Record the total of every bar by its label, and after it each advance."""
    seen: dict[str, list[float]] = {}
    labels: dict[int, str] = {}
    add, advance = rich.progress.Progress.add_task, rich.progress.Progress.advance

    def added(self, description, *args, **options):
        place = add(self, description, *args, **options)
        labels[place] = description
        seen[description] = [options["total"]]
        return place

    def advanced(self, place, more=1):
        seen[labels[place]].append(more)
        return advance(self, place, more)

    monkeypatch.setattr(rich.progress.Progress, "add_task", added)
    monkeypatch.setattr(rich.progress.Progress, "advance", advanced)
    return seen


@pytest.mark.parametrize("workers", [None, 2])
def test_a_bar_is_shown_and_goes_to_its_end(workers, bars, capsys):
    model = br.Model("target ~ bmi + bp + s5", DATA, penalty=br.L1())
    model.select(folds=4, lams=[100.0, 10.0], workers=workers, progress=True)
    assert bars["folds"] == [4, 1, 1, 1, 1]
    shown = capsys.readouterr().out
    assert "folds" in shown
    assert "100%" in shown


def test_other_verbs_have_bars_too(bars, capsys):
    model = br.Model("target ~ bmi + bp + s5", DATA, penalty=br.L1(100.0))
    model.fit().validate(folds=3, progress=True)
    assert bars["folds"] == [3, 1, 1, 1]
    model.fit().validate("bootstrap", replicates=5, progress=True)
    (label,) = set(bars) - {"folds"}
    assert bars[label][0] == sum(bars[label][1:])
    model.relax(folds=3, lams=[100.0, 10.0], progress=True)
    assert bars["folds"] == [3, 1, 1, 1]
    model.sample(40, seed=1, tune=10, progress=True)
    assert all(steps[0] == sum(steps[1:]) for steps in bars.values())
    assert capsys.readouterr().out.count("100%") == 4


def test_without_asking_there_is_no_bar(bars, capsys):
    br.Model("target ~ bmi", DATA, penalty=br.L1()).select(folds=3, lams=[10.0])
    assert not bars
    assert capsys.readouterr().out == ""
