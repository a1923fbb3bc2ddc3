"""R2D2: shares of the variance on the simplex, and the odds of R2 as the law's own scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import betaln

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.slices import slice_step
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.posterior.gibbs.variates import draw_log_gig

WIDTH, MATCHINGS, LEAST, REACH = 3.0, 3, 1e-290, 600.0


@final
@dataclass(frozen=True, eq=False)
class R2D2Conditional(Conditional):
    r"""``u_j ~ N(0, tau^2 phi_j / squared)``, ``phi ~ Dirichlet(concentration)``, ``tau^2 / (1 + tau^2) ~ Beta(a, b)``.

    Given ``u`` and ``tau`` the density of the shares is ``~ prod_j phi_j^(concentration - 3/2) exp(-q_j / (2 phi_j))``
    with ``q_j = squared (u_j / tau)^2``. `draw` pairs the coefficients at random: how two divide their sum is
    independent of the other pairs, and moves by a slice, three times over.

    `move_scale` writes ``phi = T / S``, ``S = sum_j T_j``, with ``T_j ~ Gamma(concentration, 1)``. Given
    ``r^2 = tau^2 / S`` the ``T_j`` are generalised inverse Gaussian, but for the prior of ``tau^2 = r^2 S``, which a
    Metropolis step accepts or not.

    References
    ----------
    Zhang, Naughton, Bondell and Reich (2022), Bayesian regression using a prior on the model fit: the R2-D2 shrinkage
    prior.
    """

    squared: float
    shapes: tuple[float, float]
    concentration: float
    size: int
    has_scale = True

    def log_scale_prior(self, scale: np.ndarray) -> np.ndarray:
        return np.log(2.0) - np.log(scale) + self._log_prior(2.0 * np.log(scale))

    def _log_prior(self, x: np.ndarray) -> np.ndarray:
        """Return the log density of ``x = log tau^2``."""
        a, b = self.shapes
        return a * x - (a + b) * np.logaddexp(0.0, x) - betaln(a, b)

    def start(self, streams: Streams) -> State:
        return {"log_share": np.full((len(streams), self.size), -np.log(self.size))}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        log_share = state["log_share"].copy()
        log_q = _log_square(u, scale, self.squared)
        half, chains = self.size // 2, np.arange(len(u))[:, None]
        for _ in range(MATCHINGS if half else 0):
            order = np.argsort(streams.uniform(self.size), axis=1)
            i, j = order[:, :half], order[:, half : 2 * half]
            a, b = log_share[chains, i], log_share[chains, j]
            both = np.logaddexp(a, b)
            x = self._divide(a - b, log_q[chains, i] - both, log_q[chains, j] - both, streams)
            log_share[chains, i] = both - np.logaddexp(0.0, -x)
            log_share[chains, j] = both - np.logaddexp(0.0, x)
        total = np.logaddexp.reduce(log_share, axis=1, keepdims=True)
        return {"log_share": log_share - total}

    def _divide(self, x: np.ndarray, first: np.ndarray, second: np.ndarray, streams: Streams) -> np.ndarray:
        """Move the log odds ``x`` of how pairs divide their sums, given ``log(q / sum)`` of both."""
        power, half = self.concentration - 0.5, np.log(0.5)

        def log_density(x: np.ndarray) -> np.ndarray:
            less, more = np.logaddexp(0.0, -x), np.logaddexp(0.0, x)
            pulls = [np.exp(np.minimum(half + log_q + part, REACH)) for log_q, part in ((first, less), (second, more))]
            return -power * (less + more) - pulls[0] - pulls[1]

        return slice_step(log_density, x, WIDTH, streams)

    def move_scale(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> tuple[np.ndarray, State]:
        alpha = self.size * self.concentration
        log_total = np.log(np.maximum(streams.gamma_of(alpha, 1)[:, 0], LEAST))
        log_unit = 2.0 * np.log(scale) - log_total
        chi = np.exp(np.clip(_log_square(u, np.exp(0.5 * log_unit), self.squared), -REACH, REACH))
        index = np.full(u.shape, self.concentration - 0.5)
        parts = draw_log_gig(index, np.full(u.shape, 2.0), chi, streams)
        new_total = np.logaddexp.reduce(parts, axis=1)
        new = log_unit + new_total
        gain = self._log_prior(new) - self._log_prior(2.0 * np.log(scale))
        accepted = -streams.exponential() < gain
        share = np.where(accepted[:, None], parts - new_total[:, None], state["log_share"])
        return np.where(accepted, np.exp(0.5 * new), scale), {"log_share": share}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return self.squared / scale[:, None] ** 2 * np.exp(-state["log_share"])


def _log_square(u: np.ndarray, scale: np.ndarray, squared: float) -> np.ndarray:
    """Return ``log(squared (u / tau)^2)``, of a ``u`` that is not exactly 0."""
    return np.log(squared) + 2.0 * (np.log(np.maximum(np.abs(u), LEAST)) - np.log(scale)[:, None])
