"""Hamiltonian moves of chains side by side, in coordinates in which the density is about isotropic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, final

import numpy as np

from bayesreg.posterior.gibbs.hamiltonian.target import Target
from bayesreg.posterior.gibbs.streams import Streams

GOLDEN = 0.6180339887498949


@final
@dataclass(frozen=True, eq=False)
class Frame:
    """``position = centre + factor x``.

    Attributes
    ----------
    centre : ndarray (D,)
    factor : ndarray (D, D)
    """

    centre: np.ndarray
    factor: np.ndarray

    def position(self, x: np.ndarray) -> np.ndarray:
        """Return positions (K, D) of points (K, D)."""
        return self.centre + x @ self.factor.T

    def point(self, position: np.ndarray) -> np.ndarray:
        """Return points (K, D) of positions (K, D)."""
        return (position - self.centre) @ self._inverse.T

    @cached_property
    def _inverse(self) -> np.ndarray:
        return np.linalg.inv(self.factor)


class Place(NamedTuple):
    """Where chains are.

    Attributes
    ----------
    x : ndarray (K, D)
    fit : ndarray (K,)
        The log likelihood.
    prior : ndarray (K,)
        The log prior density of the position.
    gradient : ndarray (K, D)
        Of the log density in ``x``.
    """

    x: np.ndarray
    fit: np.ndarray
    prior: np.ndarray
    gradient: np.ndarray


@final
@dataclass(frozen=True, eq=False)
class Mover:
    """A density and the frame in which it is moved over."""

    target: Target
    frame: Frame

    def place(self, x: np.ndarray, fit: np.ndarray | None = None) -> Place:
        """Return the place of points (K, D), whose log likelihood may be known."""
        position = self.frame.position(x)
        fit = self.target.fit(position) if fit is None else fit
        return Place(x, fit, self.target.prior(position), self.slope(x))

    def slope(self, x: np.ndarray) -> np.ndarray:
        """Return what the momentum changes by (K, D)."""
        return self.target.gradient(self.frame.position(x)) @ self.frame.factor

    def move(self, place: Place, step: float, count: int, streams: Streams) -> tuple[Place, np.ndarray]:
        """Return the places after one trajectory of ``count`` leapfrog steps, and its acceptance probabilities (K,).

        A step is accepted by the density itself, so the gradient may be that of another one.

        References
        ----------
        Neal (2011), MCMC using Hamiltonian dynamics.
        """
        start = streams.normal(place.x.shape[1])
        x, gradient = place.x, place.gradient
        momentum = start + 0.5 * step * gradient
        with np.errstate(all="ignore"):
            for left in range(count - 1, -1, -1):
                x = x + step * momentum
                gradient = self.slope(x)
                momentum = momentum + (step if left else 0.5 * step) * gradient
            position = self.frame.position(x)
            fit, prior = self.target.fit(position), self.target.prior(position)
            gain = (
                fit
                - place.fit
                + prior
                - place.prior
                + 0.5 * ((start * start).sum(axis=1) - (momentum * momentum).sum(axis=1))
            )
            chance = np.where(np.isfinite(gain), np.exp(np.minimum(gain, 0.0)), 0.0)
        taken = streams.uniform() <= chance
        kept = ~taken[:, None]
        return (
            Place(
                np.where(kept, place.x, x),
                np.where(taken, fit, place.fit),
                np.where(taken, prior, place.prior),
                np.where(kept, place.gradient, gradient),
            ),
            chance,
        )


def steps_of(length: float, step: float, number: int) -> int:
    """Return how many steps the trajectory of a number has: lengths evenly spread about ``length``, without chance."""
    share = 0.6 + 0.8 * ((number * GOLDEN) % 1.0)
    return max(1, round(length * share / step))
