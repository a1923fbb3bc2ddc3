"""The honest performance of a procedure, beside what it looks like on its own rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from bayesreg.arguments import check_level, check_name, check_whole
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties.validation import check_flag
from bayesreg.results.summary import Summary
from bayesreg.select.folds import FOLD_STRENGTHS, Folds, make_split
from bayesreg.select.remade import model_at
from bayesreg.select.validation import (
    MEASURES,
    Judged,
    Learned,
    Procedure,
    bootstrap,
    constant,
    cross_fit,
    groups_of,
    measure,
)

METHODS = ("cv", "bootstrap")
GROUPS = 10
FOLDS, REPLICATES = 10, 200
"""Groups of rows in the calibration table."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class Validation:
    r"""How well a procedure predicts rows that it has not learned from.

    By nested cross-validation a measure is taken of the predictions of all rows by fits without them. By the bootstrap,
    with ``A`` the measure on the rows that a fit was learned from,

    .. math:: \mathrm{corrected} = A - \frac1B \sum_b (A_b - M_b),

    ``A_b`` on the rows of the replicate and ``M_b`` on all rows, both by the fit to the replicate.

    Attributes
    ----------
    fit : MapFit
    method : str
        "cv" or "bootstrap".
    frame : DataFrame
        A row a measure: apparent (on the rows of the fit), optimism, corrected, se, lower, upper. ``se`` is, by
        cross-validation, the jackknife over the folds, ``sqrt((K - 1) / K sum_f (M_-f - mean)^2)``, its squares
        averaged over repeats; by the bootstrap the standard deviation of ``A_b`` (for calibration,
        which a fit has on its own rows, of ``M_b``). The limits are corrected plus or minus normal
        quantiles of it: they leave out that the fits share rows, and are too short rather than too long.
    predictions : DataFrame
        A row a prediction: repeat, fold, row, response, mean, link, weight (bootstrap: those of the fit itself).
    calibration : DataFrame
        Ten groups of rows by their predictions: predicted, observed (bootstrap: corrected for optimism), lower, upper,
        weight.
    strengths : DataFrame
        A row a fit: strength(s), edf, number of active coefficients, kkt, ok.
    inclusion : Series
        The share of these fits in which a coefficient is not zero.
    how : tuple of str
        Sentences on how it was done.

    References
    ----------
    Efron (1983), Estimating the error rate of a prediction rule. Harrell, Lee and Mark (1996), Multivariable
    prognostic models. Varma and Simon (2006), Bias in error estimation when using cross-validation for model
    selection. Noma, Shinozaki, Iba, Teramukai and Furukawa (2021), Confidence intervals of prediction accuracy
    measures for multivariable prediction models based on the bootstrap-based optimism correction methods.
    """

    fit: Any
    method: str
    frame: pd.DataFrame
    predictions: pd.DataFrame
    calibration: pd.DataFrame
    strengths: pd.DataFrame
    inclusion: pd.Series
    how: tuple[str, ...]

    @cached_property
    def uncertified(self) -> int:
        """How many of the fits are not certified."""
        return int((~self.strengths["ok"].astype(bool)).sum())

    def summary(self) -> Summary:
        """Return the measures, apparent and corrected, with what each is."""
        chosen = self.fit.chosen
        header = {
            "method": "nested cross-validation" if self.method == "cv" else "optimism bootstrap",
            "procedure": "strength as given" if chosen is None else f"strength chosen anew: {chosen.by}, {chosen.rule}",
            "fits": f"{len(self.strengths)}",
        }
        notes = [f"{name}: {MEASURES[name]}." for name in self.frame.index]
        return Summary(f"Performance of {self.fit.model.formula}", self.frame, header, (*self.how, *notes))

    def plot(self) -> Any:
        """Return a figure: the calibration curve with its groups, above the distribution of the predictions."""
        from bayesreg.plots.validation import validation_curve

        return validation_curve(self)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def validate(
    fit: Any,
    method: str = "cv",
    *,
    folds: Any = FOLDS,
    repeats: int = 1,
    replicates: int = REPLICATES,
    seed: int = 0,
    fold_strength: str = "per_row",
    level: float = 0.95,
    workers: int | None = None,
    progress: bool = False,
) -> Validation:
    """Return the honest performance of the procedure of a fit; see `MapFit.validate`."""
    _check(method, folds, repeats, replicates, fold_strength)
    seed = check_whole("seed", seed, 0)
    check_level(level)
    check_flag("progress", progress)
    procedure = _procedure(fit, fold_strength)
    everything = np.arange(fit.model.design.n)
    judge = _judge(fit)
    null = constant(fit.solved, fit.model.design.y)
    apparent = procedure.predict(fit, everything, null)
    if method == "cv":
        return _nested(fit, procedure, apparent, judge, folds, repeats, seed, level, workers, progress)
    strata = folds if isinstance(folds, Folds) else None
    found = bootstrap(procedure, strata, replicates, seed, workers=workers, progress=progress)
    return _optimism(fit, found, apparent, judge, level, seed)


