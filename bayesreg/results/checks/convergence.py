"""Whether the draws stand for the posterior."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayesreg.results.checks.findings import Finding, named
from bayesreg.results.diagnostics import ESS_PER_CHAIN, RHAT_LIMIT

ENERGY_LIMIT = 0.3
"""Less than this share of the energy's variance is renewed in a step: NUTS moves through the tails too slowly."""
MCSE_LIMIT = 0.1
"""Of a posterior standard deviation: the first digit of a mean is then its Monte Carlo error."""
MORE = "Take more draws= (and tune=); if that does not help, the posterior is hard: see the other findings."


def convergence(post: Any) -> Iterator[Finding]:
    """Yield findings about R-hat, effective sample sizes, divergences, energy and Monte Carlo errors."""
    table = post.diagnostics
    yield from _mixing(table)
    divergent = int(table.attrs["divergent"])
    if divergent:
        yield Finding(
            "problem",
            "divergences",
            f"{divergent} of {post.drawn.count} draws diverged: NUTS could not follow the posterior there, and the "
            "draws lack that part of it.",
            "Give weakly identified coefficients a stronger prior, or learn fewer strengths; engine='gibbs' or 'exact' "
            "does not diverge.",
        )
    energy = _energy(post.tree)
    if energy < ENERGY_LIMIT:
        yield Finding(
            "warning",
            "energy",
            f"The smallest fraction of energy renewed in a chain (E-BFMI) is {energy:.2f}; {ENERGY_LIMIT} is enough.",
            "The tails are explored slowly: take more draws=, or a prior with lighter tails.",
        )
    yield from _monte_carlo(post, table)


def _mixing(table: pd.DataFrame) -> Iterator[Finding]:
    apart = table.index[table["rhat"] > RHAT_LIMIT]
    if len(apart):
        worst = f"{table['rhat'].max():.3f} ({table['rhat'].idxmax()})"
        yield Finding(
            "problem",
            "R-hat",
            f"The chains disagree: R-hat is above {RHAT_LIMIT} for {named(apart)}, at most {worst}.",
            MORE,
            tuple(apart),
        )
    enough = ESS_PER_CHAIN * table.attrs["chains"]
    for column, what in (("ess_bulk", "means"), ("ess_tail", "ends of intervals")):
        few = table.index[table[column] < enough]
        if len(few):
            yield Finding(
                "warning",
                column.replace("_", " "),
                f"Fewer than {enough} effective draws for the {what} of {named(few)}, at least "
                f"{table[column].min():.0f}.",
                MORE,
                tuple(few),
            )


def _energy(tree: Any) -> float:
    """Return the smallest estimated Bayesian fraction of missing information of a chain; inf where it is not known."""
    if "sample_stats" not in tree or "energy" not in tree["sample_stats"]:
        return np.inf
    energy = np.asarray(tree["sample_stats"]["energy"])
    spread = energy.var(axis=1, ddof=min(1, energy.shape[1] - 1))
    return float(
        np.min(np.mean(np.diff(energy, axis=1) ** 2, axis=1) / np.where(spread > 0.0, spread, np.inf), initial=np.inf)
    )


def _monte_carlo(post: Any, table: pd.DataFrame) -> Iterator[Finding]:
    names = [name for name in table.index if name in post.resolved.coefficients]
    sd = pd.Series(post.marginals.sd, index=post.resolved.index).reindex(names)
    share = (table.loc[names, "mcse"] / sd).replace([np.inf, -np.inf], np.nan)
    rough = share.index[share > MCSE_LIMIT]
    if len(rough):
        yield Finding(
            "warning",
            "Monte Carlo error",
            f"The means of {named(rough)} have Monte Carlo errors of up to {share.max():.2f} posterior standard "
            "deviations.",
            "Take more draws=, or read medians where tails are heavy.",
            tuple(rough),
        )
