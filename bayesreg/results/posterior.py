"""The posterior of a model: draws as a DataTree, and exact marginals where they are known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level, check_whole
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.posterior.marginals import Marginals
from bayesreg.posterior.sampling import Sampled, without_mode
from bayesreg.resolved import Resolved
from bayesreg.results.diagnostics import diagnose, findings
from bayesreg.results.priors import describe_family, describe_penalty, describe_sigma, prior_sentences
from bayesreg.results.rows import linear_predictor, rows_of
from bayesreg.results.strengths import describe_strengths
from bayesreg.results.summary import Summary

BYTE_LIMIT = 2**30
LESS_TAIL = (
    ", such as br.RegularizedHorseshoe(), whose slab bounds the large effects that a horseshoe leaves free, or a "
    "horseshoe with a number for tau (br.Horseshoe.from_signals)"
)
"""What helps a horseshoe whose draws diverge."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class Posterior:
    """The posterior of the coefficients, and of sigma where it is sampled, under the matching prior.

    Parameters
    ----------
    model : Model
    sampled : Sampled
        What the engine returned.
    resolved : Resolved, optional
        The record that was sampled, where it is not the model's own.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(50.0), dispersion=3000.0)
    >>> post = model.sample(seed=1)
    >>> post.engine, bool(abs(post.params - model.fit().params).max() < 1e-10)
    ('exact', True)
    """

    model: Any
    sampled: Sampled
    resolved: Resolved = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.resolved is None:
            object.__setattr__(self, "resolved", self.model.resolved)

    @property
    def kind(self) -> Literal["posterior"]:
        """Always "posterior"."""
        return "posterior"

    @property
    def tree(self) -> Any:
        """The draws as an xarray DataTree in ArviZ's schema, on the user's scale."""
        return self.sampled.tree

    @property
    def engine(self) -> str:
        """The engine that made the draws."""
        return self.sampled.engine

    @property
    def why(self) -> str:
        """Why this engine."""
        return self.sampled.why

    @property
    def mode(self) -> Any:
        """The mode of the same model, a `MapFit`; learned strengths are at their posterior medians.

        Raises
        ------
        UnsupportedError
            If the posterior density has no maximum.
        """
        from bayesreg.results.map_fit import MapFit

        if self.sampled.mode is None:
            raise UnsupportedError(without_mode(self.resolved))
        return MapFit(self.model, self.sampled.at, self.sampled.mode)

    @property
    def params(self) -> pd.Series:
        """Posterior means (q,): exact where the marginals are known, else means of the draws."""
        return pd.Series(self._table["mean"].to_numpy(), index=self.resolved.index, name="mean")

    @property
    def status(self) -> str:
        """A sentence on whether the draws can be trusted."""
        horseshoe = any(type(block.law).__name__ == "Horseshoe" for block in self.resolved.blocks)
        return findings(self.engine, self._diagnostics, LESS_TAIL if horseshoe else "")

    def interval(self, level: float = 0.95) -> pd.DataFrame:
        """Return central (equal-tailed) credible intervals.

        Parameters
        ----------
        level : float
            Posterior probability of each interval.

        Returns
        -------
        DataFrame
            Columns lower and upper, a row a coefficient.

        Raises
        ------
        InputError
            If the level is not a probability.
        """
        check_level(level)
        tail = 0.5 * (1.0 - level)
        bounds = {"lower": self._quantile(tail), "upper": self._quantile(1.0 - tail)}
        return pd.DataFrame(bounds, index=self.resolved.index)

    def estimates(self, level: float = 0.95) -> pd.DataFrame:
        """Return the rows that a comparison shows: means and central intervals."""
        interval = self.interval(level)
        return pd.DataFrame(
            {
                "term": list(self.resolved.terms),
                "coefficient": list(self.resolved.coefficients),
                "estimate": self.params.to_numpy(),
                "lower": interval["lower"].to_numpy(),
                "upper": interval["upper"].to_numpy(),
                "zero": self.resolved.excluded,
                "method": f"{level:.0%} equal-tailed credible interval",
                "note": "",
            }
        )

    def summary(self, level: float = 0.95) -> Summary:
        """Return means, medians, the mode, intervals, signs and diagnostics.

        Parameters
        ----------
        level : float
            Of the central credible intervals.

        Returns
        -------
        Summary
            Its frame is indexed by coefficient: mean, median, mode, sd, lower, upper, prob_positive, rhat,
            ess_bulk, ess_tail, mcse. Location, spread and sign are exact where the marginals are known
            (engine exact); rhat, ess and mcse are those of the draws. The mode is nan where there is none. Notes
            below the table give each learned strength with its interval.
        """
        interval, table, mode = self.interval(level), self._table, self.sampled.mode
        frame = pd.DataFrame(
            {
                "mean": table["mean"],
                "median": self._quantile(0.5),
                "mode": np.nan if mode is None else mode.beta,
                "sd": table["sd"],
                "lower": interval["lower"].to_numpy(),
                "upper": interval["upper"].to_numpy(),
                "prob_positive": table["prob_positive"],
            },
            index=self.resolved.index,
        )
        frame = frame.join(self._diagnostics.drop(index="sigma", errors="ignore"))
        header = {
            "n": f"{self.model.design.n}",
            "family": describe_family(self.model),
            "penalty": describe_penalty(self.resolved),
            "draws": "{} chains x {}".format(*self._draws.shape[:2]),
            "interval": f"{level:.0%} equal-tailed",
        }
        if self.resolved.likelihood.has_dispersion:
            name = "sigma" if self.resolved.sigma_prior is None else "prior of sigma"
            header[name] = describe_sigma(self.resolved)
        strengths = describe_strengths(self.tree, self.resolved, level)
        notes = (*prior_sentences(self.resolved), *strengths, f"{self.why}. {self.status}")
        return Summary(f"Posterior of {self.model.formula}", frame, header, notes)

    def predict(
        self,
        data: Any = None,
        kind: Literal["mean", "response", "link"] = "mean",
        draws: bool = False,
        *,
        level: float = 0.95,
        offset: Any = None,
        seed: int = 0,
    ) -> pd.DataFrame | np.ndarray:
        """Return posterior predictions.

        Parameters
        ----------
        data : DataFrame or what `Model` accepts, optional
            New rows; default the rows of the fit. A row with a missing value gives nan.
        kind : {"mean", "response", "link"}
            The mean of the response, a new response (weight 1), or the linear predictor.
        draws : bool
            Return every draw (chains, draws, rows) instead of a frame.
        level : float
            Of the central intervals in the frame.
        offset : array, optional
            The offset of the new rows, where the model's was an array.
        seed : int
            For ``kind="response"``.

        Returns
        -------
        DataFrame
            mean, sd, lower, upper; a row each.

        Raises
        ------
        InputError
            If the kind is not known, or the draws would take more than 1 GiB.
        """
        check_level(level)
        if kind not in ("mean", "response", "link"):
            raise InputError(f"kind={kind!r} is not known; allowed: 'mean', 'response', 'link'.")
        check_whole("seed", seed, 0)
        X, shift, index = rows_of(self.model, data, offset)
        beta = self._draws
        size = 8 * beta.shape[0] * beta.shape[1] * X.shape[0]
        if size > BYTE_LIMIT:
            raise InputError(
                f"{X.shape[0]} rows with {beta.shape[0] * beta.shape[1]} draws take {size / 2**30:.1f} GiB, "
                "above the limit of 1 GiB. Predict fewer rows at a time."
            )
        values = linear_predictor(X, shift, beta)
        if kind != "link":
            values = self.model.family.likelihood.mean(values)
        if kind == "response":
            values = self._respond(values, np.random.default_rng(seed))
        if draws:
            return values
        tail = 0.5 * (1.0 - level)
        flat = values.reshape(beta.shape[0] * beta.shape[1], X.shape[0])
        lower, upper = np.quantile(flat, [tail, 1.0 - tail], axis=0)
        return pd.DataFrame(
            {"mean": flat.mean(0), "sd": flat.std(0, ddof=min(1, len(flat) - 1)), "lower": lower, "upper": upper},
            index=index,
        )

    def _respond(self, mean: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        missing = np.isnan(mean)
        draws = self.model.family.likelihood.draw(np.where(missing, 0.5, mean), self._sigma[..., None] ** 2, rng)
        return np.where(missing, np.nan, draws)

    @cached_property
    def _draws(self) -> np.ndarray:
        """Every coefficient's draws (chains, draws, q), zeros where it is excluded."""
        kept = np.asarray(self.tree["posterior"]["beta"])
        if not self.resolved.excluded.any():
            return kept
        full = np.zeros((*kept.shape[:2], len(self.resolved.coefficients)))
        full[..., ~self.resolved.excluded] = kept
        return full

    @property
    def _sigma(self) -> np.ndarray:
        posterior = self.tree["posterior"]
        fixed = np.full(self._draws.shape[:2], np.sqrt(self.resolved.phi))
        return np.asarray(posterior["sigma"]) if "sigma" in posterior else fixed

    @property
    def _marginals(self) -> Marginals | None:
        return None if self.sampled.exact is None else self.sampled.exact.marginals

    @cached_property
    def _table(self) -> pd.DataFrame:
        exact, draws = self._marginals, self._draws.reshape(-1, self._draws.shape[-1])
        if exact is None:
            values = {
                "mean": draws.mean(0),
                "sd": draws.std(0, ddof=min(1, len(draws) - 1)),
                "prob_positive": (draws > 0.0).mean(0),
            }
        else:
            values = {"mean": exact.expectation, "sd": exact.deviation, "prob_positive": exact.prob_positive()}
        return pd.DataFrame(values, index=self.resolved.index)

    def _quantile(self, prob: float) -> np.ndarray:
        if self._marginals is not None:
            return self._marginals.quantile(prob)
        return np.quantile(self._draws.reshape(-1, self._draws.shape[-1]), prob, axis=0)

    @cached_property
    def _diagnostics(self) -> pd.DataFrame:
        return diagnose(self.tree)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()
