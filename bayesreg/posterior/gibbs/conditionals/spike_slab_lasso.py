"""Spike-and-slab lasso: the choice between two Laplace laws, and their variances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import expit, log_ndtr, ndtri_exp

from bayesreg.posterior.gibbs.conditionals.base import State
from bayesreg.posterior.gibbs.conditionals.indicators import CollapsedIndicators, sweep
from bayesreg.posterior.gibbs.conditionals.separable import penalised_count
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class SpikeSlabLassoConditional(CollapsedIndicators):
    r"""``u_j ~ Laplace(tau / rate_j)`` with probability ``inclusion``, else ``Laplace(tau / (ratio rate_j))``.

    ``ratio > 1`` is the scale of the slab over that of the spike. Given ``u`` the choice is drawn with the variances
    integrated out, and then these as for a Laplace law.

    References
    ----------
    Rockova and George (2018), The spike-and-slab lasso. Hans (2009), Bayesian lasso regression.
    """

    rate: np.ndarray
    ratio: float
    inclusion: float
    size: int

    def _log_odds(self, rate: np.ndarray) -> np.ndarray:
        """Return the log odds (d,) of the slab where ``u`` is 0."""
        prior = np.log(self.inclusion) - np.log1p(-self.inclusion)
        return prior - np.where(rate > 0.0, np.log(self.ratio), 0.0)

    def _rates(self, slab: np.ndarray) -> np.ndarray:
        """Return the rates (K, d) of the laws that are chosen, at scale 1."""
        return self.rate * np.where(slab > 0.0, 1.0, self.ratio)

    def _inverse(self, u: np.ndarray, scale: np.ndarray, slab: np.ndarray, streams: Streams) -> State:
        with np.errstate(divide="ignore"):
            mean = scale[:, None] / (self._rates(slab) * np.abs(u))
        return {"slab": slab, "inverse": streams.inverse_gaussian(mean)}

    def start(self, streams: Streams) -> State:
        ones = np.ones((len(streams), self.size))
        return {"slab": ones, "inverse": ones}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        gain = (self.ratio - 1.0) * self.rate * np.abs(u) / scale[:, None]
        slab = (streams.uniform(self.size) <= expit(self._log_odds(self.rate) + gain)).astype(float)
        return self._inverse(u, scale, slab, streams)

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return (self._rates(state["slab"]) / scale[:, None]) ** 2 * state["inverse"]

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        wide = self.rate * np.abs(u) / scale[:, None]
        each = np.logaddexp(self._log_odds(self.rate) - wide, -self.ratio * wide)
        return each.sum(axis=1) - penalised_count(self.rate, self.rate) * np.log(scale)

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
        root = np.sqrt(fit)
        rates = self.rate / scale[:, None]
        odds = self._log_odds(self.rate)
        log_u = np.log(streams.uniform(2, self.size))
        chosen = np.empty_like(u)
        slopes = (
            np.stack([rates, rates, self.ratio * rates, self.ratio * rates]) * np.array([1, -1, 1, -1])[:, None, None]
        )
        prior = np.stack([odds, odds, 0.0 * odds, 0.0 * odds])[:, None]

        def draw(j: int, c: np.ndarray) -> np.ndarray:
            at = (c / noise - slopes[:, :, j]) / root[:, j]
            signed = at * SIDES
            tails = log_ndtr(signed)
            mass = np.cumsum(np.exp(_centred(prior[:, :, j] + 0.5 * at * at + tails)), axis=0)
            pick = (mass < np.exp(log_u[:, 0, j]) * mass[-1]).sum(axis=0)
            chosen[:, j] = pick < 2
            own = np.arange(pick.size)
            beyond = signed[pick, own] - ndtri_exp(log_u[:, 1, j] + tails[pick, own])
            return SIDES[pick, 0] * np.maximum(beyond, 0.0) / root[:, j]

        u = sweep(u, gram, score, draw)
        return u, self._inverse(u, scale, chosen, streams)


SIDES = np.array([[1.0], [-1.0], [1.0], [-1.0]])
"""Sides of 0 of the pieces of a coordinate's density: slab above and below 0, spike above and below."""


def _centred(x: np.ndarray) -> np.ndarray:
    return x - x.max(axis=0)
