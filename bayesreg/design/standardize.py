"""Means and standard deviations of design columns, whatever their size."""

from __future__ import annotations

import numpy as np

_BLOCK = 2**21
"""Numbers worked on at a time."""


def column_scales(X: np.ndarray, *, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean and standard deviation of each column.

    ``center_j = sum_i w_i x_ij / sum_i w_i`` and ``scale_j = sqrt(sum_i w_i (x_ij - center_j)^2 / sum_i w_i)``. Each
    column is first divided by a power of two near its largest value, which is exact, so columns of size 1e160 or 1e-170
    neither overflow nor vanish; a constant column has scale exactly 0.

    Parameters
    ----------
    X : numpy.ndarray
        (n, p), finite.
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
        X, weights = X[kept], weights[kept] / weights.max()
    n, p = X.shape
    share = np.full(n, 1.0 / n) if weights is None else weights / weights.sum()
    center, scale = np.empty(p), np.empty(p)
    step = max(1, _BLOCK // n)
    for start in range(0, p, step):
        part = slice(start, start + step)
        center[part], scale[part] = _scales(X[:, part], share)
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
