"""Posterior means and bands over a range of strengths."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from numbers import Real
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level
from bayesreg.errors import InputError
from bayesreg.posterior.bands import Bands
from bayesreg.posterior.psis import KHAT_LIMIT
from bayesreg.results.diagnostics import RHAT_LIMIT
from bayesreg.results.path_fit import PathFit


@final
@dataclass(frozen=True, eq=False, repr=False)
class PosteriorPath:
    """Posterior means and central bands at decreasing strengths.

    Attributes
    ----------
    model : Model
    lams : ndarray (K,)
        Strengths in loss units, decreasing; several blocks: common multipliers of theirs.
    bands : Bands
        What is known of the posteriors: exact marginals, or weighted draws.
    least : float
        The effective number of draws that every strength should have.
    why : str
        How the posteriors were found, as a sentence.

    Examples
    --------
    >>> import bayesreg as br
    >>> path = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2()).path_posterior(n_lams=5)
    >>> path.params.shape, bool((path.lower < path.params).all(axis=None))
    ((5, 4), True)
    """

    model: Any
    lams: np.ndarray
    bands: Bands
    least: float
    why: str

    @cached_property
    def params(self) -> pd.DataFrame:
        """Posterior means, a row a strength."""
        return self._frame(self.bands.mean)

    @cached_property
    def sd(self) -> pd.DataFrame:
        """Posterior standard deviations, a row a strength."""
        return self._frame(self.bands.sd)

    @cached_property
    def lower(self) -> pd.DataFrame:
        """Lower ends of the central 95 % intervals, a row a strength."""
        return self.quantile(0.025)

    @cached_property
    def upper(self) -> pd.DataFrame:
        """Upper ends of the central 95 % intervals, a row a strength."""
        return self.quantile(0.975)

    def quantile(self, prob: float) -> pd.DataFrame:
        """Return posterior quantiles, a row a strength.

        Parameters
        ----------
        prob : float
            Strictly between 0 and 1.

        Raises
        ------
        InputError
            If it is not a probability.
        """
        if not (isinstance(prob, Real) and not isinstance(prob, bool) and 0.0 < float(prob) < 1.0):
            raise InputError(f"prob={prob!r} is not a probability; it must lie between 0 and 1, e.g. 0.5.")
        return self._frame(self.bands.quantile(float(prob)))

    def band(self, level: float = 0.95) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return lower and upper ends of central intervals of another level, a row a strength each.

        Raises
        ------
        InputError
            If the level is not a probability.
        """
        tail = 0.5 * (1.0 - check_level(level))
        return self.quantile(tail), self.quantile(1.0 - tail)

    @property
    def ess(self) -> pd.Series:
        """Effective number of draws at each strength, autocorrelation counted; infinite where nothing is drawn."""
        return self._series(self.bands.ess, "ess")

    @property
    def khat(self) -> pd.Series:
        """Shape of the Pareto tail of the weights at each strength: trusted up to 0.7, bounded weights below 0."""
        return self._series(self.bands.khat, "khat")

    @property
    def ok(self) -> pd.Series:
        """Whether the weighted draws of each strength can be trusted."""
        return self._series((self.bands.khat <= KHAT_LIMIT) & (self.bands.ess >= self.least), "ok")

    @property
    def log_evidence(self) -> pd.Series:
        """``log p(y | lam)`` less its largest value here; nan where the prior is no distribution.

        Its differences are log Bayes factors between strengths: exact, or by bridge sampling between the runs.
        """
        values = self.bands.log_evidence
        return self._series(values - np.max(values), "log_evidence")

    @property
    def anchors(self) -> pd.DataFrame:
        """The runs, a row each by strength: engine, seed, draws, ess, rhat, divergent; empty where none was needed."""
        rows = [asdict(one) for one in self.bands.anchors]
        names = ["engine", "seed", "draws", "ess", "rhat", "divergent"]
        at = pd.Index(self.lams[[row["place"] for row in rows]] if rows else np.empty(0), name="lam")
        return pd.DataFrame(rows, columns=["place", *names]).drop(columns="place").set_axis(at)

    @cached_property
    def modes(self) -> PathFit:
        """The modes at the same strengths, certified."""
        found: PathFit = self.model.path(lams=self.lams)
        return found

    @property
    def status(self) -> str:
        """A sentence on whether the bands can be trusted, and what to do where they can not."""
        if not self.bands.anchors:
            return f"All {self.lams.size} posteriors are exact: nothing is drawn."
        runs, ok = self.bands.anchors, self.ok
        tails = f"k-hat at most {self.khat.max():.2f}, effective sample size at least {self.ess.min():.0f}"
        text = f"{self.lams.size} strengths from {len(runs)} runs: {tails}."
        if not ok.all():
            bad = ok.index[~ok]
            where = f"at lam {bad[0]:.4g}" if len(bad) == 1 else f"from lam {bad[0]:.4g} to {bad[-1]:.4g}"
            text = (
                f"CHECK: {len(bad)} of {text} Draws do not suffice {where}. Allow more anchors=, take more draws=, "
                "or a narrower range, lams=."
            )
        rhat, divergent = max(one.rhat for one in runs), sum(one.divergent for one in runs)
        if rhat > RHAT_LIMIT or divergent:
            text += (
                f" CHECK: of the runs R-hat is at most {rhat:.3f}, with {divergent} divergent draws. Take more tune=."
            )
        return text

    def plot(self) -> Any:
        """Return a figure: the bands above the modes, coefficient by coefficient."""
        from bayesreg.plots.bands import coefficient_bands

        return coefficient_bands(self)

    def _frame(self, rows: np.ndarray) -> pd.DataFrame:
        names = list(self.model.resolved.coefficients)
        return pd.DataFrame(rows.copy(), index=pd.Index(self.lams, name="lam"), columns=names, copy=False)

    def _series(self, values: Any, name: str) -> pd.Series:
        return pd.Series(values, index=pd.Index(self.lams, name="lam"), name=name)

    def __repr__(self) -> str:
        span = f"{self.lams.size} strengths from {self.lams[0]:.4g} to {self.lams[-1]:.4g}"
        return f"PosteriorPath({self.model.formula!r}, {span}; {self.why} {self.status})"
