"""Exact minimiser of a quadratic loss plus lengths of groups, absolute values and squares, on a working set.

Block steps decide which groups are at 0: a group enters where its condition fails there, and leaves where its own
proximal step ends there. Among the others the lengths are smooth, and Newton steps with an exact line search end at
rounding. Their equations are solved by conjugate gradients under the Cholesky factor of an earlier step, which is made
anew where it has aged.

References
----------
Yuan and Lin (2006), Model selection and estimation in regression with grouped variables. Roth and Fischer (2008), The
group-lasso for generalized linear models.
"""

from __future__ import annotations

from typing import Protocol, final

import numpy as np

from bayesreg.solvers.face_system import SHORT, FaceSystem, group_pairs
from bayesreg.solvers.factor import MOST_STEPS, Factor, conjugate_gradients, solve_symmetric
from bayesreg.solvers.line import line_minimum
from bayesreg.solvers.norms import Norms

EXACT = 1e-13  # share of the residual's norm below which a violation ends a solve
MAX_ROUNDS = 100
LOOSE = 1e-3  # share of the residual to which the first Newton equations are solved
FRESH = 300  # coordinates up to which a factor costs next to nothing
AGED = 0.01  # conjugate gradient steps after which a factor is made anew, as a share of its coordinates
LEAST_AGED = 6
CONCENTRATED = 0.1
MOST_FEW = 100
FEW = 0.25  # share of the coordinates that may take a Newton step of their own
FLOOR = 1e-5  # share to which equations in single precision are solved at most
STALL = 6
FAR = 0.5  # share of its length beyond which a group takes a step of its own first
SETTLED = 1e-8  # violation below which whole Newton steps are taken


class Loss(Protocol):
    """A quadratic loss on a working set: its columns (k,), their Gram matrix, and the correlations of all (m,)."""

    @property
    def columns(self) -> np.ndarray: ...

    @property
    def store(self) -> np.ndarray: ...

    @property
    def correlation(self) -> np.ndarray: ...


