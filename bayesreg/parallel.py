"""The same task on many items: in turn or in several processes, with the same results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bayesreg.arguments import check_whole


def run_tasks(
    task: Callable[[Any], Any], items: Sequence[Any], *, workers: int | None, progress: bool, label: str
) -> list[Any]:
    """Return ``task(item)`` for each item, in their order.

    Each task has one thread of linear algebra, in this process or another: several processes do not take each other's
    cores, and the results do not depend on how many there are.

    Parameters
    ----------
    task : callable
        Its randomness, if any, comes with the item.
    items : sequence
    workers : int, optional
        Processes; None and 1: this one alone.
    progress : bool
        Show a progress bar.
    label : str
        Before the bar.

    Raises
    ------
    InputError
        If ``workers`` is not a whole number >= 1.

    Examples
    --------
    >>> run_tasks(abs, [-1, 2, -3], workers=None, progress=False, label="folds")
    [1, 2, 3]
    """
    count = 1 if workers is None else min(check_whole("workers", workers, 1), max(1, len(items)))
    with tracker(label, len(items), progress) as advance:
        done = []
        for result in _in_turn(task, items) if count == 1 else _in_processes(task, items, count):
            done.append(result)
            advance(1)
    return done


def _in_turn(task: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    with one_thread():
        for item in items:
            yield task(item)


def _in_processes(task: Callable[[Any], Any], items: Sequence[Any], count: int) -> Iterator[Any]:
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1):
        yield from Parallel(n_jobs=count, return_as="generator")(delayed(task)(item) for item in items)


@contextmanager
def one_thread() -> Iterator[None]:
    """Give linear algebra one thread, so that results do not depend on how many there are."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


@contextmanager
def tracker(label: str, total: int, progress: bool) -> Iterator[Callable[[int], None]]:
    """Give a function that says how many more are done."""
    if not progress:
        yield lambda more: None
        return
    from rich.progress import Progress

    with Progress() as bar:
        place = bar.add_task(label, total=total)
        yield lambda more: bar.advance(place, more)
