"""Exact minimiser of a quadratic loss plus weighted absolute values and squares, with optional signs.

On the coordinates held active, with their signs, the optimum is one linear solve; the step towards it
stops at the first sign change, where that coordinate leaves. When no sign changes, every coordinate
outside that violates its condition comes in. The objective falls at each step and the sets can not
repeat, so the end point is the exact solution for the final active set, which iterative refinement
then gives to rounding.

References
----------
Osborne, Presnell and Turlach (2000), A new approach to variable selection in least squares problems.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigh, svd

from bayesreg.solvers.quadratic import Quadratic

VIOLATION = 1e-12
CONDITION = 1e-11  # below this share of the largest eigenvalue or squared pivot a direction counts as null
CONTINUATION = 4.0
MOST_QUIET = 20
MOST = 2**24  # numbers of the active columns from which singular values take too long


@final
class ActiveSet:
    """State of one solve: the point ``g`` (m,), the active coordinates and their signs."""

    def __init__(
        self, loss: Quadratic, l1: np.ndarray, l2: np.ndarray, positive: np.ndarray, start: np.ndarray | None
    ) -> None:
        m = l1.size
        self.loss, self.l1, self.l2, self.positive = loss, l1, l2, positive
        self.signed = (l1 > 0.0) | positive
        self.g = np.zeros(m) if start is None else start.copy()
        self.sign = np.sign(self.g)
        self.active = (self.g != 0.0) | ~self.signed
        self.scale = max(float(np.abs(loss.correlation).max(initial=0.0)), np.finfo(float).tiny)
        self.steps, self.poor, self.quiet, self.lowest = 0, False, 0, np.inf

    def solve(self, max_steps: int) -> bool:
        """Run to the optimum; return whether it was reached within ``max_steps`` linear solves."""
        entered = 0
        while self.steps < max_steps:
            moved = self.descend(max_steps)
            entering = self.violators()
            if entering.size == 0 or (entered == 1 and not moved):
                self.refine()
                return True
            if self.poor and self.stalls():
                break
            entered = 1 if entered and not moved else min(entering.size, max(16, int(self.active.sum())))
            self.active[entering[:entered]] = True
        self.refine()
        return False

    def stalls(self) -> bool:
        """Return whether many rounds have not lowered the objective: what they change is rounding."""
        loss, g, eta = self.loss, self.g, self.loss.eta(self.g)
        value = float(
            eta @ (0.5 * loss.curvature * eta - loss.residual) + self.l1 @ np.abs(g) + 0.5 * self.l2 @ (g * g)
        )
        self.quiet = 0 if value < self.lowest else self.quiet + 1
        self.lowest = min(self.lowest, value)
        return self.quiet > MOST_QUIET

    def descend(self, max_steps: int) -> bool:
        """Minimise on the active set, letting coordinates leave at sign changes; return whether ``g`` moved."""
        moved = False
        while self.steps < max_steps:
            self.steps += 1
            at = np.flatnonzero(self.active)
            if at.size == 0:
                return moved
            direction = self.direction(at)
            value, sign = self.g[at], self.sign[at]
            crossing = self.signed[at] & (sign * (value + direction) <= 0.0) & (sign * direction < 0.0)
            if not crossing.any():
                self.g[at] = value + direction
                return moved or self.is_move(at, direction)
            step = value[crossing] / -direction[crossing]
            smallest = float(step.min())
            moved |= self.is_move(at, smallest * direction)
            self.g[at] = value + smallest * direction
            leaving = at[np.flatnonzero(crossing)[step <= smallest]]
            self.g[leaving], self.active[leaving], self.sign[leaving] = 0.0, False, 0.0
        return moved

    def is_move(self, at: np.ndarray, change: np.ndarray) -> bool:
        """Return whether a step is more than rounding, as the curvature of each coordinate counts it."""
        where = self.loss.position[at]
        bend = np.sqrt(self.loss.store[where, where] + self.l2[at])
        return float((bend * np.abs(change)).max()) > 1e-13 * float((bend * np.abs(self.g[at])).max())

    def direction(self, at: np.ndarray) -> np.ndarray:
        """Return the step to the minimiser for the signs held; along the null space where it is not unique."""
        gram = self.loss.gram(at)
        gram[np.diag_indices_from(gram)] += self.l2[at]
        downhill = self.loss.correlation[at] - gram @ self.g[at] - self.l1[at] * self.sign[at]
        try:
            factor = cho_factor(gram, lower=True, check_finite=False)
            pivots = np.diag(factor[0])
            if (pivots.min() / pivots.max()) ** 2 > CONDITION:
                return cho_solve(factor, downhill, check_finite=False)
        except LinAlgError:
            pass
        if self.loss.Z.shape[0] * at.size <= MOST:
            self.poor = True
            return self.direction_of_rows(at)
        values, vectors = eigh(gram, check_finite=False)
        kept = values > CONDITION * values[-1]
        pull = self.l1[at] * self.sign[at]
        escape = self.escape(at, pull, vectors[:, kept])
        return vectors[:, kept] @ ((vectors.T @ downhill)[kept] / values[kept]) if escape is None else escape

    def direction_of_rows(self, at: np.ndarray) -> np.ndarray:
        """Return the same step from singular values of the columns, where their inner products have lost the digits."""
        loss, bend = self.loss, np.sqrt(self.l2[at])
        columns = loss.Z[:, at] * loss.root[:, None]
        columns = np.vstack([columns, np.diag(bend)]) if bend.any() else columns
        size = np.linalg.norm(columns, axis=0)
        size = np.where(size > 0.0, size, 1.0)
        _, values, right = svd(columns / size, full_matrices=False, overwrite_a=True, check_finite=False)
        kept = values > 4.0 * max(columns.shape) * np.finfo(float).eps * values[0]
        basis, pull = right[kept].T, self.l1[at] * self.sign[at]
        escape = self.escape(at, pull / size, basis, size)
        if escape is not None:
            return escape
        return (basis @ ((basis.T @ (self.downhill(at) / size)) / values[kept] ** 2)) / size

    def escape(
        self, at: np.ndarray, pull: np.ndarray, basis: np.ndarray, size: np.ndarray | float = 1.0
    ) -> np.ndarray | None:
        """Return a step along the null space, outside ``basis``, that shortens the penalty and ends at a sign change.

        ``pull`` and ``basis`` are in coordinates that are ``size`` times those of the columns; None: there is no step.
        """
        along = basis @ (basis.T @ pull) - pull
        direction = along / size
        if np.linalg.norm(along) > 1e-7 * np.linalg.norm(pull) and self.crosses(at, direction):
            return direction * (2.0 * self.reach(at, direction))
        return None

    def corrections(self, at: np.ndarray) -> Callable[[np.ndarray], np.ndarray] | None:
        """Return the step for the signs held with residuals formed from the rows; None where there is no factor."""
        gram = self.loss.gram(at)
        gram[np.diag_indices_from(gram)] += self.l2[at]
        try:
            factor = cho_factor(gram, lower=True, check_finite=False)
        except LinAlgError:
            return None
        return lambda at: cho_solve(factor, self.downhill(at))

    def downhill(self, at: np.ndarray) -> np.ndarray:
        """Return minus the gradient of the objective for the signs held, with residuals formed from the rows."""
        slope = self.loss.accurate_minus_gradient(self.g, at)
        return np.asarray(slope - self.l2[at] * self.g[at] - self.l1[at] * self.sign[at])

    def crosses(self, at: np.ndarray, direction: np.ndarray) -> bool:
        """Return whether some held sign changes along ``direction``."""
        return bool(np.any(self.signed[at] & (self.sign[at] * direction < 0.0)))

    def reach(self, at: np.ndarray, direction: np.ndarray) -> float:
        """Return how far along ``direction`` the first sign change lies, at least 1."""
        falling = self.signed[at] & (self.sign[at] * direction < 0.0)
        return max(1.0, float((np.abs(self.g[at][falling]) / np.abs(direction[falling])).max()))

    def violators(self) -> np.ndarray:
        """Return the coordinates at 0 that must move, worst first, and set their signs."""
        slope = self.slope(np.flatnonzero(self.g))
        excess = np.where(self.positive, slope, np.abs(slope)) - self.l1
        entering = np.flatnonzero((excess > VIOLATION * self.scale) & ~self.active)
        self.sign[entering] = np.sign(slope[entering])
        return entering[np.argsort(-excess[entering], kind="stable")]

    def slope(self, at: np.ndarray) -> np.ndarray:
        """Return minus the gradient of the loss (m,), from the rows where inner products have lost the digits."""
        if not self.poor:
            return self.loss.minus_gradient(self.g, at)
        return self.loss.scores(self.loss.residual - self.loss.curvature * self.loss.eta(self.g))

    def refine(self) -> None:
        """Correct the active coefficients with residuals formed from the rows, while they keep their signs."""
        at = np.flatnonzero(self.active)
        if at.size == 0:
            return
        correct = self.direction_of_rows if self.poor else self.corrections(at)
        if correct is None:
            return
        for _ in range(2):
            change = correct(at)
            new = self.g[at] + change
            if not np.all(np.isfinite(new)) or np.any(self.signed[at] & (new * self.sign[at] <= 0.0)):
                return
            self.g[at] = new


def solve_quadratic(
    loss: Quadratic,
    l1: np.ndarray,
    l2: np.ndarray,
    positive: np.ndarray,
    start: np.ndarray | None = None,
) -> tuple[np.ndarray, int, bool]:
    """Return the minimiser of ``loss(g) + sum l1 |g| + l2 g^2 / 2``, the number of linear solves, and success.

    Far from the optimum it follows the solutions of larger ``l1`` down to the one asked for, so that each
    active set differs little from the one before.

    Parameters
    ----------
    loss : Quadratic
    l1, l2 : ndarray (m,)
        Strengths >= 0 in the units of the loss.
    positive : ndarray of bool (m,)
        Coordinates restricted to be >= 0.
    start : ndarray (m,), optional
        Where to start: the solution at a neighbouring strength.
    """
    steps, max_steps = 0, 100 + 20 * sum(loss.Z.shape)
    g = np.zeros(l1.size) if start is None else start
    for factor in _continuation(loss, l1, l2, positive, g):
        state = ActiveSet(loss, factor * l1, l2, positive, g)
        reached = state.solve(max_steps)
        g, steps = state.g, steps + state.steps
    return g, steps, reached


def _continuation(loss: Quadratic, l1: np.ndarray, l2: np.ndarray, positive: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return factors of ``l1``, decreasing to 1, from where the coordinates at 0 hardly violate their condition."""
    at_zero = (g == 0.0) & (l1 > 0.0)
    if not at_zero.any():
        return np.ones(1)
    slope = (loss.minus_gradient(g, np.flatnonzero(g)) - l2 * g)[at_zero]
    worst = float((np.where(positive[at_zero], slope, np.abs(slope)) / l1[at_zero]).max())
    count = int(np.ceil(np.log(max(worst, 1.0)) / np.log(CONTINUATION)))
    return CONTINUATION ** np.arange(max(count - 1, 0), -1.0, -1.0)
