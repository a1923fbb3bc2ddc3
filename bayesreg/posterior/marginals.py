"""Exact marginal posteriors: mixtures of normals, or a t, for each coefficient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

from bayesreg.errors import EngineError


@final
@dataclass(frozen=True, eq=False)
class Marginals:
    """For each coefficient a mixture of ``k`` normals, or of one t.

    Attributes
    ----------
    weights : ndarray (k,)
    mean, sd : ndarray (k, q)
        Location and scale of each component.
    df : float or None
        Degrees of freedom; None: normal.
    """

    weights: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    df: float | None = None

    @property
    def expectation(self) -> np.ndarray:
        """Posterior means (q,); a t with at most one degree of freedom has none and gives nan."""
        mean = self.weights @ self.mean
        return mean if self.df is None or self.df > 1.0 else np.full_like(mean, np.nan)

    @property
    def deviation(self) -> np.ndarray:
        """Posterior standard deviations (q,)."""
        if self.df is not None:
            factor = np.sqrt(self.df / (self.df - 2.0)) if self.df > 2.0 else np.nan
            return self.sd[0] * factor
        centre = self.weights @ self.mean
        return np.sqrt(self.weights @ (self.sd**2 + (self.mean - centre) ** 2))

    def cdf(self, at: np.ndarray) -> np.ndarray:
        """Return ``P(beta_j <= at_j)`` (q,)."""
        standard = np.divide(at - self.mean, self.sd, out=np.full_like(self.mean, np.inf), where=self.sd > 0.0)
        standard = np.where(self.sd > 0.0, standard, np.where(at >= self.mean, np.inf, -np.inf))
        return self.weights @ (ndtr(standard) if self.df is None else stdtr(self.df, standard))

    def prob_positive(self) -> np.ndarray:
        """Return ``P(beta_j > 0)`` (q,), to full relative accuracy where it is small."""
        mirrored = Marginals(self.weights, -self.mean, self.sd, self.df).cdf(np.zeros(self.mean.shape[1]))
        return np.where(self.sd[0] > 0.0, mirrored, self.mean[0] > 0.0)

    def quantile(self, prob: float) -> np.ndarray:
        """Return the quantiles (q,), by bisection on the exact cdf where it is a mixture."""
        if self.df is not None:
            return self.mean[0] + self.sd[0] * float(stdtrit(self.df, prob))
        width = 40.0 * self.sd.max(axis=0)
        low, high = self.mean.min(axis=0) - width, self.mean.max(axis=0) + width
        for _ in range(200):
            middle = 0.5 * (low + high)
            below = self.cdf(middle) < prob
            low, high = np.where(below, middle, low), np.where(below, high, middle)
            if np.all(high - low <= 1e-14 * (np.abs(low) + np.abs(high)) + 1e-300):
                return 0.5 * (low + high)
        if np.all(high - low <= 1e-10 * (width + np.finfo(float).tiny)):
            return 0.5 * (low + high)
        raise EngineError(f"The posterior quantile at {prob} was not found to rounding. Rescale the columns.")
