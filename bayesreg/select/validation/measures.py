"""What predictions are measured by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.families import Likelihood
from bayesreg.select.scores import area_under_curve
from bayesreg.select.validation.recalibration import recalibrate

MEASURES: dict[str, str] = {
    "deviance": "mean unit deviance (gaussian: squared error)",
    "deviance_explained": "1 - deviance / deviance of a constant learned from the same rows",
    "r2": "1 - squared error / variance of the response",
    "mse": "mean squared error of the mean",
    "mae": "mean absolute error of the mean",
    "auc": "area under the ROC curve",
    "brier": "mean squared error of the probability",
    "log_score": "mean log predictive density at phi",
    "calibration_intercept": "what the linear predictor lacks on average (0 is right)",
    "calibration_slope": "slope of the response on the linear predictor (1 is right)",
}
"""Name of a measure -> what it is."""


@final
@dataclass(frozen=True, eq=False)
class Judged:
    """Rows with what was predicted for them, each (m,).

    Attributes
    ----------
    rows : ndarray of int
        Their positions in the data.
    y, eta, weights : ndarray
        Response, linear predictor with the offset, and weight.
    mean, deviance, log_density : ndarray
        Of the response at ``eta``, under the likelihood and phi that were learned.
    null : ndarray
        Deviance at the constant that fits the rows that were learned from best.
    """

    rows: np.ndarray
    y: np.ndarray
    eta: np.ndarray
    weights: np.ndarray
    mean: np.ndarray
    deviance: np.ndarray
    log_density: np.ndarray
    null: np.ndarray

    def take(self, places: np.ndarray) -> Judged:
        """Return some of the rows."""
        return Judged(*(getattr(self, one.name)[places] for one in fields(self)))

    @staticmethod
    def joined(parts: list[Judged]) -> Judged:
        """Return the rows of all parts, ordered by their positions."""
        columns = [np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Judged)]
        order = np.argsort(columns[0], kind="stable")
        return Judged(*(column[order] for column in columns))


def judge(
    rows: Design, places: np.ndarray, eta: np.ndarray, likelihood: Likelihood, phi: float, frequency: bool, null: float
) -> Judged:
    """Return rows (m,) with linear predictors, offsets included; ``null`` is the intercept of a constant."""
    w = np.ones(rows.n) if rows.weights is None else rows.weights
    constant = np.full(rows.n, null) + (0.0 if rows.offset is None else rows.offset)
    density = np.asarray(likelihood.log_likelihood(rows.y, eta, phi, w, frequency))
    return Judged(
        rows=places,
        y=rows.y,
        eta=eta,
        weights=w,
        mean=np.asarray(likelihood.mean(eta)),
        deviance=2.0 * np.asarray(likelihood.half_deviance(rows.y, eta)),
        log_density=density / np.where(w > 0.0, w, 1.0) if frequency else density,
        null=2.0 * np.asarray(likelihood.half_deviance(rows.y, constant)),
    )


def measure(judged: Judged, likelihood: Likelihood, frequency: bool) -> dict[str, float]:
    """Return every measure that the family has; nan where rows do not define it, such as the AUC of one class."""
    y, w, mean = judged.y, judged.weights, judged.mean
    total = float(w.sum())
    deviance, null = float(w @ judged.deviance) / total, float(w @ judged.null) / total
    squared = float(w @ (y - mean) ** 2) / total
    found = {"deviance": deviance, "deviance_explained": 1.0 - deviance / null if null > 0.0 else np.nan}
    if likelihood.name == "bernoulli":
        found |= {"auc": _auc(judged), "brier": squared}
    else:
        variance = float(w @ (y - w @ y / total) ** 2) / total
        absolute = float(w @ np.abs(y - mean)) / total
        found |= {"r2": 1.0 - squared / variance if variance > 0.0 else np.nan, "mse": squared, "mae": absolute}
    counted = w if frequency else (w > 0.0) * 1.0
    found["log_score"] = float(counted @ judged.log_density / counted.sum())
    found["calibration_intercept"] = recalibrate(likelihood, y, judged.eta, w, slope=False)[0]
    found["calibration_slope"] = recalibrate(likelihood, y, judged.eta, w, slope=True)[1]
    return found


def _auc(judged: Judged) -> float:
    try:
        return float(area_under_curve(judged.y, judged.eta[:, None], judged.weights)[0])
    except DataError:
        return np.nan


def groups_of(judged: Judged, edges: np.ndarray) -> np.ndarray:
    """Return predicted mean, observed mean, weight and standard error of the rows between edges (g, 4).

    The standard error is that of the observed mean, from the spread of the responses about their predictions.
    """
    code = np.clip(np.searchsorted(edges, judged.mean, side="right") - 1, 0, edges.size - 2)
    found = np.full((edges.size - 1, 4), np.nan)
    for group in range(edges.size - 1):
        inside = (code == group) & (judged.weights > 0.0)
        w = judged.weights[inside]
        if not w.size:
            continue
        share = w / w.sum()
        away = judged.y[inside] - judged.mean[inside]
        spread = float(np.sqrt(np.sum(share**2 * (away - share @ away) ** 2) * w.size / max(w.size - 1, 1)))
        found[group] = share @ judged.mean[inside], share @ judged.y[inside], w.sum(), spread
    return found
