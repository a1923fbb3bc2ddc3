"""The classical fit of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
import pandas as pd

from bayesreg.errors import InputError
from bayesreg.frequentist import MleRecord
from bayesreg.results.priors import describe_family
from bayesreg.results.summary import Summary


@final
@dataclass(frozen=True, eq=False, repr=False)
class MleFit:
    """The maximum likelihood fit of a model: what there is without a prior.

    Parameters
    ----------
    model : Model
        What was fitted: ``design``, ``family``, ``formula``.
    record : MleRecord
        The numbers.

    Examples
    --------
    >>> import bayesreg as br
    >>> fit = br.Model("target ~ bmi + bp", br.datasets.diabetes()).mle()
    >>> fit.params.round(2).to_dict()
    {'Intercept': -203.62, 'bmi': 8.52, 'bp': 1.38}
    >>> fit.conf_int(level=0.9).round(2).loc["bmi"].tolist()
    [7.36, 9.68]
    """

    model: Any
    record: MleRecord

    @property
    def kind(self) -> Literal["mle"]:
        """Always "mle"."""
        return "mle"

    @property
    def params(self) -> pd.Series:
        """Estimates (q,) on the user's scale, "Intercept" first."""
        return self._series(self.record.params, "estimate")

    @property
    def bse(self) -> pd.Series:
        """Standard errors (q,) under ``cov_type``."""
        return self._series(np.sqrt(np.diag(self.record.cov)), "std_error")

    @property
    def cov(self) -> pd.DataFrame:
        """Covariance (q, q) of the estimates under ``cov_type``."""
        return pd.DataFrame(self.record.cov, index=list(self.record.names), columns=list(self.record.names))

    @property
    def statsmodels(self) -> Any:
        """The results object of statsmodels, with everything that it offers."""
        return self.record.results

    @property
    def cov_type(self) -> str:
        """Which covariance: nonrobust, HC0 to HC3, cluster."""
        return self.record.cov_type

    @property
    def df_resid(self) -> float:
        """Observations less coefficients."""
        return self.record.df_resid

    @property
    def dispersion(self) -> float:
        """The unbiased estimate of sigma^2, or 1 for families without a dispersion."""
        return self.record.dispersion

    @property
    def log_likelihood(self) -> float:
        """The log likelihood at its maximum, in nats."""
        return self.record.log_likelihood

    @property
    def method(self) -> str:
        """How intervals are made, as in ``estimates``."""
        return f"Wald, {self.record.law}, {self.record.cov_type} covariance"

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Return Wald intervals.

        Parameters
        ----------
        level : float
            Between 0 and 1.

        Returns
        -------
        pandas.DataFrame (q, 2)
            Columns lower, upper; indexed by coefficient.

        Raises
        ------
        InputError
            If ``level`` is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise InputError(f"level={level!r} is not a coverage; it must be between 0 and 1, such as 0.95.")
        limits = np.asarray(self.statsmodels.conf_int(alpha=1.0 - level))
        return pd.DataFrame(limits, index=self.params.index, columns=["lower", "upper"])

    def estimates(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a coefficient, as comparisons use it.

        Parameters
        ----------
        level : float
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        pandas.DataFrame
            Columns term, coefficient, estimate, lower, upper, zero, method, note; index 0 .. q-1.
        """
        design = self.model.design
        limits = self.conf_int(level)
        return pd.DataFrame(
            {
                "term": (["Intercept"] if design.intercept else []) + list(design.terms),
                "coefficient": list(self.record.names),
                "estimate": self.record.params,
                "lower": limits["lower"].to_numpy(),
                "upper": limits["upper"].to_numpy(),
                "zero": self.record.params == 0.0,
                "method": self.method,
                "note": "",
            }
        )

    def predict(self, data: Any = None, kind: Literal["mean", "link"] = "mean", *, offset: Any = None) -> pd.Series:
        """Return predictions for new rows, or for those of the fit.

        Parameters
        ----------
        data : table, optional
            New rows, in any form that the model accepts; None: the rows of the fit.
        kind : {"mean", "link"}
            The mean of the response, or the linear predictor.
        offset : array-like, optional
            Offset of the new rows, where the model was built with an array.

        Returns
        -------
        pandas.Series
            One value a row, NaN where a value is missing.

        Raises
        ------
        InputError
            If ``kind`` is not known, or an offset is given without data.
        DataError
            If the new data do not fit the model.
        """
        if kind not in ("mean", "link"):
            raise InputError(f"kind={kind!r} is not known; allowed: 'mean', 'link'.")
        if data is None and offset is not None:
            raise InputError("offset= belongs to new rows; give them as data=, or leave it out.")
        design = self.model.design
        rows = design if data is None else design.spec.rows(data, offset=offset)
        start = int(design.intercept)
        eta = rows.X @ self.record.params[start:] + self.record.params[:start].sum()
        if rows.offset is not None:
            eta = eta + rows.offset
        value = eta if kind == "link" else self.model.family.likelihood.mean(eta)
        return pd.Series(value, index=rows.index, name=kind)

    def summary(self, level: float = 0.95) -> Summary:
        """Return a table of the estimates that prints.

        Parameters
        ----------
        level : float
            Coverage of the intervals.

        Returns
        -------
        Summary
        """
        limits = self.conf_int(level)
        frame = pd.DataFrame(
            {
                "estimate": self.params,
                "std_error": self.bse,
                "lower": limits["lower"],
                "upper": limits["upper"],
                "p_value": np.asarray(self.statsmodels.pvalues),
            }
        )
        family = self.model.family
        header = {
            "formula": str(self.model.formula),
            "family": describe_family(self.model),
            "n": str(self.model.design.n),
            "dispersion": f"{self.dispersion:.6g}" if family.likelihood.has_dispersion else "",
            "log-likelihood": f"{self.log_likelihood:.6g}",
        }
        notes = (f"{100 * level:g} % intervals: {self.method}.", *self.record.notes)
        return Summary("Maximum likelihood", frame.rename_axis("coefficient"), header, notes)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()

    def _series(self, values: np.ndarray, name: str) -> pd.Series:
        return pd.Series(values, index=pd.Index(self.record.names, name="coefficient"), name=name)
