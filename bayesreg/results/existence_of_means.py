"""Whether posterior means exist: under separation a posterior has the tails of its prior."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.existence.checks import separating_direction
from bayesreg.hyperpriors import HalfCauchy
from bayesreg.matrices import is_sparse
from bayesreg.objective import penalised
from bayesreg.penalties import Strength

MOST_ENTRIES = 2**25
"""Entries of a design beyond which separation is not looked for."""
NEGLIGIBLE = 1e-6
SEPARABLE = ("bernoulli", "binomial", "poisson")
"""Families whose likelihood may have no maximum."""


def separated(post: Any) -> tuple[str, ...] | None:
    """Return the coefficients along which the likelihood has no maximum, the most moving first; empty: it has one.

    None: the design is too large, or sparse, and was not looked at.
    """
    design, resolved = post.model.design, post.resolved
    if resolved.likelihood.name not in SEPARABLE:
        return ()
    if is_sparse(design.X) or design.n * (design.p + 1) > MOST_ENTRIES:
        return None
    kept = ~resolved.excluded
    Z = np.column_stack([np.ones(design.n), design.X]) if resolved.intercept else np.asarray(design.X)
    d = separating_direction(Z[:, kept], design.y, resolved.likelihood.name, resolved.weights)
    if d is None:
        return ()
    moves = np.abs(d) * np.ptp(Z[:, kept], axis=0)
    moves[0] = moves[0] if np.any(moves > 0.0) or not resolved.intercept else 1.0
    names = np.array(resolved.coefficients)[kept]
    order = np.argsort(-moves, kind="stable")
    return tuple(str(names[j]) for j in order if moves[j] > NEGLIGIBLE * moves.max())


def heavy_tailed(resolved: Any) -> np.ndarray:
    """Return which coefficients (q,) have a prior without a mean."""
    found = np.zeros(len(resolved.coefficients), dtype=bool)
    for piece in penalised(resolved):
        unit = piece.unit
        if not piece.law.traits.separable:
            unit = Strength(float(np.max(unit.rate)), float(np.max(unit.precision)))
        first = np.asarray(piece.law.absolute_moments(unit)[0])
        learned = piece.learned >= 0 and isinstance(resolved.learned[piece.learned].hyperprior, HalfCauchy)
        found[piece.at] |= np.broadcast_to(learned | ~np.isfinite(first), piece.at.shape)
    return found


def without_means(post: Any) -> tuple[str, ...]:
    """Return the coefficients whose posterior has no mean: a discrete likelihood separates them, the prior has none."""
    if post.resolved.likelihood.name not in SEPARABLE:
        return ()
    heavy = heavy_tailed(post.resolved)
    if not heavy.any():
        return ()
    names = {name for name, flag in zip(post.resolved.coefficients, heavy, strict=True) if flag}
    return tuple(name for name in separated(post) or () if name in names)
