"""Bayesian R^2: the share of the variance of the rows that their means stand for, draw by draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level
from bayesreg.posterior.pointwise import chunks, mean
from bayesreg.results.summary import Summary


def r_squared(post: Any, level: float) -> Summary:
    """Return the table of `Posterior.r2`."""
    check_level(level)
    explained, residual, modelled = variances(post)
    draws = {"modelled": explained / (explained + modelled), "residual": explained / (explained + residual)}
    rows = {}
    for name, values in draws.items():
        low, middle, high = np.quantile(values, [0.5 - 0.5 * level, 0.5, 0.5 + 0.5 * level])
        spread = values.std(ddof=min(1, values.size - 1))
        rows[name] = {"mean": values.mean(), "median": middle, "sd": spread, "lower": low, "upper": high}
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("variance")
    notes = (
        "modelled: the variance around the means is the model's (sigma^2, or that of the family); residual: that of "
        "the residuals at each draw.",
    )
    return Summary("Bayesian R^2", frame, {"interval": f"{level:.0%} equal-tailed"}, notes)


def variances(post: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return at each draw (S,) the weighted variance of the means, of the residuals, and the mean modelled variance."""
    design, resolved, flat = post.model.design, post.resolved, post.drawn.flat
    weights = resolved.weights / resolved.weights.sum()
    centre = float(weights @ design.y)
    sums = np.zeros((5, flat.count))
    for chunk in chunks(design, resolved, flat):
        w, mu = weights[chunk.rows], mean(chunk)
        off, residual = mu - centre, chunk.y[:, None] - mu
        variance = np.asarray(chunk.likelihood.variance(mu)) * chunk.phi
        sums += np.stack([w @ off, w @ off**2, w @ residual, w @ residual**2, w @ np.broadcast_to(variance, mu.shape)])
    return sums[1] - sums[0] ** 2, sums[3] - sums[2] ** 2, sums[4]
