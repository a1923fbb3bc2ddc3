"""Exact paths of a quadratic loss plus weighted absolute values and squares, by block pivoting on a working set.

For the signs held the solution is a straight line in the strength, ``b(t) = p - t q``; two products with the inverse of
the active Gram matrix give it, and the inverse follows each change of the active set by block updates. At the next
strength every coordinate that the line would carry through 0 leaves and every violator comes in, at once; where that
does not settle in a few rounds, the solution is followed from change to change. Coordinates outside the working set
are foreseen along the line and checked every few strengths. What stays degenerate (collinear active columns) goes to
`active_set`, which handles null directions.

References
----------
Osborne, Presnell and Turlach (2000), A new approach to variable selection in least squares problems. Fan, Jiao and Lu
(2014), A primal dual active set algorithm with continuation for compressed sensing. Tibshirani et al. (2012), Strong
rules for discarding predictors in lasso-type problems.
"""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from bayesreg.solvers.active_set import solve_quadratic
from bayesreg.solvers.batch import next_batch
from bayesreg.solvers.held import Held
from bayesreg.solvers.quadratic import Quadratic
from bayesreg.solvers.segments import VIOLATION, Segments, State

MARGIN = 0.9  # share of its limit from which a predicted correlation brings a column into the working set
STRIDE = 0.2  # in log multiplier, of the way down to a single strength
BATCH = (4, 12)  # strengths between two checks of all coordinates: fewest, most


class Point(NamedTuple):
    """The solution at one strength: coordinates held with their values, and linear solves spent on it.

    The columns held are known to be ``independent`` where their Gram matrix was inverted.
    """

    at: np.ndarray
    value: np.ndarray
    steps: int
    converged: bool
    independent: bool = True

    def dense(self, m: int) -> np.ndarray:
        """Return all coordinates (m,)."""
        g = np.zeros(m)
        g[self.at] = self.value
        return g


