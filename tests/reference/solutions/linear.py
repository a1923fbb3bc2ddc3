"""Linear algebra in extended precision, for small matrices: NumPy has only products there."""

import numpy as np


def cholesky(A):
    """Return the lower factor of a positive definite matrix (m, m); a pivot that is rounding is an error."""
    L = np.zeros_like(A)
    for j in range(len(A)):
        column = A[j:, j] - L[j:, :j] @ L[j, :j]
        if not column[0] > 1e-13 * A[j, j]:
            raise ArithmeticError(f"pivot {j} is {float(column[0]):.1e}: the minimum is not unique")
        L[j:, j] = column / np.sqrt(column[0])
    return L


def inverse_lower(L):
    """Return the inverse of a lower triangular matrix."""
    inverse = np.zeros_like(L)
    for j in range(len(L)):
        unit = np.zeros(len(L), dtype=L.dtype)
        unit[j] = 1.0
        inverse[j] = (unit - L[j, :j] @ inverse[:j]) / L[j, j]
    return inverse


def solve(A, b):
    """Return ``A^-1 b`` for a positive definite matrix, scaled to a unit diagonal."""
    if not len(A):
        return b
    size = 1 / np.sqrt(np.diag(A))
    L = inverse_lower(cholesky(A * size[:, None] * size))
    return size * (L.T @ (L @ (size * b)))
