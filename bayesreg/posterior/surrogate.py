"""A ridge model that is as wide as the prior: where samplers start, and what they are scaled by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesreg.blocks import Block
from bayesreg.learned import central_scales
from bayesreg.penalties import L2, Strength
from bayesreg.resolved import Resolved


def ridge_like(resolved: Resolved) -> Resolved:
    """Return the model with every law that is neither plain nor a quadratic form replaced by a normal as wide.

    Learned strengths stand in the middle of their priors; a law of infinite variance counts with
    ``precision + rate^2``. The result says nothing about the model itself.
    """
    if resolved.learned:
        resolved = resolved.at_scales(central_scales(resolved.learned))
    rate, precision = resolved.strength.rate.copy(), resolved.strength.precision.copy()
    blocks = []
    for block in resolved.blocks:
        at = block.columns
        strength = resolved.strength.at(at)
        if not block.law.traits.separable:
            strength = Strength(float(strength.rate[0]), float(strength.precision[0]))
        if block.law.plain or block.law.root(strength) is not None:
            blocks.append(block)
            continue
        precision[at] = _precision(block, strength, resolved.scale[at])
        rate[at] = 0.0
        blocks.append(replace(block, law=L2(1.0), metric=None))
    return replace(resolved, strength=Strength(rate, precision), blocks=tuple(blocks))


def _precision(block: Block, strength: Strength, scale: np.ndarray) -> np.ndarray:
    """Return one over the prior variance of each coefficient (d,)."""
    free = np.asarray(strength.rate + strength.precision) <= 0.0
    safe = Strength(np.where(free, 1.0, strength.rate), np.where(free, 1.0, strength.precision))
    with np.errstate(all="ignore"):
        second = np.broadcast_to(block.law.absolute_moments(safe)[1], block.columns.shape).astype(float)
    wide = ~(np.isfinite(second) & (second > 0.0))
    second = np.where(wide, 1.0 / (safe.precision + safe.rate**2), second)
    if not block.law.traits.separable:
        metric = np.diag(scale) if block.metric is None else block.metric
        inverse = np.linalg.inv(metric)
        second = (inverse**2) @ second
    return np.where(free, 0.0, 1.0 / second)
