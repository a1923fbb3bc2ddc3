"""Draws of several chains from a posterior, as the tree needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.evidence.posterior import LearnedPosterior
from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class Chains:
    """What the chains drew.

    Attributes
    ----------
    beta : ndarray (chains, draws, q)
    sigma : ndarray (chains, draws) or None
        None where it is fixed.
    strengths : dict of ndarray
        Empty where none is learned; else ``scale`` (chains, draws, L), and ``R2`` (chains, draws) where a prior is one
        of it.
    how : str
        What was done, as a phrase.
    """

    beta: np.ndarray
    sigma: np.ndarray | None
    strengths: dict[str, np.ndarray]
    how: str


def draw_chains(exact: LearnedPosterior, draws: int, streams: list[np.random.Generator]) -> Chains:
    """Return chains, each from its own stream."""
    drawn = [exact.draw(draws, rng) for rng in streams]
    scale = np.stack([one.scales for one in drawn])
    sampled = exact.resolved.sigma_prior is not None
    how = f"{exact.why}; independent draws"
    if not exact.independent:
        accepted = [one.acceptance for one in drawn]
        how = f"{exact.why}; {min(accepted):.0%} of the proposals were accepted in the chain with the fewest"
    return Chains(
        beta=np.stack([one.beta for one in drawn]),
        sigma=np.stack([one.sigma for one in drawn]) if sampled else None,
        strengths={"scale": scale, **explained(exact.resolved, scale)} if scale.shape[-1] else {},
        how=how,
    )


def explained(resolved: Resolved, scale: np.ndarray) -> dict[str, np.ndarray]:
    """Return the prior ``R^2`` at scales (..., L) under its name, where a prior is a density of one; else nothing."""
    shared = [k for k, one in enumerate(resolved.learned) if one.shared]
    if not shared and len(resolved.learned) == 1 and resolved.learned[0].hyperprior.quantity == "R2":
        shared = [0]
    if not shared:
        return {}
    variance = np.stack([scale[..., k] ** 2 * resolved.learned[k].spread for k in shared]).sum(axis=0)
    return {"R2": variance / (1.0 + variance)}
