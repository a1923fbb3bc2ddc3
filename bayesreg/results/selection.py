"""A strength that was chosen, with what it was chosen by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import numpy as np
import pandas as pd

from bayesreg.errors import InputError
from bayesreg.results.map_fit import MapFit
from bayesreg.results.priors import describe_penalty, prior_sentences, scale_by_strength
from bayesreg.results.summary import Summary
from bayesreg.select.remade import model_at

if TYPE_CHECKING:
    from bayesreg.results.inflation import Inflation
    from bayesreg.results.validation import Validation

RULES = ("min", "1se")
MEASURES = {
    "loo": "mean squared error without each row, exact",
    "gcv": "generalised cross-validation",
    "aic": "AIC",
    "aicc": "AICc",
    "bic": "BIC",
    "ebic": "EBIC",
    "evidence": "log evidence",
}
"""What the curve of a criterion is."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """A chosen strength, its curve, and the model and the fit at it.

    Attributes
    ----------
    asked : Model
        The model whose strength was to be chosen.
    by, rule : str
    measure : str
        What ``mean`` is.
    sign : float
        1 where less of it is better, -1 where more is.
    lams : ndarray (k,)
        Strengths in loss units, decreasing; several blocks: common multipliers of theirs.
    mean, se : ndarray (k,)
        The measure at each strength and its standard error; nan where it has none.
    place : int
        Which of them was chosen.
    base : float
        The loss-unit strength that the asked model's own strengths stand for.
    scores : ndarray (k, K) or None
        The measure of each fold.
    how : tuple of str
        Sentences on how it was done.
    arguments : dict
        Those of `Model.select` that it was chosen with.

    Examples
    --------
    >>> import bayesreg as br
    >>> chosen = br.Model("target ~ bmi + bp + s5 + age", br.datasets.diabetes(), penalty=br.L1()).select(rule="1se")
    >>> chosen.model.penalty.lam == chosen.lam
    True
    >>> chosen.fit.active.tolist()
    ['bmi', 'bp', 's5']
    """

    asked: Any
    by: str
    rule: str
    measure: str
    sign: float
    lams: np.ndarray
    mean: np.ndarray
    se: np.ndarray
    place: int
    base: float
    scores: np.ndarray | None
    how: tuple[str, ...]
    _edf: Callable[[], np.ndarray]
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def lam(self) -> float:
        """The chosen strength in loss units; several blocks: the common multiplier of theirs."""
        return float(self.lams[self.place])

    @property
    def best(self) -> int:
        """The place of the best value of the measure in `curve`; of equal ones the most regularised."""
        return best_place(self.sign * self.mean)

    @property
    def fold_count(self) -> int:
        """The number of folds; 0 where there were none."""
        return 0 if self.scores is None else self.scores.shape[1]

    @cached_property
    def curve(self) -> pd.DataFrame:
        """The measure over the strengths, a row each: lam, mean, se, edf (of the fit to all rows)."""
        return pd.DataFrame({"lam": self.lams, "mean": self.mean, "se": self.se, "edf": self._edf()})

    @cached_property
    def model(self) -> Any:
        """The model at the chosen strength."""
        return model_at(self.asked, self.lam / self.base)

    @cached_property
    def fit(self) -> MapFit:
        """The mode of `model`, certified; it remembers this choice as `MapFit.chosen`."""
        fit: MapFit = self.model.fit()
        return replace(fit, chosen=self)

    def describe(self) -> str:
        """Return the choice as a phrase."""
        several = "" if self._single else ", one factor for all strengths"
        return f"lam = {self.lam:.6g} by {self.by} ({self.measure}), rule {self.rule}{several}"

    def prior_scale(self) -> tuple[Callable[[np.ndarray], np.ndarray], str]:
        """Return what turns strengths into scales of the prior, and what these are; "" where there is no one scale."""
        return scale_by_strength(self.model)

    def inflation(
        self,
        draws: int = 1000,
        *,
        chains: int = 4,
        tune: int | None = None,
        seed: int | None = None,
        engine: str = "auto",
        workers: int | None = None,
        level: float = 0.95,
    ) -> Inflation:
        """Sample the model at the chosen strength, and with the strength integrated out, and set them side by side.

        Parameters
        ----------
        draws, chains, tune, seed, engine, workers
            Of both posteriors, as in `Model.sample`.
        level : float
            Of the central intervals.

        Raises
        ------
        InputError
            If the model that was asked has no open strength to integrate out.
        """
        from bayesreg.results.inflation import inflation

        if not self.asked.loss_resolved.is_open:
            raise InputError(
                f"The strength of {self.asked!r} is a number, so there is none to integrate out. State the model with "
                "the strength open, e.g. br.L1(), and select() again."
            )
        given, learned = (
            model.sample(draws, chains=chains, tune=tune, seed=seed, engine=engine, workers=workers)
            for model in (self.model, self.asked)
        )
        return replace(inflation(given, learned, level=level), rule=f"{self.describe()}.")

    def validate(self, method: str = "cv", **options: Any) -> Validation:
        """Return the honest performance of the procedure, this choice of the strength included: `MapFit.validate`."""
        return self.fit.validate(method, **options)

    def plot(self) -> Any:
        """Return a figure: the measure over the strengths with its standard error, the prior's units above."""
        from bayesreg.plots.selection import selection_curve

        return selection_curve(self)

    def summary(self) -> Summary:
        """Return the chosen strength with its rule, in both units, beside the best one."""
        places = list(dict.fromkeys([self.best, self.place]))
        names = ["chosen" if at == self.place else "best" for at in places]
        frame = self.curve.iloc[places].set_axis(pd.Index(names, name="strength"))
        frame = frame if np.isfinite(self.se).any() else frame.drop(columns="se")
        header = {
            "by": f"{self.by} ({self.measure})",
            "rule": self.rule,
            "lam": f"{self.lam:.6g} ({'loss units' if self._single else 'times the strengths of all blocks'})",
            "penalty": describe_penalty(self.model.resolved),
        }
        notes = (*prior_sentences(self.model.resolved), *self.how, *self._shared(), *self._edge())
        return Summary(f"Strength of {self.asked.formula}", frame, header, notes)

    @property
    def _single(self) -> bool:
        """Whether one block alone has a strength."""
        blocks = self.asked.loss_resolved.blocks
        return len({block.source for block in blocks if not block.penalty.is_flat}) == 1

    def _shared(self) -> tuple[str, ...]:
        """Say so where several strengths moved together, given ones too."""
        if self._single:
            return ()
        return (
            "All strengths moved by one factor, given ones too. Where all penalties are quadratic, by='evidence' "
            "chooses each open one by itself and leaves given ones.",
        )

    def _edge(self) -> tuple[str, ...]:
        """Say so where the best strength is at an end of the range."""
        if 0 < self.best < self.lams.size - 1 or self.lams.size == 1:
            return ()
        end, more = ("largest", "larger") if self.best == 0 else ("smallest", "smaller")
        return (f"The best strength is the {end} of the range: {more} ones, lams=, may be better still.",)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def best_place(loss: np.ndarray) -> int:
    """Return the place of the least loss, the first of equal ones: strengths decrease.

    Examples
    --------
    >>> best_place(np.array([3.0, 1.0, 1.0]))
    1
    """
    return int(np.nanargmin(loss))


def place_by_rule(loss: np.ndarray, se: np.ndarray, rule: str) -> int:
    """Return the place that a rule chooses among decreasing strengths.

    "min": the least loss. "1se": the strongest penalty whose loss is at most one standard error above the least.

    Examples
    --------
    >>> loss, se = np.array([9.0, 3.5, 3.0, 3.2]), np.full(4, 0.6)
    >>> place_by_rule(loss, se, "min"), place_by_rule(loss, se, "1se")
    (2, 1)
    """
    best = best_place(loss)
    return best if rule == "min" else int(np.flatnonzero(loss <= loss[best] + se[best])[0])
