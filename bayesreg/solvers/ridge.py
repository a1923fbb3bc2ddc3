"""Ridge in closed form: one triangular factor of the augmented rows, or a singular value decomposition where n < p."""

from __future__ import annotations

import numpy as np
from scipy.linalg import qr, solve_triangular

from bayesreg.solvers.problem import Problem


def solve_ridge(problem: Problem) -> np.ndarray:
    """Return the minimiser (m,) of a Gaussian problem without absolute values or signs.

    With more rows than columns: ``R`` of the QR factorisation of ``[sqrt(w) Z, sqrt(w) y; sqrt(l2), 0]``,
    which loses the condition number of the columns and not its square.
    """
    root = np.sqrt(problem.weights)
    y = root * (problem.y - problem.offset)
    Z = problem.Z * root[:, None]
    free = problem.l2 <= 0.0
    n, m = Z.shape
    if m > n and free.sum() < n:
        return solve_ridge_path(problem, np.ones(1))[0]
    return _tall(Z, y, problem.l2)


def solve_ridge_path(problem: Problem, multipliers: np.ndarray) -> np.ndarray:
    """Return the minimisers (k, m) at ``multipliers * l2`` from one singular value decomposition."""
    root = np.sqrt(problem.weights)
    y = root * (problem.y - problem.offset)
    Z = problem.Z * root[:, None]
    free = problem.l2 <= 0.0
    basis, triangle = np.linalg.qr(Z[:, free])
    scaled = Z[:, ~free] / np.sqrt(problem.l2[~free])
    U, d, Vt = np.linalg.svd(scaled - basis @ (basis.T @ scaled), full_matrices=False)
    along = d * (U.T @ (y - basis @ (basis.T @ y)))
    shrunk = along / (d**2 + multipliers[:, None])
    g = np.zeros((multipliers.size, problem.l2.size))
    g[:, ~free] = (shrunk @ Vt) / np.sqrt(problem.l2[~free])
    rest = basis.T @ (y[:, None] - Z[:, ~free] @ g[:, ~free].T)
    g[:, free] = solve_triangular(triangle, rest).T
    return g


def _tall(Z: np.ndarray, y: np.ndarray, l2: np.ndarray) -> np.ndarray:
    m = Z.shape[1]
    rows = np.zeros((Z.shape[0] + m, m + 1), order="F")
    rows[: Z.shape[0], :m], rows[: Z.shape[0], m] = Z, y
    rows[Z.shape[0] + np.arange(m), np.arange(m)] = np.sqrt(l2)
    factor = qr(rows, mode="r", overwrite_a=True, check_finite=False)[0]
    return solve_triangular(factor[:m, :m], factor[:m, m], check_finite=False)
