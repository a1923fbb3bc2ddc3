"""Draws of the Gibbs engine on the user's scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.learned import r2_of
from bayesreg.posterior.gibbs.engine import run_chains
from bayesreg.posterior.gibbs.linear import LinearSampler
from bayesreg.resolved import Resolved

TUNE = 250
"""Sweeps thrown away; the moves need no tuning."""


@final
@dataclass(frozen=True, eq=False)
class GibbsDraws:
    """Draws on the user's scale.

    Attributes
    ----------
    beta : ndarray (chains, draws, q)
    sigma : ndarray (chains, draws) or None
    strengths : dict of ndarray
        ``scale`` (chains, draws, L) of the learned strengths, and ``R2`` (chains, draws).
    extras : dict of ndarray (chains, draws, q)
        Latent variables of coefficients, such as whether they are included.
    how : str
        The moves, as a phrase.
    cancelled : bool
    """

    beta: np.ndarray
    sigma: np.ndarray | None
    strengths: dict[str, np.ndarray]
    extras: dict[str, np.ndarray]
    how: str
    cancelled: bool


def sample_linear(
    design: Design,
    resolved: Resolved,
    *,
    draws: int,
    tune: int | None,
    chains: int,
    seed: int,
    workers: int | None,
    progress: bool,
) -> GibbsDraws:
    """Return draws of a linear model with Gaussian errors."""
    sampler = LinearSampler(design, resolved)
    raw = run_chains(
        sampler,
        draws=draws,
        tune=TUNE if tune is None else tune,
        chains=chains,
        seed=seed,
        workers=workers,
        progress=progress,
    )
    beta = sampler.blocks.coefficients(raw.v, len(resolved.coefficients))
    flat, data = sampler.blocks.flat, sampler.data
    streams = np.random.SeedSequence(seed, spawn_key=(chains,)).spawn(chains)
    for k, own in enumerate(streams):
        normal = np.random.default_rng(own).standard_normal((raw.v.shape[1], flat.size))
        beta[k][:, flat] = data.draw_flat(raw.v[k], raw.sigma[k], normal)
    if resolved.intercept:
        beta[..., 0] -= beta @ resolved.center
    strengths: dict[str, np.ndarray] = {}
    if resolved.learned:
        strengths["scale"] = raw.scales[..., : len(resolved.learned)]
        r2 = r2_of(resolved.learned, strengths["scale"])
        strengths |= {} if r2 is None else {"R2": r2}
    how = "normal given latent variables of the prior, in blocks" + (
        ", with coefficients integrated out of sigma and the scales" if sampler.is_wide else ""
    )
    sigma = None if resolved.sigma_prior is None else raw.sigma
    return GibbsDraws(beta, sigma, strengths, raw.latents, how, raw.cancelled)
