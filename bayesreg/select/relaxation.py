"""Cross-validation of a second stage: over the strengths of the first and the weights of the blend."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np

from bayesreg.errors import DataError, RankError, SeparationError
from bayesreg.parallel import run_tasks
from bayesreg.penalties import L2
from bayesreg.select.cross_validation import Validated, fit_without
from bayesreg.select.folds import Split, check_weighed, naming_fold
from bayesreg.select.remade import model_at
from bayesreg.select.scores import Score
from bayesreg.select.second import fit_second, second_model, selecting_sources
from bayesreg.solvers import ModePath


@final
@dataclass(frozen=True, eq=False)
class Relaxation:
    """Scores of blends.

    Attributes
    ----------
    gammas : tuple of Validated
        For each weight of the first stage, the scores over the strengths.
    missing : int
        How many second stages, over folds and strengths, have no finite optimum; their scores are nan.
    """

    gammas: tuple[Validated, ...]
    missing: int


def cross_validate_blends(
    model: Any,
    split: Split,
    multipliers: np.ndarray,
    gammas: tuple[float, ...],
    second: L2 | None,
    score: Score,
    *,
    workers: int | None,
    progress: bool,
) -> Relaxation:
    """Score blends of the modes at ``multipliers`` (k,), decreasing, and their second stages, on the rows left out.

    The selection, and the strength of an open second stage, are those of the rows of each fold.
    """
    check_weighed(model.design, split)
    task = partial(_leave_out, model, split, multipliers, gammas, second, score)
    found = run_tasks(task, range(len(split.names)), workers=workers, progress=progress, label="folds")
    weights = np.array([weight for _, weight, *_ in found])
    uncertified, kkt = sum(one[2] for one in found), max(one[3] for one in found)
    blends = tuple(
        Validated(np.stack([scores[g] for scores, *_ in found], axis=1), weights, uncertified, kkt)
        for g in range(len(gammas))
    )
    return Relaxation(blends, sum(one[4] for one in found))


def _leave_out(
    model: Any,
    split: Split,
    multipliers: np.ndarray,
    gammas: tuple[float, ...],
    second: L2 | None,
    score: Score,
    fold: int,
) -> tuple[np.ndarray, float, int, float, int]:
    """Return the scores (g, k) of a fold's rows, their weight, and what is to be said of its fits."""
    with naming_fold(split, fold):
        one = fit_without(model, split.codes == fold, multipliers, per_row=True)
        refits = second_stages(one.model, one.path, one.multipliers, second)
        first, usable = one.predictors(one.path.betas), np.isfinite(refits).all(axis=1)
        other = one.predictors(refits[usable])
        scores = np.full((len(gammas), multipliers.size), np.nan)
        for g, gamma in enumerate(gammas):
            known = np.ones(multipliers.size, dtype=bool) if gamma == 1.0 else usable
            if known.any():
                eta = first if gamma == 1.0 else gamma * first[:, usable] + (1.0 - gamma) * other
                scores[g, known] = one.scores(score, eta)
        return scores, one.weight, one.uncertified, one.kkt, int((~usable).sum())


def second_stages(model: Any, path: ModePath, multipliers: np.ndarray, second: L2 | None) -> np.ndarray:
    """Return the coefficients (k, q) of the second stage at each strength of a path; nan where there are none.

    One that selects the same as another, where no other block is penalised, is not fitted twice.
    """
    sources = selecting_sources(model)
    blocks = model.loss_resolved.blocks
    alone = all(block.penalty.is_flat or block.source in sources for block in blocks)
    known: dict[bytes, np.ndarray] = {}
    found = np.empty_like(path.betas)
    for k, t in enumerate(multipliers):
        active = path.betas[k] != 0.0
        key = active.tobytes() + (b"" if alone else np.float64(t).tobytes())
        if key not in known:
            known[key] = _stage(second_model(model_at(model, float(t)), active, second))
        found[k] = known[key]
    return found


def _stage(stage: Any) -> np.ndarray:
    """Return the coefficients of a second stage, nan where it has no unique, finite optimum."""
    try:
        fit = fit_second(stage)
    except (RankError, SeparationError, DataError):
        return np.full(len(stage.loss_resolved.coefficients), np.nan)
    return np.asarray(fit.mode.beta)
