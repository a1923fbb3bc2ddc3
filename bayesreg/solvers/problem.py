"""A model in the coordinates that solvers like: centred columns of unit size, strengths in loss units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.families import Likelihood
from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class Problem:
    """Minimise ``sum_i w_i d_i / 2 + sum_j l1_j |g_j| + l2_j g_j^2 / 2`` over ``g`` (m,).

    The coordinates are ``g_j = size_j beta_j`` with the intercept that of the centred columns; excluded
    coefficients have no coordinate.

    Attributes
    ----------
    Z : ndarray (n, m)
        Scaled columns, Fortran order, the ones first where there is an intercept.
    y, weights, offset : ndarray (n,)
    likelihood : Likelihood
    l1, l2 : ndarray (m,)
        Strengths in loss units.
    positive : ndarray of bool (m,)
    kept : ndarray of int (m,)
        Position of each coordinate among the model's q coefficients.
    size, center : ndarray (m,)
    """

    Z: np.ndarray
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

    @property
    def is_smooth(self) -> bool:
        """Whether the penalty is a plain quadratic: no absolute values, no signs."""
        return not (np.any(self.l1 > 0.0) or self.positive.any())

    def restricted(self, keep: np.ndarray) -> Problem:
        """Return the problem with only the coordinates ``keep`` (m,) of bool; the others stay at 0."""
        return replace(
            self,
            Z=np.asfortranarray(self.Z[:, keep]),
            l1=self.l1[keep],
            l2=self.l2[keep],
            positive=self.positive[keep],
            kept=self.kept[keep],
            size=self.size[keep],
            center=self.center[keep],
            intercept=self.intercept and bool(keep[0]),
        )

    def to_user(self, g: np.ndarray) -> np.ndarray:
        """Return coefficients (..., q) on the user's scale from coordinates (..., m)."""
        beta = np.zeros((*g.shape[:-1], self.q))
        beta[..., self.kept] = g / self.size
        if self.intercept:
            beta[..., 0] -= beta[..., self.kept] @ self.center
        return beta

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
    X = design.X[:, columns] - center[start:]
    size = np.ones(kept.size)
    spread = resolved.size[kept][start:]
    size[start:] = np.where(spread > 0.0, spread, 1.0)
    Z = np.empty((design.n, kept.size), order="F")
    Z[:, :start] = 1.0
    np.divide(X, size[start:], out=Z[:, start:])
    l1, l2 = strengths(resolved, kept, size)
    return Problem(
        Z=Z,
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
    )


def strengths(resolved: Resolved, kept: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the loss-unit strengths ``(l1, l2)`` (m,) of the scaled coordinates."""
    return resolved.phi * resolved.strength.rate[kept] / size, resolved.phi * resolved.strength.precision[
        kept
    ] / size**2
