"""Exact marginal posteriors: mixtures of normals, or a t, for each coefficient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

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

    def pdf(self, at: np.ndarray) -> np.ndarray:
        """Return the densities (q,) of a mixture of normals at ``at``; 0 where a coefficient is fixed."""
        varies = self.sd > 0.0
        standard = np.divide(at - self.mean, self.sd, out=np.zeros_like(self.mean), where=varies)
        height = np.divide(np.exp(-0.5 * standard**2), self.sd, out=np.zeros_like(self.mean), where=varies)
        return np.asarray(self.weights @ height / np.sqrt(2.0 * np.pi))

    def prob_positive(self) -> np.ndarray:
        """Return ``P(beta_j > 0)`` (q,), to full relative accuracy where it is small."""
        mirrored = Marginals(self.weights, -self.mean, self.sd, self.df).cdf(np.zeros(self.mean.shape[1]))
        return np.where(self.sd[0] > 0.0, mirrored, self.mean[0] > 0.0)

    def quantile(self, prob: float) -> np.ndarray:
        """Return the quantiles (q,), by Newton steps within bounds on the exact cdf where it is a mixture."""
        if self.df is not None:
            return self.mean[0] + self.sd[0] * float(stdtrit(self.df, prob))
        width = 40.0 * self.sd.max(axis=0)
        low, high = self.mean.min(axis=0) - width, self.mean.max(axis=0) + width
        at = np.clip(self.expectation + float(ndtri(prob)) * self.deviation, low, high)
        found, active = at.copy(), np.arange(at.size)
        for _ in range(200):
            part = Marginals(self.weights, self.mean[:, active], self.sd[:, active])
            excess = part.cdf(at) - prob
            low, high = np.where(excess < 0.0, at, low), np.where(excess < 0.0, high, at)
            density = part.pdf(at)
            step = np.divide(excess, density, out=np.full_like(at, np.inf), where=density > 0.0)
            after = np.where((at - step > low) & (at - step < high), at - step, 0.5 * (low + high))
            found[active] = after
            size = np.abs(low) + np.abs(high)
            done = (np.abs(after - at) <= 1e-14 * size + 1e-300) | (high - low <= 1e-14 * size + 1e-300)
            if done.all():
                return found
            active, low, high, at = active[~done], low[~done], high[~done], after[~done]
        if np.all(high - low <= 1e-10 * (width[active] + np.finfo(float).tiny)):
            return found
        raise EngineError(f"The posterior quantile at {prob} was not found to rounding. Rescale the columns.")