@final
class Pivoting:
    """A path being followed.

    Parameters
    ----------
    loss : Quadratic
    l1, l2 : ndarray (m,)
        Strengths >= 0 at multiplier 1, in the units of the loss.
    positive : ndarray of bool (m,)
        Coordinates restricted to be >= 0.
    """

    def __init__(self, loss: Quadratic, l1: np.ndarray, l2: np.ndarray, positive: np.ndarray) -> None:
        self.loss, self.l1, self.l2, self.positive = loss, l1, l2, positive
        self.lines = Segments(loss, l1, l2, positive)
        self.signed = self.lines.signed

    @property
    def steps(self) -> int:
        """Linear solves so far."""
        return self.lines.steps

    def follow(self, factors: np.ndarray) -> list[Point]:
        """Return the solutions at decreasing multipliers of the strengths.

        What lies outside the working set is checked at the last strength of each batch; a column that comes and goes
        between two checks is left to the certificate of the path, and to `repaired`.
        """
        points: list[Point] = []
        state, forecast, (size, most) = self.start(float(factors[0])), None, BATCH
        while len(points) < factors.size:
            batch = next_batch(factors, len(points), size if points else 1)
            if forecast is not None and self._take_in(*forecast, float(batch[-1])) and state is not None:
                state = self.lines.state(state.held, state.t)
            found, last = self._solve(batch, state)
            if not self.loss.is_full:
                score, trend = self.scores(found[-1], last)
                if self.take_violators(score, float(batch[-1])):
                    size = most = BATCH[0]
                    state = None if state is None else self.lines.state(state.held, state.t)
                    continue
                size, forecast = min(most, 2 * size), (score, trend, float(batch[-1]))
            points, state = points + found, last
        return points

    def follow_to(self, t: float) -> Point:
        """Return the solution at ``t`` alone, by way of larger multipliers."""
        held = self._without_kinks(t)
        top = t if held is None else max(t, self._largest(held))
        count = int(np.ceil(np.log(top / t) / STRIDE))
        return self.repaired(self.follow(t * np.exp(STRIDE * np.arange(count, -1.0, -1.0)))[-1], t)

    def settled(self, g: np.ndarray, held: Held | None) -> tuple[np.ndarray, Held | None]:
        """Return the solution (m,) at multiplier 1 and what it holds, from a point near it.

        ``held`` is what it held for another linear part of the same curvature; None: not known.
        """
        at = np.flatnonzero((g != 0.0) | ~self.signed)
        near = Point(at, g[at], 0, True)
        self.loss.require(at)
        state = self._state_of(near, 1.0) if held is None or not self.lines.is_linear else self.lines.state(held, 1.0)
        while state is not None:
            state = self.lines.pivot(state, 1.0)
            if state is None:
                break
            point = Point(self.loss.columns[state.held.at], self.lines.value(state), self.steps, True)
            if self.loss.is_full or not self.take_violators(self.scores(point, None)[0], 1.0):
                return point.dense(g.size), state.held
            state = self.lines.state(state.held, 1.0)
        return self._fall_back(1.0, near).dense(g.size), None

    def repaired(self, point: Point, t: float) -> Point:
        """Return a point as it is where it holds for all coordinates, else the solution at ``t`` from there."""
        if self.loss.is_full or not self.take_violators(self.scores(point, None)[0], t):
            return point
        return self._fall_back(t, point)

    def start(self, t: float) -> State | None:
        """Return the state where every coordinate with a kink is at 0, at the multiplier where the first one leaves."""
        held = self._without_kinks(t)
        if held is None:
            return None
        return self.lines.state(held, max(t, self._largest(held)) if self.lines.is_linear else t)

    def _without_kinks(self, t: float) -> Held | None:
        """Return the coordinates without a kink as held; None where their columns are collinear."""
        at = self.loss.position[~self.signed]
        return self.lines.hold(at, np.zeros(at.size), t)

    def _largest(self, held: Held) -> float:
        """Return the multiplier at which the first coordinate leaves 0 beside those held, which have no kink."""
        g, sparse = np.zeros(self.l1.size), self.l1 > 0.0
        g[self.loss.columns[held.at]] = held.inverse @ self.loss.correlation[self.loss.columns[held.at]]
        score = (self.loss.minus_gradient(g, np.flatnonzero(g)) if g.any() else self.loss.correlation)[sparse]
        size = np.where(self.positive[sparse], score, np.abs(score))
        return float((size / self.l1[sparse]).max(initial=0.0))

    def _solve(self, batch: np.ndarray, state: State | None) -> tuple[list[Point], State | None]:
        """Return the solutions on the working set at each multiplier, and the last state."""
        found: list[Point] = []
        for t in map(float, batch):
            before, known = self.steps, state
            if known is not None and self.lines.is_linear:
                state = self.lines.pivot(known, t) or self.lines.walk(known, t)
            elif known is not None:
                state = self.lines.pivot(self.lines.moved(known, t), t)
            if state is not None:
                found.append(
                    Point(self.loss.columns[state.held.at], self.lines.value(state), self.steps - before, True)
                )
                continue
            found.append(self._fall_back(t, found[-1] if found else None))
            state = self._state_of(found[-1], t)
        return found, state

    def _fall_back(self, t: float, near: Point | None) -> Point:
        """Return the solution at ``t`` by the method that handles collinear columns."""
        start = None if near is None else near.dense(self.l1.size)
        g, steps, converged = solve_quadratic(self.loss, t * self.l1, t * self.l2, self.positive, start)
        self.lines.steps += steps
        at = np.flatnonzero((g != 0.0) | ~self.signed)
        return Point(at, g[at], steps, converged, False)

    def _state_of(self, point: Point, t: float) -> State | None:
        """Return the state at a known solution; None where its columns are collinear."""
        at = self.loss.position[point.at]
        sign = np.where(self.signed[point.at], np.sign(point.value), 0.0)
        held = self.lines.hold(at, sign, t)
        return None if held is None else self.lines.state(held, t)

    def scores(self, point: Point, state: State | None) -> tuple[np.ndarray, np.ndarray]:
        """Return minus the gradient (m,) at a solution, and its derivative in ``t`` along the line there."""
        loss = self.loss
        score = loss.scores(loss.response - loss.curvature * loss.times(point.at, point.value))
        if state is None:
            return score, np.zeros_like(score)
        slope = loss.times(loss.columns[state.held.at], state.line.slope)
        return score, loss.scores(loss.curvature * slope)

    def take_violators(self, score: np.ndarray, t: float) -> bool:
        """Take what violates its condition at ``t`` into the working set; return whether there was any."""
        excess = np.where(self.positive, score, np.abs(score)) - t * self.l1
        return self.loss.require(np.flatnonzero(excess > VIOLATION * self.lines.scale))

    def _take_in(self, score: np.ndarray, trend: np.ndarray, before: float, t: float) -> bool:
        """Take columns into the working set whose correlation is foreseen to come near its limit before ``t``.

        Return whether there were any.
        """
        ahead = score - (before - t) * trend
        size = np.maximum(np.abs(ahead), np.abs(score) * t / before)
        return self.loss.require(np.flatnonzero(size >= MARGIN * t * self.l1))
