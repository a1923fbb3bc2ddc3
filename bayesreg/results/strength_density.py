"""The posterior density of learned strengths as a frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import gaussian_kde

from bayesreg.arguments import check_whole
from bayesreg.errors import UnsupportedError
from bayesreg.posterior.evidence.posterior import LearnedPosterior
from bayesreg.posterior.evidence.scale_density import scale_density
from bayesreg.posterior.strengths import lam_draws

MARGIN = 0.15
"""How far beyond the draws a density from them is shown, as a share of their range on the log scale."""


def strength_density(post: Any, points: int = 201) -> pd.DataFrame:
    """Return the posterior density of each learned strength; see `Posterior.strength_density`.

    Parameters
    ----------
    post : Posterior
    points : int
        Values of each strength, even on the log scale.

    Raises
    ------
    UnsupportedError
        If no strength was learned.
    """
    check_whole("points", points, 2)
    resolved, exact = post.resolved, post.sampled.exact
    if not resolved.learned:
        raise UnsupportedError(
            "The strengths of this model are numbers and have no density. Leave one open, as in br.L2(), or give it a "
            "prior, as in br.L2(br.HalfNormal(1.0)), to learn it."
        )
    parts = []
    for k, one in enumerate(resolved.learned):
        known = scale_density(exact, k, points) if isinstance(exact, LearnedPosterior) else None
        draws = np.asarray(post.tree["posterior"]["scale"])[..., k].ravel()
        scale, density = _smoothed(draws, points) if known is None else known
        scales = np.ones((points, len(resolved.learned)))
        scales[:, k] = scale
        columns = {
            "strength": one.label,
            "scale": scale,
            "lam": lam_draws(resolved, scales)[:, k],
            "density": density,
            "method": "draws" if known is None else "exact",
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _smoothed(draws: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Return values of a scale and its density, from draws smoothed on the log scale."""
    logs = np.log(draws)
    wide = MARGIN * (logs.max() - logs.min())
    at = np.linspace(logs.min() - wide, logs.max() + wide, points)
    return np.exp(at), gaussian_kde(logs)(at) / np.exp(at)