@final
class GroupSearch:
    """Solves on the working set of a loss, one strength after the other.

    Parameters
    ----------
    loss : Loss
        For example a `Quadratic`.
        Its working set holds whole groups; it may grow between solves.
    norms : Norms
        Of all coordinates (m,), at multiplier 1.
    length : ndarray (m,)
        The weighted norm of each column.
    scale : float
        Norm of the residual to which violations are compared.

    Attributes
    ----------
    steps : int
        Newton steps taken so far.
    at_kink : bool
        Whether the last one ended where a coordinate reached 0; it then stays there for another step.
    """

    def __init__(self, loss: Loss, norms: Norms, length: np.ndarray, scale: float) -> None:
        self.loss, self.all_norms, self.all_length, self.scale = loss, norms, length, scale
        self.steps = 0
        self.factor: Factor | None = None
        self.norms = norms
        self.size = -1
        self.may_be_short, self.at_kink = True, False
        self.rest = np.zeros(0)

    def load(self) -> None:
        """Read the working set where it has grown."""
        loss = self.loss
        if loss.columns.size == self.size:
            return
        self.at, self.size = loss.columns, loss.columns.size
        self.base = self.all_norms.restricted(self.at)
        self.length, self.correlation = self.all_length[self.at], loss.correlation[self.at]
        self.pairs = group_pairs(self.base.owner)
        within = np.abs(loss.store[self.pairs])
        sums = np.bincount(self.pairs[0], weights=within, minlength=self.size)
        bend = np.zeros(self.base.height.size)
        np.maximum.at(bend, self.base.owner, sums)
        self.bend = np.where(bend > 0.0, bend, 1.0)
        self.short = loss.store.astype(np.float32) if self.size >= SHORT and self.may_be_short else loss.store
        self.members = np.split(
            np.argsort(self.base.owner, kind="stable"), np.cumsum(np.bincount(self.base.owner))[:-1]
        )

    def lengthen(self) -> None:
        """Hold the curvatures in double precision from here on."""
        if self.short is not self.loss.store:
            self.short, self.may_be_short, self.factor = self.loss.store, False, None

    def slope(self, x: np.ndarray) -> np.ndarray:
        """Return minus the gradient of the loss on the working set (k,)."""
        return np.asarray(self.correlation - self.loss.store @ x + self.rest)

    def violations(self, x: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Return the violations on the working set (k,), as shares of the residual's norm."""
        return self.norms.distance(x, slope) / self.length / self.scale

    def solve(
        self, factor: float, x: np.ndarray, until: float = EXACT, rest: np.ndarray | None = None
    ) -> tuple[np.ndarray, float]:
        """Return the minimiser on the working set (k,) at a multiple of the strengths, from ``x``, and its violation.

        A violation of ``until`` ends it; ``rest`` (k,) is what slopes from inner products lack near the end.
        """
        self.load()
        self.rest = np.zeros(self.size) if rest is None else rest
        self.norms = self.base.multiplied(factor)
        x, quiet, self.at_kink = x.copy(), 0, False
        slope = self.slope(x)
        best, best_x, partly, before = np.inf, x, False, np.inf
        for _ in range(MAX_ROUNDS):
            changed = not self.at_kink and self.block_steps(x, slope)
            all_violations = self.violations(x, slope)
            violation = float(all_violations.max(initial=0.0))
            quiet = 0 if violation < 0.5 * best or changed or self.at_kink else quiet + 1
            if violation < best:
                best, best_x = violation, x.copy()
            if best <= until or quiet > STALL:
                break
            self.at_kink = False
            few = None if partly and violation > 0.25 * before else self.few(x, all_violations, violation)
            partly, before = few is not None, violation
            if not self.newton(x, slope, violation, few):
                slope = self.slope(x)
                quiet += 1
            if quiet > 2:
                self.lengthen()
        return best_x, best

    def block_steps(self, x: np.ndarray, slope: np.ndarray) -> bool:
        """Take the proximal step of every group whose zeros it changes, one after the other; change both arguments."""
        norms, bend = self.norms, self.bend[self.norms.owner]
        target = self.proximal(x, slope)
        changes = np.bincount(norms.owner, weights=((target != 0.0) != (x != 0.0)) & norms.kinked) > 0.0
        changes |= (norms.lengths(target - x) > FAR * norms.lengths(x)) & (norms.height > 0.0)
        for group in np.flatnonzero(changes):
            at = self.members[group]
            z = bend[at] * x[at] + slope[at]
            z = np.sign(z) * np.maximum(np.abs(z) - norms.l1[at], 0.0)
            length, height = float(np.sqrt(z @ z)), float(norms.height[group])
            z = z * (1.0 - height / length) / (bend[at] + norms.l2[at]) if length > height else np.zeros(at.size)
            change = z - x[at]
            if change.any():
                slope -= self.loss.store[:, at] @ change
                x[at] = z
        return bool(changes.any())

    def proximal(self, x: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Return the proximal steps of all groups (k,), each with the others held."""
        bend = self.bend[self.norms.owner]
        return self.norms.soft(bend * x + slope) / (bend + self.norms.l2)

    def system(self, factor: float, x: np.ndarray) -> FaceSystem:
        """Return the curvature at ``x`` (k,) at a multiple of the strengths."""
        self.load()
        self.norms = self.base.multiplied(factor)
        return self.face(x, None)

    def face(self, x: np.ndarray, few: np.ndarray | None) -> FaceSystem:
        """Return the curvature at ``x`` (k,) among the coordinates that are not 0, all or those of ``few`` groups."""
        return FaceSystem(self.norms, self.loss.store, self.short, self.pairs, x, few)

    def few(self, x: np.ndarray, violations: np.ndarray, largest: float) -> np.ndarray | None:
        """Return the groups (k,) of bool that hold nearly all of the violation, where they are few; else None."""
        owner = self.norms.owner
        far = (np.bincount(owner, weights=violations > CONCENTRATED * largest) > 0.0)[owner]
        count = np.count_nonzero(far)
        return far if count <= min(MOST_FEW, FEW * np.count_nonzero(x)) else None

    def newton(self, x: np.ndarray, slope: np.ndarray, violation: float, few: np.ndarray | None) -> bool:
        """Take a Newton step among the coordinates that are not held at 0, of all groups or of ``few`` (k,) of bool.

        Both ``x`` and ``slope`` change in place; return whether they did.
        """
        self.steps += 1
        system = self.face(x, few)
        downhill = np.where(system.face, slope - system.pull(x), 0.0)
        least = FLOOR if self.short.dtype == np.float32 else 0.0
        if few is None:
            accuracy = min(LOOSE, max(violation**0.8, 0.3 * EXACT / violation, least))
            direction = self.direction(system, downhill, accuracy)
        else:
            direction = np.zeros(x.size)
            direction[system.face] = solve_symmetric(system.matrix(), downhill[system.face])
        if self.cut(x, slope, direction):
            return True
        along = self.image(direction)
        step = 1.0
        if violation > SETTLED or self.norms.l1.any():
            step = line_minimum(self.norms, x, direction, float(slope @ direction), float(direction @ along))
        if not step > 0.0:
            self.factor = None
            return False
        target = x + step * direction
        crossed = (self.norms.l1 > 0.0) & (np.abs(target) <= 4e-16 * np.abs(x))
        target[crossed] = 0.0
        self.at_kink = bool(np.any(crossed & (x != 0.0)))
        x[:] = target
        slope -= step * along
        return True

    def cut(self, x: np.ndarray, slope: np.ndarray, direction: np.ndarray) -> bool:
        """Take the whole step, but put at 0 what passes it, if the objective falls; return whether it was taken."""
        norms = self.norms
        target = x + direction
        turned = np.bincount(norms.owner, weights=x * target) <= 0.0
        past = (turned & (norms.height > 0.0))[norms.owner] | ((norms.l1 > 0.0) & (x * target < 0.0))
        past &= x != 0.0
        if not past.any():
            return False
        change = np.where(past, -x, direction)
        along = self.image(change)
        after = x + change
        after[past] = 0.0
        gain = float(change @ (slope - 0.5 * along)) + norms.value(x) - norms.value(after)
        if not gain > 0.0:
            return False
        self.at_kink = bool(np.any(past & (norms.l1 > 0.0)))
        x[:] = after
        slope -= along
        return True

    def image(self, change: np.ndarray) -> np.ndarray:
        """Return the Gram matrix times ``change`` (k,), from the columns that it needs."""
        at = np.flatnonzero(change)
        store = self.loss.store
        return np.asarray(store @ change if 4 * at.size > change.size else change[at] @ store[at])

    def direction(self, system: FaceSystem, downhill: np.ndarray, accuracy: float) -> np.ndarray:
        """Return the Newton direction (k,): under the factor that is there, or a new one where that takes too long."""
        old = self.factor
        if old is not None and system.count > FRESH and old.suits(system.face):
            found, reached = conjugate_gradients(
                system, old, downhill, accuracy, max(LEAST_AGED, int(AGED * system.count))
            )
            if reached:
                return found
        self.factor = Factor(system.matrix(), np.flatnonzero(system.face))
        return conjugate_gradients(system, self.factor, downhill, accuracy, MOST_STEPS)[0]
