"""Bridge laws below the square: variances from tilted stable variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.conditionals.separable import penalised_count
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.posterior.gibbs.variates import draw_log_tilted_stable

LARGEST = 550.0


@final
@dataclass(frozen=True, eq=False)
class BridgeConditional(Conditional):
    r"""``p(u) ~ prod_j exp(-(rate_j |u_j| / tau)^power) / tau`` with ``0 < power < 2``.

    Given ``u`` the precision of ``u_j`` is ``2 (rate_j / tau)^2 S_j``, ``S_j`` positive stable of index ``power / 2``
    and tilted by ``exp(-(rate_j u_j / tau)^2 S_j)``: it is drawn exactly.

    References
    ----------
    Polson, Scott and Windle (2014), The Bayesian bridge. Nishimura and Suchard (2023), Shrinkage with shrunken
    shoulders: Gibbs sampling shrinkage model posteriors with guaranteed convergence rates.
    """

    rate: np.ndarray
    power: float
    size: int

    def _powers(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        return (self.rate * np.abs(u) / scale[:, None]) ** self.power

    def start(self, streams: Streams) -> State:
        return {"log_stable": np.zeros((len(streams), self.size))}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        return {"log_stable": draw_log_tilted_stable(self._powers(u, scale), 0.5 * self.power, streams)}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        stable = np.exp(np.minimum(state["log_stable"], LARGEST))
        return 2.0 * (self.rate / scale[:, None]) ** 2 * stable

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        return -self._powers(u, scale).sum(axis=1) - penalised_count(self.rate, self.rate) * np.log(scale)
