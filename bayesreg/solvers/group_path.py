"""Modes under group penalties along decreasing strengths: working sets by the strong rule, checked several at a time.

References
----------
Tibshirani, Bien, Friedman, Hastie, Simon, Taylor and Tibshirani (2012), Strong rules for discarding predictors in
lasso-type problems.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, final

import numpy as np

from bayesreg.solvers.group_dof import face_dof
from bayesreg.solvers.group_problem import GroupProblem
from bayesreg.solvers.groups import EXACT, GroupSearch
from bayesreg.solvers.quadratic import Quadratic

BATCH = 5  # strengths whose gradients are formed at a time
MAX_CHECKS = 50
ROUGH = 4.0  # multiple of `EXACT` beyond which a mode is corrected with scores from the rows
HOPEFUL = 0.97  # share of the last strength of a batch from which the strong rule is taken to be too careful


@final
class GroupModes(NamedTuple):
    """Modes at k strengths.

    Attributes
    ----------
    v : ndarray (m, k)
        Their coordinates.
    steps, passes : ndarray of int (k,)
        Newton steps, and products with all rows and columns.
    violations : ndarray (k,)
        Largest violation of each, as a share of the residual's norm.
    dof : callable
        The effective degrees of freedom of the k-th; computed when asked for, since it takes a factorisation.
    """

    v: np.ndarray
    steps: np.ndarray
    passes: np.ndarray
    violations: np.ndarray
    dof: Callable[[int], float]


def follow_gaussian(of: GroupProblem, factors: np.ndarray, scale: float, begin: np.ndarray) -> GroupModes:
    """Return the modes at decreasing multiples ``factors`` (k,) of the strengths, of a Gaussian model.

    ``begin`` (m,) is where the first starts, and ``scale`` the norm of the residual to which violations are compared.
    """
    problem, m = of.problem, of.norms.l1.size
    w = problem.weights
    loss = Quadratic(of.Z, w, w * (problem.y - problem.offset), np.zeros(m))  # type: ignore[arg-type]
    search = GroupSearch(loss, of.norms, of.length, scale)
    v, violations = np.zeros((m, factors.size)), np.full(factors.size, np.inf)
    steps, passes = np.zeros((2, factors.size), dtype=int)
    require(loss, of, ~of.norms.kinked | (begin != 0.0))
    v[loss.columns, 0] = search.solve(factors[0], begin[loss.columns])[0]
    score, level = of.Z.T @ of.residual(of.eta(v[:, 0])), np.inf
    batch = factors.size if loss.is_full else BATCH
    for start in range(0, factors.size, batch):
        at = np.arange(start, min(start + batch, factors.size))
        level = level if np.isfinite(level) else max(float(of.norms.gauge(score).max()), factors[at[0]])
        strong = max(2.0 * factors[at[-1]] - level, HOPEFUL * factors[at[-1]])
        require(loss, of, (of.norms.gauge(score) >= strong)[of.norms.owner])
        todo = at
        for _ in range(MAX_CHECKS):
            for k in todo:
                before = search.steps
                x = predicted(v, factors, violations, int(k))[loss.columns]
                found, violations[k] = search.solve(factors[k], x)
                v[:, k] = 0.0
                v[loss.columns, k] = found
                steps[k] += search.steps - before
            passes[todo] += 2
            scores = of.Z.T @ of.residual(of.eta(v[:, todo]))
            again, missing = [], np.zeros(m, dtype=bool)
            for column, k in enumerate(todo):
                distance = of.norms.multiplied(factors[k]).distance(v[:, k], scores[:, column]) / of.length / scale
                outside = (distance > EXACT) & (loss.position < 0)
                violations[k] = float(distance.max())
                if not outside.any() and violations[k] > ROUGH * EXACT:
                    refined(search, factors[k], v[:, k], scores[:, column])
                    score_k = of.Z.T @ of.residual(of.eta(v[:, k]))
                    distance = of.norms.multiplied(factors[k]).distance(v[:, k], score_k) / of.length / scale
                    violations[k], passes[k] = float(distance.max()), passes[k] + 2
                if outside.any():
                    again.append(k)
                    missing |= outside
                elif k == at[-1]:
                    score, level = scores[:, column], factors[k]
            if not again:
                break
            require(loss, of, missing)
            todo = np.array(again)

    def dof(k: int) -> float:
        return face_dof(search.system(factors[k], v[loss.columns, k]))

    return GroupModes(v, steps, passes, violations, dof)


def refined(search: GroupSearch, factor: float, v: np.ndarray, score: np.ndarray) -> None:
    """Correct ``v`` (m,) in place by its scores (m,) from the rows, where inner products have lost digits."""
    at = search.loss.columns
    x = v[at]
    v[at] = search.solve(factor, x, rest=score[at] - search.slope(x))[0]


def require(loss: Quadratic, of: GroupProblem, wanted: np.ndarray) -> None:
    """Take the groups of the coordinates ``wanted`` (m,) of bool into the working set."""
    if loss.is_full:
        return
    owner = of.norms.owner
    groups = np.bincount(owner, weights=wanted) > 0.0
    new = np.flatnonzero(groups[owner] & (loss.position < 0))
    if new.size:
        loss.extend(new[np.argsort(owner[new], kind="stable")])


def predicted(v: np.ndarray, factors: np.ndarray, violations: np.ndarray, k: int) -> np.ndarray:
    """Return a start for strength ``k``: its own mode so far, or the polynomial through the modes before it."""
    if np.isfinite(violations[k]) or k == 0:
        return v[:, k]
    if k == 1:
        return v[:, 0]
    start = v[:, k - 1].copy()
    for count in (2, 3):
        if k < count:
            break
        t, new, points = np.log(factors[k - count : k]), np.log(factors[k]), v[:, k - count : k]
        weights = np.array([np.prod([(new - o) / (one - o) for o in t if o != one]) for one in t])
        found = points @ weights
        start = np.where(np.all(points != 0.0, axis=1) & (found * points[:, -1] > 0.0), found, start)
    return start
