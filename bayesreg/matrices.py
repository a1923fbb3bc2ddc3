"""Designs as matrices: a dense array or a `scipy.sparse.csc_array`, told apart in this file.

Both kinds have ``X @ b`` and ``X.T @ r``. What goes beyond that is here: picking rows and columns, missing and infinite
entries, comparisons. A sparse matrix is never made dense as a whole; `dense_columns` does so where a method needs it,
below a limit of memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

from bayesreg.errors import DataError

Matrix = np.ndarray | sparse.csc_array
"""(n, p) float64; a sparse one has sorted row indices without repetitions."""

MAX_DENSE_BYTES = 2**30
"""Largest dense copy of columns of a sparse matrix: 1 GiB."""

TILE = 2**15
"""Numbers of a dense matrix that are worked on at a time; they fit into a processor's cache."""


def is_sparse(X: Matrix) -> bool:
    """Return whether a matrix is sparse."""
    return isinstance(X, sparse.csc_array)


def as_columns(data: Any) -> sparse.csc_array:
    """Return a copy of any SciPy sparse matrix by columns, float64, with sorted indices and repetitions summed.

    Examples
    --------
    >>> as_columns(sparse.coo_array(([1, 2], ([1, 1], [0, 0])), shape=(2, 1))).data.tolist()
    [3.0]
    """
    X = sparse.csc_array(data, dtype=np.float64, copy=True)
    X.sum_duplicates()
    return X


def freeze(X: Matrix) -> None:
    """Make the arrays of a matrix read-only."""
    for array in (X.data, X.indices, X.indptr) if isinstance(X, sparse.csc_array) else (X,):
        array.setflags(write=False)


def take_rows(X: Matrix, rows: np.ndarray) -> Matrix:
    """Return some rows, by a mask (n,) or integer positions, in the memory order of ``X``."""
    if isinstance(X, sparse.csc_array):
        taken = sparse.csc_array(X[np.flatnonzero(rows) if rows.dtype == bool else rows])
        taken.sort_indices()
        return taken
    return np.asfortranarray(X[rows]) if X.flags.f_contiguous else X[rows]


def dense_columns(X: Matrix, at: Any = None, *, what: str = "this computation") -> np.ndarray:
    """Return some columns (n, d) as a dense array, all of them by default; not to be written to.

    Parameters
    ----------
    X : ndarray or csc_array (n, p)
    at : integer positions, mask or slice, optional
    what : str
        Who needs them, for the message.

    Raises
    ------
    DataError
        If columns of a sparse matrix would take more than 1 GiB.

    Examples
    --------
    >>> dense_columns(sparse.csc_array([[0.0, 2.0], [1.0, 0.0]]), [1]).tolist()
    [[2.0], [0.0]]
    """
    if not isinstance(X, sparse.csc_array):
        return X if at is None else X[:, at]
    picked = X if at is None else X[:, at]
    size = 8 * picked.shape[0] * picked.shape[1]
    if size > MAX_DENSE_BYTES:
        raise DataError(
            f"{what} needs {picked.shape[1]} columns of the sparse X of shape {X.shape} as a dense matrix, which would "
            f"take {size / 2**30:.1f} GiB, more than {MAX_DENSE_BYTES / 2**30:.0f} GiB. Keep fewer columns or rows, or "
            "use fit() and path() with penalties of single coefficients, which leave it sparse."
        )
    return picked.toarray(order="F")


def column(X: Matrix, j: Any) -> np.ndarray:
    """Return column ``j`` as a dense array (n,)."""
    return dense_columns(X, slice(int(j), int(j) + 1))[:, 0]


def product(X: Matrix, b: np.ndarray) -> np.ndarray:
    """Return ``X @ b`` (n,), from the columns where ``b`` (p,) is not 0 if they are few."""
    support = np.flatnonzero(b)
    return np.asarray(X[:, support] @ b[support] if 2 * support.size < b.size else X @ b)


def tiles(X: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Yield rows and columns of parts of a dense matrix that fit into a cache, long where memory is contiguous."""
    n, p = X.shape
    height = min(n, TILE) if X.flags.f_contiguous else max(1, TILE // max(1, min(p, 512)))
    width = max(1, TILE // max(1, height))
    for left in range(0, p, width):
        for top in range(0, n, height):
            yield slice(top, top + height), slice(left, left + width)


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
