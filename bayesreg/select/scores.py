"""What predictions of rows left out are judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.stats import rankdata

from bayesreg.design import Design
from bayesreg.errors import DataError, InputError
from bayesreg.families import Likelihood

LOSSES: dict[str, str] = {
    "deviance": "mean unit deviance (gaussian: squared error)",
    "mse": "mean squared error of the mean",
    "mae": "mean absolute error of the mean",
    "auc": "area under the ROC curve",
    "brier": "mean squared error of the probability",
    "log_score": "mean log predictive density at phi",
}
"""Name of a score -> what it is."""
HIGHER = ("auc", "log_score")
"""The scores of which more is better."""
BINARY = ("auc", "brier")
"""The scores of two classes."""


@final
@dataclass(frozen=True, eq=False)
class Score:
    """A score of predictions.

    Attributes
    ----------
    name : str
    text : str
    sign : float
        1 where less is better, -1 where more is.
    function : callable or None
        The user's own, ``function(y, mean)``.
    """

    name: str
    text: str
    sign: float
    function: Callable[..., Any] | None = None

    @property
    def needs_phi(self) -> bool:
        """Whether it depends on the dispersion."""
        return self.name == "log_score"


def make_score(score: Any, likelihood: Likelihood) -> Score:
    """Return a score by its name, or the user's own.

    Raises
    ------
    InputError
        If the name is not known, or has no meaning for the family.
    """
    if callable(score):
        return Score(getattr(score, "__name__", "score"), "your score of (y, mean), less is better", 1.0, score)
    if not isinstance(score, str) or score not in LOSSES:
        known = ", ".join(map(repr, LOSSES))
        raise InputError(f"score={score!r} is not known; allowed: {known}, or a function of (y, mean).")
    if score in BINARY and likelihood.name != "bernoulli":
        raise InputError(f"score={score!r} is of two classes, and this family is {likelihood.name}; use 'deviance'.")
    return Score(score, LOSSES[score], -1.0 if score in HIGHER else 1.0)


def score_rows(
    score: Score, likelihood: Likelihood, rows: Design, eta: np.ndarray, *, phi: float, frequency: bool
) -> np.ndarray:
    """Return the weighted mean score of rows (m,) at k linear predictors (m, k), as (k,)."""
    w = np.ones(rows.n) if rows.weights is None else rows.weights
    y = rows.y[:, None]
    if score.function is not None:
        return _own(score.function, rows, likelihood.mean(eta), w)
    if score.name == "auc":
        return area_under_curve(rows.y, eta, w)
    if score.name == "deviance":
        each = 2.0 * likelihood.half_deviance(y, eta)
    elif score.name == "log_score":
        each, w = likelihood.log_likelihood(y, eta, phi, w[:, None], frequency), w if frequency else (w > 0.0) * 1.0
        return np.asarray(each.sum(axis=0) / w.sum())
    else:
        away = rows.y[:, None] - likelihood.mean(eta)
        each = np.abs(away) if score.name == "mae" else away**2
    return np.asarray(w @ each / w.sum())


def _own(function: Callable[..., Any], rows: Design, mean: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the user's score for each column of means; a value a row is averaged by the weights."""
    found = np.empty(mean.shape[1])
    for k in range(mean.shape[1]):
        value = np.asarray(function(rows.y.copy(), mean[:, k].copy()), dtype=float)
        if value.shape not in ((), (rows.n,)) or not np.isfinite(value).all():
            raise InputError(
                f"Your score returned {value!r} for {rows.n} rows; it must be a finite number, or one a row."
            )
        if value.shape == () and rows.weights is not None:
            raise InputError("Your score returned one number, but the rows have weights; return one number a row.")
        found[k] = value if value.shape == () else w @ value / w.sum()
    return found


def area_under_curve(y: np.ndarray, eta: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the weighted share of pairs (event, none) in the right order (k,), ties counting one half."""
    event = y > 0.0
    total = float(w[event].sum()) * float(w[~event].sum())
    if not total > 0.0:
        raise DataError(
            "score='auc' needs rows of both classes among those left out. Stratify the folds by the response, "
            "folds=br.Folds(k, stratify=...), or use score='deviance'."
        )
    found = np.empty(eta.shape[1])
    for k in range(eta.shape[1]):
        place = rankdata(eta[:, k], method="dense").astype(int) - 1
        none = np.bincount(place, weights=w * ~event)
        below = np.cumsum(none) - 0.5 * none
        found[k] = (w * event) @ below[place] / total
    return found
