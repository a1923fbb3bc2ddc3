"""A ridge at one strength with more rows than columns: a Cholesky factor of inner products, or one of the rows."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve, lapack, norm, qr, solve_triangular

from bayesreg.solvers.columns import Columns, as_array, weighted_gram
from bayesreg.solvers.problem import Problem
from bayesreg.solvers.ridge_factor import WELL
from bayesreg.solvers.unit import penalty_root


def solve_by_products(problem: Problem) -> np.ndarray | None:
    """Return the minimiser (m,) from a Cholesky factor of the inner products; None: they lose too many digits."""
    Z, w = problem.Z, problem.weights
    inner = Z.gram(w) if isinstance(Z, Columns) else weighted_gram(Z, w)
    inner[np.diag_indices_from(inner)] += problem.l2
    if problem.quadratic is not None:
        inner += problem.quadratic
    size = np.sqrt(np.diag(inner))
    if not (size > 0.0).all():
        return None
    inner /= np.outer(size, size)
    top = norm(inner, 1)
    try:
        factor, lower = cho_factor(inner, lower=True, check_finite=False)
    except np.linalg.LinAlgError:
        return None
    if lapack.dpocon(factor, top, uplo="L")[0] < WELL:
        return None
    score = Z.T @ (w * (problem.y - problem.offset))
    return np.asarray(cho_solve((factor, lower), score / size, check_finite=False) / size)


def solve_by_rows(problem: Problem) -> np.ndarray:
    """Return the minimiser (m,) from ``R`` of ``[sqrt(w) Z, sqrt(w) y; root of the penalty, 0]``."""
    half = np.sqrt(problem.weights)
    Z, y, root = as_array(problem.Z) * half[:, None], half * (problem.y - problem.offset), penalty_root(problem)
    (n, m), k = Z.shape, root.shape[0]
    rows = np.zeros((n + k, m + 1), order="F")
    rows[:n, :m], rows[:n, m], rows[n:, :m] = Z, y, root
    factor = qr(rows, mode="r", overwrite_a=True, check_finite=False)[0]
    return np.asarray(solve_triangular(factor[:m, :m], factor[:m, m], check_finite=False))
