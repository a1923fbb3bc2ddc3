"""The whole of what was done to data, so that it can be done again to other rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.design import learn_again, rows_under
from bayesreg.errors import DataError
from bayesreg.families import Likelihood
from bayesreg.resolved import Resolved
from bayesreg.select.cross_validation import predictors
from bayesreg.select.folds import folds_of_rows
from bayesreg.select.remade import model_at, model_on
from bayesreg.select.validation.measures import Judged, judge
from bayesreg.select.validation.recalibration import recalibrate


@final
@dataclass(frozen=True, eq=False)
class Learned:
    """What one run of the procedure gave.

    Attributes
    ----------
    facts : dict
        The strength or strengths in loss units, edf, the number of active coefficients, and of the certificate.
    active : tuple of str
        Names of the coefficients that are not zero.
    judged : tuple of Judged
        The rows that it was asked to predict, set by set.
    """

    facts: dict[str, Any]
    active: tuple[str, ...]
    judged: tuple[Judged, ...]


@final
@dataclass(frozen=True, eq=False)
class Procedure:
    """A model, and how its strength is chosen.

    Attributes
    ----------
    model : Model
    arguments : dict or None
        Of `Model.select`; None where the strength is given.
    per_row : bool
        Whether a given strength is multiplied by the share of the weight that is learned from.
    """

    model: Any
    arguments: dict[str, Any] | None
    per_row: bool

    def learn(self, rows: np.ndarray, *sets: np.ndarray) -> Learned:
        """Learn from rows, given by position and with repetitions if need be, and predict sets of rows."""
        whole = self.model.design
        model = model_on(self.model, learn_again(whole, rows))
        weights = np.ones(whole.n) if whole.weights is None else whole.weights
        share = float(weights[rows].sum() / weights.sum()) if self.per_row else 1.0
        if self.arguments is not None:
            fit = model.select(**self._inner(rows, share)).fit
        elif share != 1.0 and model.loss_resolved.base_lam > 0.0:
            fit = model_at(model, share).fit()
        else:
            fit = model.fit()
        null = constant(fit.solved, model.design.y)
        judged = tuple(self.predict(fit, places, null) for places in sets)
        return Learned(_facts(fit), tuple(fit.active), judged)

    def predict(self, fit: Any, places: np.ndarray, null: float) -> Judged:
        """Predict rows of the model's data, given by position, by a fit to some of them."""
        rows = rows_under(fit.model.design, self.model.design, places)
        eta = predictors(rows.X, fit.mode.beta[None, :], int(fit.solved.intercept))[:, 0]
        eta = eta + (0.0 if rows.offset is None else rows.offset)
        likelihood, phi = _density(fit)
        return judge(rows, places, eta, likelihood, phi, fit.solved.frequency, null)

    def _inner(self, rows: np.ndarray, share: float) -> dict[str, Any]:
        """Return the arguments for some of the rows."""
        found = dict(self.arguments or {})
        if found.get("lams") is not None:
            found["lams"] = np.asarray(found["lams"], dtype=float) * share
        if found["by"] == "cv":
            found["folds"], seeded = folds_of_rows(self.model.design, found.get("folds", 10), rows)
            if not seeded:
                found.pop("seed", None)
        return found


def constant(resolved: Resolved, y: np.ndarray) -> float:
    """Return the intercept of the best constant prediction of a model's rows, about their offsets."""
    likelihood, weights, offset = resolved.likelihood, resolved.weights, resolved.offset
    mean = float(weights @ y / weights.sum())
    start = float(likelihood.link_function(np.array([mean]))[0])
    if not np.isfinite(start) or (not offset.any() and likelihood.convex):
        return start
    return start + recalibrate(likelihood, y, start + offset, weights, slope=False)[0]


def _density(fit: Any) -> tuple[Likelihood, float]:
    """Return the likelihood of a fit and its phi; nan where the columns explain all rows, so that there is none."""
    try:
        return fit.resolved.likelihood, fit.resolved.phi
    except DataError:
        return fit.solved.likelihood, np.nan


def _facts(fit: Any) -> dict[str, Any]:
    """Return what is kept of a fit beside its predictions."""
    chosen = fit.chosen
    lams: Any = getattr(chosen, "lams", None)
    if hasattr(lams, "items"):
        strengths = {f"lam[{term}]": float(lam) for term, lam in lams.items()}
    else:
        strengths = {"lam": fit.model.loss_resolved.base_lam if chosen is None else chosen.lam}
    if hasattr(chosen, "l1_ratio"):
        strengths["l1_ratio"] = chosen.l1_ratio
    certificate = fit.certificate
    return {**strengths, "edf": fit.edf, "active": len(fit.active), "kkt": certificate.kkt, "ok": certificate.ok}
