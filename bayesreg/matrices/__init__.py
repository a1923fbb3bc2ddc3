"""Designs as matrices: a dense array or a `scipy.sparse.csc_array`, told apart in this folder.

Both kinds have ``X @ b`` and ``X.T @ r``. What goes beyond that is here: picking rows and columns, missing and infinite
entries, comparisons. A sparse matrix is never made dense as a whole; `dense_columns` does so where a method needs it,
below a limit of memory.
"""

from bayesreg.matrices.entries import (
    are_equal,
    blank_rows,
    columns_not_finite,
    first_infinite,
    indicators,
    missing_entries,
)
from bayesreg.matrices.parts import (
    MAX_DENSE_BYTES,
    Matrix,
    as_columns,
    column,
    dense_columns,
    freeze,
    is_sparse,
    product,
    take_rows,
    tiles,
)

__all__ = [
    "MAX_DENSE_BYTES",
    "Matrix",
    "are_equal",
    "as_columns",
    "blank_rows",
    "column",
    "columns_not_finite",
    "dense_columns",
    "first_infinite",
    "freeze",
    "indicators",
    "is_sparse",
    "missing_entries",
    "product",
    "take_rows",
    "tiles",
]
