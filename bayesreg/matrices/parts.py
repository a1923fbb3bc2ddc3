"""Rows, columns and products of a dense or sparse matrix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from bayesreg.errors import DataError

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Matrix = np.ndarray | sparse.csc_array
"""(n, p) float64; a sparse one has sorted row indices without repetitions."""

MAX_DENSE_BYTES = 2**30
"""Largest dense copy of columns of a sparse matrix: 1 GiB."""

TILE = 2**15
"""Numbers of a dense matrix that are worked on at a time; they fit into a processor's cache."""


def is_sparse(X: Matrix) -> TypeIs[sparse.csc_array]:
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
    """Return some columns (n, d) as a dense array.

    Parameters
    ----------
    X : ndarray or csc_array (n, p)
    at : integer positions, mask or slice, optional
        All columns by default. Of a dense matrix positions and masks give a copy, a slice and the default a view.
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
            "use fit() and path() under a law that is not made from the design, such as br.L1, which leave it sparse."
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
