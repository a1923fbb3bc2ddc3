"""Entries of a dense or sparse matrix: missing, infinite, 0 or 1, equal to those of another."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from bayesreg.matrices.parts import Matrix, tiles


def _column_of_entries(X: sparse.csc_array) -> np.ndarray:
    """Return the column of each stored entry."""
    return np.repeat(np.arange(X.shape[1]), np.diff(X.indptr))


def columns_not_finite(X: Matrix) -> np.ndarray:
    """Return the positions of the columns with a missing or infinite entry.

    Examples
    --------
    >>> columns_not_finite(np.array([[1.0, np.nan, np.inf]])).tolist()
    [1, 2]
    """
    if isinstance(X, sparse.csc_array):
        finite = np.isfinite(X.data)
        return np.array([], dtype=int) if finite.all() else np.unique(_column_of_entries(X)[~finite])
    with np.errstate(over="ignore", invalid="ignore"):
        sums = np.ones(X.shape[0]) @ X
    return np.array([j for j in np.flatnonzero(~np.isfinite(sums)) if not np.isfinite(X[:, j]).all()], dtype=int)


def first_infinite(X: Matrix, columns: np.ndarray) -> int | None:
    """Return the first of ``columns`` with an infinite entry, or None."""
    if isinstance(X, sparse.csc_array):
        found = np.intersect1d(_column_of_entries(X)[np.isinf(X.data)], columns)
        return int(found[0]) if found.size else None
    return next((int(j) for j in columns if np.isinf(X[:, j]).any()), None)


def missing_entries(X: Matrix, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows (n,) have a missing entry in ``columns`` (d,), and how many each of these has (d,)."""
    rows, counts = np.zeros(X.shape[0], dtype=bool), np.zeros(len(columns), dtype=int)
    if not len(columns):
        return rows, counts
    if isinstance(X, sparse.csc_array):
        gone = np.isnan(X.data)
        rows[X.indices[gone]] = True
        return rows, np.bincount(_column_of_entries(X)[gone], minlength=X.shape[1])[columns]
    for place, j in enumerate(columns):
        gone = np.isnan(X[:, j])
        rows |= gone
        counts[place] = np.count_nonzero(gone)
    return rows, counts


def blank_rows(X: Matrix, rows: np.ndarray) -> None:
    """Set rows (n,) of bool to NaN, of a sparse matrix their stored entries; ``X`` is changed."""
    if not rows.any():
        return
    if isinstance(X, sparse.csc_array):
        X.data[rows[X.indices]] = np.nan
    else:
        X[rows] = np.nan


def indicators(X: Matrix) -> np.ndarray:
    """Return which columns (p,) hold zeros and ones only."""
    if isinstance(X, sparse.csc_array):
        other = (X.data != 0.0) & (X.data != 1.0)
        return np.bincount(_column_of_entries(X)[other], minlength=X.shape[1]) == 0
    found = np.ones(X.shape[1], dtype=bool)
    for rows, columns in tiles(X):
        if found[columns].any():
            part = X[rows, columns]
            found[columns] &= np.all((part == 0.0) | (part == 1.0), axis=0)
    return found


def are_equal(X: Matrix, Z: Matrix) -> bool:
    """Return whether two matrices have the same shape and entries, whichever way they are stored."""
    if not isinstance(X, sparse.csc_array) and not isinstance(Z, sparse.csc_array):
        return np.array_equal(X, Z)
    if X.shape != Z.shape:
        return False
    difference = sparse.csc_array(sparse.csc_array(X) - sparse.csc_array(Z))
    return not np.count_nonzero(difference.data)
