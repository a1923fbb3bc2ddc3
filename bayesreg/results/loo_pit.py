"""Where each response lies in its leave-one-out predictive distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.arguments import check_whole
from bayesreg.posterior.pointwise import chunks, log_likelihood, respond
from bayesreg.posterior.psis import smooth


def loo_pit(post: Any, seed: int, efficiency: float) -> pd.Series:
    """Return the values of `Posterior.loo_pit`."""
    check_whole("seed", seed, 0)
    design, resolved, flat = post.model.design, post.resolved, post.drawn.flat
    rng, found = np.random.default_rng(seed), np.empty(design.n)
    for chunk in chunks(design, resolved, flat):
        weights = np.exp(smooth(-log_likelihood(resolved, chunk), efficiency)[0])
        drawn = respond(chunk, rng)
        below = (weights * (drawn < chunk.y[:, None])).sum(axis=1)
        equal = (weights * (drawn == chunk.y[:, None])).sum(axis=1)
        found[chunk.rows] = below + rng.random(below.size) * equal
    counted = resolved.weights > 0.0
    return pd.Series(np.where(counted, np.clip(found, 0.0, 1.0), np.nan), index=design.index, name="loo_pit")
