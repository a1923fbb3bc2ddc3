"""What the prior does to a posterior: how much of the information is its own, and whether it pulls against the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bayesreg.posterior.log_prior import log_prior_parts
from bayesreg.posterior.pointwise import total_log_likelihood
from bayesreg.posterior.power_scaling import THRESHOLD, sensitivity
from bayesreg.prior_table import prior_table
from bayesreg.results.checks.findings import Finding, named

HALF, LEVEL = 0.5, 0.9
"""A prior with more than half of the information is said; widths are those of central 90 % intervals."""
STRONG = 4.0 * THRESHOLD
"""A sensitivity to the prior above this is a warning where the data pull too."""
MOST_DRAWS = 4000


def prior_share(post: Any) -> pd.Series:
    """Return the share of the prior in the information about each coefficient, nan where it is flat.

    It is the squared ratio of the posterior's width to the prior's (central 90 % intervals), which for normal laws is
    the prior precision over the posterior precision. Learned strengths stand at their posterior medians.
    """
    fixed = replace(post.sampled.at, learned=())
    table = prior_table(fixed, LEVEL)
    lower, upper = post.marginals.interval(LEVEL, "equal-tailed")
    width = (table["upper"] - table["lower"]).to_numpy()
    known = np.isfinite(width) & (width > 0.0) & table["proper"].to_numpy(dtype=bool) & ~post.resolved.excluded
    share = np.divide(upper - lower, width, out=np.full(width.shape, np.nan), where=known) ** 2
    return pd.Series(share, index=post.resolved.index, name="prior_share")


def dominated(post: Any) -> Iterator[Finding]:
    """Yield a finding where the prior has more than half of the information."""
    share = prior_share(post)
    names = tuple(share.index[share > HALF])
    if not names:
        return
    at = " at the learned strength" if post.resolved.learned else ""
    yield Finding(
        "note",
        "prior dominates",
        f"More than half of the information about {named(names)} is the prior's{at}: the largest share is "
        f"{min(share.max(), 1.0):.0%} ({share.idxmax()}).",
        "Read these intervals as mostly assumed: defend the prior by model.prior_predictive(), or collect data on "
        "them.",
        names,
    )


def power_scaled(post: Any) -> pd.DataFrame:
    """Return the sensitivities of coefficients and sigma to the prior and to the likelihood."""
    model, resolved = post.model, post.resolved
    drawn = post.drawn.thinned(MOST_DRAWS)
    parts = log_prior_parts(resolved, drawn)
    kept = ~resolved.excluded
    values, names = drawn.beta[:, kept], [name for name, one in zip(resolved.coefficients, kept, strict=True) if one]
    if resolved.sigma_prior is not None:
        values, names = np.column_stack([values, drawn.sigma]), [*names, "sigma"]
    log_prior = np.sum([*parts.values()], axis=0) if parts else np.zeros(drawn.count)
    log_likelihood = total_log_likelihood(model.design, resolved, drawn)
    found = {"prior": sensitivity(values, log_prior), "likelihood": sensitivity(values, log_likelihood)}
    return pd.DataFrame(found, index=pd.Index(names, name="coefficient"))


def conflict(post: Any) -> Iterator[Finding]:
    """Yield findings where the posterior moves with the power of the prior."""
    table = power_scaled(post)
    moved, weak = table["prior"] >= THRESHOLD, table["likelihood"] < THRESHOLD
    both, alone = tuple(table.index[moved & ~weak]), tuple(table.index[moved & weak])
    if both:
        worst = table.loc[list(both), "prior"]
        yield Finding(
            "warning" if worst.max() >= STRONG else "note",
            "prior and data differ",
            f"Power scaling: the posterior of {named(worst.sort_values(ascending=False).index)} moves with the prior "
            f"(by up to {worst.max():.2f} per doubling of its power, {worst.idxmax()}) and with the likelihood.",
            "The prior pulls against the data: expected of shrinkage, wrong if the prior was meant to be weak. "
            "Compare with a wider scale, a heavier tail (br.StudentT, br.Horseshoe), or a learned strength.",
            both,
        )
    if alone:
        worst = table.loc[list(alone), "prior"]
        yield Finding(
            "note",
            "weak likelihood",
            f"Power scaling: the posterior of {named(worst.sort_values(ascending=False).index)} moves with the prior "
            f"(by up to {worst.max():.2f} per doubling of its power) and hardly with the likelihood.",
            "The data say little here; the answer is the prior's.",
            alone,
        )
