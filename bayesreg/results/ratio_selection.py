"""A strength and a share of absolute values, chosen together by cross-validation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any, final

import numpy as np
import pandas as pd

from bayesreg.errors import InputError
from bayesreg.results.map_fit import MapFit
from bayesreg.results.selection import Selection
from bayesreg.results.summary import Summary
from bayesreg.select.remade import has_share

if TYPE_CHECKING:
    from bayesreg.results.validation import Validation


@final
@dataclass(frozen=True, eq=False, repr=False)
class RatioSelection:
    """The strengths of a model for several shares ``l1_ratio`` of absolute values, on the same folds.

    The share is that of the best mean over all; the strength follows the rule among those of this share, so that
    "1se" never takes a weaker penalty than the best.

    Attributes
    ----------
    asked : Model
        The model whose strength and share were to be chosen.
    ratios : ndarray (r,)
        The shares, increasing.
    selections : tuple of Selection (r,)
        The choice of the strength for each.
    arguments : dict
        Those of `Model.select` that they were chosen with.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5 + age", br.datasets.diabetes(), penalty=br.ElasticNet())
    >>> found = model.select(l1_ratios=[0.1, 0.5, 0.9])
    >>> found.model.penalty.l1_ratio == found.l1_ratio
    True
    """

    asked: Any
    ratios: np.ndarray
    selections: tuple[Selection, ...]
    arguments: dict[str, Any]

    @property
    def place(self) -> int:
        """Which share was chosen: that of the best mean, of equal ones the largest."""
        best = np.array([one.sign * one.mean[one.best] for one in self.selections])
        return int(np.flatnonzero(best == best.min())[-1])

    @property
    def selection(self) -> Selection:
        """The choice of the strength at the chosen share."""
        return self.selections[self.place]

    @property
    def l1_ratio(self) -> float:
        """The chosen share."""
        return float(self.ratios[self.place])

    @property
    def lam(self) -> float:
        """The chosen strength in loss units; several blocks: the common multiplier of theirs."""
        return self.selection.lam

    @property
    def by(self) -> str:
        """The way of choosing, "cv"."""
        return self.selection.by

    @property
    def rule(self) -> str:
        """The rule among the strengths."""
        return self.selection.rule

    @property
    def measure(self) -> str:
        """What the curves are of."""
        return self.selection.measure

    @cached_property
    def curve(self) -> pd.DataFrame:
        """The measure, a row a pair: l1_ratio, lam, mean, se, edf (of the fit to all rows)."""
        pairs = zip(self.ratios, self.selections, strict=True)
        parts = [one.curve.assign(l1_ratio=ratio)[["l1_ratio", *one.curve.columns]] for ratio, one in pairs]
        return pd.concat(parts, ignore_index=True)

    @property
    def model(self) -> Any:
        """The model at the chosen share and strength."""
        return self.selection.model

    @cached_property
    def fit(self) -> MapFit:
        """The mode of `model`, certified; it remembers this choice as `MapFit.chosen`."""
        return replace(self.selection.fit, chosen=self)

    def describe(self) -> str:
        """Return the choice as a phrase."""
        return f"l1_ratio = {self.l1_ratio:g}, {self.selection.describe()}"

    def validate(self, method: str = "cv", **options: Any) -> Validation:
        """Return the honest performance of the procedure, the choice of both numbers included: `MapFit.validate`."""
        return self.fit.validate(method, **options)

    def plot(self) -> Any:
        """Return a figure: the measure over the strengths, a line a share, the chosen pair marked."""
        from bayesreg.plots.selection import curves_by

        return curves_by(self, "l1_ratio")

    def summary(self) -> Summary:
        """Return the strength that the rule takes for each share, the chosen one marked."""
        inner = self.selection.summary()
        frame = pd.concat(
            [
                one.curve.iloc[[one.place]].assign(l1_ratio=ratio)
                for ratio, one in zip(self.ratios, self.selections, strict=True)
            ]
        )
        frame = frame[["l1_ratio", "lam", "mean", "se", "edf"]]
        names = ["chosen" if at == self.place else "of its share" for at in range(self.ratios.size)]
        frame.index = pd.Index(names, name="strength")
        edge = 0 < self.place < self.ratios.size - 1 or self.l1_ratio in (0.0, 1.0) or self.ratios.size == 1
        note = () if edge else ("The chosen share is at an end of l1_ratios=: others may be better still.",)
        header = {"l1_ratio": f"{self.l1_ratio:g}", **inner.header}
        return Summary(f"Strength and share of {self.asked.formula}", frame, header, (*inner.notes, *note))

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def check_shares(model: Any, ratios: Any) -> np.ndarray:
    """Return the shares to choose from (r,), increasing.

    Raises
    ------
    InputError
        If they are not numbers > 0 and <= 1, or no penalty of the model has a share.
    """
    if not any(has_share(block.penalty) for block in model.loss_resolved.blocks):
        raise InputError(
            f"l1_ratios={ratios!r} are shares of absolute values, and no penalty of {model!r} has one. Use "
            "br.ElasticNet() or br.SparseGroupLasso()."
        )
    values = list(np.atleast_1d(np.asarray(ratios, dtype=object)))
    good = [isinstance(one, Real) and not isinstance(one, bool) and 0.0 < float(one) <= 1.0 for one in values]
    if not values or not all(good):
        raise InputError(f"l1_ratios={ratios!r} are not shares to choose from; give numbers above 0 and at most 1.")
    return np.unique(np.array(values, dtype=float))
