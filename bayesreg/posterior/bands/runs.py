"""Runs at single strengths: what an engine draws there, and the seed that belongs to the strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.sampling import Plan, sample_posterior
from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class Draws:
    """Draws from one posterior.

    Attributes
    ----------
    beta : ndarray (chains, draws, q)
    sigma : ndarray (chains, draws) or None
    engine : str
    seed : int
    divergent : int
    """

    beta: np.ndarray
    sigma: np.ndarray | None
    engine: str
    seed: int
    divergent: int = 0

    @property
    def pooled(self) -> tuple[np.ndarray, np.ndarray | None]:
        """The draws of all chains, one chain after the other: coefficients (S, q) and sigma (S,)."""
        sigma = None if self.sigma is None else self.sigma.ravel()
        return self.beta.reshape(-1, self.beta.shape[2]), sigma


Runner = Callable[[Resolved, int], Draws]
"""What draws from a model with given strengths, those of one place in the grid."""


def run_engine(design: Design, engine: str, plan: Plan, seed: int) -> Runner:
    """Return a runner of an engine; a place of the grid has the same draws in whatever order places are run."""

    def run(resolved: Resolved, place: int) -> Draws:
        own = int(np.random.SeedSequence([seed, place]).generate_state(1)[0])
        sampled = sample_posterior(design, resolved, engine, replace(plan, seed=own))
        posterior = sampled.tree["posterior"]
        kept = np.asarray(posterior["beta"])
        beta = np.zeros((*kept.shape[:2], len(resolved.coefficients)))
        beta[..., ~resolved.excluded] = kept
        sigma = np.asarray(posterior["sigma"]) if "sigma" in posterior else None
        stats = sampled.tree.get("sample_stats", {})
        divergent = int(np.asarray(stats["diverging"]).sum()) if "diverging" in stats else 0
        return Draws(beta, sigma, sampled.engine, own, divergent)

    return run
