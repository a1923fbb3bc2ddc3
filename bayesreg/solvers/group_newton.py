"""Modes of group penalties for other families than the Gaussian: second-order models on a working set."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from bayesreg.solvers.columns import weighted_gram
from bayesreg.solvers.factor import Factor
from bayesreg.solvers.group_dof import face_dof
from bayesreg.solvers.group_path import GroupModes, predicted
from bayesreg.solvers.group_problem import GroupProblem
from bayesreg.solvers.groups import EXACT, GroupSearch
from bayesreg.solvers.norms import Norms

MAX_NEWTON = 100
SETTLED = 1e-10  # violation below which no progress is rounding
HOPEFUL = 0.9
SHARE = 1e-3  # of a violation, to which its second-order model is solved
ROUNDING = 64.0 * np.finfo(float).eps
AGED = 0.03  # share of the violation that may be left under the curvature of an earlier point


@final
class SecondOrder(NamedTuple):
    """A second-order model of the loss on a working set: its columns (k,), Gram matrix and correlations (m,)."""

    columns: np.ndarray
    store: np.ndarray
    correlation: np.ndarray


@final
class GroupNewton:
    """Solves along decreasing strengths; the columns of the working set are held as an array.

    Parameters
    ----------
    of : GroupProblem
    scale : float
        Norm of the residual to which violations are compared.
    """

    def __init__(self, of: GroupProblem, scale: float) -> None:
        self.of, self.scale = of, scale
        self.at = np.zeros(0, dtype=int)
        self.inside = np.zeros(of.norms.l1.size, dtype=bool)
        self.held = np.zeros((of.Z.shape[0], 0), order="F")
        self.factor: Factor | None = None
        self.steps, self.passes = 0, 0
        self.curvature, self.store = np.zeros(of.Z.shape[0]), np.zeros((0, 0))
        self.require(~of.norms.kinked)

    def require(self, wanted: np.ndarray) -> None:
        """Take the groups of the coordinates ``wanted`` (m,) of bool into the working set."""
        owner = self.of.norms.owner
        groups = np.bincount(owner, weights=wanted) > 0.0
        new = np.flatnonzero(groups[owner] & ~self.inside)
        if new.size:
            new = new[np.argsort(owner[new], kind="stable")]
            self.held = np.asfortranarray(np.hstack([self.held, self.of.Z[:, new]]))
            self.at, self.inside[new] = np.concatenate([self.at, new]), True

    def objective(self, norms: Norms, v: np.ndarray, eta: np.ndarray) -> float:
        """Return loss plus penalty; ``eta`` is the linear predictor at ``v``."""
        problem = self.of.problem
        with np.errstate(over="ignore"):
            loss = float(problem.weights @ problem.likelihood.half_deviance(problem.y, eta))
        return loss + norms.value(v)

    def renew(self, eta: np.ndarray) -> None:
        """Take the curvature at a linear predictor (n,)."""
        problem = self.of.problem
        self.curvature = problem.weights * problem.likelihood.bend(problem.y, eta)
        self.store = weighted_gram(self.held, self.curvature)

    def search(self, v: np.ndarray, eta: np.ndarray) -> GroupSearch:
        """Return the solver of the second-order model at ``v`` (m,), under the curvature that is held."""
        of, k = self.of, self.store.shape[0]
        if k < self.at.size:
            cross = (self.curvature[:, None] * self.held[:, k:]).T @ self.held
            self.store = np.block([[self.store, cross[:, :k].T], [cross[:, :k], cross[:, k:]]])
        x = v[self.at]
        correlation = self.held.T @ of.residual(eta) + self.store @ x
        model = SecondOrder(np.arange(self.at.size), self.store, correlation)
        found = GroupSearch(model, of.norms.restricted(self.at), of.length[self.at], self.scale)
        found.factor = self.factor
        return found

    def solve(self, factor: float, start: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
        """Return the mode (m,) at a multiple of the strengths from ``start``, its violation, and its scores (m,)."""
        of, norms = self.of, self.of.norms.multiplied(factor)
        v, eta = start, of.eta(start)
        value, best, best_violation, best_score = self.objective(norms, v, eta), start, np.inf, np.zeros(start.size)
        violation, stale = np.inf if self.curvature.any() else 0.0, True
        for _ in range(MAX_NEWTON):
            self.passes += 2
            score = of.Z.T @ of.residual(eta)
            violations = norms.distance(v, score) / of.length / self.scale
            violation, before = float(violations.max()), violation
            late = violation >= 0.5 * best_violation and best_violation <= SETTLED and not stale
            if violation < best_violation:
                best, best_violation, best_score = v, violation, score
            if late or best_violation <= EXACT:
                break
            if violation > AGED * before:
                self.renew(eta)
            stale = violation <= AGED * before
            self.require(violations > min(SHARE * violation, SETTLED))
            search = self.search(v, eta)
            found = search.solve(factor, v[self.at], max(EXACT, SHARE * violation))[0]
            self.factor, self.steps = search.factor, self.steps + search.steps
            target = np.zeros(v.size)
            target[self.at] = found
            along = self.held @ (found - v[self.at])
            step = self.descent(norms, v, eta, target, along, value)
            if step == 0.0:
                break
            v = target if step == 1.0 else v + step * (target - v)
            eta = of.eta(v)
            value = self.objective(norms, v, eta)
        return best, best_violation, best_score

    def descent(
        self, norms: Norms, v: np.ndarray, eta: np.ndarray, target: np.ndarray, along: np.ndarray, value: float
    ) -> float:
        """Return the share of the way to ``target`` (m,) at which the objective falls enough; 0: none."""
        slope = -float(self.of.residual(eta) @ along) + norms.value(target) - norms.value(v)
        step = 1.0
        while step >= 1e-12:
            new = self.objective(norms, v + step * (target - v), eta + step * along)
            if new <= value + 1e-4 * step * min(slope, 0.0) + ROUNDING * abs(value):
                return step
            step *= 0.5
        return 0.0


def follow_newton(of: GroupProblem, factors: np.ndarray, scale: float, start: np.ndarray) -> GroupModes:
    """Return the modes at decreasing multiples ``factors`` (k,) of the strengths, from ``start`` (m,)."""
    newton = GroupNewton(of, scale)
    v, violations = np.zeros((of.norms.l1.size, factors.size)), np.full(factors.size, np.inf)
    steps, passes = np.zeros((2, factors.size), dtype=int)
    score, level = of.Z.T @ of.residual(of.eta(start)), factors[0]
    for k, factor in enumerate(factors):
        strong = max(2.0 * factor - level, HOPEFUL * factor)
        newton.require((of.norms.gauge(score) >= strong)[of.norms.owner])
        before = newton.steps, newton.passes
        point = predicted(v, factors, violations, k) if k else start
        v[:, k], violations[k], score = newton.solve(factor, point)
        steps[k], passes[k] = newton.steps - before[0], newton.passes - before[1]
        level = factor

    def dof(k: int) -> float:
        newton.renew(of.eta(v[:, k]))
        search = newton.search(v[:, k], of.eta(v[:, k]))
        return face_dof(search.system(factors[k], v[newton.at, k]))

    return GroupModes(v, steps, passes, violations, dof)
