"""Bands of a Gaussian model with quadratic penalties: the exact marginals at every strength, no draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.bands.base import Anchor, Bands
from bayesreg.posterior.exact import ExactPosterior, exact_posterior
from bayesreg.posterior.propriety import check_flat_directions, check_sigma
from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class ExactBands(Bands):
    """Bands from exact marginals.

    Attributes
    ----------
    posteriors : tuple of ExactPosterior (K,)
    """

    posteriors: tuple[ExactPosterior, ...]

    @property
    def mean(self) -> np.ndarray:
        """Posterior means (K, q)."""
        return np.stack([one.marginals.expectation for one in self.posteriors])

    @property
    def sd(self) -> np.ndarray:
        """Posterior standard deviations (K, q)."""
        return np.stack([one.marginals.deviation for one in self.posteriors])

    def quantile(self, prob: float) -> np.ndarray:
        """Return posterior quantiles (K, q)."""
        return np.stack([one.marginals.quantile(prob) for one in self.posteriors])

    @property
    def log_evidence(self) -> np.ndarray:
        """``log p(y | strength)`` (K,)."""
        return np.array([one.log_evidence for one in self.posteriors])

    @property
    def ess(self) -> np.ndarray:
        """Infinite: nothing is drawn."""
        return np.full(len(self.posteriors), np.inf)

    @property
    def khat(self) -> np.ndarray:
        """Minus infinity: nothing is reweighted."""
        return np.full(len(self.posteriors), -np.inf)

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """None."""
        return ()


def exact_bands(design: Design, resolved: Resolved, multipliers: np.ndarray) -> ExactBands:
    """Return the exact posteriors at multiples (K,) of the strengths.

    Raises
    ------
    ImproperPosteriorError
        If flat priors leave coefficients unidentified.
    """
    at = [resolved.multiplied(float(factor)) for factor in multipliers]
    check_flat_directions(design, at[0])
    check_sigma(design, at[0])
    return ExactBands(tuple(exact_posterior(design, one) for one in at))
