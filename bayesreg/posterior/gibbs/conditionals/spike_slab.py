"""Spike and slab of two normals: the choice between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import expit

from bayesreg.posterior.gibbs.conditionals.base import State
from bayesreg.posterior.gibbs.conditionals.indicators import CollapsedIndicators, sweep
from bayesreg.posterior.gibbs.conditionals.separable import penalised_count
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class SpikeSlabConditional(CollapsedIndicators):
    r"""``u_j ~ N(0, tau^2 / squared_j)``, or with probability ``inclusion`` ``N(0, tau^2 / (ratio^2 squared_j))``.

    ``ratio < 1`` is the scale of the spike over that of the slab.

    References
    ----------
    George and McCulloch (1993), Variable selection via Gibbs sampling. Geweke (1996), Variable selection and model
    comparison in regression.
    """

    squared: np.ndarray
    ratio: float
    inclusion: float
    size: int

    @property
    def _log_odds(self) -> float:
        """Prior log odds of the slab."""
        return float(np.log(self.inclusion) - np.log1p(-self.inclusion))

    def _log_odds_given(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        held = self.squared > 0.0
        gain = 0.5 * (1.0 - self.ratio**2) * self.squared * (u / scale[:, None]) ** 2
        return self._log_odds + np.where(held, np.log(self.ratio), 0.0) + gain

    def start(self, streams: Streams) -> State:
        return {"slab": np.ones((len(streams), self.size))}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        prob = expit(self._log_odds_given(u, scale))
        return {"slab": (streams.uniform(self.size) <= prob).astype(float)}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return np.where(state["slab"] > 0.0, self.ratio**2, 1.0) * self.squared / scale[:, None] ** 2

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        spike = 0.5 * self.squared * (u / scale[:, None]) ** 2
        each = np.logaddexp(0.0, self._log_odds_given(u, scale)) - spike
        return each.sum(axis=1) - penalised_count(self.squared, self.squared) * np.log(scale)

    def sweep_coordinates(
        self,
        u: np.ndarray,
        gram: np.ndarray,
        score: np.ndarray,
        noise: np.ndarray,
        scale: np.ndarray,
        state: State,
        streams: Streams,
    ) -> tuple[np.ndarray, State]:
        fit = np.broadcast_to(np.diagonal(gram, axis1=-2, axis2=-1), u.shape) / noise[:, None]
        prior = self.squared / scale[:, None] ** 2
        spike, slab = fit + prior, fit + self.ratio**2 * prior
        height = self._log_odds + 0.5 * np.log(spike / slab) + np.where(self.squared > 0.0, np.log(self.ratio), 0.0)
        bend = 0.5 * (1.0 / slab - 1.0 / spike)
        limit = streams.uniform(self.size)
        limit = np.log(limit) - np.log1p(-np.minimum(limit, 1.0 - 1e-16))
        normal = streams.normal(self.size)
        chosen = np.empty_like(u)

        def draw(j: int, c: np.ndarray) -> np.ndarray:
            c = c / noise
            chosen[:, j] = limit[:, j] <= height[:, j] + bend[:, j] * c * c
            total = np.where(chosen[:, j], slab[:, j], spike[:, j])
            return c / total + normal[:, j] / np.sqrt(total)

        u = sweep(u, gram, score, draw)
        return u, {"slab": chosen}
