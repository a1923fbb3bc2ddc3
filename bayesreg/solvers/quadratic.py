"""A weighted least-squares loss around a point, with its Gram matrix built only where it is needed."""

from __future__ import annotations

from copy import copy
from typing import Any, final

import numpy as np

from bayesreg.matrices import is_sparse
from bayesreg.solvers.columns import Columns, Implicit, times, weighted_gram

FULL_GRAM_COLUMNS = 1500


@final
class Quadratic:
    """The loss ``-r' Z (g - g0) + (g - g0)' Z' V Z (g - g0) / 2``, ``V`` diagonal.

    For a Gaussian it is the loss itself (``g0 = 0``, ``r = w y``, ``V = w``); for other families its
    second-order model at ``g0`` (``r = w (y - mu)``, ``V`` the curvature).

    Parameters
    ----------
    Z : ndarray, Columns or Turned (n, m)
    curvature : ndarray (n,)
        The diagonal of ``V``, >= 0.
    residual : ndarray (n,)
        ``r``, minus the gradient in ``eta`` at ``g0``.
    start : ndarray (m,)
        ``g0``.

    Attributes
    ----------
    columns : ndarray of int (k,)
        The working set: the coordinates whose Gram matrix is held.
    position : ndarray of int (m,)
        Their places in it; -1 outside.
    passes : int
        Products of all rows and columns that were formed.
    is_full : bool
        Whether the working set is all coordinates, in their order.
    """

    def __init__(
        self, Z: np.ndarray | Implicit, curvature: np.ndarray, residual: np.ndarray, start: np.ndarray
    ) -> None:
        self.Z, self.curvature, self.residual, self.start = Z, curvature, residual, start
        n, m = Z.shape
        self.columns = np.zeros(0, dtype=int)
        self.position = np.full(m, -1)
        self.root = np.sqrt(curvature)
        self._store = np.zeros((0, 0))
        self._held = np.zeros((n, 0), order="F")
        self.is_full = _holds_all(Z)
        if self.is_full:
            self._store = weighted_gram(Z, curvature) if isinstance(Z, np.ndarray) else Z.gram(curvature)
            self.columns = self.position = np.arange(m)
        self.passes = int(self.is_full)
        self.correlation = self.scores(residual)
        self._take_start()

    def _take_start(self) -> None:
        """Turn the correlation at the start into that at 0; ``response`` is what the rows correlate with there."""
        self.response = self.residual
        if self.start.any() and self.is_full:
            self.correlation += self.store @ self.start
        elif self.start.any():
            known = self.curvature * (self.Z @ self.start)
            self.response = self.residual + known
            self.correlation += self.scores(known)

    def moved(self, residual: np.ndarray, score: np.ndarray, start: np.ndarray) -> Quadratic:
        """Return a loss with the same curvature around another point; ``score`` is ``Z' residual``."""
        other = copy(self)
        other.residual, other.start = residual, start
        other.correlation = score.copy()
        other._take_start()
        return other

    def widened(self, Z: np.ndarray | Implicit, place: np.ndarray) -> Quadratic | None:
        """Return a loss of more coordinates, ``place`` (m,) those of this one, to be `moved` before it is used.

        None where the inner products of all or of some columns are to be held, and these are of the others.
        """
        m = Z.shape[1]
        if self.is_full != _holds_all(Z):
            return None
        other = copy(self)
        other.Z = Z
        if self.is_full:
            other.columns = other.position = np.arange(m)
            new = np.setdiff1d(other.columns, place)
            other._store = np.empty((m, m))
            other._store[np.ix_(place, place)] = self.store
            cross = self._cross(Z, new)
            other._store[:, new], other._store[new] = cross, cross.T
        else:
            other.columns, other.position = place[self.columns], np.full(m, -1)
            other.position[other.columns] = np.arange(other.columns.size)
        return other

    def _cross(self, Z: np.ndarray | Implicit, new: np.ndarray) -> np.ndarray:
        """Return ``Z' V Z[:, new]``."""
        if isinstance(Z, Columns) and is_sparse(Z.X):
            return Z.cross(np.arange(Z.shape[1]), new, self.curvature)
        return np.asarray(Z.T @ (self.curvature[:, None] * Z[:, new]))

    @property
    def store(self) -> np.ndarray:
        """The Gram matrix ``Z_W' V Z_W`` of the working set (k, k)."""
        k = self.columns.size
        return self._store[:k, :k]

    def extend(self, new: np.ndarray) -> None:
        """Take the coordinates ``new`` into the working set: their Gram matrix by block products."""
        old, k = self.columns, self.columns.size + new.size
        if k > self._store.shape[0]:
            self._grow(max(k, min(2 * k, self.Z.shape[1])))
        if isinstance(self.Z, Columns) and is_sparse(self.Z.X):
            cross, inner = self.Z.cross(old, new, self.curvature), self.Z.cross(new, new, self.curvature)
        else:
            added = self._held[:, old.size : k]
            np.multiply(self.Z[:, new], self.root[:, None], out=added)
            cross, inner = self._held[:, : old.size].T @ added, added.T @ added
        self._store[: old.size, old.size : k] = cross
        self._store[old.size : k, : old.size] = cross.T
        self._store[old.size : k, old.size : k] = inner
        self.position[new] = np.arange(old.size, k)
        self.columns = np.concatenate([old, new])

    def _grow(self, size: int) -> None:
        """Make room for a working set of ``size`` coordinates."""
        k = self.columns.size
        store = np.empty((size, size))
        store[:k, :k] = self.store
        self._store = store
        if not (isinstance(self.Z, Columns) and is_sparse(self.Z.X)):
            held = np.empty((self.Z.shape[0], size), order="F")
            held[:, :k] = self._held[:, :k]
            self._held = held

    def require(self, at: np.ndarray) -> bool:
        """Take those of the coordinates ``at`` into the working set that are not in it; return whether any was not."""
        missing = at[self.position[at] < 0]
        if missing.size:
            self.extend(missing)
        return bool(missing.size)

    def gram(self, at: np.ndarray) -> np.ndarray:
        """Return ``Z_A' V Z_A`` for the coordinates ``at``."""
        self.require(at)
        where = self.position[at]
        return self._store[np.ix_(where, where)]

    def gram_along(self, at: np.ndarray, basis: Any) -> np.ndarray:
        """Return ``B' Z_A' V Z_A B`` (k, k) for directions ``B`` (a, k) of the coordinates ``at``."""
        if self.is_full or 2 * basis.shape[1] > at.size:
            return np.asarray(basis.T @ (basis.T @ self.gram(at)).T)
        along = times(self.Z, at, basis) * self.root[:, None]
        return np.asarray(along.T @ along)

    def eta(self, g: np.ndarray) -> np.ndarray:
        """Return ``Z (g - g0)`` (n,), from the columns that differ."""
        change = g - self.start
        support = np.flatnonzero(change)
        return times(self.Z, support, change[support]) if 2 * support.size < change.size else self.Z @ change

    def times(self, at: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return ``Z[:, at] @ values`` (n,) for coordinates of the working set."""
        if self._held.shape[1] < self.columns.size:
            return times(self.Z, at, values)
        whole = np.zeros(self.columns.size)
        whole[self.position[at]] = values
        eta = self._held[:, : whole.size] @ whole
        return np.divide(eta, self.root, out=np.zeros_like(eta), where=self.root > 0.0)

    def minus_gradient(self, g: np.ndarray, support: np.ndarray) -> np.ndarray:
        """Return minus the gradient (m,) at ``g``, which is zero outside ``support``."""
        if self.is_full:
            return np.asarray(self.correlation - self.store[:, support] @ g[support])
        return self.scores(self.residual - self.curvature * self.eta(g))

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return ``Z' rows`` (m,)."""
        self.passes += 1
        return np.asarray(self.Z.T @ rows)

    def accurate_minus_gradient(self, g: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Return its coordinates ``at`` from the rows, which loses half the digits that the Gram matrix loses."""
        rows = self.residual - self.curvature * self.eta(g)
        if not isinstance(self.Z, np.ndarray) and 2 * at.size > self.Z.shape[1]:
            return self.scores(rows)[at]
        return np.asarray(self.Z[:, at].T @ rows)


def _holds_all(Z: np.ndarray | Implicit) -> bool:
    """Return whether the inner products of all columns are held from the start."""
    return Z.shape[1] <= min(Z.shape[0], FULL_GRAM_COLUMNS)
