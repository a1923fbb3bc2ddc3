"""Coordinates in which a quadratic penalty is half the sum of squares: the design and its squares seen from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy import sparse
from scipy.linalg import qr, solve_triangular

from bayesreg.matrices import is_sparse
from bayesreg.solvers.columns import Columns, Standardized, weighted_gram
from bayesreg.solvers.problem import Problem

BLOCK = 2**22  # numbers of a dense block of columns that is worked on at a time


@final
@dataclass(frozen=True, eq=False)
class Unit:
    """``g = back(a, u)``, ``a`` (k,) free of the penalty, which is ``|u|^2 / 2`` in ``u`` (p,); ``m = k + p``.

    Attributes
    ----------
    Z : ndarray or Columns (n, m)
    root : ndarray (n,)
        Square roots of the rows' weights.
    out : ndarray of bool (m,)
        Coordinates without penalty; used where the penalty is separable.
    size : ndarray (p,)
        Square roots of the strengths of the others.
    null : ndarray (m, k) or None
        Free directions under quadratic forms; None: the penalty is separable.
    across : ndarray (m, p) or None
        The penalised directions.
    log_volume : float
        ``log |det|`` of `back`.
    """

    Z: Standardized
    root: np.ndarray
    out: np.ndarray
    size: np.ndarray
    null: np.ndarray | None
    across: np.ndarray | None
    log_volume: float

    @property
    def p(self) -> int:
        """Number of penalised coordinates."""
        return self.size.size if self.across is None else self.across.shape[1]

    @property
    def sparse(self) -> bool:
        """Whether the design is sparse."""
        return isinstance(self.Z, Columns) and is_sparse(self.Z.X)

    def back(self, a: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Return ``g`` (..., m) from ``a`` (..., k) and ``u`` (..., p)."""
        if self.null is not None and self.across is not None:
            return np.asarray(a @ self.null.T + u @ self.across.T)
        g = np.empty((*u.shape[:-1], self.out.size))
        g[..., self.out], g[..., ~self.out] = a, u / self.size
        return g

    def pull(self, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the transpose of `back` on scores (m, c): those of ``a`` (k, c) and of ``u`` (p, c)."""
        if self.null is not None and self.across is not None:
            return self.null.T @ score, self.across.T @ score
        return score[self.out], score[~self.out] / self.size[:, None]

    def lengths(self, above: np.ndarray) -> np.ndarray:
        """Return the squared lengths (m,) of the rows of ``back(-above u, u)`` as a matrix; ``above`` is (k, p)."""
        if self.null is not None and self.across is not None:
            return np.asarray(((self.across - self.null @ above) ** 2).sum(axis=1))
        return self.back(np.sqrt((above**2).sum(axis=1)), np.ones(self.p)) ** 2

    def rows(self, a: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Return the weighted linear predictors (n, c) of coordinates (c, k) and (c, p)."""
        return self.root[:, None] * (self.Z @ self.back(a, u).T)

    def scores(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the products of the weighted columns with ``rows`` (n, c): (k, c) and (p, c)."""
        return self.pull(self.Z.T @ (self.root[:, None] * rows))

    def free(self) -> np.ndarray:
        """Return the weighted columns (n, k) of the free directions."""
        columns = self.Z[:, self.out] if self.null is None else self.Z @ self.null
        return np.asarray(columns * self.root[:, None])

    def penalised(self) -> np.ndarray:
        """Return the weighted columns (n, p) of the penalised directions."""
        columns = self.Z[:, ~self.out] if self.across is None else self.Z @ self.across
        if self.across is None:
            columns /= self.size
        columns *= self.root[:, None]
        return np.asarray(columns)

    def gram(self) -> np.ndarray:
        """Return the weighted inner products (p, p) of the penalised columns, without forming these."""
        v = self.root**2
        gram = self.Z.gram(v) if isinstance(self.Z, Columns) else weighted_gram(self.Z, v)
        if self.across is not None:
            return np.asarray(self.across.T @ gram @ self.across)
        inside = gram if not self.out.any() else gram[np.ix_(~self.out, ~self.out)]
        return np.asarray(inside / np.outer(self.size, self.size))

    def kernel(self) -> np.ndarray:
        """Return the weighted inner products (n, n) of the rows over the penalised columns, by blocks of columns."""
        n = self.root.size
        at = np.flatnonzero(~self.out)
        if self.across is not None:
            part = self.Z @ self.across
            inner = part @ part.T
        elif isinstance(self.Z, Columns) and self.sparse:
            inner = _sparse_kernel(self.Z, at, self.size)
        else:
            inner, step = np.zeros((n, n)), max(1, BLOCK // n)
            for start in range(0, at.size, step):
                part = self.Z[:, at[start : start + step]] / self.size[start : start + step]
                inner += part @ part.T
        return np.asarray(inner * np.outer(self.root, self.root))


def _sparse_kernel(Z: Columns, at: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return the inner products (n, n) of the rows of standardised sparse columns ``at``, divided by ``size``."""
    scale, ones = np.ones(at.size), at < Z.ones
    inner = at[~ones] - Z.ones
    scale[~ones] = Z.size[inner]
    share = (1.0 / (scale * size)) ** 2
    X, center = sparse.csc_array(Z.X[:, inner]), Z.center[inner]
    half = sparse.csc_array(X.multiply(np.sqrt(share[~ones])[None, :]))
    shift = X @ (share[~ones] * center)
    products = np.asarray((half @ half.T).toarray())
    products -= shift[:, None]
    products -= shift[None, :] - (share[~ones] @ center**2 + share[ones].sum())
    return products


def make_unit(problem: Problem, weights: np.ndarray) -> Unit:
    """Return the coordinates of a problem's quadratic penalty, its rows weighted by ``weights`` (n,)."""
    out, null, across, volume = problem.l2 <= 0.0, None, None, 0.0
    size = np.sqrt(problem.l2[~out])
    if problem.root is None:
        volume = -float(np.log(size).sum())
    else:
        half = penalty_root(problem)
        basis, triangle = qr(half.T, check_finite=False)
        rank = half.shape[0]
        null = basis[:, rank:]
        across = solve_triangular(triangle[:rank], basis[:, :rank].T, check_finite=False).T
        volume = -float(np.log(np.abs(np.diag(triangle))).sum())
    return Unit(problem.Z, np.sqrt(weights), out, size, null, across, volume)


def penalty_root(problem: Problem) -> np.ndarray:
    """Return rows (k, m) of full rank that make the penalty ``|rows g|^2 / 2``."""
    rows = np.diag(np.sqrt(problem.l2))[problem.l2 > 0.0]
    return rows if problem.root is None else np.vstack([rows, problem.root])
