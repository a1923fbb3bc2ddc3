"""A model whose penalties are lengths of groups, absolute values and squares, in coordinates where they are plain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.objective import Piece, penalised
from bayesreg.penalties import Penalty
from bayesreg.penalties.joint import Joint
from bayesreg.resolved import Resolved
from bayesreg.solvers.norms import Norms
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.turned import Turned, make_turned


@final
@dataclass(frozen=True, eq=False)
class GroupProblem:
    """Minimise ``sum_i w_i d_i / 2 + norms(v)`` over ``v`` (m,).

    Attributes
    ----------
    Z : Turned (n, m)
        Columns of the coordinates, the ones first where there is an intercept.
    problem : Problem
        The same model in the coordinates ``size_j beta_j``.
    norms : Norms
        The penalties, in loss units.
    """

    Z: Turned
    problem: Problem
    norms: Norms

    @cached_property
    def length(self) -> np.ndarray:
        """The weighted norm of each column (m,), 1 for columns of zeros."""
        found = np.sqrt(self.Z.square_sums(self.problem.weights))
        return np.where(found > 0.0, found, 1.0)

    def to_user(self, v: np.ndarray) -> np.ndarray:
        """Return coefficients (k, q) from coordinates (m, k)."""
        return self.problem.to_user(self.Z.plain(v).T)

    def from_user(self, beta: np.ndarray) -> np.ndarray:
        """Return coordinates (m,) from coefficients (q,)."""
        return self.Z.inverse(self.problem.from_user(beta))

    def residual(self, eta: np.ndarray) -> np.ndarray:
        """Return minus the gradient of the loss in the linear predictor, for (n,) or (n, k)."""
        shape = (slice(None),) + (None,) * (eta.ndim - 1)
        score = self.problem.likelihood.score(self.problem.y[shape], eta)
        return np.asarray(self.problem.weights[shape] * score)

    def eta(self, v: np.ndarray) -> np.ndarray:
        """Return the linear predictor (n,) or (n, k) at ``v`` (m,) or (m, k)."""
        offset = self.problem.offset
        return self.Z @ v + (offset if v.ndim == 1 else offset[:, None])


def lengths_of(law: Penalty) -> tuple[float, float] | None:
    """Return the shares of absolute values and length in a joint law; None where it is no such sum; see `Joint`."""
    return law.lengths() if isinstance(law, Joint) else None


def is_grouped(resolved: Resolved) -> bool:
    """Return whether a model has lengths of groups among its penalties, and beside them absolute values and squares."""
    lengths = False
    for block in resolved.blocks:
        if lengths_of(block.law) is not None:
            lengths |= bool(np.any(resolved.strength.rate[block.columns] > 0.0))
        elif not (block.law.plain or block.law.is_flat):
            return False
    plain = resolved.correction is None and resolved.likelihood.convex
    return lengths and plain and not resolved.bounded.any()


def make_group_problem(design: Design, resolved: Resolved) -> GroupProblem:
    """Return a model in these coordinates."""
    problem = make_problem(design, resolved)
    turns = []
    for piece in penalised(resolved):
        if lengths_of(piece.law) is not None:
            at = np.searchsorted(problem.kept, piece.at)
            turns.append((at, _block(piece, problem.size[at])))
    return GroupProblem(make_turned(problem.Z, turns), problem, read_norms(resolved, problem.kept, problem.size))


def read_norms(resolved: Resolved, kept: np.ndarray, size: np.ndarray) -> Norms:
    """Return the penalties in loss units, of what joint laws act on and of ``size_j b_j`` (m,) under separable ones.

    ``kept`` (m,) are the positions of the coordinates among the coefficients.
    """
    m = kept.size
    l1, l2, owner = np.zeros(m), np.zeros(m), np.full(m, -1)
    heights: list[float] = []
    for piece in penalised(resolved):
        at = np.searchsorted(kept, piece.at)
        rates = lengths_of(piece.law)
        if rates is None:
            strength = piece.strength.scaled(1.0 / size[at])
            l1[at], l2[at] = resolved.phi * strength.rate, resolved.phi * strength.precision
            continue
        single, together = resolved.phi * float(piece.strength.rate) * np.array(rates)
        l1[at] = single + (together if at.size == 1 else 0.0)
        if at.size > 1:
            owner[at] = len(heights)
            heights.append(together)
    alone = np.flatnonzero(owner < 0)
    owner[alone] = len(heights) + np.arange(alone.size)
    return Norms(l1, l2, owner, np.concatenate([np.array(heights), np.zeros(alone.size)]))


def _block(piece: Piece, size: np.ndarray) -> np.ndarray:
    """Return the matrix (d, d) that turns what a law acts on into the coordinates ``size_j beta_j``."""
    if piece.map is None:
        return np.diag(size)
    return np.diag(size / piece.map) if piece.map.ndim == 1 else size[:, None] * np.linalg.inv(piece.map)
