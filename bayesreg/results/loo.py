"""What `Posterior.loo` returns, and how it is computed: a chunk of rows at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from bayesreg.penalties.validation import check_flag
from bayesreg.posterior.drawn import Drawn, drawn_from
from bayesreg.posterior.pointwise import chunks, log_likelihood
from bayesreg.posterior.psis import khat_limit, smooth
from bayesreg.posterior.sampling import Plan, sample_posterior
from bayesreg.results.summary import Summary


@final
@dataclass(frozen=True, eq=False, repr=False)
class Loo:
    """The expected log density of new rows, each row predicted from the others; made by `Posterior.loo`.

    Attributes
    ----------
    frame : pandas.DataFrame
        A row each, in the order of the fit: ``elpd`` (log predictive density of one copy without it), ``p_loo`` (how
        much better the row is predicted with it), ``khat`` (shape of its importance weights; nan where the number is
        exact), ``copies`` (how often it counts; 0 where its weight is 0), ``method``.
    limit : float
        Above this shape a row's number can not be trusted.
    """

    frame: pd.DataFrame
    limit: float

    @property
    def elpd(self) -> float:
        """The sum over rows, copies counted, in nats; more is better."""
        return float(self._copies @ self.frame["elpd"].to_numpy(dtype=float))

    @property
    def p_loo(self) -> float:
        """The effective number of parameters."""
        return float(self._copies @ self.frame["p_loo"].to_numpy(dtype=float))

    @property
    def se(self) -> float:
        """The standard error of `elpd` over rows drawn anew."""
        return self._error("elpd")

    @property
    def bad(self) -> pd.Index:
        """Labels of the rows whose numbers can not be trusted."""
        return self.frame.index[self.frame["khat"] > self.limit]

    @property
    def status(self) -> str:
        """A sentence on whether the numbers can be trusted, and what to do where not."""
        smoothed = self.frame["khat"].notna()
        if not smoothed.any():
            return "Exact for every row: nothing is approximated."
        count, rows = len(self.bad), int(smoothed.sum())
        worst = float(self.frame["khat"].max())
        if count == 0:
            return f"All {rows} Pareto shapes are at most {worst:.2f}: importance weights can be trusted."
        return (
            f"CHECK: {count} of {rows} Pareto shapes are above {self.limit:.2f}, the largest {worst:.2f}: these rows "
            "are so influential that the posterior with them says little about the one without. Use loo(refit=True), "
            "which samples anew without each of them, or look at the rows in .bad: are they errors, or is the model "
            "too rigid?"
        )

    def summary(self) -> Summary:
        """Return elpd, p_loo and their standard errors as a table."""
        frame = pd.DataFrame(
            {"estimate": [self.elpd, self.p_loo], "se": [self.se, self._error("p_loo")]},
            index=pd.Index(["elpd_loo", "p_loo"], name="quantity"),
        )
        methods = ", ".join(f"{name} ({count})" for name, count in self.frame["method"].value_counts().items())
        return Summary("Leave-one-out", frame, {"rows": f"{len(self.frame)}", "method": methods}, (self.status,))

    @property
    def _copies(self) -> np.ndarray:
        return self.frame["copies"].to_numpy(dtype=float)

    def _error(self, column: str) -> float:
        """Return the standard error of a sum over rows."""
        values, copies = self.frame[column].to_numpy(dtype=float), self._copies
        total = copies.sum()
        spread = copies @ (values - copies @ values / total) ** 2
        return float(np.sqrt(spread * total / (total - 1.0))) if total > 1.0 else np.nan

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def leave_one_out(post: Any, *, refit: bool, seed: int) -> Loo:
    """Return what `Posterior.loo` does."""
    check_flag("refit", refit)
    known = None if post.sampled.exact is None else post.sampled.exact.loo
    if known is not None:
        return exact_loo(post.model, post.resolved, post.drawn, known)
    loo = smoothed_loo(post.model, post.resolved, post.drawn, post.efficiency)
    if not refit or not len(loo.bad):
        return loo
    chains, draws = post.drawn.shape
    plan = Plan(draws=draws, tune=None, chains=chains, seed=seed, workers=None, progress=None)

    def again(other: Any) -> Drawn:
        return drawn_from(sample_posterior(post.model.design, other, post.engine, plan).tree, other)

    return refitted(loo, post.model, post.resolved, again)


def smoothed_loo(model: Any, resolved: Any, drawn: Drawn, efficiency: float) -> Loo:
    """Return leave-one-out densities by smoothed importance weights.

    Parameters
    ----------
    model : Model
    resolved : Resolved
    drawn : Drawn
    efficiency : float
        Effective over actual number of draws.
    """
    design, flat = model.design, drawn.flat
    elpd, within, khat = np.zeros((3, design.n))
    for chunk in chunks(design, resolved, flat):
        rows = log_likelihood(resolved, chunk)
        log_weights, khat[chunk.rows] = smooth(-rows, efficiency)
        elpd[chunk.rows] = logsumexp(log_weights + rows, axis=1)
        within[chunk.rows] = logsumexp(rows, axis=1) - np.log(flat.count)
    return Loo(_frame(model, resolved, elpd, within - elpd, khat, "PSIS"), khat_limit(flat.count))


def exact_loo(model: Any, resolved: Any, drawn: Drawn, elpd: np.ndarray) -> Loo:
    """Return leave-one-out densities that an engine knows exactly (n,)."""
    within, flat = np.zeros(model.design.n), drawn.flat
    for chunk in chunks(model.design, resolved, flat):
        within[chunk.rows] = logsumexp(log_likelihood(resolved, chunk), axis=1) - np.log(flat.count)
    nothing = np.full(elpd.size, np.nan)
    return Loo(_frame(model, resolved, elpd, within - elpd, nothing, "exact"), khat_limit(flat.count))


def _frame(
    model: Any, resolved: Any, elpd: np.ndarray, p_loo: np.ndarray, khat: np.ndarray, method: str
) -> pd.DataFrame:
    copies = resolved.weights if resolved.frequency else (resolved.weights > 0.0).astype(float)
    values = {"elpd": elpd, "p_loo": p_loo, "khat": np.where(copies > 0.0, khat, np.nan)}
    return pd.DataFrame({**values, "copies": copies, "method": method}, index=model.design.index)


def refitted(loo: Loo, model: Any, resolved: Any, again: Any) -> Loo:
    """Return the same with the rows that can not be trusted sampled anew, each without one copy of it.

    Parameters
    ----------
    loo : Loo
    model : Model
    resolved : Resolved
    again : callable
        Returns the draws of a record with other weights.
    """
    elpd, p_loo, khat = (loo.frame[name].to_numpy(copy=True) for name in ("elpd", "p_loo", "khat"))
    method = loo.frame["method"].to_numpy(copy=True)
    for place in np.flatnonzero(khat > loo.limit):
        weights = resolved.weights.copy()
        weights[place] = max(0.0, weights[place] - 1.0) if resolved.frequency else 0.0
        flat = again(replace(resolved, weights=weights)).flat
        row = replace(resolved, weights=resolved.weights[[place]], offset=resolved.offset[[place]])
        density = next(chunks(model.design.take(np.array([place])), row, flat))
        within, elpd[place] = (
            elpd[place] + p_loo[place],
            logsumexp(log_likelihood(row, density)[0]) - np.log(flat.count),
        )
        p_loo[place], khat[place], method[place] = within - elpd[place], np.nan, "refit"
    return Loo(loo.frame.assign(elpd=elpd, p_loo=p_loo, khat=khat, method=method), loo.limit)
