"""Ridge: which of the closed forms a problem takes, or conjugate gradients where it is too large for any.

The penalty is quadratic: ``sum_j l2_j g_j^2 / 2``, and ``|root g|^2 / 2`` where blocks have quadratic forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from bayesreg.matrices import MAX_DENSE_BYTES, is_sparse
from bayesreg.solvers.columns import Columns
from bayesreg.solvers.conjugate import iterate_ridge
from bayesreg.solvers.problem import Problem
from bayesreg.solvers.ridge_factor import make_ridge_path
from bayesreg.solvers.ridge_point import solve_by_products, solve_by_rows
from bayesreg.solvers.unit import Unit, make_unit

LARGEST = 5000  # rows or columns up to which their inner products are factorised


@final
@dataclass(frozen=True, eq=False)
class RidgeModes:
    """Minimisers of a Gaussian problem at multiples of its quadratic penalty.

    Attributes
    ----------
    g : ndarray (s, m)
    edf : ndarray (s,)
        Effective degrees of freedom, free directions included; nan where nothing was factorised.
    algorithm : str
    iterations : int
    converged : bool
    """

    g: np.ndarray
    edf: np.ndarray
    algorithm: str
    iterations: int
    converged: bool


def has_closed_form(problem: Problem) -> bool:
    """Return whether rows or columns are few enough to factorise their inner products."""
    n, m = problem.Z.shape
    if problem.root is not None and m > LARGEST:
        return False
    dense = isinstance(problem.Z, np.ndarray) or not is_sparse(problem.Z.X)
    turned = problem.root is None or m <= n or dense or 8 * n * m <= MAX_DENSE_BYTES
    return min(n, m) <= LARGEST and turned


def find_ridge(problem: Problem, multipliers: np.ndarray) -> RidgeModes:
    """Return the minimisers at ``multipliers`` (s,) times the penalty, with their effective degrees of freedom.

    One factorisation serves all strengths. With more than 5000 rows and columns nothing is factorised: conjugate
    gradients run, and the effective degrees of freedom are not known.
    """
    if has_closed_form(problem):
        path = make_ridge_path(problem)
        return RidgeModes(path.coordinates(multipliers), path.edf(multipliers), path.how, 1, True)
    g, steps, converged = iterate_ridge(problem, multipliers)
    how = f"conjugate gradients: more than {LARGEST} rows and columns"
    return RidgeModes(g, np.full(multipliers.size, np.nan), how, steps, converged)


def solve_ridge_path(problem: Problem, multipliers: np.ndarray) -> np.ndarray:
    """Return the minimisers (s, m) at ``multipliers`` (s,) times the penalty."""
    return find_ridge(problem, multipliers).g


def solve_ridge(problem: Problem) -> np.ndarray:
    """Return the minimiser (m,) of a Gaussian problem without absolute values or signs.

    With more rows than columns: a Cholesky factor of the inner products where these have digits enough; else ``R`` of
    the QR factorisation of ``[sqrt(w) Z, sqrt(w) y; root of the penalty, 0]``, which loses the condition number of
    the columns and not its square.
    """
    n, m = problem.Z.shape
    sparse = isinstance(problem.Z, Columns) and is_sparse(problem.Z.X)
    penalised = np.count_nonzero(problem.l2 > 0.0) + (0 if problem.root is None else problem.root.shape[0])
    if sparse or not has_closed_form(problem) or (m > n and m - penalised < n):
        return solve_ridge_path(problem, np.ones(1))[0]
    g = solve_by_products(problem) if m <= n else None
    return solve_by_rows(problem) if g is None else g


def spectrum_of(problem: Problem, weights: np.ndarray) -> np.ndarray:
    """Return the eigenvalues (r,) of the curvature relative to the penalty, free directions projected out.

    ``weights`` (n,) are those of the rows in the curvature. Where these are too many to factorise: the largest alone.
    """
    unit = make_unit(problem, weights)
    basis = np.linalg.qr(unit.free())[0]
    n = weights.size
    if not has_closed_form(problem):
        return _largest(unit, basis)
    if unit.p >= n:
        kernel = unit.kernel()
        kernel -= basis @ (basis.T @ kernel)
        return np.maximum(np.linalg.eigvalsh(kernel - (kernel @ basis) @ basis.T), 0.0)
    cross = unit.scores(basis)[1].T
    return np.maximum(np.linalg.eigvalsh(unit.gram() - cross.T @ cross), 0.0)


def _largest(unit: Unit, basis: np.ndarray) -> np.ndarray:
    """Return the largest eigenvalue of the curvature relative to the penalty, by Lanczos' iteration (1,)."""

    def product(u: np.ndarray) -> np.ndarray:
        rows = unit.rows(np.zeros((1, basis.shape[1])), u.reshape(1, -1))
        return unit.scores(rows - basis @ (basis.T @ rows))[1][:, 0]

    operator = LinearOperator((unit.p, unit.p), matvec=product, dtype=np.float64)
    return np.asarray(eigsh(operator, k=1, tol=1e-6, v0=np.ones(unit.p), return_eigenvectors=False))
