"""Means and standard deviations of design columns, whatever their size."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from bayesreg.matrices import Matrix, take_rows, tiles

_BLOCK = 2**18
"""Numbers worked on at a time where columns are scaled first, and of sparse columns."""

_SAFE = (1e-200, 1e200)
"""Variances whose squares neither overflow nor vanish."""

_DIGITS = 1e-14
"""Least variance, as a share of the squared mean, that the plain sums give to rounding."""


def column_scales(X: Matrix, *, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean and standard deviation of each column.

    ``center_j = sum_i w_i x_ij / sum_i w_i`` and ``scale_j = sqrt(sum_i w_i (x_ij - center_j)^2 / sum_i w_i)``.
    Deviations from the mean are summed, and the mean of the deviations corrects both. Columns of size 1e160 or 1e-170,
    and those that hardly vary, are first divided by a power of two near their largest value, which is exact: they
    neither overflow nor vanish, and a constant column has scale exactly 0.

    Parameters
    ----------
    X : numpy.ndarray or scipy.sparse.csc_array
        (n, p), finite. A sparse matrix stays sparse.
    weights : numpy.ndarray, optional
        (n,), >= 0, not all zero; all one by default. Rows of weight zero do not count.

    Returns
    -------
    center, scale : numpy.ndarray
        Each (p,), on the scale of X.

    Examples
    --------
    >>> center, scale = column_scales(np.array([[0.0, 1e160], [2.0, 3e160]]))
    >>> bool(np.allclose(center, [1.0, 2e160])), bool(np.allclose(scale, [1.0, 1e160]))
    (True, True)
    """
    if weights is not None:
        kept = weights > 0
        if not kept.all():
            X, weights = take_rows(X, kept), weights[kept]
        weights = weights / weights.max()
    n = X.shape[0]
    share = np.full(n, 1.0 / n) if weights is None else weights / weights.sum()
    return _sparse_scales(X, share) if isinstance(X, sparse.csc_array) else _dense_scales(X, share)


def _dense_scales(X: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n, p = X.shape
    with np.errstate(over="ignore", invalid="ignore"):
        mean = share @ X
        square, drift = np.zeros(p), np.zeros(p)
        for rows, columns in tiles(X):
            Z, part = X[rows, columns] - mean[columns], share[rows]
            drift[columns] += part @ Z
            square[columns] += part @ np.square(Z, out=Z)
        variance = square - drift**2
        good = (variance > _SAFE[0]) & (variance < _SAFE[1]) & (variance > _DIGITS * mean**2)
        center, scale = mean + drift, np.sqrt(np.maximum(variance, 0.0))
    hard, step = np.flatnonzero(~good), max(1, _BLOCK // n)
    for start in range(0, hard.size, step):
        at = hard[start : start + step]
        center[at], scale[at] = _scales(X[:, at], share)
    return center, scale


def _scales(X: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    exponent = np.frexp(np.abs(X).max(axis=0))[1]
    Z = np.ldexp(X, -exponent)
    first = Z[0].copy()
    Z -= first
    mean = share @ Z
    Z -= mean
    drift = share @ Z
    variance = np.maximum(share @ (Z * Z) - drift**2, 0.0)
    return np.ldexp(first + mean + drift, exponent), np.ldexp(np.sqrt(variance), exponent)


def _sparse_scales(X: sparse.csc_array, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    p = X.shape[1]
    center, scale = np.zeros(p), np.zeros(p)
    start = 0
    while start < p:
        stop = max(start + 1, int(np.searchsorted(X.indptr, X.indptr[start] + _BLOCK, side="right")) - 1)
        center[start:stop], scale[start:stop] = _sparse_part(X, start, stop, share)
        start = stop
    return center, scale


def _sparse_part(X: sparse.csc_array, start: int, stop: int, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return means and standard deviations of neighbouring columns; entries that are not stored deviate by the mean."""
    ends = X.indptr[start : stop + 1].astype(np.int64)
    entries, count, first_of = slice(ends[0], ends[-1]), np.diff(ends), ends[:-1] - ends[0]
    w, filled, full = share[X.indices[entries]], count > 0, count == share.size

    def by_column(over: np.ufunc, values: np.ndarray) -> np.ndarray:
        found = np.zeros(count.size)
        if values.size:
            found[filled] = over.reduceat(values, first_of[filled])
        return found

    exponent = np.frexp(by_column(np.maximum, np.abs(X.data[entries])))[1]
    Z = np.ldexp(X.data[entries], -np.repeat(exponent, count))
    first = np.zeros(count.size)
    first[full] = Z[first_of[full]]
    Z -= np.repeat(first, count)
    mean = by_column(np.add, w * Z)
    Z -= np.repeat(mean, count)
    rest = np.where(full, 0.0, np.maximum(1.0 - by_column(np.add, w), 0.0))
    drift = by_column(np.add, w * Z) - rest * mean
    variance = by_column(np.add, w * Z * Z) + rest * mean**2 - drift**2
    return np.ldexp(first + mean + drift, exponent), np.ldexp(np.sqrt(np.maximum(variance, 0.0)), exponent)
