"""Laws with a discrete choice for each coefficient, which a coordinate and its choice are drawn together for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.streams import Streams

Draw = Callable[[int, np.ndarray], np.ndarray]
"""Of a coordinate ``j`` and its linear coefficients ``c`` (K,): new values (K,)."""


class CollapsedIndicators(Conditional):
    """A mixture of a spike and a slab on each coefficient, with the choice as a latent variable ``slab`` (K, d).

    Choices given coefficients hardly change where the spike is narrow: a coefficient under it is too small for the
    slab. `sweep_coordinates` draws each choice with its own coefficient integrated out instead.
    """

    @abstractmethod
    def sweep_coordinates(
        self,
        u: np.ndarray,
        gram: np.ndarray,
        score: np.ndarray,
        noise: np.ndarray,
        scale: np.ndarray,
        state: State,
        streams: Streams,
    ) -> tuple[np.ndarray, State]:
        """Return coefficients and latents after drawing ``(choice_j, u_j)`` given the other ones, for each ``j``.

        The likelihood is ``exp(-(u' gram u / 2 - u' score) / noise)``. O(d) operations a coordinate, in all chains at
        once.

        Parameters
        ----------
        u : ndarray (K, d)
        gram : ndarray (d, d) or (K, d, d)
        score : ndarray (K, d)
            Of the likelihood at ``u = 0``.
        noise, scale : ndarray (K,)
        state : State
        streams : Streams
        """

    def reported(self, state: State) -> State:
        return {"inclusion": state["slab"]}


def sweep(u: np.ndarray, gram: np.ndarray, score: np.ndarray, draw: Draw) -> np.ndarray:
    """Return ``u`` after replacing each coordinate in turn by ``draw(j, score_j - sum over i != j of gram_ji u_i)``."""
    u = u.copy()
    each = gram.ndim == 3
    left = score - (np.matmul(gram, u[..., None])[..., 0] if each else u @ gram)
    for j in range(u.shape[1]):
        row = gram[:, j] if each else gram[j]
        old = u[:, j].copy()
        u[:, j] = draw(j, left[:, j] + row[..., j] * old)
        left -= row * (u[:, j] - old)[:, None]
    return u
