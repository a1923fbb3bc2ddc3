"""Proximal Newton: second-order models of the likelihood, each minimised exactly with the penalty.

A model's inner products are used again, at the next step and at the next strength of a path, as long as steps with
them keep reducing the violation quickly; the gradient is always that of the likelihood, so that the end is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np

from bayesreg.solvers.columns import Implicit
from bayesreg.solvers.held import Held
from bayesreg.solvers.pivot import Pivoting
from bayesreg.solvers.problem import Problem
from bayesreg.solvers.quadratic import Quadratic
from bayesreg.solvers.secants import Secants

MAX_NEWTON = 200
ROUNDING = 64.0 * np.finfo(float).eps
EXACT = 1e-14  # violation, as a share of the columns' norms and the null residual's, that ends a solve
SETTLED = 1e-10  # violation with which a solve that stops falling counts as converged
NEAR = 1e-3  # violation below which full steps need no line search
STALE = 8.0  # steps to the end at the last rate of reduction, above which inner products are formed anew
NOISE = 1e-12  # violation below which a gradient says little about the curvature
QUIET = 2  # steps that may fail to reduce the violation, before a solve ends


class Model(NamedTuple):
    """A second-order model, what its last minimiser holds, and their inverse curvature."""

    loss: Quadratic
    held: Held | None = None
    secants: Secants | None = None

    def widened(self, Z: np.ndarray | Implicit, place: np.ndarray) -> Model | None:
        """Return the model with more columns, ``place`` (m,) those of this one; None where it is better made anew."""
        loss, held = self.loss.widened(Z, place), self.held
        if loss is None:
            return None
        if held is not None and loss.is_full:
            held = held._replace(at=place[held.at])
        return Model(loss, held, self.secants)


class NewtonEnd(NamedTuple):
    """End of a solve: the point (m,), steps, products with all rows, whether it converged, and the last model."""

    g: np.ndarray
    iterations: int
    passes: int
    converged: bool
    model: Model | None


def solve_newton(problem: Problem, start: np.ndarray, model: Model | None = None) -> NewtonEnd:
    """Minimise a loss that is convex in ``eta`` plus absolute values and squares, from ``start`` (m,).

    Parameters
    ----------
    problem : Problem
    start : ndarray (m,)
    model : Model, optional
        A second-order model of the same columns at another point, whose inner products may serve.

    References
    ----------
    Lee, Sun and Saunders (2014), Proximal Newton-type methods for minimizing composite functions.
    """
    return _Newton(problem, start, model).run()


@final
@dataclass(eq=False)
class _Newton:
    """State of one solve."""

    problem: Problem
    g: np.ndarray
    model: Model | None
    last: tuple[Held, np.ndarray, np.ndarray] | None = None

    def run(self) -> NewtonEnd:
        problem, law = self.problem, self.problem.likelihood
        weights, length = problem.weights, problem.length
        self.eta = problem.Z @ self.g + problem.offset
        self.value = np.inf
        if self.model is not None and problem.l2.any():
            self.model = Model(self.model.loss)
        passes, quiet, before = 1, 0, np.inf
        best, lowest = self.g, np.inf
        for iteration in range(MAX_NEWTON):
            residual = weights * law.score(problem.y, self.eta)
            score = problem.Z.T @ residual
            passes += 2
            distance = self._distance(score) / length
            violation = float(distance.max(initial=0.0))
            if violation < lowest:
                quiet = 0 if violation < 0.5 * lowest else quiet + 1
                best, lowest = self.g, violation
            else:
                quiet += 1
            if violation <= EXACT or (quiet > QUIET and lowest <= SETTLED):
                return NewtonEnd(best, iteration, passes, True, self.model)
            if self.model is None or _steps_left(violation, before) > STALE:
                loss = Quadratic(problem.Z, weights * law.bend(problem.y, self.eta), residual, self.g)
                self.model = Model(loss)
            elif self._step_held(score, distance, violation):
                before = violation
                continue
            else:
                self.model = self.model._replace(loss=self.model.loss.moved(residual, score, self.g))
            if not self._step(violation):
                return NewtonEnd(best, iteration, passes, lowest <= SETTLED, self.model)
            before = violation
        return NewtonEnd(best, MAX_NEWTON, passes, lowest <= SETTLED, self.model)

    def _distance(self, score: np.ndarray) -> np.ndarray:
        """Return the distance (m,) of a score to the subdifferential of the penalty."""
        problem, g = self.problem, self.g
        smooth = score - problem.l2 * g
        at_zero = np.maximum(np.where(problem.positive, smooth, np.abs(smooth)) - problem.l1, 0.0)
        return np.where(g != 0.0, np.abs(smooth - np.sign(g) * problem.l1), at_zero)

    def _step_held(self, score: np.ndarray, distance: np.ndarray, violation: float) -> bool:
        """Move what the last minimiser held to where its gradient should vanish; return whether that can be right."""
        model, problem = self.model, self.problem
        if model is None or model.held is None or model.secants is None:
            return False
        at = model.loss.columns[model.held.at]
        value, slope = self.g[at], (score - problem.l2 * self.g)[at]
        last, self.last = self.last, None
        if last is not None and last[0] is model.held and violation > NOISE:
            model.secants.add(value - last[1], last[2] - slope)
        rest = distance.copy()
        rest[at] = 0.0
        if violation > NEAR or rest.max(initial=0.0) > EXACT:
            return False
        step = model.secants.times(slope - model.held.sign * problem.l1[at])
        target = value + step
        if np.any((model.held.sign != 0.0) & (target * model.held.sign <= 0.0)):
            return False
        self.last = (model.held, value, slope)
        direction = np.zeros(self.g.size)
        direction[at] = step
        self.eta = self.eta + problem.Z @ direction
        self.g, self.value = self.g + direction, np.inf
        return True

    def _step(self, violation: float) -> bool:
        """Move to the model's minimiser, or as far towards it as the objective falls; return whether it could."""
        problem = self.problem
        assert self.model is not None
        loss = self.model.loss
        path = Pivoting(loss, problem.l1, problem.l2, problem.positive)
        target, held = path.settled(self.g, self.model.held)
        if held is None or held is not self.model.held:
            self.model = Model(loss, held, None if held is None else Secants(held.inverse))
        direction = target - self.g
        along = problem.Z @ direction
        if violation < NEAR:
            self.g, self.eta, self.value = target, self.eta + along, np.inf
            return True
        if not np.isfinite(self.value):
            self.value = _objective(problem, self.g, self.eta)
        predicted = -(loss.residual @ along) + _penalty(problem, target) - _penalty(problem, self.g)
        step, value = 1.0, _objective(problem, target, self.eta + along)
        while not value <= self.value + 1e-4 * step * min(predicted, 0.0) + ROUNDING * abs(self.value):
            step *= 0.5
            if step < 1e-12:
                return False
            value = _objective(problem, self.g + step * direction, self.eta + step * along)
        self.g = target if step == 1.0 else self.g + step * direction
        self.eta, self.value = self.eta + step * along, value
        return True


def _steps_left(violation: float, before: float) -> float:
    """Return the steps in which a violation will be exact if each reduces it as the last one did."""
    if violation >= before:
        return np.inf
    return float(np.log(violation / EXACT) / np.log(before / violation)) if before < np.inf else 0.0


def _penalty(problem: Problem, g: np.ndarray) -> float:
    return float(problem.l1 @ np.abs(g) + 0.5 * problem.l2 @ (g * g))


def _objective(problem: Problem, g: np.ndarray, eta: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        loss = float(problem.weights @ problem.likelihood.half_deviance(problem.y, eta))
    return loss + _penalty(problem, g)
