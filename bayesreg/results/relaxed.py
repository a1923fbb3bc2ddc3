"""A second stage on what a penalty selected, blended with the first."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, final

import pandas as pd

from bayesreg.errors import InputError
from bayesreg.objective import LogJoint
from bayesreg.results.map_fit import MapFit
from bayesreg.results.priors import prior_sentences
from bayesreg.results.rows import predict_mean
from bayesreg.results.summary import Summary
from bayesreg.select.remade import model_at
from bayesreg.select.second import check_second, fit_second, second_model


@final
@dataclass(frozen=True, eq=False, repr=False)
class RelaxedFit:
    """Coefficients between those of a penalty that selects and those of a second stage.

    Linear predictors, and so coefficients, are ``gamma first + (1 - gamma) second``.

    Attributes
    ----------
    first, second : MapFit
        The second stage has zeros where the first has them.
    gamma : float
    law : L2 or None
        The penalty of the second stage as it was given; None: none.

    References
    ----------
    Meinshausen (2007), Relaxed lasso. Hastie, Tibshirani and Tibshirani (2020), Best subset, forward stepwise or lasso?

    Examples
    --------
    >>> import bayesreg as br
    >>> first = br.Model("target ~ bmi + bp + s5 + age", br.datasets.diabetes(), penalty=br.L1(3000.0)).fit()
    >>> relaxed = first.relax(0.5)
    >>> round(relaxed.edf, 2), relaxed.active.tolist()
    (4.0, ['bmi', 'bp', 's5'])
    """

    first: MapFit
    second: MapFit
    gamma: float
    law: Any = None

    @property
    def model(self) -> Any:
        """The model of the first stage."""
        return self.first.model

    @property
    def params(self) -> pd.Series:
        """Coefficients (q,) on the user's scale, "Intercept" first."""
        both = self.gamma * self.first.mode.beta + (1.0 - self.gamma) * self.second.mode.beta
        return pd.Series(both, index=self.first.solved.index, name="estimate")

    @property
    def active(self) -> pd.Index:
        """Names of the coefficients that the first stage selected, without the intercept."""
        return self.first.active

    @property
    def edf(self) -> float:
        """``gamma edf_first + (1 - gamma) edf_second``: the divergence of the fit where the selection stays."""
        return self.gamma * self.first.edf + (1.0 - self.gamma) * self.second.edf

    @property
    def deviance(self) -> float:
        """The unscaled deviance (Gaussian: the residual sum of squares)."""
        return 2.0 * LogJoint(self.first.model.design, self.first.solved).loss(self.params.to_numpy())

    def predict(self, data: Any = None, kind: Literal["mean", "link"] = "mean", *, offset: Any = None) -> pd.Series:
        """Return predictions, as `MapFit.predict` does."""
        return predict_mean(self.first.model, self.params.to_numpy(), data, kind, offset)

    def summary(self) -> Summary:
        """Return the coefficients of both stages and their blend, with the prior of each stage in words."""
        frame = pd.DataFrame(
            {"estimate": self.params, "first": self.first.params, "second": self.second.params},
            index=self.first.solved.index,
        )
        chosen = self.second.chosen
        law = "no penalty on what was selected" if self.law is None else f"{self.law!r} on what was selected"
        header = {
            "gamma": f"{self.gamma:g} (1: the first stage alone, 0: the second)",
            "selected": f"{len(self.active)} of {self.first.model.design.X.shape[1]}",
            "second stage": chosen.describe() if chosen is not None else law,
            "edf": f"{self.edf:.2f}",
        }
        notes = (
            *(f"First stage: {one}" for one in prior_sentences(self.first.resolved)),
            f"First stage: {self.first.status}",
            f"Second stage: {self.second.status}",
            "No standard errors are shown: those of the second stage take the selection for granted.",
        )
        return Summary(f"Relaxed fit of {self.first.model.formula}", frame, header, notes)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def relax(fit: MapFit, gamma: float, second: Any) -> RelaxedFit:
    """Return a fit with its second stage; see `MapFit.relax`."""
    if not isinstance(gamma, Real) or isinstance(gamma, bool) or not 0.0 <= gamma <= 1.0:
        raise InputError(f"gamma={gamma!r} is not a weight of the first stage; it must lie between 0 and 1.")
    check_second(second)
    model = fit.model if fit.factor is None else model_at(fit.model, fit.factor)
    stage = second_model(model, fit.mode.beta != 0.0, second)
    return RelaxedFit(fit, fit_second(stage), float(gamma), second)
