"""The spectrum of standardised columns and the response in it, from a Gram matrix of the smaller side."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.linalg.blas import dsymv, dsyr2, dsyrk
from scipy.linalg.lapack import dsytrd, dsytrd_lwork

from bayesreg.dispersion.columns import BLOCK, Standardized
from bayesreg.dispersion.rotated import Rotated
from bayesreg.matrices import is_sparse

NULL = 1e-12
"""Share of the largest eigenvalue up to which one counts as 0."""


def diagonalise(Z: Standardized, y: np.ndarray, dof: float) -> Rotated:
    """Return the problem of a response (n,), already without its part along the free columns, exactly."""
    n, m = Z.shape
    wide, total = m > n, float(y @ y)
    if m == 0:
        return Rotated(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0), total, dof, 0.0)
    start = y if wide else Z.across(y[:, None])[:, 0]
    squares, along = weights_of(gram(Z, wide=wide), start)
    keep = squares > NULL * max(squares.max(), np.finfo(float).tiny)
    squares = squares[keep]
    energies = along[keep] if wide else along[keep] / squares
    saturated = squares.size >= n - Z.basis.shape[1]
    rest = 0.0 if saturated else max(total - float(energies.sum()), 0.0)
    return Rotated(squares, np.ones(squares.size), squares, energies, rest, dof, float(squares.size))


def gram(Z: Standardized, *, wide: bool) -> np.ndarray:
    """Return the lower triangle of ``Z Z'`` (n, n), or of ``Z'Z`` (m, m), without forming ``Z``."""
    n, m = Z.shape
    size = n if wide else m
    if not is_sparse(Z.X):
        found = np.zeros((size, size), order="F")
        for block in Z.column_blocks() if wide else Z.row_blocks():
            found = dsyrk(1.0, block, beta=1.0, c=found, lower=1, overwrite_c=1)
        return found
    found, step = np.empty((size, size), order="F"), max(1, BLOCK // (m if wide else n))
    for start in range(0, size, step):
        unit = np.eye(size, min(step, size - start), -start)
        found[:, start : start + step] = Z.times(Z.across(unit)) if wide else Z.across(Z.times(unit))
    return found


def weights_of(lower: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvalues (r,) of a symmetric matrix, and the squared projections (r,) of a vector on its vectors.

    One reflection turns the vector into the first axis. Householder's reduction to tridiagonal form leaves that axis
    alone, so that the first components of the tridiagonal matrix's vectors are the projections, and no vectors of the
    matrix itself are needed. ``lower``, of which the lower triangle is read, is overwritten.

    References
    ----------
    Golub and Meurant (2010), Matrices, Moments and Quadrature with Applications.
    """
    length = float(np.linalg.norm(start))
    if length > 0.0:
        axis = start / length
        axis[0] += np.copysign(1.0, axis[0])
        axis /= np.linalg.norm(axis)
        image = dsymv(1.0, lower, axis, lower=1)
        shift = 2.0 * (image - (axis @ image) * axis)
        lower = dsyr2(-1.0, axis, shift, lower=1, a=lower, overwrite_a=1)
    work = int(dsytrd_lwork(lower.shape[0], lower=1)[0])
    _, diagonal, below, _, _ = dsytrd(lower, lower=1, lwork=work, overwrite_a=1)
    values, vectors = eigh_tridiagonal(diagonal, below, check_finite=False)
    return values, (length * vectors[0]) ** 2
