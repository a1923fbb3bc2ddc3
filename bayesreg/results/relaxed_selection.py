"""A strength and a blend with a second stage, chosen together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_name
from bayesreg.errors import InputError
from bayesreg.penalties.validation import check_flag
from bayesreg.results.path_fit import fit_path, strengths_of
from bayesreg.results.relaxed import RelaxedFit
from bayesreg.results.selection import RULES
from bayesreg.results.summary import Summary
from bayesreg.select.folds import make_split
from bayesreg.select.relaxation import cross_validate_blends
from bayesreg.select.remade import model_at
from bayesreg.select.scores import make_score
from bayesreg.select.second import check_second, selecting_sources


@final
@dataclass(frozen=True, eq=False, repr=False)
class RelaxedSelection:
    """A chosen strength of the first stage and weight of it in the blend.

    Attributes
    ----------
    asked : Model
    second : L2 or None
        The penalty of the second stage.
    rule, measure : str
    sign : float
        1 where less of the measure is better, -1 where more is.
    gammas : ndarray (g,)
        Weights of the first stage, increasing.
    lams : ndarray (k,)
        Strengths in loss units, decreasing; several blocks: common multipliers of theirs.
    mean, se : ndarray (g, k)
        The measure; nan where the second stage has no finite optimum in a fold.
    place : tuple of int
        Which gamma and which strength were chosen.
    base : float
        The loss-unit strength that the asked model's own strengths stand for.
    how : tuple of str
        Sentences on how it was done.
    """

    asked: Any
    second: Any
    rule: str
    measure: str
    sign: float
    gammas: np.ndarray
    lams: np.ndarray
    mean: np.ndarray
    se: np.ndarray
    place: tuple[int, int]
    base: float
    how: tuple[str, ...]

    @property
    def gamma(self) -> float:
        """The chosen weight of the first stage."""
        return float(self.gammas[self.place[0]])

    @property
    def lam(self) -> float:
        """The chosen strength in loss units; several blocks: the common multiplier of theirs."""
        return float(self.lams[self.place[1]])

    @cached_property
    def curve(self) -> pd.DataFrame:
        """A row a blend: gamma, lam, mean, se, nonzero (slopes of the path on all rows)."""
        path = fit_path(self.asked, n_lams=None, ratio=None, lams=self.lams)
        count = (path.params.drop(columns="Intercept", errors="ignore") != 0.0).sum(axis=1).to_numpy()
        g, k = self.mean.shape
        columns = {"gamma": np.repeat(self.gammas, k), "lam": np.tile(self.lams, g)}
        return pd.DataFrame({**columns, "mean": self.mean.ravel(), "se": self.se.ravel(), "nonzero": np.tile(count, g)})

    @cached_property
    def model(self) -> Any:
        """The model of the first stage at the chosen strength."""
        return model_at(self.asked, self.lam / self.base)

    @cached_property
    def fit(self) -> RelaxedFit:
        """Both stages at the chosen strength, blended by the chosen weight."""
        fit: RelaxedFit = self.model.fit().relax(self.gamma, self.second)
        return fit

    def summary(self) -> Summary:
        """Return the best blend of each gamma, the chosen one marked."""
        loss = np.where(np.isfinite(self.mean), self.sign * self.mean, np.inf)
        places = [int(np.argmin(row)) for row in loss]
        places[self.place[0]] = self.place[1]
        k = self.lams.size
        frame = self.curve.iloc[[g * k + at for g, at in enumerate(places)]].copy()
        frame.index = pd.Index(
            ["chosen" if g == self.place[0] else "best of its gamma" for g in range(len(places))], name="blend"
        )
        second = "maximum likelihood" if self.second is None else repr(self.second)
        header = {
            "rule": self.rule,
            "measure": self.measure,
            "lam": f"{self.lam:.6g}",
            "gamma": f"{self.gamma:g}",
            "second stage": second,
        }
        return Summary(f"Strength and second stage of {self.asked.formula}", frame, header, self.how)

    def plot(self) -> Any:
        """Return a figure: the measure over the strengths, a line a gamma, the chosen one marked."""
        from bayesreg.plots.selection import curves_by

        return curves_by(self, "gamma")

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def choose_blend(
    model: Any,
    gammas: Any,
    folds: Any,
    rule: str,
    *,
    second: Any = None,
    lams: Any = None,
    seed: int = 0,
    score: Any = "deviance",
    workers: int | None = None,
    progress: bool = False,
) -> RelaxedSelection:
    """Choose a strength and a blend; see `Model.relax`."""
    check_name("rule", rule, RULES)
    check_flag("progress", progress)
    check_second(second)
    selecting_sources(model)
    weights = _gammas(gammas)
    measure = make_score(score, model.family.likelihood)
    split = make_split(model.design, folds, seed)
    base, t = strengths_of(model, n_lams=None, ratio=None, lams=lams)
    t = np.sort(t)[::-1]
    found = cross_validate_blends(model, split, t, tuple(weights), second, measure, workers=workers, progress=progress)
    mean = np.stack([one.mean for one in found.gammas])
    se = np.stack([one.se for one in found.gammas])
    first = found.gammas[0]
    how = [
        f"Cross-validation: {split.text}; selection and second stage are made again in each, with lam times the fold's "
        "share of the weights.",
        first.describe("modes of the first stage"),
    ]
    if found.missing:
        how.append(
            f"{found.missing} second stages have no unique, finite optimum; strengths with one of them are left out, "
            "but for gamma 1."
        )
    return RelaxedSelection(
        asked=model,
        second=second,
        rule=rule,
        measure=measure.text,
        sign=measure.sign,
        gammas=weights,
        lams=base * t,
        mean=mean,
        se=se,
        place=place_of_blend(measure.sign * mean, se, rule),
        base=base,
        how=tuple(how),
    )


def _gammas(gammas: Any) -> np.ndarray:
    values = list(np.atleast_1d(np.asarray(gammas, dtype=object)))
    good = [isinstance(one, Real) and not isinstance(one, bool) and 0.0 <= float(one) <= 1.0 for one in values]
    if not values or not all(good):
        raise InputError(f"gammas={gammas!r} are not weights of the first stage; give numbers from 0 to 1.")
    return np.unique(np.array(values, dtype=float))


def place_of_blend(loss: np.ndarray, se: np.ndarray, rule: str) -> tuple[int, int]:
    """Return which gamma and strength a rule takes; gammas increase, strengths decrease.

    "min": the least loss, of equal ones the strongest penalty. "1se": of those within one standard error of the least
    the strongest penalty, and of its gammas the largest.

    Examples
    --------
    >>> loss = np.array([[9.0, 3.2, 3.0], [9.0, 3.4, 3.1]])
    >>> place_of_blend(loss, np.full((2, 3), 0.5), "min"), place_of_blend(loss, np.full((2, 3), 0.5), "1se")
    ((0, 2), (1, 1))
    """
    known = np.where(np.isfinite(loss), loss, np.inf)
    bound = known.min() + (se.ravel()[int(np.argmin(known))] if rule == "1se" else 0.0)
    inside = np.argwhere(known <= bound)
    k = inside[:, 1].min()
    return int(inside[inside[:, 1] == k, 0].max()), int(k)
