"""Student-t laws: variances with inverse gamma priors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.conditionals.separable import penalised_count
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class StudentTConditional(Conditional):
    r"""``u_j`` Student-t of ``df`` degrees of freedom and scale ``tau / sqrt(squared_j)``.

    Its precision is ``g_j squared_j / tau^2`` with ``g_j ~ Gamma((df + 1) / 2, rate (df + squared_j u_j^2 / tau^2) /
    2)`` given ``u``.
    """

    squared: np.ndarray
    df: float
    size: int

    def start(self, streams: Streams) -> State:
        return {"gamma": np.ones((len(streams), self.size))}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        rate = 0.5 * (self.df + self.squared * (u / scale[:, None]) ** 2)
        return {"gamma": streams.gamma_of(0.5 * (self.df + 1.0), self.size) / rate}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return self.squared * state["gamma"] / scale[:, None] ** 2

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        each = np.log1p(self.squared / self.df * (u / scale[:, None]) ** 2)
        rank = penalised_count(self.squared, self.squared)
        return -0.5 * (self.df + 1.0) * each.sum(axis=1) - rank * np.log(scale)
