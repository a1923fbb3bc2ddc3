"""Cross-validation of a second stage: over the strengths of the first and the weights of the blend."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np

from bayesreg.design import learn_again, rows_under
from bayesreg.errors import BayesRegError, DataError, RankError, SeparationError
from bayesreg.parallel import run_tasks
from bayesreg.penalties import L2
from bayesreg.select.cross_validation import Validated, left_weights, predictors
from bayesreg.select.folds import Split
from bayesreg.select.remade import model_at, model_on
from bayesreg.select.scores import Score, score_rows
from bayesreg.select.second import second_model, selecting_sources
from bayesreg.solvers import ModePath, find_path


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
    left_weights(model.design, split)
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
    try:
        return _fold(model, split.codes == fold, multipliers, gammas, second, score)
    except BayesRegError as error:
        raise type(error)(f"Without the rows of fold {split.names[fold]} (of {len(split.names)}): {error}") from error


def _fold(
    model: Any, held: np.ndarray, multipliers: np.ndarray, gammas: tuple[float, ...], second: L2 | None, score: Score
) -> tuple[np.ndarray, float, int, float, int]:
    fitted = model_on(model, learn_again(model.design, np.flatnonzero(~held)))
    rows = rows_under(fitted.design, model.design, np.flatnonzero(held))
    resolved = fitted.loss_resolved
    weight = float(rows.n if rows.weights is None else rows.weights.sum())
    trained = float(resolved.weights.sum())
    t = multipliers * trained / (trained + weight)
    path = find_path(fitted.design, resolved, t)
    refits = second_stages(fitted, path, t, second)
    shift = 0.0 if rows.offset is None else rows.offset[:, None]
    start = int(resolved.intercept)
    first = predictors(rows.X, path.betas, start) + shift
    usable = np.isfinite(refits).all(axis=1)
    other = predictors(rows.X, refits[usable], start) + shift
    phi = fitted.resolved.phi if score.needs_phi else resolved.phi
    scores = np.full((len(gammas), t.size), np.nan)
    for g, gamma in enumerate(gammas):
        known = np.ones(t.size, dtype=bool) if gamma == 1.0 else usable
        eta = first if gamma == 1.0 else gamma * first[:, usable] + (1.0 - gamma) * other
        if known.any():
            scores[g, known] = score_rows(score, resolved.likelihood, rows, eta, phi=phi, frequency=resolved.frequency)
    failed = sum(not one.ok for one in path.certificates)
    return scores, weight, failed, max(one.kkt for one in path.certificates), int((~usable).sum())


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
        fit = stage.select(by="evidence").fit if stage.loss_resolved.is_open else stage.fit()
    except (RankError, SeparationError, DataError):
        return np.full(len(stage.loss_resolved.coefficients), np.nan)
    return np.asarray(fit.mode.beta)
