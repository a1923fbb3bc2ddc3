"""Standardised columns of a design that is not copied: dense or sparse, the centring kept apart.

Small designs, and dense ones whose means are large beside their spread, are copied as an array instead, which loses
no digits to the centring; `make_columns` decides. Both kinds know ``Z @ g``, ``Z.T @ r``, ``Z[:, at]`` and ``Z.shape``.
"""

from __future__ import annotations

from typing import Any, Protocol, final

import numpy as np
from scipy import sparse

from bayesreg.matrices import Matrix, dense_columns, is_sparse

SMALL = 2**18  # entries up to which a copy costs next to nothing
FAR = 8.0  # mean over spread beyond which centring in the products would lose two digits
FEW = 4  # share of the columns below which they are picked out of a product
TILE = 2**19  # entries of the columns that are formed at a time
ROWS = 2**13  # rows that are weighted at a time


@final
class Columns:
    """The columns ``(x_j - center_j) / size_j`` (n, m), of ones first where there is an intercept.

    Parameters
    ----------
    X : ndarray or csc_array (n, m - ones)
        Held, not copied.
    center, size : ndarray (m - ones,)
    ones : bool
    """

    def __init__(self, X: Matrix, center: np.ndarray, size: np.ndarray, ones: bool) -> None:
        self.X, self.center, self.size, self.ones = X, center, size, int(ones)
        self.shape = (X.shape[0], X.shape[1] + self.ones)

    def __matmul__(self, g: np.ndarray) -> np.ndarray:
        """Return ``Z @ g`` (n,) or (n, k) for ``g`` (m,) or (m, k)."""
        inner = g[self.ones :].T / self.size
        shift = inner @ self.center
        out = self.X @ inner.T - shift
        return out + g[0] if self.ones else out

    @property
    def T(self) -> Scores:  # noqa: N802
        """The transpose, for products with rows."""
        return Scores(self)

    def __getitem__(self, key: tuple[slice, np.ndarray]) -> np.ndarray:
        """Return the columns ``Z[:, at]`` as a dense array (n, k) in Fortran order; ``at`` positions or a mask."""
        at = np.asarray(key[1])
        at = np.flatnonzero(at) if at.dtype == bool else at
        found = at >= self.ones
        inner = at[found] - self.ones
        columns = dense_columns(self.X, inner)
        columns -= self.center[inner]
        columns /= self.size[inner]
        if found.all():
            return np.asfortranarray(columns)
        out = np.ones((self.shape[0], at.size), order="F")
        out[:, found] = columns
        return out

    def times(self, at: np.ndarray, values: Any) -> np.ndarray:
        """Return ``Z[:, at] @ values`` (n,) or (n, k), without forming the columns where they are sparse or many.

        ``values`` (a,) or (a, k) may be sparse.
        """
        values = values if is_sparse(self.X) else filled(values)
        if not is_sparse(self.X) and FEW * at.size > self.shape[1]:
            return np.asarray(self @ spread(at, values, self.shape[1]))
        found = at >= self.ones
        places = at[found] - self.ones
        inner = sparse.diags_array(1.0 / self.size[places]) @ values[found]
        out = filled(self.X[:, places] @ inner)
        return np.asarray(out - self.center[places] @ inner + values[~found].sum(axis=0))

    def square_sums(self, v: np.ndarray) -> np.ndarray:
        """Return ``sum_i v_i Z_ij^2`` (m,)."""
        raw = self.X.multiply(self.X).T @ v if is_sparse(self.X) else np.einsum("ij,ij,i->j", self.X, self.X, v)
        total = float(v.sum())
        inner = np.maximum(raw - self.center * (2.0 * (self.X.T @ v) - total * self.center), 0.0) / self.size**2
        return np.concatenate([np.full(self.ones, total), inner])

    def rescaled(self, factor: np.ndarray) -> Columns:
        """Return the columns times ``factor`` (m,), which is 1 for that of ones."""
        return Columns(self.X, self.center, self.size / factor[self.ones :], bool(self.ones))

    def gram(self, v: np.ndarray) -> np.ndarray:
        """Return ``Z' diag(v) Z`` (m, m), from blocks of rows."""
        sums = self.X.T @ v
        return self._centred(weighted_gram(self.X, v), sums, sums, float(v.sum()))

    def cross(self, a: np.ndarray, b: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Return ``Z[:, a]' diag(v) Z[:, b]`` from sparse columns."""
        A = sparse.csc_array(self.X[:, a[a >= self.ones] - self.ones])
        B = sparse.csc_array(self.X[:, b[b >= self.ones] - self.ones])
        weighted = sparse.csc_array(B.multiply(v[:, None]))
        inner = (A.T @ weighted).toarray()
        return self._centred(inner, A.T @ v, weighted.sum(axis=0), float(v.sum()), a, b)

    def _centred(
        self,
        inner: np.ndarray,
        left: np.ndarray,
        right: np.ndarray,
        total: float,
        a: np.ndarray | None = None,
        b: np.ndarray | None = None,
    ) -> np.ndarray:
        """Turn products of raw columns into those of standardised ones; ``left`` and ``right`` are their sums."""
        a = np.arange(self.shape[1]) if a is None else a
        b = np.arange(self.shape[1]) if b is None else b
        ia, ib = a >= self.ones, b >= self.ones
        ja, jb = a[ia] - self.ones, b[ib] - self.ones
        ca, cb, sa, sb = self.center[ja], self.center[jb], self.size[ja], self.size[jb]
        inner = inner - np.outer(ca, right - 0.5 * total * cb) - np.outer(left - 0.5 * total * ca, cb)
        out = np.full((a.size, b.size), total)
        out[np.ix_(ia, ib)] = inner / np.outer(sa, sb)
        if self.ones:
            out[np.ix_(ia, ~ib)] = ((left - total * ca) / sa)[:, None]
            out[np.ix_(~ia, ib)] = ((right - total * cb) / sb)[None, :]
        return out


@final
class Scores:
    """The transpose of `Columns`."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.shape = columns.shape[::-1]

    def __matmul__(self, r: np.ndarray) -> np.ndarray:
        """Return ``Z' r`` (m,) or (m, k) for ``r`` (n,) or (n, k)."""
        of, total = self.columns, r.sum(axis=0)
        inner = (of.X.T @ r).T
        inner = (inner - np.multiply.outer(total, of.center)) / of.size
        return np.concatenate([np.asarray(total)[..., None], inner], axis=-1).T if of.ones else inner.T


Standardized = np.ndarray | Columns


class Implicit(Protocol):
    """What columns that are not held as an array can do, `Columns` and those turned from them."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""

    @property
    def T(self) -> Any:  # noqa: N802
        """The transpose, for products with rows."""

    def __matmul__(self, g: np.ndarray) -> np.ndarray:
        """Return the product with ``g`` (m,) or (m, k)."""

    def __getitem__(self, key: tuple[slice, np.ndarray]) -> np.ndarray:
        """Return some columns as a dense array (n, k)."""

    def times(self, at: np.ndarray, values: Any) -> np.ndarray:
        """Return the product of the columns ``at`` with ``values`` (a,) or (a, k)."""

    def gram(self, v: np.ndarray) -> np.ndarray:
        """Return the weighted Gram matrix (m, m)."""

    def square_sums(self, v: np.ndarray) -> np.ndarray:
        """Return the weighted sums of squares (m,)."""


def make_columns(X: Matrix, center: np.ndarray, size: np.ndarray, ones: bool) -> Standardized:
    """Return the standardised columns of a design: an array (n, m) in Fortran order, or `Columns`."""
    if is_sparse(X):
        return Columns(*centred_full(X, center, size), size, ones)
    if X.size > SMALL and np.all(np.abs(center) <= FAR * size):
        return Columns(X, center, size, ones)
    Z = np.empty((X.shape[0], X.shape[1] + int(ones)), order="F")
    Z[:, : int(ones)] = 1.0
    np.subtract(X, center, out=Z[:, int(ones) :])
    Z[:, int(ones) :] /= size
    return Z


def centred_full(X: sparse.csc_array, center: np.ndarray, size: np.ndarray) -> tuple[sparse.csc_array, np.ndarray]:
    """Return sparse columns, those that are full and far from 0 centred, and the centers that are left."""
    n = X.shape[0]
    far = (np.abs(center) > FAR * size) & (2 * np.diff(X.indptr) > n)
    if not far.any():
        return X, center
    at, rest = np.flatnonzero(far), np.flatnonzero(~far)
    parts: Any = [X[:, rest], sparse.csc_array(dense_columns(X, at) - center[at])]
    order = np.argsort(np.concatenate([rest, at]), kind="stable")
    return sparse.csc_array(sparse.hstack(parts, format="csc")[:, order]), np.where(far, 0.0, center)


def picked(Z: Standardized, keep: np.ndarray) -> Standardized:
    """Return the columns ``keep`` (m,) of bool, standardised as they are."""
    if isinstance(Z, np.ndarray):
        return np.asfortranarray(Z[:, keep])
    inner = keep[Z.ones :]
    return Columns(Z.X[:, np.flatnonzero(inner)], Z.center[inner], Z.size[inner], bool(Z.ones and keep[0]))


def as_array(Z: np.ndarray | Implicit) -> np.ndarray:
    """Return standardised columns as an array (n, m)."""
    return Z if isinstance(Z, np.ndarray) else Z[:, np.arange(Z.shape[1])]


def square_sums(Z: np.ndarray | Implicit, v: np.ndarray) -> np.ndarray:
    """Return ``sum_i v_i Z_ij^2`` (m,)."""
    return np.einsum("ij,ij,i->j", Z, Z, v) if isinstance(Z, np.ndarray) else Z.square_sums(v)


def tiled_square_sums(Z: Implicit, v: np.ndarray) -> np.ndarray:
    """Return ``sum_i v_i Z_ij^2`` (m,), from some columns at a time."""
    n, m = Z.shape
    found, step = np.empty(m), max(1, TILE // max(n, 1))
    for start in range(0, m, step):
        at = np.arange(start, min(start + step, m))
        columns = Z[:, at]
        found[at] = np.einsum("ij,ij,i->j", columns, columns, v)
    return found


def times(Z: np.ndarray | Implicit, at: np.ndarray, values: Any) -> np.ndarray:
    """Return ``Z[:, at] @ values`` (n,) or (n, k) for values (a,) or (a, k)."""
    return np.asarray(Z[:, at] @ values) if isinstance(Z, np.ndarray) else Z.times(at, values)


def rescaled(Z: Standardized, factor: np.ndarray) -> Standardized:
    """Return the columns times ``factor`` (m,), which is 1 for that of ones."""
    if np.all(factor == 1.0):
        return Z
    return np.asfortranarray(Z * factor) if isinstance(Z, np.ndarray) else Z.rescaled(factor)


def filled(values: Any) -> np.ndarray:
    """Return an array, or a sparse one as an array."""
    return values if isinstance(values, np.ndarray) else np.asarray(values.toarray())


def spread(at: np.ndarray, values: np.ndarray, m: int) -> np.ndarray:
    """Return ``values`` (a,) or (a, k) at the places ``at`` among m, zeros elsewhere."""
    whole = np.zeros((m, *values.shape[1:]))
    whole[at] = values
    return whole


def weighted_gram(X: Matrix, v: np.ndarray) -> np.ndarray:
    """Return ``X' diag(v) X`` (p, p), of weighted blocks of rows; equal weights need no copy."""
    if is_sparse(X):
        return np.asarray((X.T @ X.multiply(v[:, None])).toarray())
    if v.size and np.all(v == v[0]):
        return np.asarray(v[0] * (X.T @ X)) if v[0] != 1.0 else np.asarray(X.T @ X)
    total = np.zeros((X.shape[1], X.shape[1]))
    for start in range(0, X.shape[0], ROWS):
        block = X[start : start + ROWS] * np.sqrt(v[start : start + ROWS])[:, None]
        total += block.T @ block
    return total
