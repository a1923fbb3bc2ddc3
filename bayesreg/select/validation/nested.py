"""Predictions of rows by procedures that have not seen them."""

from __future__ import annotations

from functools import partial

import numpy as np

from bayesreg.parallel import run_tasks
from bayesreg.select.folds import Split, naming_fold
from bayesreg.select.validation.procedure import Learned, Procedure


def cross_fit(procedure: Procedure, splits: list[Split], *, workers: int | None, progress: bool) -> list[list[Learned]]:
    """Learn without each fold of each split, and predict its rows.

    Returns
    -------
    list of list of Learned
        By split and fold; ``judged`` has the rows left out.

    Raises
    ------
    BayesRegError
        Of the kind that a fold's fit raises, with the name of the fold.
    """
    items = [(split, fold) for split in splits for fold in range(len(split.names))]
    found = iter(run_tasks(partial(_leave_out, procedure), items, workers=workers, progress=progress, label="folds"))
    return [[next(found) for _ in split.names] for split in splits]


def _leave_out(procedure: Procedure, item: tuple[Split, int]) -> Learned:
    split, fold = item
    held = split.codes == fold
    with naming_fold(split, fold, "outer fold"):
        return procedure.learn(np.flatnonzero(~held), np.flatnonzero(held))
