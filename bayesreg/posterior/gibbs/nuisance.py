"""The parameter that a likelihood has beside its linear predictor, sampled with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.families import Likelihood
from bayesreg.posterior.gibbs.slices import slice_step
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class RowLikelihood:
    """``log p(y | eta, nuisance)`` of all rows of K chains.

    Attributes
    ----------
    likelihood : Likelihood
    y, weights : ndarray (n,)
    phi : float
    frequency : bool
    log_prior : callable or None
        Log density of the nuisance parameter, elementwise; None: it is a number, or there is none.
    start : float
        Its value where it is fixed, and where chains start.
    """

    likelihood: Likelihood
    y: np.ndarray
    weights: np.ndarray
    phi: float = 1.0
    frequency: bool = False
    log_prior: Callable[[np.ndarray], np.ndarray] | None = None
    start: float = 1.0

    def log_density(self, eta: np.ndarray, nuisance: np.ndarray) -> np.ndarray:
        """Return the log likelihood (K,) at linear predictors (K, n), up to a constant; minus infinity for nan."""
        law = self.likelihood.at(nuisance[:, None]) if self.likelihood.nuisance else self.likelihood
        with np.errstate(all="ignore"):
            total = -(law.half_deviance(self.y, eta) @ self.weights) / self.phi
            if law.nuisance:
                normalizer = law.log_normalizer(self.y, self.phi, self.weights, self.frequency)
                total -= np.broadcast_to(normalizer, eta.shape).sum(axis=1)
        return np.where(np.isnan(total), -np.inf, total)

    def starts(self, chains: int) -> np.ndarray:
        """Return the nuisance parameter (K,) that chains start with."""
        return np.full(chains, self.start)

    def move(self, eta: np.ndarray, nuisance: np.ndarray, streams: Streams) -> np.ndarray:
        """Return the nuisance parameter (K,) after a slice step of its logarithm given ``eta``, latents integrated."""
        prior = self.log_prior
        if prior is None:
            return nuisance

        def log_density(x: np.ndarray) -> np.ndarray:
            value = np.exp(x)
            with np.errstate(all="ignore"):
                found = self.log_density(eta, value) + prior(value) + x
            return np.where(np.isnan(found), -np.inf, found)

        width = 3.0 / np.sqrt(self.weights.sum())
        return np.exp(slice_step(log_density, np.log(nuisance), min(1.5, width), streams))
