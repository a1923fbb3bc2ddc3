"""The factorisation of a ridge: from inner products, where these keep digits, else from the columns themselves.

``V`` and ``d`` come from the inner products of the columns (n >= m), or ``U`` and ``d`` from those of the rows
(n < m). Directions whose eigenvalues have lost digits are taken from their own products with ``T``; where dense
columns have many such, all come from a singular value decomposition of ``T``. The letters are those of `ridge_path`.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack, svd

from bayesreg.solvers.problem import Problem
from bayesreg.solvers.ridge_path import RidgePath
from bayesreg.solvers.unit import Unit, make_unit

WELL = 1e-4  # smallest over largest square that still has 12 digits after squaring
MOST = 2**27  # numbers of a dense matrix of directions that are corrected


def make_ridge_path(problem: Problem) -> RidgePath:
    """Factorise a Gaussian problem without absolute values or signs, once for every multiple of its penalty."""
    unit = make_unit(problem, problem.weights)
    y = unit.root * (problem.y - problem.offset)
    free = unit.free()
    wide = unit.p >= y.size - free.shape[1]
    return _wide(unit, y, free) if wide else _tall(unit, y, free)


def _poor(squares: np.ndarray, top: float) -> np.ndarray:
    """Return which eigenvalues (r,) of inner products of size ``top`` did not keep 12 digits."""
    return np.asarray(squares <= WELL * max(top, squares.max(initial=0.0)))


def _is_hopeless(unit: Unit, poor: np.ndarray, size: int) -> bool:
    """Return whether a decomposition of dense columns costs less than correcting the poor directions (r,)."""
    return not unit.sparse and (4 * poor.sum() > poor.size or poor.sum() * size > MOST)


def _tall(unit: Unit, y: np.ndarray, free: np.ndarray) -> RidgePath:
    """Factorise more rows than columns: inner products of columns, directions of poor digits from their own rows."""
    basis, triangle = np.linalg.qr(free)
    inside, cross = unit.gram(), unit.scores(basis)[1].T
    squares, right = np.linalg.eigh(inside - cross.T @ cross)
    poor = _poor(squares, np.diag(inside).max(initial=0.0))
    if _is_hopeless(unit, poor, y.size):
        return _decomposed(unit, y, basis, triangle, cross)
    squares = np.where(squares > _rounding(inside), squares, 0.0)
    rest = y - basis @ (basis.T @ y)
    along = right.T @ unit.scores(rest[:, None])[1][:, 0]
    corrected = poor if poor.sum() * y.size <= MOST else np.zeros_like(poor)
    used = ~corrected & (squares > 0.0)
    target = np.divide(along, np.sqrt(squares), out=np.zeros_like(along), where=used)
    least = right[:, used] @ (target[used] / np.sqrt(squares[used]))
    fitted = unit.rows(np.zeros((1, basis.shape[1])), least[None, :])[:, 0]
    rest = rest - (fitted - basis @ (basis.T @ fitted))
    if corrected.any():
        part = right[:, corrected]
        rows = unit.rows(np.zeros((part.shape[1], basis.shape[1])), part.T) - basis @ (cross @ part)
        left, d, turn = svd(rows, full_matrices=False, overwrite_a=True, check_finite=False)
        squares[corrected], right[:, corrected], target[corrected] = d**2, part @ turn.T, left.T @ rest
        rest = rest - left @ target[corrected]
    how, refine = "closed form: eigenvalues of the columns' inner products", bool(poor.any())
    return RidgePath(
        unit, y, basis, triangle, cross, squares, target, float(rest @ rest), None, right, False, refine, how
    )


def _wide(unit: Unit, y: np.ndarray, free: np.ndarray) -> RidgePath:
    """Factorise at least as many columns as rows: inner products of rows, directions of poor digits from columns."""
    k = free.shape[1]
    reflectors, tau = lapack.dgeqrf(free)[:2] if k else (free, np.zeros(0))
    basis, triangle = np.linalg.qr(free)
    kernel, cross = unit.kernel(), unit.scores(basis)[1].T
    squares, inner = np.linalg.eigh(_turn(reflectors, tau, _turn(reflectors, tau, kernel, "T").T, "T")[k:, k:])
    poor = _poor(squares, np.diag(kernel).max(initial=0.0))
    if _is_hopeless(unit, poor, unit.p):
        return _decomposed(unit, y, basis, triangle, cross, (reflectors, tau))
    squares = np.where(squares > _rounding(kernel), squares, 0.0)
    left = _turn(reflectors, tau, np.vstack([np.zeros((k, inner.shape[1])), inner]), "N")
    if poor.any() and poor.sum() * unit.p <= MOST:
        _, d, turn = svd(unit.scores(left[:, poor])[1], full_matrices=False, overwrite_a=True, check_finite=False)
        squares[poor], left[:, poor] = d**2, left[:, poor] @ turn.T
    how, refine = "closed form: eigenvalues of the rows' inner products", bool(poor.any())
    return RidgePath(unit, y, basis, triangle, cross, squares, left.T @ y, 0.0, left, None, True, refine, how)


def _decomposed(
    unit: Unit,
    y: np.ndarray,
    basis: np.ndarray,
    triangle: np.ndarray,
    cross: np.ndarray,
    turn: tuple[np.ndarray, np.ndarray] | None = None,
) -> RidgePath:
    """Factorise by singular values of the columns; ``turn`` (wide designs) takes the rows to those outside ``B``."""
    columns = unit.penalised()
    how = "closed form: one singular value decomposition"
    if turn is None:
        columns -= basis @ cross
        left, d, right = svd(columns, full_matrices=False, overwrite_a=True, check_finite=False)
        target = left.T @ y
        rest = y - basis @ (basis.T @ y) - left @ target
        outside, complete = float(rest @ rest), False
    else:
        k = basis.shape[1]
        inner, d, right = svd(_turn(*turn, columns, "T")[k:], full_matrices=False, check_finite=False)
        left = _turn(*turn, np.vstack([np.zeros((k, inner.shape[1])), inner]), "N")
        target, outside, complete = left.T @ y, 0.0, True
    return RidgePath(unit, y, basis, triangle, cross, d**2, target, outside, left, right.T, complete, False, how)


def _turn(reflectors: np.ndarray, tau: np.ndarray, rows: np.ndarray, trans: str) -> np.ndarray:
    """Return ``Q rows`` or ``Q' rows`` for the square ``Q`` of Householder reflectors."""
    if not tau.size:
        return rows
    work = int(lapack.dormqr("L", trans, reflectors, tau, rows, -1)[1][0])
    return np.asarray(lapack.dormqr("L", trans, reflectors, tau, rows, work)[0])


def _rounding(inside: np.ndarray) -> float:
    """Return the size of eigenvalues that are rounding."""
    return inside.shape[0] * np.finfo(float).eps * float(np.diag(inside).max(initial=0.0))
