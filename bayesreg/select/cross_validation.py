"""Predictions of rows left out, over a range of strengths: the whole fit is learned again without them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, final

import numpy as np

from bayesreg.design import Design, learn_again, rows_under
from bayesreg.parallel import run_tasks
from bayesreg.select.folds import Split, check_weighed, naming_fold
from bayesreg.select.remade import model_on
from bayesreg.select.scores import Score, score_rows
from bayesreg.solvers import ModePath, find_path

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

    def describe(self, modes: str = "modes") -> str:
        """Return a sentence on the certificates of the fits."""
        state = "certified" if not self.uncertified else f"fitted, {self.uncertified} of them NOT certified"
        return f"All {self.folds.size} {modes} are {state}: largest KKT residual {self.kkt:.1e}."

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
    check_weighed(model.design, split)
    task = partial(_leave_out, model, split, multipliers, score, per_row)
    found = run_tasks(task, range(len(split.names)), workers=workers, progress=progress, label="folds")
    return Validated(
        np.stack([one.scores for one in found], axis=1),
        np.array([one.weight for one in found]),
        sum(one.uncertified for one in found),
        max(one.kkt for one in found),
    )


def _leave_out(model: Model, split: Split, multipliers: np.ndarray, score: Score, per_row: bool, fold: int) -> Left:
    """Fit the rows outside of a fold at all strengths, and score those inside."""
    with naming_fold(split, fold):
        one = fit_without(model, split.codes == fold, multipliers, per_row=per_row)
        return Left(one.scores(score, one.predictors(one.path.betas)), one.weight, one.uncertified, one.kkt)


@final
@dataclass(frozen=True, eq=False)
class FoldFit:
    """The modes of the rows outside of a fold, and the rows inside.

    Attributes
    ----------
    model : Model
        On the rows outside.
    rows : Design
        Those inside, under what was learned outside.
    weight : float
        The sum of the weights of `rows`.
    multipliers : ndarray (k,)
        Of the model's strengths, here.
    path : ModePath
    """

    model: Model
    rows: Design
    weight: float
    multipliers: np.ndarray
    path: ModePath

    @property
    def uncertified(self) -> int:
        """How many of the modes are not certified."""
        return sum(not one.ok for one in self.path.certificates)

    @property
    def kkt(self) -> float:
        """The largest KKT residual of the modes."""
        return max(one.kkt for one in self.path.certificates)

    def predictors(self, betas: np.ndarray) -> np.ndarray:
        """Return the linear predictors (m, k) of the rows inside at coefficients (k, q)."""
        shift = 0.0 if self.rows.offset is None else self.rows.offset[:, None]
        return predictors(self.rows.X, betas, int(self.model.loss_resolved.intercept)) + shift

    def scores(self, score: Score, eta: np.ndarray) -> np.ndarray:
        """Return the scores (k,) of linear predictors (m, k)."""
        resolved = self.model.loss_resolved
        phi = self.model.resolved.phi if score.needs_phi else resolved.phi
        return score_rows(score, resolved.likelihood, self.rows, eta, phi=phi, frequency=resolved.frequency)


def fit_without(model: Model, held: np.ndarray, multipliers: np.ndarray, *, per_row: bool) -> FoldFit:
    """Return the modes of a model, learned again without some rows.

    Parameters
    ----------
    model : Model
    held : ndarray of bool (n,)
        The rows left out.
    multipliers : ndarray (k,)
        Of the strengths on all rows.
    per_row : bool
        Whether they are multiplied by the share of the weights that is left.
    """
    fitted = model_on(model, learn_again(model.design, np.flatnonzero(~held)))
    rows = rows_under(fitted.design, model.design, np.flatnonzero(held))
    weight = float(rows.n if rows.weights is None else rows.weights.sum())
    trained = float(fitted.loss_resolved.weights.sum())
    here = multipliers * (trained / (trained + weight) if per_row else 1.0)
    return FoldFit(fitted, rows, weight, here, find_path(fitted.design, fitted.loss_resolved, here))


def predictors(X: Any, betas: np.ndarray, start: int) -> np.ndarray:
    """Return the linear predictors (m, k) of rows at coefficients (k, q), without the offset; ``start`` intercepts."""
    slopes = betas[:, start:]
    used = np.flatnonzero(slopes.any(axis=0))
    eta = np.asarray(X[:, used] @ slopes[:, used].T)
    return eta + betas[:, 0] if start else eta
