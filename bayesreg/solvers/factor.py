"""Equations with a curvature that changes little from one to the next: an aged factor and conjugate gradients."""

from __future__ import annotations

from typing import Any, Protocol, final

import numpy as np
from scipy.linalg import blas, lapack

RIDGES = (0.0, 1e-7, 1e-5, 1e-3)  # added to the unit diagonal until a factor exists
MOST_STEPS = 60
OUTGROWN = 0.1


@final
class Factor:
    """The Cholesky factor of a curvature, scaled to a unit diagonal, for the coordinates ``at``.

    It only preconditions: it has the precision of the matrix, and where the curvature is singular it is that of one
    with a small ridge.

    Parameters
    ----------
    matrix : ndarray (a, a)
        Changed.
    at : ndarray of int (a,)
    """

    def __init__(self, matrix: np.ndarray, at: np.ndarray) -> None:
        self.at = at
        bend = np.diag(matrix).copy()
        self.size = np.sqrt(np.where(bend > 0.0, bend, 1.0))
        matrix /= self.size[:, None]
        matrix /= self.size
        single = matrix.dtype == np.float32
        potrf = lapack.spotrf if single else lapack.dpotrf
        self._solve: Any = blas.strsv if single else blas.dtrsv
        self.lower: np.ndarray = np.eye(at.size, dtype=matrix.dtype, order="F")
        for ridge in RIDGES:
            lower = np.array(matrix.T, order="F")
            lower[np.diag_indices_from(lower)] += ridge
            lower, info = potrf(lower, lower=1, overwrite_a=1, clean=0)
            if info == 0:
                self.lower = lower
                return

    def suits(self, face: np.ndarray) -> bool:
        """Return whether the factor is of nearly the coordinates of ``face`` (k,) of bool."""
        both = np.count_nonzero(face[self.at])
        other = self.at.size - both + np.count_nonzero(face) - both
        return bool(other <= OUTGROWN * self.at.size)

    def precondition(self, r: np.ndarray, face: np.ndarray, bend: np.ndarray) -> np.ndarray:
        """Return an approximate solution (k,) for ``r`` (k,), both 0 outside ``face``.

        Coordinates that the factor does not know are divided by their curvature ``bend`` (k,).
        """
        out = r / bend
        part = (r[self.at] / self.size).astype(self.lower.dtype)
        if part.size:
            part = self._solve(self.lower, part, lower=1, overwrite_x=1)
            part = self._solve(self.lower, part, lower=1, trans=1, overwrite_x=1)
            out[self.at] = np.where(face[self.at], part / self.size, 0.0)
        return out


def solve_symmetric(matrix: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Return the solution (a,) of few equations with a curvature (a, a), along null directions the smallest."""
    factor, info = lapack.dpotrf(matrix.T, lower=1, clean=0)
    if info == 0 and r.size:
        return np.asarray(lapack.dpotrs(factor, r, lower=1)[0])
    return np.asarray(np.linalg.lstsq(matrix, r, rcond=None)[0]) if r.size else r


class System(Protocol):
    """Equations among the coordinates ``face`` (k,) of bool, all else 0."""

    @property
    def face(self) -> np.ndarray: ...

    @property
    def bend(self) -> np.ndarray: ...

    def times(self, v: np.ndarray) -> np.ndarray: ...


def conjugate_gradients(
    system: System, factor: Factor, r: np.ndarray, accuracy: float, most: int
) -> tuple[np.ndarray, bool]:
    """Return ``x`` with ``times(x) = r`` (k,) to a share ``accuracy``, and whether ``most`` steps reached it."""
    x, r, limit = np.zeros(r.size), r.copy(), accuracy * float(np.linalg.norm(r))
    face, diagonal = system.face, system.bend
    p = factor.precondition(r, face, diagonal)
    size = float(r @ p)
    for _ in range(most):
        image = system.times(p)
        bend = float(p @ image)
        if not (size > 0.0 and bend > 0.0):
            return x, False
        x += (size / bend) * p
        r -= (size / bend) * image
        if float(np.linalg.norm(r)) <= limit:
            return x, True
        z = factor.precondition(r, face, diagonal)
        new = float(r @ z)
        p, size = z + (new / size) * p, new
    return x, False
