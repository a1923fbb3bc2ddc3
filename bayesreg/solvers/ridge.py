"""Ridge in closed form: one triangular factor of the augmented rows, or a singular value decomposition where n < p.

The penalty is quadratic: ``sum_j l2_j g_j^2 / 2``, and ``|root g|^2 / 2`` where blocks have quadratic forms.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import qr, solve_triangular

from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import Problem

Back = Callable[[np.ndarray, np.ndarray], np.ndarray]


def solve_ridge(problem: Problem) -> np.ndarray:
    """Return the minimiser (m,) of a Gaussian problem without absolute values or signs.

    With more rows than columns: ``R`` of the QR factorisation of ``[sqrt(w) Z, sqrt(w) y; root of the penalty, 0]``,
    which loses the condition number of the columns and not its square.
    """
    root = np.sqrt(problem.weights)
    y = root * (problem.y - problem.offset)
    Z = as_array(problem.Z) * root[:, None]
    n, m = Z.shape
    penalised = np.count_nonzero(problem.l2 > 0.0) + (0 if problem.root is None else problem.root.shape[0])
    if m > n and m - penalised < n:
        return solve_ridge_path(problem, np.ones(1))[0]
    return _tall(Z, y, penalty_root(problem))


def solve_ridge_path(problem: Problem, multipliers: np.ndarray) -> np.ndarray:
    """Return the minimisers (k, m) at ``multipliers`` times the penalty from one singular value decomposition."""
    root = np.sqrt(problem.weights)
    y = root * (problem.y - problem.offset)
    free, scaled, back = unit_coordinates(problem, as_array(problem.Z) * root[:, None])
    basis, triangle = np.linalg.qr(free)
    U, d, Vt = np.linalg.svd(scaled - basis @ (basis.T @ scaled), full_matrices=False)
    along = d * (U.T @ (y - basis @ (basis.T @ y)))
    shrunk = (along / (d**2 + multipliers[:, None])) @ Vt
    rest = basis.T @ (y[:, None] - scaled @ shrunk.T)
    return back(solve_triangular(triangle, rest).T, shrunk)


def unit_coordinates(problem: Problem, Z: np.ndarray) -> tuple[np.ndarray, np.ndarray, Back]:
    """Return ``Z`` (n, m) in coordinates where the penalty is half the sum of squares, with the way back.

    Returns
    -------
    free : ndarray (n, k)
        ``Z`` along the directions that no penalty acts on.
    scaled : ndarray (n, m - k)
        ``Z`` along the others.
    back : callable
        Coordinates (..., k) and (..., m - k) to ``g`` (..., m).
    """
    if problem.root is None:
        out = problem.l2 <= 0.0
        unit = np.sqrt(problem.l2[~out])

        def by_column(a: np.ndarray, u: np.ndarray) -> np.ndarray:
            g = np.zeros((*u.shape[:-1], out.size))
            g[..., out], g[..., ~out] = a, u / unit
            return g

        return Z[:, out], Z[:, ~out] / unit, by_column
    rows = penalty_root(problem)
    basis, triangle = qr(rows.T, check_finite=False)
    null = basis[:, rows.shape[0] :]
    across = solve_triangular(triangle[: rows.shape[0]], basis[:, : rows.shape[0]].T, check_finite=False).T

    def by_direction(a: np.ndarray, u: np.ndarray) -> np.ndarray:
        return np.asarray(a @ null.T + u @ across.T)

    return Z @ null, Z @ across, by_direction


def penalty_root(problem: Problem) -> np.ndarray:
    """Return rows (k, m) of full rank that make the penalty ``|rows g|^2 / 2``."""
    rows = np.diag(np.sqrt(problem.l2))[problem.l2 > 0.0]
    return rows if problem.root is None else np.vstack([rows, problem.root])


def _tall(Z: np.ndarray, y: np.ndarray, root: np.ndarray) -> np.ndarray:
    (n, m), k = Z.shape, root.shape[0]
    rows = np.zeros((n + k, m + 1), order="F")
    rows[:n, :m], rows[:n, m], rows[n:, :m] = Z, y, root
    factor = qr(rows, mode="r", overwrite_a=True, check_finite=False)[0]
    return np.asarray(solve_triangular(factor[:m, :m], factor[:m, m], check_finite=False))
