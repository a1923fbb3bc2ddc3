"""Separation, a residual standard deviation near 0, and learned strengths at the edge of their priors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bayesreg.results.checks.findings import Finding, named
from bayesreg.results.existence_of_means import heavy_tailed, separated

SMALL = 0.01
"""Of the response's standard deviation: a residual one below it says that the rows are reproduced."""
EDGE = 0.005
"""Prior probability beyond the posterior median of a learned strength."""


def separation(post: Any) -> Iterator[Finding]:
    """Yield a finding where the likelihood alone has no maximum."""
    names = separated(post)
    if not names:
        return
    heavy = set(np.array(post.resolved.coefficients)[heavy_tailed(post.resolved)].tolist())
    lost = tuple(name for name in names if name in heavy)
    if lost:
        yield Finding(
            "problem",
            "separation",
            f"The data separate the responses along {named(names)}, and the prior of {named(lost)} has no mean: "
            "neither has the posterior.",
            "Read medians and intervals, which exist; or take a prior with a mean, such as br.Normal(scale).",
            lost,
        )
        return
    yield Finding(
        "warning",
        "separation",
        f"The data separate the responses along {named(names)}: the likelihood rises for ever, and only the prior "
        "keeps these coefficients finite.",
        "Their sizes follow from the prior's scale: defend it, or compare several. Signs and predictions are safer.",
        names,
    )


def small_sigma(post: Any) -> Iterator[Finding]:
    """Yield a finding where sigma is small beside the response."""
    if post.resolved.sigma_prior is None or post.resolved.likelihood.name != "gaussian":
        return
    y, weights = post.model.design.y, post.resolved.weights / post.resolved.weights.sum()
    spread = float(np.sqrt(weights @ (y - weights @ y) ** 2))
    low = float(np.quantile(post.drawn.sigma, 0.05))
    if spread > 0.0 and low < SMALL * spread:
        yield Finding(
            "warning",
            "sigma near 0",
            f"The 5 % quantile of sigma is {low:.3g}, {low / spread:.2g} of the response's standard deviation: the "
            "columns reproduce the rows.",
            "Check for a column made from the response; with more columns than rows, learn the strength (lam left out) "
            "or give sigma a prior that stays away from 0.",
        )


def strengths(post: Any) -> Iterator[Finding]:
    """Yield a finding for each learned strength whose posterior lies at the edge of its prior."""
    for k, one in enumerate(post.resolved.learned):
        scale = post.drawn.scales[..., k]
        middle = float(np.median(scale))
        inner, outer = sorted(float(one.scale_of(one.hyperprior.quantile(p))) for p in (EDGE, 1.0 - EDGE))
        if middle < inner:
            yield Finding(
                "warning",
                "learned strength",
                f"The scale of {one.label} is learned as {middle:.3g}, below {inner:.3g}, where its prior leaves "
                f"{EDGE:.1%}: the terms are shrunk to nothing.",
                "The data want less of these terms than the prior allows for: drop them, or widen the prior near 0.",
            )
        if middle > outer:
            yield Finding(
                "warning",
                "learned strength",
                f"The scale of {one.label} is learned as {middle:.3g}, above {outer:.3g}, where its prior leaves "
                f"{EDGE:.1%}: the prior holds it back.",
                f"Give the strength a wider prior than {one.describe()}.",
            )
