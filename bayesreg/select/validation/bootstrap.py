"""How much better a procedure looks on the rows that it has learned from."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from bayesreg.errors import BayesRegError
from bayesreg.parallel import run_tasks
from bayesreg.select.folds import labels_of
from bayesreg.select.validation.procedure import Learned, Procedure


def bootstrap(
    procedure: Procedure, folds: Any, replicates: int, seed: int, *, workers: int | None, progress: bool
) -> list[Learned]:
    """Learn from rows drawn with replacement, and predict these and all rows of the data.

    Parameters
    ----------
    procedure : Procedure
    folds : Folds or None
        With ``stratify``, rows are drawn within strata; with ``groups``, whole groups are drawn.
    replicates, seed : int
        The draws of a replicate depend on the seed and its place only.

    Returns
    -------
    list of Learned
        ``judged`` has the rows as drawn, and all rows.
    """
    design = procedure.model.design
    codes = None
    if folds is not None:
        name = "groups" if folds.groups is not None else "stratify"
        codes = labels_of(design, getattr(folds, name), name)
    grouped = folds is not None and folds.groups is not None
    seeds = np.random.SeedSequence(seed).spawn(replicates)
    items = [(k, _drawn(np.random.default_rng(one), design.n, codes, grouped)) for k, one in enumerate(seeds)]
    task = partial(_replicate, procedure)
    return run_tasks(task, items, workers=workers, progress=progress, label="bootstrap")


def _drawn(rng: np.random.Generator, n: int, codes: np.ndarray | None, grouped: bool) -> np.ndarray:
    """Return n positions with repetitions (of groups: the rows of as many groups as there are)."""
    if codes is None:
        return np.sort(rng.integers(n, size=n))
    members = [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
    if grouped:
        return np.concatenate([members[k] for k in rng.integers(len(members), size=len(members))])
    return np.sort(np.concatenate([rng.choice(rows, rows.size) for rows in members]))


def _replicate(procedure: Procedure, item: tuple[int, np.ndarray]) -> Learned:
    place, rows = item
    try:
        return procedure.learn(rows, rows, np.arange(procedure.model.design.n))
    except BayesRegError as error:
        raise type(error)(
            f"In bootstrap replicate {place + 1}: {error} If rows that were not drawn do it, draw within strata: "
            "folds=br.Folds(stratify=<labels of the rows>), or use method='cv'."
        ) from error
