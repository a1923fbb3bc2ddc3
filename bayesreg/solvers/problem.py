"""A model in the coordinates that solvers like: centred columns of unit size, strengths in loss units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.families import Canonical, Likelihood
from bayesreg.objective import penalised
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import Standardized, make_columns, picked, square_sums


@final
@dataclass(frozen=True, eq=False)
class Problem:
    """Minimise ``sum_i w_i d_i / 2 + sum_j l1_j |g_j| + l2_j g_j^2 / 2 + g'Qg / 2`` over ``g`` (m,).

    The coordinates are ``g_j = size_j beta_j`` with the intercept that of the centred columns; excluded
    coefficients have no coordinate.

    Attributes
    ----------
    Z : ndarray or Columns (n, m)
        Scaled columns, the ones first where there is an intercept.
    y, weights, offset : ndarray (n,)
    likelihood : Likelihood
    l1, l2 : ndarray (m,)
        Strengths in loss units.
    positive : ndarray of bool (m,)
    kept : ndarray of int (m,)
        Position of each coordinate among the model's q coefficients.
    size, center : ndarray (m,)
    root : ndarray (r, m) or None
        ``Q = root' root``: the quadratic forms among the penalties, in loss units; None: there are none.
    """

    Z: Standardized
    y: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    likelihood: Likelihood
    l1: np.ndarray
    l2: np.ndarray
    positive: np.ndarray
    kept: np.ndarray
    size: np.ndarray
    center: np.ndarray
    intercept: bool
    q: int
    root: np.ndarray | None = None

    @cached_property
    def quadratic(self) -> np.ndarray | None:
        """The matrix ``Q`` (m, m) of the quadratic forms, in loss units; None: there are none."""
        return None if self.root is None else self.root.T @ self.root

    @cached_property
    def length(self) -> np.ndarray:
        """What scores (m,) are compared to: the weighted norms of the columns times that of the centred response.

        A response that is the same in all rows counts as one of size 1. Without a canonical link the expected size of
        the scores at the mean has the place of the response's.
        """
        columns = np.sqrt(square_sums(self.Z, self.weights))
        mean = np.average(self.y, weights=self.weights)
        if isinstance(self.likelihood, Canonical):
            spread = float(np.sqrt(self.weights @ (self.y - mean) ** 2))
        else:
            with np.errstate(divide="ignore"):
                at_mean = self.likelihood.link_function(np.array([mean]))
            spread = float(np.sqrt(self.weights.sum() * self.likelihood.curvature(at_mean)[0]))
        spread = spread if spread > 0.0 else float(np.sqrt(self.weights.sum()))
        return np.where(columns > 0.0, columns, 1.0) * spread

    def multiplied(self, factor: float) -> Problem:
        """Return the problem with all strengths multiplied by ``factor``."""
        root = None if self.root is None else np.sqrt(factor) * self.root
        other = replace(self, l1=factor * self.l1, l2=factor * self.l2, root=root)
        if "length" in self.__dict__:
            other.__dict__["length"] = self.length
        return other

    @property
    def is_smooth(self) -> bool:
        """Whether the penalty is a plain quadratic: no absolute values, no signs."""
        return not (np.any(self.l1 > 0.0) or self.positive.any())

    def restricted(self, keep: np.ndarray) -> Problem:
        """Return the problem with only the coordinates ``keep`` (m,) of bool; the others stay at 0."""
        other = replace(
            self,
            Z=picked(self.Z, keep),
            l1=self.l1[keep],
            l2=self.l2[keep],
            positive=self.positive[keep],
            kept=self.kept[keep],
            size=self.size[keep],
            center=self.center[keep],
            intercept=self.intercept and bool(keep[0]),
            root=None if self.root is None or not self.root[:, keep].any() else self.root[:, keep],
        )
        if "length" in self.__dict__:
            other.__dict__["length"] = self.length[keep]
        return other

    def to_user(self, g: np.ndarray) -> np.ndarray:
        """Return coefficients (..., q) on the user's scale from coordinates (..., m)."""
        beta = np.zeros((*g.shape[:-1], self.q))
        beta[..., self.kept] = g / self.size
        if self.intercept:
            beta[..., 0] -= beta[..., self.kept] @ self.center
        return beta

    def path_to_user(self, points: list[np.ndarray]) -> np.ndarray:
        """Return coefficients (k, q) on the user's scale from k points (m,), at the cost of what is not 0."""
        betas = np.zeros((len(points), self.q))
        for beta, g in zip(betas, points, strict=True):
            at = np.flatnonzero(g != 0.0)
            beta[self.kept[at]] = g[at] / self.size[at]
            if self.intercept:
                beta[0] -= beta[self.kept[at]] @ self.center[at]
        return betas

    def from_user(self, beta: np.ndarray) -> np.ndarray:
        """Return coordinates (m,) from coefficients (q,)."""
        kept = beta[self.kept].copy()
        if self.intercept:
            kept[0] += kept @ self.center
        return kept * self.size


def make_problem(design: Design, resolved: Resolved) -> Problem:
    """Centre and scale a model's columns, once; strengths follow by `with_strengths`."""
    start = int(resolved.intercept)
    kept = np.flatnonzero(~resolved.excluded)
    columns = kept[start:] - start
    center = resolved.center[kept]
    X = design.X if columns.size == design.p else design.X[:, columns]
    size = np.ones(kept.size)
    spread = resolved.size[kept][start:]
    size[start:] = np.where(spread > 0.0, spread, 1.0)
    l1, l2 = strengths(resolved, kept, size)
    return Problem(
        Z=make_columns(X, center[start:], size[start:], resolved.intercept),
        y=design.y,
        weights=resolved.weights,
        offset=resolved.offset,
        likelihood=resolved.likelihood,
        l1=l1,
        l2=l2,
        positive=resolved.positive[kept],
        kept=kept,
        size=size,
        center=center,
        intercept=resolved.intercept,
        q=len(resolved.coefficients),
        root=quadratic_root(resolved, kept, size),
    )


def strengths(resolved: Resolved, kept: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the loss-unit strengths ``(l1, l2)`` (m,) of the scaled coordinates; 0 outside plain penalties."""
    plain = np.zeros(len(resolved.coefficients), dtype=bool)
    for block in resolved.blocks:
        plain[block.columns] = block.law.plain
    rate = np.where(plain, resolved.strength.rate, 0.0)[kept]
    precision = np.where(plain, resolved.strength.precision, 0.0)[kept]
    return resolved.phi * rate / size, resolved.phi * precision / size**2


def quadratic_root(resolved: Resolved, kept: np.ndarray, size: np.ndarray) -> np.ndarray | None:
    """Return ``R`` (r, m) with ``R'R`` the loss-unit quadratic forms in the scaled coordinates; None without any."""
    found = []
    for piece in penalised(resolved):
        half = piece.law.root(piece.strength)
        if half is None:
            continue
        if piece.map is not None:
            half = half * piece.map if piece.map.ndim == 1 else half @ piece.map
        at = np.searchsorted(kept, piece.at)
        rows = np.zeros((half.shape[0], kept.size))
        rows[:, at] = np.sqrt(resolved.phi) * half / size[at]
        found.append(rows)
    return np.vstack(found) if found else None
