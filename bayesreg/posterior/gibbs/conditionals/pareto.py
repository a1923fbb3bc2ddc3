"""Generalised double Pareto laws: Laplace laws whose rates have gamma priors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.conditionals.separable import penalised_count
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class ParetoConditional(Conditional):
    r"""``p(u) ~ prod_j (1 + |u_j| / (unit_j tau))^-power_j / tau``, ``power_j > 1``.

    The rates are ``l_j ~ Gamma(power_j, rate unit_j + |u_j| / tau)`` given ``u``, the variances integrated out, and
    then ``1 / t_j ~ InverseGaussian(tau / (l_j |u_j|), 1)``: the precision of ``u_j`` is ``l_j^2 / (t_j tau^2)``.
    Coefficients of power 0 are free.

    References
    ----------
    Armagan, Dunson and Lee (2013), Generalized double Pareto shrinkage.
    """

    power: np.ndarray
    unit: np.ndarray
    size: int

    def start(self, streams: Streams) -> State:
        return {"precision": np.ones((len(streams), self.size)) * (self.power / self.unit) ** 2}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        length = np.abs(u) / scale[:, None]
        shape = np.broadcast_to(self.power, u.shape)
        rate = streams.gamma(shape) / (self.unit + length)
        with np.errstate(divide="ignore"):
            inverse = streams.inverse_gaussian(1.0 / (rate * length))
        return {"precision": rate**2 * inverse}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return state["precision"] / scale[:, None] ** 2

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        each = np.log1p(np.abs(u) / (self.unit * scale[:, None]))
        return -each @ self.power - penalised_count(self.power, self.power) * np.log(scale)
