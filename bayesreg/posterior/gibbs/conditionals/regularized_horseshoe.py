"""The regularised horseshoe: local scales as of a horseshoe, and a slab that the block shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.slices import slice_step
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.posterior.gibbs.variates import draw_tilted_odds

REACH = 300.0


@final
@dataclass(frozen=True, eq=False)
class RegularizedHorseshoeConditional(Conditional):
    r"""``u_j ~ N(0, 1 / (rate^2 / (tau l_j)^2 + slab / c^2))``, ``l_j`` half-Cauchy of scale 1.

    ``c^2 ~ InverseGamma(df / 2, df / 2)`` is one for the block; it is 1 where ``df`` is infinite. Given ``u`` and ``c``
    the ``1 / l_j^2`` have the density ``sqrt(1 + a / x) exp(-m x) / (1 + x)`` with ``a = (tau / rate)^2 slab / c^2``
    and ``m = (rate u_j / tau)^2 / 2``, and are drawn from it; ``log c^2`` moves by a slice. ``tau`` has a half-Cauchy
    prior of scale 1 where the law learns it (`has_scale`).

    References
    ----------
    Piironen and Vehtari (2017), Sparsity information and regularization in the horseshoe and other shrinkage priors.
    """

    rate: float
    slab: float
    df: float
    size: int
    has_scale: bool
    stretches: ClassVar[bool] = False

    def log_scale_prior(self, scale: np.ndarray) -> np.ndarray:
        return np.log(2.0 / np.pi) - np.log1p(scale * scale)

    def start(self, streams: Streams) -> State:
        return {"odds": np.ones((len(streams), self.size)), "slab": np.ones((len(streams), 1))}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        width = scale[:, None] / self.rate
        m = 0.5 * (u / width) ** 2
        odds = draw_tilted_odds(m, np.broadcast_to(width**2 * self.slab / state["slab"], u.shape), streams)
        if self.df == np.inf:
            return {"odds": odds, "slab": state["slab"]}
        return {"odds": odds, "slab": self._move_slab(u, odds / width**2, state["slab"], streams)}

    def _move_slab(self, u: np.ndarray, local: np.ndarray, slab: np.ndarray, streams: Streams) -> np.ndarray:
        """Move ``c^2`` (K, 1) given the precisions ``local`` (K, d) without it."""
        total = (u * u).sum(axis=1, keepdims=True)

        def log_density(x: np.ndarray) -> np.ndarray:
            x = np.clip(x, -REACH, REACH)
            own = self.slab * np.exp(-x)
            log_det = np.log(local + own).sum(axis=1, keepdims=True)
            return 0.5 * (log_det - own * total - self.df * (x + np.exp(-x)))

        width = min(2.0, 4.0 / np.sqrt(self.df))
        return np.exp(slice_step(log_density, np.log(slab), width, streams))

    def move_scale(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> tuple[np.ndarray, State]:
        """Move ``tau`` at fixed products ``tau l_j`` by a slice: the coefficients have no part in its density."""
        if not self.has_scale:
            return scale, state
        log_scale, log_odds = np.log(scale), np.log(state["odds"])

        def log_density(x: np.ndarray) -> np.ndarray:
            odds = log_odds + 2.0 * x[:, None]
            each = 0.5 * odds - np.logaddexp(0.0, odds)
            tau = log_scale + x
            return tau - np.logaddexp(0.0, 2.0 * tau) + each.sum(axis=1)

        x = slice_step(log_density, np.zeros_like(scale), min(2.0, 6.0 / np.sqrt(self.size)), streams)
        return scale * np.exp(x), {"odds": state["odds"] * np.exp(2.0 * x[:, None]), "slab": state["slab"]}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return (self.rate / scale[:, None]) ** 2 * state["odds"] + self.slab / state["slab"]
