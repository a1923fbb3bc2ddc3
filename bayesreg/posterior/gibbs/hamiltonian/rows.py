"""The likelihood of a model's rows and its gradient, for chains side by side, by pieces of the rows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.families import Likelihood

CHUNK = 4096
"""Rows that are worked on together, so that what belongs to them stays in the processor's cache."""


@final
@dataclass(frozen=True, eq=False)
class Rows:
    """``log p(y | w)`` of coordinates ``w`` (K, m), by pieces of rows that threads may share.

    The pieces do not depend on the number of threads, and are added in order: the sum does not either.

    Attributes
    ----------
    columns : ndarray (n, m)
    y, weights, offset : ndarray (n,)
    likelihood : Likelihood
    phi : float
    pool : ThreadPoolExecutor or None
    """

    columns: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    likelihood: Likelihood
    phi: float
    pool: ThreadPoolExecutor | None = None

    def value(self, w: np.ndarray) -> np.ndarray:
        """Return the log likelihood (K,) up to a constant."""

        def part(at: slice) -> np.ndarray:
            with np.errstate(all="ignore"):
                return self.likelihood.half_deviance(self.y[at], self._eta(w, at)) @ self.weights[at]

        return -self._sum(part) / self.phi

    def gradient(self, w: np.ndarray) -> np.ndarray:
        """Return the gradient of the log likelihood (K, m)."""

        def part(at: slice) -> np.ndarray:
            with np.errstate(all="ignore"):
                score = self.likelihood.score(self.y[at], self._eta(w, at)) * self.weights[at]
                return score @ self.columns[at]

        return self._sum(part) / self.phi

    def information(self, w: np.ndarray) -> np.ndarray:
        """Return minus the Hessian (m, m) of the log likelihood at one point (m,), as `Likelihood.curvature` has it."""

        def part(at: slice) -> np.ndarray:
            eta = self._eta(w[None], at)[0]
            weight = self.likelihood.curvature(eta) * self.weights[at]
            return (self.columns[at].T * weight) @ self.columns[at]

        return self._sum(part) / self.phi

    def _eta(self, w: np.ndarray, at: slice) -> np.ndarray:
        return w @ self.columns[at].T + self.offset[at]

    def _sum(self, part: Callable[[slice], np.ndarray]) -> np.ndarray:
        n = self.y.size
        pieces = [slice(start, min(start + CHUNK, n)) for start in range(0, n, CHUNK)]
        if len(pieces) == 1:
            return part(pieces[0])
        found = map(part, pieces) if self.pool is None else self.pool.map(part, pieces)
        return np.sum(list(found), axis=0)