def _check(method: Any, folds: Any, repeats: Any, replicates: Any, fold_strength: Any) -> None:
    check_name("method", method, METHODS)
    check_name("fold_strength", fold_strength, FOLD_STRENGTHS)
    repeats, replicates = check_whole("repeats", repeats, 1), check_whole("replicates", replicates, 2)
    chance = isinstance(folds, Folds) or np.ndim(folds) == 0
    if method == "cv":
        if replicates != REPLICATES:
            raise InputError(f"replicates={replicates} is an option of method='bootstrap'; use repeats= of 'cv'.")
        if repeats > 1 and not chance:
            raise InputError(f"repeats={repeats} would repeat the same folds, as given by labels; leave it out.")
        return
    if repeats != 1:
        raise InputError(f"repeats={repeats} is an option of method='cv'; use replicates= of 'bootstrap'.")
    drawn = isinstance(folds, Folds) and (folds.stratify is not None or folds.groups is not None)
    if not drawn and not (np.ndim(folds) == 0 and folds == FOLDS):
        raise InputError(
            f"folds={folds!r} is no option of method='bootstrap', which draws rows; only br.Folds(stratify=...) (rows "
            "are drawn within strata) and br.Folds(groups=...) (whole groups are drawn) are."
        )


def _procedure(fit: Any, fold_strength: str) -> Procedure:
    """Return what led to a fit."""
    per_row = fold_strength == "per_row"
    if fit.chosen is not None:
        return Procedure(fit.chosen.asked, fit.chosen.arguments, per_row)
    if fit.factor is not None:
        return Procedure(model_at(fit.model, fit.factor), None, per_row)
    if fit.model.loss_resolved.is_open:
        raise UnsupportedError(
            "The strengths of this fit were learned by sampling, which validate() does not repeat. Use model.fit() or "
            "model.select(), whose choice of the strength is done again in every fold."
        )
    return Procedure(fit.model, None, per_row)


def _judge(fit: Any) -> Callable[[Judged], pd.Series]:
    resolved = fit.solved
    return lambda judged: pd.Series(measure(judged, resolved.likelihood, resolved.frequency))


def _nested(
    fit: Any,
    procedure: Procedure,
    apparent: Judged,
    judge: Callable[[Judged], pd.Series],
    folds: Any,
    repeats: int,
    seed: int,
    level: float,
    workers: int | None,
    progress: bool,
) -> Validation:
    seeds = [seed] if repeats == 1 else [int(one) for one in np.random.SeedSequence(seed).generate_state(repeats)]
    splits = [make_split(fit.model.design, folds, one) for one in seeds]
    found = cross_fit(procedure, splits, workers=workers, progress=progress)
    values, squares, parts = [], [], []
    for split, fitted in zip(splits, found, strict=True):
        whole = Judged.joined([one.judged[0] for one in fitted])
        parts.append(whole)
        values.append(judge(whole))
        without = pd.DataFrame([judge(whole.take(split.codes != fold)) for fold in range(len(split.names))])
        count = len(split.names)
        squares.append((count - 1) / count * ((without - without.mean()) ** 2).sum(skipna=False))
    corrected = pd.DataFrame(values).mean(skipna=False)
    se = np.sqrt(pd.DataFrame(squares).mean(skipna=False))
    predictions = pd.concat(
        [_predictions(fit, part, k + 1, split) for k, (part, split) in enumerate(zip(parts, splits, strict=True))],
        ignore_index=True,
    )
    text = splits[0].text if repeats == 1 else f"{repeats} times {len(splits[0].names)} folds, seed {seed}"
    everyone = [one for fitted in found for one in fitted]
    edges = _edges(parts[0])
    table = np.mean([groups_of(part, edges) for part in parts], axis=0)
    return Validation(
        fit=fit,
        method="cv",
        frame=_frame(judge(apparent), corrected, se, level),
        predictions=predictions,
        calibration=_calibration(table, level),
        strengths=_strengths(everyone, "fold"),
        inclusion=_inclusion(everyone),
        how=(f"{text}; everything is learned and chosen again in each, and measures are of all rows left out.",),
    )


