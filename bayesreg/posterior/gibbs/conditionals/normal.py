"""Normal laws: no latent variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.conditionals.separable import penalised_count
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class NormalConditional(Conditional):
    """``u_j ~ N(0, tau^2 / squared_j)``."""

    squared: np.ndarray
    size: int

    def start(self, streams: Streams) -> State:
        return {}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        return {}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return self.squared / scale[:, None] ** 2

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        _, second, rank = self.powers(u)
        return -0.5 * second / scale**2 - rank * np.log(scale)

    def powers(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        return np.zeros(len(u)), (u * u) @ self.squared, penalised_count(self.squared, self.squared)
