"""Quadratic forms: normal laws with a matrix, which need no latent variables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.conditionals.base import Conditional, State
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class QuadraticConditional(Conditional):
    r"""``p(u) ~ tau^-rank exp(-|root u|^2 / (2 tau^2))``.

    The rank counts the directions in which the law is not flat; it can be larger than the rows of ``root``, where
    directions of hardly any precision are left out of it.
    """

    root: np.ndarray
    rank: float
    size: int
    diagonal = False

    @cached_property
    def _square(self) -> np.ndarray:
        return self.root.T @ self.root

    def start(self, streams: Streams) -> State:
        return {}

    def draw(self, u: np.ndarray, scale: np.ndarray, state: State, streams: Streams) -> State:
        return {}

    def precision(self, scale: np.ndarray, state: State) -> np.ndarray:
        return self._square / scale[:, None, None] ** 2

    def log_density(self, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
        _, second, rank = self.powers(u)
        return -0.5 * second / scale**2 - rank * np.log(scale)

    def powers(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        return np.zeros(len(u)), ((u @ self.root.T) ** 2).sum(axis=1), float(self.rank)
