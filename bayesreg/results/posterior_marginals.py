"""Location, spread, signs and intervals of each coefficient: exact where the marginals are known, else from draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.marginals import Marginals

GRID = 81
"""Lower probabilities over which the shortest interval of an exact marginal is sought."""


@final
@dataclass(frozen=True, eq=False)
class PosteriorMarginals:
    """The marginal posteriors of coefficients.

    Attributes
    ----------
    draws : ndarray (S, q)
    exact : Marginals or None
    """

    draws: np.ndarray
    exact: Marginals | None

    @property
    def mean(self) -> np.ndarray:
        """Means (q,)."""
        return self.draws.mean(axis=0) if self.exact is None else self.exact.expectation

    @property
    def sd(self) -> np.ndarray:
        """Standard deviations (q,)."""
        if self.exact is not None:
            return self.exact.deviation
        return np.asarray(self.draws.std(axis=0, ddof=min(1, len(self.draws) - 1)))

    @property
    def prob_positive(self) -> np.ndarray:
        """``P(beta_j > 0)`` (q,)."""
        return np.asarray((self.draws > 0.0).mean(axis=0)) if self.exact is None else self.exact.prob_positive()

    def prob_within(self, delta: np.ndarray) -> np.ndarray:
        """Return ``P(|beta_j| < delta_j)`` (q,); nan where delta is."""
        known = np.isfinite(delta)
        safe = np.where(known, delta, 0.0)
        if self.exact is None:
            inside = (np.abs(self.draws) < safe).mean(axis=0)
        else:
            inside = self.exact.cdf(safe) - self.exact.cdf(-safe)
        return np.where(known, inside, np.nan)

    def quantile(self, prob: float) -> np.ndarray:
        """Return the quantiles (q,)."""
        return np.quantile(self.draws, prob, axis=0) if self.exact is None else self.exact.quantile(prob)

    def interval(self, level: float, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends (q,) of central intervals, or of the shortest ones."""
        if kind == "hdi":
            return self._shortest(level)
        return self.quantile(0.5 - 0.5 * level), self.quantile(0.5 + 0.5 * level)

    def _shortest(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        if self.exact is None:
            ordered = np.sort(self.draws, axis=0)
            inside = min(len(ordered) - 1, int(np.floor(level * len(ordered))))
            at = (ordered[inside:] - ordered[: len(ordered) - inside]).argmin(axis=0)
            each = np.arange(ordered.shape[1])
            return ordered[at, each], ordered[at + inside, each]
        below = (1.0 - level) * (np.arange(GRID) + 0.5) / GRID
        ends = np.array([[self.exact.quantile(p), self.exact.quantile(p + level)] for p in below])
        at, each = (ends[:, 1] - ends[:, 0]).argmin(axis=0), np.arange(ends.shape[2])
        return ends[at, 0, each], ends[at, 1, each]