def _optimism(
    fit: Any, found: list[Learned], apparent: Judged, judge: Callable[[Judged], pd.Series], level: float, seed: int
) -> Validation:
    own = pd.DataFrame([judge(one.judged[0]) for one in found])
    whole = pd.DataFrame([judge(one.judged[1]) for one in found])
    optimism, count = (own - whole).mean(), len(found)
    value = judge(apparent)
    edges = _edges(apparent)
    flattered = [groups_of(one.judged[0], edges) - groups_of(one.judged[1], edges) for one in found]
    table = groups_of(apparent, edges)
    lost = np.array([each[:, 1] - each[:, 0] for each in flattered])
    table[:, 1] -= np.where(np.isfinite(lost), lost, 0.0).mean(axis=0)
    spread = own.std()
    fitted = ["calibration_intercept", "calibration_slope"]
    spread[fitted] = whole.std()[fitted]
    missing = int((own - whole).isna().any(axis=1).sum())
    noise = float(((own - whole)["deviance"]).std() / np.sqrt(count))
    how = [
        f"{count} replicates, seed {seed}; everything is learned and chosen again in each.",
        f"Monte Carlo error of the corrected deviance: {noise:.2g}.",
    ]
    if missing:
        how.append(f"{missing} replicate(s) lack a measure (such as the slope of a constant) and are left out of it.")
    return Validation(
        fit=fit,
        method="bootstrap",
        frame=_frame(value, value - optimism, spread, level),
        predictions=_predictions(fit, apparent, 1, None),
        calibration=_calibration(table, level),
        strengths=_strengths(found, "replicate"),
        inclusion=_inclusion(found),
        how=tuple(how),
    )


def _frame(apparent: pd.Series, corrected: pd.Series, se: pd.Series, level: float) -> pd.DataFrame:
    half = float(ndtri(0.5 * (1.0 + level))) * se
    columns = {"apparent": apparent, "optimism": apparent - corrected, "corrected": corrected, "se": se}
    frame = pd.DataFrame({**columns, "lower": corrected - half, "upper": corrected + half}).loc[apparent.index]
    return frame.rename_axis("measure")


def _edges(apparent: Judged) -> np.ndarray:
    """Return limits of groups of about as many rows each, by their predictions."""
    inner = np.unique(np.quantile(apparent.mean, np.arange(1, GROUPS) / GROUPS))
    return np.concatenate([[-np.inf], inner, [np.inf]])


def _calibration(table: np.ndarray, level: float) -> pd.DataFrame:
    table = table[np.isfinite(table[:, 0])]
    half = float(ndtri(0.5 * (1.0 + level))) * table[:, 3]
    columns = {"predicted": table[:, 0], "observed": table[:, 1]}
    limits = {"lower": table[:, 1] - half, "upper": table[:, 1] + half, "weight": table[:, 2]}
    return pd.DataFrame({**columns, **limits})


def _predictions(fit: Any, judged: Judged, repeat: int, split: Any) -> pd.DataFrame:
    fold = "" if split is None else [split.names[code] for code in split.codes[judged.rows]]
    return pd.DataFrame(
        {
            "repeat": repeat,
            "fold": fold,
            "row": np.asarray(fit.model.design.index)[judged.rows],
            "response": judged.y,
            "mean": judged.mean,
            "link": judged.eta,
            "weight": judged.weights,
        }
    )


def _strengths(found: list[Learned], name: str) -> pd.DataFrame:
    return pd.DataFrame([one.facts for one in found], index=pd.RangeIndex(1, len(found) + 1, name=name))


def _inclusion(found: list[Learned]) -> pd.Series:
    counts = pd.Series([name for one in found for name in one.active], dtype=object).value_counts(sort=False)
    return (counts / len(found)).rename("share").rename_axis("coefficient")
