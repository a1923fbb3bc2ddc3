"""The draws of a posterior as plain arrays, whatever engine made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws on the user's scale.

    Attributes
    ----------
    beta : ndarray (chains, draws, q)
        Zeros where a coefficient is excluded.
    sigma : ndarray (chains, draws)
        ``sqrt(phi)`` where it is fixed, or there is none.
    scales : ndarray (chains, draws, L)
        Of the learned strengths; L may be 0.
    nuisance : ndarray (chains, draws) or None
        The parameter of the likelihood beside them, where it is sampled.
    """

    beta: np.ndarray
    sigma: np.ndarray
    scales: np.ndarray
    nuisance: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Chains, and draws in each."""
        return self.sigma.shape[0], self.sigma.shape[1]

    @property
    def count(self) -> int:
        """All draws."""
        return self.sigma.size

    @property
    def flat(self) -> Drawn:
        """The same draws in one line: (S, q), (S,) and (S, L)."""
        count = self.count
        return Drawn(
            self.beta.reshape(count, -1),
            self.sigma.ravel(),
            self.scales.reshape(count, self.scales.shape[-1]),
            None if self.nuisance is None else self.nuisance.ravel(),
        )

    def thinned(self, most: int) -> Drawn:
        """Return at most so many draws in one line, evenly spaced."""
        flat = self.flat
        at = np.unique(np.linspace(0, self.count - 1, min(most, self.count)).round().astype(int))
        nuisance = None if flat.nuisance is None else flat.nuisance[at]
        return Drawn(flat.beta[at], flat.sigma[at], flat.scales[at], nuisance)


def drawn_from(tree: Any, resolved: Resolved) -> Drawn:
    """Return the draws of the posterior group of a DataTree."""
    posterior = tree["posterior"]
    kept = np.asarray(posterior["beta"])
    chains = kept.shape[:2]
    beta = np.zeros((*chains, len(resolved.coefficients)))
    beta[..., ~resolved.excluded] = kept
    sigma = np.asarray(posterior["sigma"]) if "sigma" in posterior else np.full(chains, np.sqrt(resolved.phi))
    learned = bool(resolved.learned) and "scale" in posterior
    scales = np.asarray(posterior["scale"]) if learned else np.zeros((*chains, 0))
    name = resolved.likelihood.nuisance
    return Drawn(beta, sigma, scales, np.asarray(posterior[name]) if name and name in posterior else None)
