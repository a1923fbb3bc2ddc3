"""Standardised columns that are never formed as a whole: blocks of them, and their products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy import sparse

from bayesreg.matrices import Matrix, dense_columns

BLOCK = 2**20
"""Numbers in a block of dense columns or rows."""


@final
@dataclass(frozen=True, eq=False)
class Standardized:
    """The matrix ``Z = (1 - B B') sqrt(w) (X - c) / s`` (n, m) of the penalised columns of a design.

    Attributes
    ----------
    X : ndarray or csc_array (n, p)
    at : ndarray of int (m,)
        The columns of ``X`` that are penalised.
    root : ndarray (n,)
        ``sqrt(w)``.
    center, size : ndarray (m,)
        Weighted means ``c`` (0 without an intercept) and root mean squares ``s`` about them; 1 for a size of 0.
    basis : ndarray (n, f)
        ``B``: an orthonormal basis of the columns without a penalty, the intercept among them.
    """

    X: Matrix
    at: np.ndarray
    root: np.ndarray
    center: np.ndarray
    size: np.ndarray
    basis: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """``(n, m)``."""
        return self.root.size, self.at.size

    def projected(self, U: np.ndarray) -> np.ndarray:
        """Return ``U`` (n, ...) without its part along the columns that have no penalty."""
        return np.asarray(U - self.basis @ (self.basis.T @ U))

    def times(self, V: np.ndarray) -> np.ndarray:
        """Return ``Z V`` (n, k)."""
        scaled = V / self.size[:, None]
        whole = np.zeros((self.X.shape[1], V.shape[1]))
        whole[self.at] = scaled
        return self.projected((self.X @ whole - self.center @ scaled) * self.root[:, None])

    def across(self, U: np.ndarray) -> np.ndarray:
        """Return ``Z' U`` (m, k)."""
        return self._raw_across(self.projected(U))

    def _raw_across(self, U: np.ndarray) -> np.ndarray:
        """Return ``Z' U`` (m, k) of the columns before the projection."""
        rows = U * self.root[:, None]
        return np.asarray(((self.X.T @ rows)[self.at] - np.outer(self.center, rows.sum(axis=0))) / self.size[:, None])

    def column_blocks(self) -> Iterator[np.ndarray]:
        """Yield ``Z`` by blocks of columns (n, b), each by column in memory."""
        n, m = self.shape
        step = max(1, BLOCK // n)
        for start in range(0, m, step):
            part = slice(start, start + step)
            Z = (_picked(self.X, self.at[part]) - self.center[part]) * (self.root[:, None] / self.size[part])
            yield np.asfortranarray(self.projected(Z))

    def row_blocks(self) -> Iterator[np.ndarray]:
        """Yield the rows of ``Z``, for a dense ``X``, by blocks (m, b), each by column in memory."""
        n, m = self.shape
        along, step = self._raw_across(self.basis).T, max(1, BLOCK // m)
        for start in range(0, n, step):
            part = slice(start, start + step)
            Z = (_picked(self.X[part], self.at) - self.center) * self.root[part, None] / self.size
            yield np.ascontiguousarray(Z - self.basis[part] @ along).T


def _picked(X: Matrix, at: np.ndarray) -> np.ndarray:
    """Return columns (n, d) as a dense array; those that lie side by side are not copied."""
    if at.size and at[-1] - at[0] == at.size - 1:
        return dense_columns(X, slice(int(at[0]), int(at[-1]) + 1))
    return dense_columns(X, at)


def standardized(X: Matrix, weights: np.ndarray, *, intercept: bool, free: np.ndarray) -> Standardized:
    """Return the penalised columns of a design, standardised, the others and the intercept projected out."""
    root, total = np.sqrt(weights), float(weights.sum())
    center = np.asarray(X.T @ weights) / total if intercept else np.zeros(X.shape[1])
    size = np.sqrt(_squares(X, weights, center) / total)
    size = np.where(size > 0.0, size, 1.0)
    fixed, at = np.flatnonzero(free), np.flatnonzero(~free)
    columns = (dense_columns(X, fixed, what="The dispersion") - center[fixed]) * root[:, None] / size[fixed]
    columns = np.column_stack([root, columns]) if intercept else columns
    basis = np.linalg.qr(columns)[0] if columns.shape[1] else columns
    return Standardized(X, at, root, center[at], size[at], basis)


def _squares(X: Matrix, weights: np.ndarray, center: np.ndarray) -> np.ndarray:
    """Return the weighted sum of squares (p,) of each column about its centre."""
    n, p = X.shape
    found = np.zeros(p)
    if isinstance(X, sparse.csc_array):
        where, w = np.repeat(np.arange(p), np.diff(X.indptr)), weights[X.indices]
        found += np.bincount(where, w * (X.data - center[where]) ** 2, minlength=p)
        return found + np.maximum(weights.sum() - np.bincount(where, w, minlength=p), 0.0) * center**2
    step = max(1, BLOCK // n)
    for start in range(0, p, step):
        part = slice(start, start + step)
        found[part] = weights @ (X[:, part] - center[part]) ** 2
    return found
