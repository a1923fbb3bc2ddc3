"""What a law is to the sampler: coefficients that are normal given latent variables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from bayesreg.posterior.gibbs.streams import Streams

State = dict[str, np.ndarray]
"""Latent variables by name, each (K, ...): the first axis is the chain."""


class Conditional(ABC):
    """A block's law as ``u | latents ~ N(0, Q^-1)``, and the latents given ``u``.

    ``u`` (K, d) is what the law acts on in K chains: its coefficients in units of sigma where the law is relative to
    it. The law's width is a scale ``tau`` (K,): 1 where the strength is a number, else learned. With unit strengths
    ``rate`` and ``precision`` (d,) the law at scale ``tau`` is that of strength ``rate / tau``,
    ``precision / tau^2``.

    Attributes
    ----------
    size : int
        Number of coefficients ``d``.
    diagonal : bool
        Whether ``Q`` is diagonal.
    """

    size: int
    diagonal: ClassVar[bool] = True
    has_scale: bool = False
    """Whether the law learns a scale of its own, with `log_scale_prior`."""

    stretches: ClassVar[bool] = True
    """Whether the law at scale ``tau`` is the law at scale 1 stretched by ``tau``."""

    def log_scale_prior(self, scale: np.ndarray) -> np.ndarray:
        """Return the log density of the law's own scale with respect to ``d tau``, elementwise."""
        return np.zeros_like(scale)

    @abstractmethod
    def start(self, streams: Streams) -> State:
        """Return latents to start from, about the middle of their prior."""

    @abstractmethod
    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        """Return the latents drawn given ``u`` (K, d) and the scale (K,)."""

    def move_scale(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> tuple[np.ndarray, State]:
        """Return the law's own scale and the latents, moved together given ``u``; as they are where there is no move.

        It leaves ``p(tau, latents | u)`` unchanged, under `log_scale_prior`, and comes beside `draw`.
        """
        return scale, state

    @abstractmethod
    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        """Return the precision of ``u`` given the latents: its diagonal (K, d), or matrices (K, d, d)."""

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray | None:
        """Return ``log p(u | tau)`` (K,), latents integrated out, up to a constant; None: not in closed form."""
        return None

    def powers(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
        """Return ``(S1, S2, r)`` of ``log p(u | tau) = -S1 / tau - S2 / (2 tau^2) - r log tau``; None: another form."""
        return None

    def reported(self, state: State) -> State:
        """Return the latents that users see, by the names that they have in the tree, each (K, d)."""
        return {}


class LocalScaleConditional(Conditional):
    """A law whose variances are ``tau^2 l_j^2 / rate_j^2``, with independent local scales ``l_j`` as latents."""

    @abstractmethod
    def log_local(self, state: State) -> np.ndarray:
        """Return ``log l_j^2`` (K, d)."""

    @abstractmethod
    def with_log_local(self, state: State, log: np.ndarray) -> State:
        """Return the latents with ``log l_j^2`` (K, d)."""

    @abstractmethod
    def log_local_prior(self, log: np.ndarray) -> np.ndarray:
        """Return the log density of ``log l_j^2``, elementwise, up to a constant."""
