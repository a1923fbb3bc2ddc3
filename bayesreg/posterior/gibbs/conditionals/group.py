"""Group and sparse group lasso: a variance that the group shares, and one for each coefficient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class GroupConditional(Conditional):
    r"""``p(u) ~ tau^-d exp(-(own |u|_1 + together ||u||) / tau)``, with rates ``own`` and ``together`` >= 0.

    Under the mixture over ``s`` and ``t_j`` with density ``~ s^((d - 1) / 2) prod_j (s + t_j)^(-1/2)
    exp(-s / 2 - sum_j t_j / 2)`` (in units in which both rates are 1) the precision of ``u_j`` is
    ``(together^2 / s + own^2 / t_j) / tau^2``, and given ``u``
    ``1 / s ~ InverseGaussian(tau / (together ||u||), 1)``, ``1 / t_j ~ InverseGaussian(tau / (own |u_j|), 1)``.

    References
    ----------
    Kyung, Gill, Ghosh and Casella (2010), Penalized regression, standard errors, and Bayesian lassos. Xu and Ghosh
    (2015), Bayesian variable selection and estimation for group lasso.
    """

    own: float
    together: float
    size: int

    def start(self, streams: Streams) -> State:
        shared = np.full((len(streams), 1), 1.0 / (self.size + 1.0))
        return {"shared": shared, "inverse": np.ones((len(streams), self.size))} if self.own else {"shared": shared}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        with np.errstate(divide="ignore"):
            length = np.linalg.norm(u, axis=1, keepdims=True)
            new = {"shared": streams.inverse_gaussian(scale[:, None] / (self.together * length))}
            if self.own:
                new["inverse"] = streams.inverse_gaussian(scale[:, None] / (self.own * np.abs(u)))
        return new

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        one = self.together**2 * np.broadcast_to(state["shared"], (scale.size, self.size))
        return (one + self.own**2 * state["inverse"] if self.own else one) / scale[:, None] ** 2

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        first, _, rank = self.powers(u)
        return -first / scale - rank * np.log(scale)

    def powers(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        first = self.together * np.linalg.norm(u, axis=1) + self.own * np.abs(u).sum(axis=1)
        rank = float(self.size) if self.own + self.together > 0.0 else 0.0
        return first, np.zeros(len(u)), rank
