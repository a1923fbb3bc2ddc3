"""The horseshoe: local scales with half-Cauchy priors, drawn exactly given the coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import LocalScaleConditional, State
from bayesreg.posterior.gibbs.conditionals.horseshoe_density import log_shape
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.posterior.gibbs.variates import draw_odds


@final
@dataclass(frozen=True, eq=False)
class HorseshoeConditional(LocalScaleConditional):
    r"""``u_j ~ N(0, tau^2 l_j^2 / rate_j^2)``, ``l_j`` half-Cauchy of scale 1.

    Given ``u`` the inverse squares ``1 / l_j^2`` have the density ``exp(-m x) / (1 + x)`` with
    ``m = (rate_j u_j / tau)^2 / 2``, and are drawn from it, without variables beside them. With ``l_j`` integrated
    out, ``p(u) ~ prod_j e^z E1(z) / tau`` at ``z = m``.

    References
    ----------
    Carvalho, Polson and Scott (2010), The horseshoe estimator for sparse signals.
    """

    rate: np.ndarray
    size: int

    def start(self, streams: Streams) -> State:
        return {"odds": np.ones((len(streams), self.size))}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        return {"odds": draw_odds(0.5 * (self.rate * u / scale[:, None]) ** 2, streams)}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return self.rate**2 * state["odds"] / scale[:, None] ** 2

    def log_local(self, state: State) -> np.ndarray:
        return -np.log(state["odds"])

    def with_log_local(self, state: State, log: np.ndarray) -> State:
        return {**state, "odds": np.exp(-log)}

    def log_local_prior(self, log: np.ndarray) -> np.ndarray:
        return 0.5 * log - np.logaddexp(0.0, log)

    @cached_property
    def _held(self) -> np.ndarray | slice:
        held = self.rate > 0.0
        return slice(None) if held.all() else held

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        size = np.abs(self.rate * u)[:, self._held] / scale[:, None]
        return log_shape(size).sum(axis=1) - size.shape[1] * np.log(scale)
