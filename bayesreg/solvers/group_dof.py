"""Effective degrees of freedom under lengths of groups, absolute values and squares."""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack

from bayesreg.solvers.face_system import FaceSystem


def face_dof(system: FaceSystem) -> float:
    """Return the divergence of the fit, ``tr H (H + P)^-1`` among the coordinates that are not held at 0.

    ``H`` is the curvature of the loss and ``P`` that of the penalties, ``D - E E'`` with ``D`` diagonal and a column of
    ``E`` for each group, so that the trace of ``(H + P)^-1 P`` is one of squares of the inverse factor.

    References
    ----------
    Vaiter, Deledalle, Fadili, Peyre and Dossal (2017), The degrees of freedom of partly smooth regularizers.
    """
    at = np.flatnonzero(system.face)
    if at.size == 0:
        return 0.0
    diagonal, unit, rank_one = system.diagonal[at], system.unit[at], system.rank_one[at]
    if not diagonal.any():
        return float(np.linalg.matrix_rank(system.matrix(exact=True), hermitian=True))
    total = system.matrix(exact=True)
    size = np.sqrt(np.maximum(np.diag(total), np.finfo(float).tiny))
    total = total / size / size[:, None]
    factor, info = lapack.dpotrf(total.T, lower=1, clean=1)
    if info != 0:
        return _singular_dof(system, total, size)
    inverse, _ = lapack.dtrtri(factor, lower=1, overwrite_c=1)
    inverse = inverse / size
    owner = np.unique(system.owner[at], return_inverse=True)[1]
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    pull = np.divide(rank_one, unit, out=np.zeros_like(unit), where=unit != 0.0)
    along = np.add.reduceat((inverse * (np.sqrt(pull) * unit))[:, order], starts, axis=1)
    trace = float(np.einsum("ij,ij,j->", inverse, inverse, diagonal)) - float(np.einsum("ij,ij->", along, along))
    return float(at.size - trace)


def _singular_dof(system: FaceSystem, total: np.ndarray, size: np.ndarray) -> float:
    """Return the same where the curvature is singular; ``total`` (a, a) is scaled by ``size`` (a,)."""
    at = np.flatnonzero(system.face)
    own = system.owner[at]
    bend = np.diag(system.diagonal[at]) - np.outer(system.rank_one[at], system.unit[at]) * (own[:, None] == own)
    rank = int(np.linalg.matrix_rank(total, hermitian=True))
    return float(rank - np.trace(np.linalg.pinv(total, hermitian=True) @ (bend / size / size[:, None])))
