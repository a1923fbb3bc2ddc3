r"""A ridge at every strength from one factorisation, with its leverages.

In coordinates ``g = back(a, u)``, ``a`` free and ``|u|^2 / 2`` the penalty, let ``F = B R`` and ``S`` be the weighted
columns of ``a`` and of ``u``, ``C = B'S`` and ``T = S - B C = U diag(d) V'``. At ``t`` times the penalty

    u = V (d c) / (d^2 + t),   c = U'y,   a = R^-1 (B'y - C u),
    h = |B_i|^2 + sum_k U_ik^2 d_k^2 / (d_k^2 + t),   edf = k + sum_k d_k^2 / (d_k^2 + t).

`ridge_factor` finds ``U`` or ``V``, or both.

References
----------
Golub, Heath and Wahba (1979), Generalized cross-validation as a method for choosing a good ridge parameter.
Bjorck (1987), Stability analysis of the method of seminormal equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg import solve_triangular

from bayesreg.solvers.unit import BLOCK, Unit

ROUNDS = 4  # of refinement
SURE = 1e-14  # one less a leverage, below which it is rounding


@final
@dataclass(frozen=True, eq=False)
class RidgePath:
    """One factorisation of a Gaussian problem with a quadratic penalty.

    Attributes
    ----------
    unit : Unit
    y : ndarray (n,)
        The response less the offset, weighted.
    basis, triangle : ndarray (n, k), (k, k)
        ``B`` and ``R``.
    cross : ndarray (k, p)
        ``C``.
    squares, target : ndarray (r,)
        ``d^2`` and ``c``.
    outside : float
        Sum of squares of the response outside of ``B`` and ``U``.
    left : ndarray (n, r) or None
        ``U``; None: it follows from ``V``.
    right : ndarray (p, r) or None
        ``V``; None: it follows from ``U``.
    complete : bool
        Whether ``B`` and ``U`` span all rows.
    refine : bool
        Whether minimisers are corrected by their gradients, which squares have cost digits.
    how : str
        What was factorised, as a phrase.
    """

    unit: Unit
    y: np.ndarray
    basis: np.ndarray
    triangle: np.ndarray
    cross: np.ndarray
    squares: np.ndarray
    target: np.ndarray
    outside: float
    left: np.ndarray | None
    right: np.ndarray | None
    complete: bool
    refine: bool
    how: str

    def shrinkage(self, t: np.ndarray) -> np.ndarray:
        """Return ``1 / (d^2 + t)`` (s, r) at multipliers ``t`` (s,) of the penalty."""
        return np.asarray(1.0 / (self.squares + t[:, None]))

    def edf(self, t: np.ndarray) -> np.ndarray:
        """Return the effective degrees of freedom (s,), free directions included."""
        return self.basis.shape[1] + self.shrinkage(t) @ self.squares

    def residual_dof(self, t: np.ndarray) -> np.ndarray:
        """Return the number of rows less the effective degrees of freedom (s,), without cancellation."""
        outside = self.y.size - self.basis.shape[1] - self.squares.size
        return np.asarray(outside + (self.shrinkage(t) * t[:, None]).sum(axis=1))

    def misfit(self, t: np.ndarray) -> np.ndarray:
        """Return residual sum of squares plus penalty (s,), without cancellation."""
        return self.outside + (self.shrinkage(t) * t[:, None]) @ self.target**2

    def residual_sum(self, t: np.ndarray) -> np.ndarray:
        """Return the weighted residual sums of squares (s,)."""
        return self.outside + (self.shrinkage(t) * t[:, None]) ** 2 @ self.target**2

    def log_determinant(self, t: np.ndarray) -> np.ndarray:
        """Return ``log det(Z'WZ + t P)`` (s,), ``P`` the penalty's matrix in ``g``."""
        free = 2.0 * float(np.log(np.abs(np.diag(self.triangle))).sum()) - 2.0 * self.unit.log_volume
        rest = self.cross.shape[1] - self.squares.size
        return free - np.log(self.shrinkage(t)).sum(axis=1) + rest * np.log(t)

    def coordinates(self, t: np.ndarray) -> np.ndarray:
        """Return the minimisers (s, m)."""
        shrunk = self.shrinkage(t)
        if self.right is not None:
            u = (shrunk * (np.sqrt(self.squares) * self.target)) @ self.right.T
        else:
            u = self.unit.scores(self.left @ (shrunk * self.target).T)[1].T
        a = self._solve(self.basis.T @ self.y - u @ self.cross.T)
        if self.refine:
            a, u = _refined(self, t, a, u)
        return self.unit.back(a, u)

    def rows(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return weighted residuals and ``1 - h`` (n, s), one less the leverages; 0 where a row alone decides."""
        shrunk, own = self.shrinkage(t), 1.0 - (self.basis**2).sum(axis=1)[:, None]
        if self.complete and self.left is not None:
            kept = (t[:, None] * shrunk).T
            slack = np.where(own > SURE, self.left**2 @ kept, 0.0)
            return self.left @ (kept * self.target[:, None]), slack
        shape = (self.y.size, t.size)
        fitted, taken = np.zeros(shape), np.zeros(shape)
        along = (shrunk * (np.sqrt(self.squares) * self.target)).T
        step = max(1, BLOCK // self.y.size)
        for start in range(0, self.squares.size, step):
            at = slice(start, start + step)
            block = self._scaled_left(at)
            fitted += block @ along[at]
            taken += np.square(block, out=block) @ shrunk[:, at].T
        residual = np.subtract((self.y - self.basis @ (self.basis.T @ self.y))[:, None], fitted, out=fitted)
        slack = np.subtract(own, taken, out=taken)
        slack[slack < SURE] = 0.0
        return residual, slack

    def variances(self, t: np.ndarray) -> np.ndarray:
        """Return the diagonals (s, m) of ``(Z'WZ + t P)^-1``."""
        inverse = solve_triangular(self.triangle, np.eye(self.triangle.shape[0]))
        own = (self.unit.back(inverse.T, np.zeros((inverse.shape[0], self.unit.p))) ** 2).sum(axis=0)
        full = self.right is not None and self.right.shape[0] == self.right.shape[1]
        shrunk, seen = self.shrinkage(t), np.zeros((t.size, own.size))
        step = max(1, BLOCK // own.size)
        for start in range(0, self.squares.size, step):
            at = slice(start, start + step)
            part = self.right[:, at] if full and self.right is not None else self._scaled_right(at)
            rows = self.unit.back(-self._solve(part.T @ self.cross.T), part.T)
            seen += shrunk[:, at] @ np.square(rows, out=rows)
        if full:
            return own + seen
        return own + (self.unit.lengths(solve_triangular(self.triangle, self.cross)) - seen) / t[:, None]

    def _scaled_right(self, at: slice) -> np.ndarray:
        """Return columns of ``V diag(d)`` (p, b)."""
        if self.right is not None:
            return np.asarray(self.right[:, at] * np.sqrt(self.squares[at]))
        return self.unit.scores(np.asarray(self.left)[:, at])[1]

    def _scaled_left(self, at: slice) -> np.ndarray:
        """Return columns of ``U diag(d)`` (n, b)."""
        if self.left is not None:
            return np.asarray(self.left[:, at] * np.sqrt(self.squares[at]))
        part = np.asarray(self.right)[:, at]
        return self.unit.rows(-self._solve(part.T @ self.cross.T), part.T)

    def _solve(self, rest: np.ndarray) -> np.ndarray:
        """Return ``R^-1`` times rows (s, k)."""
        return solve_triangular(self.triangle, rest.T, check_finite=False).T


def _refined(path: RidgePath, t: np.ndarray, a: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correct coordinates (s, k), (s, p) by the scores of their residuals, until these stop falling."""
    unit, before = path.unit, np.inf
    for _ in range(ROUNDS):
        free, pull = (part.T for part in unit.scores(path.y[:, None] - unit.rows(a, u)))
        pull = pull - t[:, None] * u
        size = float(np.abs(pull).max(initial=0.0) + np.abs(free).max(initial=0.0))
        if not size < 0.5 * before:
            break
        before = size
        half = solve_triangular(path.triangle, free.T, trans="T", check_finite=False).T
        step = _inverse(path, t, pull - half @ path.cross)
        a, u = a + path._solve(half - step @ path.cross.T), u + step
    return a, u


def _inverse(path: RidgePath, t: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return ``(T'T + t)^-1`` times scores (s, p), to the digits that the factorisation has."""
    if path.right is not None:
        return ((score @ path.right) * path.shrinkage(t)) @ path.right.T
    left = np.asarray(path.left)
    seen = (left.T @ path.unit.rows(np.zeros((t.size, path.basis.shape[1])), score)).T * path.shrinkage(t)
    return (score - path.unit.scores(left @ seen.T)[1].T) / t[:, None]
