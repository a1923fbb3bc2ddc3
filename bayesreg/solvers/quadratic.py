"""A weighted least-squares loss around a point, with its Gram matrix built only where it is needed."""

from __future__ import annotations

from typing import final

import numpy as np

FULL_GRAM_COLUMNS = 1500


@final
class Quadratic:
    """The loss ``-r' Z (g - g0) + (g - g0)' Z' V Z (g - g0) / 2``, ``V`` diagonal.

    For a Gaussian it is the loss itself (``g0 = 0``, ``r = w y``, ``V = w``); for other families its
    second-order model at ``g0`` (``r = w (y - mu)``, ``V`` the curvature).

    Parameters
    ----------
    Z : ndarray (n, m)
    curvature : ndarray (n,)
        The diagonal of ``V``, >= 0.
    residual : ndarray (n,)
        ``r``, minus the gradient in ``eta`` at ``g0``.
    start : ndarray (m,)
        ``g0``.
    """

    def __init__(self, Z: np.ndarray, curvature: np.ndarray, residual: np.ndarray, start: np.ndarray) -> None:
        self.Z, self.curvature, self.residual, self.start = Z, curvature, residual, start
        self.columns = np.zeros(0, dtype=int)
        self.position = np.full(Z.shape[1], -1)
        self.store = np.zeros((0, 0))
        self.root = np.sqrt(curvature)
        n, m = Z.shape
        self.is_full = m <= min(n, FULL_GRAM_COLUMNS)
        """Whether the Gram matrix of all columns is held, in their order."""
        if self.is_full:
            self._extend(np.arange(m))
        self.correlation = Z.T @ residual + (self.store @ start if self.is_full else Z.T @ (curvature * (Z @ start)))

    def _extend(self, new: np.ndarray) -> None:
        """Add the columns ``new`` to the stored Gram matrix by block products."""
        old = self.columns
        scaled = self.Z[:, new] * self.root[:, None]
        store = np.empty((old.size + new.size, old.size + new.size))
        store[: old.size, : old.size] = self.store
        if old.size:
            cross = (self.Z[:, old] * self.root[:, None]).T @ scaled
            store[: old.size, old.size :] = cross
            store[old.size :, : old.size] = cross.T
        store[old.size :, old.size :] = scaled.T @ scaled
        self.position[new] = np.arange(old.size, old.size + new.size)
        self.columns, self.store = np.concatenate([old, new]), store

    def gram(self, at: np.ndarray) -> np.ndarray:
        """Return ``Z_A' V Z_A`` for the columns ``at``."""
        missing = at[self.position[at] < 0]
        if missing.size:
            self._extend(missing)
        where = self.position[at]
        return self.store[np.ix_(where, where)]

    def eta(self, g: np.ndarray) -> np.ndarray:
        """Return ``Z (g - g0)`` (n,), from the columns that differ."""
        change = g - self.start
        support = np.flatnonzero(change)
        return self.Z[:, support] @ change[support] if 2 * support.size < change.size else self.Z @ change

    def minus_gradient(self, g: np.ndarray, support: np.ndarray) -> np.ndarray:
        """Return minus the gradient (m,) at ``g``, which is zero outside ``support``."""
        if self.is_full:
            return self.correlation - self.store[:, support] @ g[support]
        return self.Z.T @ (self.residual - self.curvature * self.eta(g))

    def accurate_minus_gradient(self, g: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Return its coordinates ``at`` from the rows, which loses half the digits that the Gram matrix loses."""
        return self.Z[:, at].T @ (self.residual - self.curvature * self.eta(g))
