"""Fused lasso: Laplace laws of the differences of neighbours, and of the coefficients where there is an L1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class FusedConditional(Conditional):
    r"""``p(u) ~ tau^-rank exp(-(steps sum_j |u_j - u_(j-1)| + own sum_j |u_j|) / tau)``.

    Given ``u``, ``1 / w_j ~ InverseGaussian(tau / (steps |u_j - u_(j-1)|), 1)`` for each difference and
    ``1 / t_j ~ InverseGaussian(tau / (own |u_j|), 1)`` for each coefficient; the precision of ``u`` is tridiagonal. The
    rank is ``d``, and ``d - 1`` without absolute values, where the level of the chain is flat.

    References
    ----------
    Kyung, Gill, Ghosh and Casella (2010), Penalized regression, standard errors, and Bayesian lassos.
    """

    steps: float
    own: float
    size: int
    diagonal = False

    def start(self, streams: Streams) -> State:
        state = {"steps": np.ones((len(streams), self.size - 1))}
        return state | {"inverse": np.ones((len(streams), self.size))} if self.own else state

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        with np.errstate(divide="ignore"):
            new = {"steps": streams.inverse_gaussian(scale[:, None] / (self.steps * np.abs(np.diff(u, axis=1))))}
            if self.own:
                new["inverse"] = streams.inverse_gaussian(scale[:, None] / (self.own * np.abs(u)))
        return new

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        unit = 1.0 / scale[:, None] ** 2
        link, at = self.steps**2 * state["steps"] * unit, np.arange(self.size)
        matrix = np.zeros((scale.size, self.size, self.size))
        matrix[:, at[1:], at[:-1]] = matrix[:, at[:-1], at[1:]] = -link
        matrix[:, at[1:], at[1:]] += link
        matrix[:, at[:-1], at[:-1]] += link
        if self.own:
            matrix[:, at, at] += self.own**2 * state["inverse"] * unit
        return matrix

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        first, _, rank = self.powers(u)
        return -first / scale - rank * np.log(scale)

    def powers(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        first = self.steps * np.abs(np.diff(u, axis=1)).sum(axis=1) + self.own * np.abs(u).sum(axis=1)
        rank = float(self.size - (self.own == 0.0)) if self.steps + self.own > 0.0 else 0.0
        return first, np.zeros(len(u)), rank
