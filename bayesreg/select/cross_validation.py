"""Predictions of rows left out, over a range of strengths: the whole fit is learned again without them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, final

import numpy as np

from bayesreg.design import Design, learn_again, rows_under
from bayesreg.errors import BayesRegError, DataError
from bayesreg.parallel import run_tasks
from bayesreg.select.folds import Split
from bayesreg.select.remade import model_on
from bayesreg.select.scores import Score, score_rows
from bayesreg.solvers import find_path

if TYPE_CHECKING:
    from bayesreg.model import Model


@final
@dataclass(frozen=True, eq=False)
class Left:
    """What one fold says.

    Attributes
    ----------
    scores : ndarray (k,)
        Of the rows left out, at each strength.
    weight : float
        The sum of their weights.
    uncertified : int
        How many of its modes are not certified.
    kkt : float
        The largest KKT residual of its modes.
    """

    scores: np.ndarray
    weight: float
    uncertified: int
    kkt: float


@final
@dataclass(frozen=True, eq=False)
class Validated:
    """Scores over strengths by cross-validation.

    Attributes
    ----------
    folds : ndarray (k, K)
        Score of each fold at each strength.
    weights : ndarray (K,)
        Sums of the weights of the rows left out.
    uncertified : int
    kkt : float
    """

    folds: np.ndarray
    weights: np.ndarray
    uncertified: int
    kkt: float

    @property
    def mean(self) -> np.ndarray:
        """Means over the folds (k,), by their weights."""
        return np.asarray(self.folds @ self.weights / self.weights.sum())

    @property
    def se(self) -> np.ndarray:
        """Standard errors of the means (k,): ``sqrt(sum_f w_f (s_f - mean)^2 / sum_f w_f / (K - 1))``."""
        away = (self.folds - self.mean[:, None]) ** 2
        return np.asarray(np.sqrt(away @ self.weights / self.weights.sum() / (self.weights.size - 1)))


def cross_validate(
    model: Model,
    split: Split,
    multipliers: np.ndarray,
    score: Score,
    *,
    per_row: bool,
    workers: int | None = None,
    progress: bool = False,
) -> Validated:
    """Score the modes at ``multipliers`` (k,), decreasing, on the rows of each fold left out.

    Parameters
    ----------
    model : Model
    split : Split
    multipliers : ndarray (k,)
        Of the model's strengths, on all rows.
    score : Score
    per_row : bool
        Whether a fold's strengths are ``W_f / W`` times these, by the sums of weights, so that the penalty of one row
        is kept; else the strengths, and so the prior, are kept.
    workers : int, optional
    progress : bool

    Raises
    ------
    BayesRegError
        Of the kind that a fold's fit raises, with the name of the fold.
    """
    left_weights(model.design, split)
    task = partial(_leave_out, model, split, multipliers, score, per_row)
    found = run_tasks(task, range(len(split.names)), workers=workers, progress=progress, label="folds")
    return Validated(
        np.stack([one.scores for one in found], axis=1),
        np.array([one.weight for one in found]),
        sum(one.uncertified for one in found),
        max(one.kkt for one in found),
    )


def left_weights(design: Design, split: Split) -> np.ndarray:
    """Return the weight of each fold's rows (K,), which is neither nothing nor everything.

    Raises
    ------
    DataError
        If a fold has all of the weight, or none.
    """
    weights = np.ones(design.n) if design.weights is None else design.weights
    held = np.bincount(split.codes, weights=weights, minlength=len(split.names))
    if not (held > 0.0).all() or not (held < weights.sum()).all():
        at = int(np.argmin((held > 0.0) & (held < weights.sum())))
        raise DataError(
            f"Fold {split.names[at]} has all of the weight, or none of it; give folds with weights on both sides."
        )
    return held


def _leave_out(model: Model, split: Split, multipliers: np.ndarray, score: Score, per_row: bool, fold: int) -> Left:
    """Fit the rows outside of a fold at all strengths, and score those inside."""
    try:
        return _fold(model, split.codes == fold, multipliers, score, per_row)
    except BayesRegError as error:
        raise type(error)(
            f"Without the rows of fold {split.names[fold]} (of {len(split.names)}): {error} If their absence does it, "
            "spread such rows over the folds: folds=br.Folds(k, stratify=<labels of the rows>), or fewer or "
            "other folds."
        ) from error


def _fold(model: Model, held: np.ndarray, multipliers: np.ndarray, score: Score, per_row: bool) -> Left:
    fitted = model_on(model, learn_again(model.design, np.flatnonzero(~held)))
    rows = rows_under(fitted.design, model.design, np.flatnonzero(held))
    resolved = fitted.loss_resolved
    weight = float(rows.n if rows.weights is None else rows.weights.sum())
    trained = float(resolved.weights.sum())
    path = find_path(fitted.design, resolved, multipliers * (trained / (trained + weight) if per_row else 1.0))
    eta = predictors(rows.X, path.betas, int(resolved.intercept)) + (
        0.0 if rows.offset is None else rows.offset[:, None]
    )
    phi = fitted.resolved.phi if score.needs_phi else resolved.phi
    scores = score_rows(score, resolved.likelihood, rows, eta, phi=phi, frequency=resolved.frequency)
    failed = sum(not one.ok for one in path.certificates)
    return Left(scores, weight, failed, max(one.kkt for one in path.certificates))


def predictors(X: Any, betas: np.ndarray, start: int) -> np.ndarray:
    """Return the linear predictors (m, k) of rows at coefficients (k, q), without the offset; ``start`` intercepts."""
    slopes = betas[:, start:]
    used = np.flatnonzero(slopes.any(axis=0))
    eta = np.asarray(X[:, used] @ slopes[:, used].T)
    return eta + betas[:, 0] if start else eta
