"""Draws of models whose likelihood is not Gaussian: by Hamiltonian moves, or by latent variables of the rows."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import UnsupportedError
from bayesreg.learned import r2_of
from bayesreg.posterior.gibbs.augmented.sampler import AugmentedSampler
from bayesreg.posterior.gibbs.augmented.table import AUGMENTATIONS, augmentation_of, why_not_augmented
from bayesreg.posterior.gibbs.engine import run_chains
from bayesreg.posterior.gibbs.hamiltonian.rows import CHUNK
from bayesreg.posterior.gibbs.hamiltonian.sampler import HamiltonianSampler
from bayesreg.posterior.gibbs.hamiltonian.start import why_no_hamiltonian
from bayesreg.posterior.gibbs.model_rows import coefficients_of
from bayesreg.posterior.gibbs.nuisance import RowLikelihood
from bayesreg.posterior.gibbs.sample import GibbsDraws
from bayesreg.resolved import Resolved

TUNE = 500
"""Moves thrown away, from which steps and coordinates are learned."""
MOST_COLUMNS = 2000
"""From more columns on Hamiltonian moves would carry dense matrices of their coordinates that are too large."""


def why_no_moves(resolved: Resolved) -> str:
    """Return why neither kind of moves takes a model, as a phrase; empty where one does."""
    why = _why_not_followed(resolved)
    if not why:
        return ""
    other = why_not_augmented(resolved)
    return other and f"{why}, and {other}"


def sample_augmented(
    design: Design,
    resolved: Resolved,
    *,
    draws: int,
    tune: int | None,
    chains: int,
    seed: int,
    workers: int | None,
    progress: bool,
    moves: str = "auto",
) -> GibbsDraws:
    """Return draws of a model that is not Gaussian.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    draws, chains : int
    tune : int or None
    seed : int
    workers : int or None
    progress : bool
    moves : {"auto", "hamiltonian", "augmented"}
        "auto": Hamiltonian where the density of every law has a slope, because latent variables of rows mix slowly
        where classes are nearly separated; else by latent variables.

    Raises
    ------
    UnsupportedError
        If neither kind of moves knows the model.
    """
    refused = why_no_moves(resolved)
    if refused:
        raise UnsupportedError(f"The Gibbs engine does not take this model: {refused}. Use engine='nuts'.")
    followed = moves == "hamiltonian" or (moves == "auto" and not _why_not_followed(resolved))
    tune = TUNE if tune is None else tune
    rows = row_likelihood(design, resolved)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        sampler: HamiltonianSampler | AugmentedSampler
        if followed:
            shared = pool if design.n > CHUNK and workers != 1 else None
            sampler = HamiltonianSampler(design, resolved, rows, tune, shared)
        else:
            sampler = AugmentedSampler(design, resolved, augmentation_of(resolved, design.y), rows)
        raw = run_chains(
            cast(Any, sampler), draws=draws, tune=tune, chains=chains, seed=seed, workers=workers, progress=progress
        )
    beta = coefficients_of(sampler.blocks, resolved, raw.v)
    strengths: dict[str, np.ndarray] = {}
    if resolved.learned:
        strengths["scale"] = raw.scales[..., : len(resolved.learned)]
        r2 = r2_of(resolved.learned, strengths["scale"])
        strengths |= {} if r2 is None else {"R2": r2}
    nuisance = resolved.nuisance if rows.log_prior is not None else None
    sigma = raw.sigma if nuisance is not None and nuisance.name == "sigma" else None
    extras = dict(raw.latents)
    if nuisance is not None and nuisance.name != "sigma":
        extras[nuisance.name] = raw.sigma
    return GibbsDraws(beta, sigma, strengths, extras, describe_moves(resolved, followed=followed), raw.cancelled)


def describe_moves(resolved: Resolved, *, followed: bool) -> str:
    """Return the moves as a phrase."""
    if followed:
        return (
            "Hamiltonian moves of all chains side by side, tuned together, latent variables of the prior integrated out"
        )
    kind = AUGMENTATIONS[resolved.likelihood.name, resolved.likelihood.link][0]
    return f"normal given {kind} latent variables of the rows and latent variables of the prior, in blocks"


def _why_not_followed(resolved: Resolved) -> str:
    if len(resolved.coefficients) > MOST_COLUMNS and not why_not_augmented(resolved):
        return f"there are more than {MOST_COLUMNS} columns"
    return why_no_hamiltonian(resolved)


def row_likelihood(design: Design, resolved: Resolved) -> RowLikelihood:
    """Return the likelihood of the rows with the prior of its nuisance parameter, where that is sampled."""
    nuisance, start = resolved.nuisance, 1.0
    log_prior: Callable[[np.ndarray], np.ndarray] | None = None
    if nuisance is not None:
        start = float(nuisance.value)
        if nuisance.sampled and nuisance.prior is not None:
            log_prior = nuisance.log_density
        elif nuisance.sampled and resolved.sigma_prior is not None:
            log_prior = resolved.sigma_prior.log_density
    return RowLikelihood(
        resolved.likelihood, design.y, resolved.weights, resolved.phi, resolved.frequency, log_prior, start
    )
