"""Laplace and elastic-net laws: variances with exponential priors, precisions inverse Gaussian given coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.conditionals.separable import penalised_count
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class LaplaceConditional(Conditional):
    r"""``p(u) ~ exp(-sum_j rate_j |u_j| / tau - precision_j u_j^2 / (2 tau^2))``.

    With ``1 / t_j ~ InverseGaussian(tau / (rate_j |u_j|), 1)`` given ``u``, the precision of ``u_j`` is
    ``(rate_j^2 / t_j + precision_j) / tau^2``.

    References
    ----------
    Park and Casella (2008), The Bayesian lasso. Li and Lin (2010), The Bayesian elastic net.
    """

    rate: np.ndarray
    squared: np.ndarray
    size: int

    def start(self, streams: Streams) -> State:
        return {"inverse": np.ones((len(streams), self.size))}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        with np.errstate(divide="ignore"):
            mean = scale[:, None] / (self.rate * np.abs(u))
        return {"inverse": streams.inverse_gaussian(mean)}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return (self.rate**2 * state["inverse"] + self.squared) / scale[:, None] ** 2

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        first, second, rank = self.powers(u)
        return -first / scale - 0.5 * second / scale**2 - rank * np.log(scale)

    def powers(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        return np.abs(u) @ self.rate, (u * u) @ self.squared, self._count

    @cached_property
    def _count(self) -> float:
        return penalised_count(self.rate, self.squared)
