"""Predictions of rows by procedures that have not seen them."""

from __future__ import annotations

from functools import partial

import numpy as np

from bayesreg.errors import BayesRegError
from bayesreg.parallel import run_tasks
from bayesreg.select.folds import Split
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
    try:
        return procedure.learn(np.flatnonzero(~held), np.flatnonzero(held))
    except BayesRegError as error:
        raise type(error)(
            f"Without the rows of outer fold {split.names[fold]} (of {len(split.names)}): {error} If their absence "
            "does it, spread such rows over the folds: folds=br.Folds(k, stratify=<labels of the rows>), or give "
            "other folds."
        ) from error
