"""The solution of a quadratic loss plus absolute values as segments in the strength, and the changes between them.

For the signs held the solution is a straight line, ``b(t) = p - t q``. A change of what is held leads to another line:
many at once (`Segments.pivot`) or the next one along the line (`Segments.step`).

References
----------
Osborne, Presnell and Turlach (2000), A new approach to variable selection in least squares problems. Fan, Jiao and Lu
(2014), A primal dual active set algorithm with continuation for compressed sensing.
"""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from bayesreg.solvers.held import Held, enter, hold, leave
from bayesreg.solvers.quadratic import Quadratic

VIOLATION = 1e-12  # share of the largest correlation beyond which a coordinate at 0 must move
DRIFT = 1e-11  # share of it beyond which a correction changes the gradient
MOST_ROUNDS = 8
MOST_CHANGES = 2000


class Line(NamedTuple):
    """The solution ``value - t slope`` (a,) for the signs held, and minus the gradient (k,) on the working set."""

    value: np.ndarray
    slope: np.ndarray
    score: np.ndarray
    score_slope: np.ndarray


class State(NamedTuple):
    """The solution on the working set at multiplier ``t``."""

    t: float
    held: Held
    line: Line


class Change(NamedTuple):
    """A coordinate that comes in or leaves at multiplier ``t``, and the state after it."""

    t: float
    coordinate: int
    enters: bool
    state: State


@final
class Segments:
    """The lines of one problem on the working set of its loss.

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
        self.signed = (l1 > 0.0) | positive
        self.scale = max(float(np.abs(loss.correlation).max(initial=0.0)), np.finfo(float).tiny)
        self.is_linear = not l2.any()
        self.steps = 0
        loss.require(np.flatnonzero(~self.signed))

    def hold(self, at: np.ndarray, sign: np.ndarray, t: float) -> Held | None:
        """Return the places ``at`` (a,) of the working set as held at ``t``; None where their columns are collinear."""
        return hold(self.loss.store, at, sign, t * self.l2[self.loss.columns])

    def moved(self, state: State, t: float) -> State | None:
        """Return the state with the squares at another multiplier."""
        held = self.hold(state.held.at, state.held.sign, t)
        return None if held is None else self.state(held, t)

    def state(self, held: Held, t: float) -> State:
        """Return the state of coordinates held: their line."""
        self.steps += 1
        W, store = self.loss.columns, self.loss.store
        correlation, at = self.loss.correlation[W], held.at
        right = np.empty((at.size, 2))
        right[:, 0], right[:, 1] = correlation[at], self.l1[W[at]] * held.sign
        line = held.inverse @ right
        product = self._product(store, at, line)
        left = right - product[at]
        if not self.is_linear:
            left -= (t * self.l2[W[at]])[:, None] * line
        line += held.inverse @ left
        if np.abs(left).max(initial=0.0) > DRIFT * self.scale:
            product = self._product(store, at, line)
        return State(t, held, Line(line[:, 0], line[:, 1], correlation - product[:, 0], -product[:, 1]))

    @staticmethod
    def _product(store: np.ndarray, at: np.ndarray, line: np.ndarray) -> np.ndarray:
        """Return ``G[:, at] @ line`` (k, 2); the Gram matrix is symmetric."""
        if 2 * at.size < store.shape[0]:
            return np.asarray((line.T @ store[at]).T)
        whole = np.zeros((store.shape[0], 2))
        whole[at] = line
        return np.asarray(store @ whole)

    def value(self, state: State) -> np.ndarray:
        """Return the solution (a,) of what is held."""
        return state.line.value - state.t * state.line.slope

    def pivot(self, state: State | None, t: float) -> State | None:
        """Return the state at ``t`` by exchanging all that violates at once; None where that does not settle."""
        for _ in range(MOST_ROUNDS):
            if state is None:
                return None
            held, line = state.held, state.line
            value, score = line.value - t * line.slope, line.score - t * line.score_slope
            W = self.loss.columns
            out = self.signed[W[held.at]] & (value * held.sign <= 0.0)
            excess = np.where(self.positive[W], score, np.abs(score)) - t * self.l1[W]
            excess[held.at] = -1.0
            new = np.flatnonzero(excess > VIOLATION * self.scale)
            if not new.size and not out.any():
                return State(t, held, line)
            state = self.exchanged(held, out, new, np.sign(score[new]), t)
        return None

    def exchanged(self, held: Held, out: np.ndarray, new: np.ndarray, sign: np.ndarray, t: float) -> State | None:
        """Return the state with some coordinates out and others in; None where columns become collinear."""
        if held.at.size - np.count_nonzero(out) + new.size > min(self.loss.Z.shape) and self.is_linear:
            return None
        held = leave(held, out) if out.any() else held
        now = enter(held, self.loss.store, new, sign, t * self.l2[self.loss.columns]) if new.size else held
        return None if now is None else self.state(now, t)

    def walk(self, state: State, t: float) -> State | None:
        """Return the state at ``t`` by following the line from change to change; None where that does not get there."""
        state = self.state(state.held, state.t)
        for _ in range(MOST_CHANGES):
            change = self.step(state, t)
            if change is None:
                return None
            if change.coordinate < 0:
                return change.state
            state = change.state
        return None

    def step(self, state: State, t: float) -> Change | None:
        """Return the next change on the way down to ``t``: of coordinate -1 where there is none, None if it fails."""
        drop, leaving = self._first_to_leave(state)
        rise, entering, sign = self._first_to_enter(state)
        now = state.t - min(drop, rise)
        if now <= t:
            return Change(t, -1, False, State(t, state.held, state.line))
        enters = rise < drop
        out = np.zeros(state.held.at.size, dtype=bool)
        if not enters:
            out[leaving] = True
        new = np.array([entering] if enters else [], dtype=int)
        changed = self.exchanged(state.held, out, new, np.full(new.size, sign), now)
        where = entering if enters else state.held.at[leaving]
        return None if changed is None else Change(now, int(self.loss.columns[where]), enters, changed)

    def _first_to_leave(self, state: State) -> tuple[float, int]:
        """Return how far down the first coordinate held reaches 0, and which."""
        fall = -state.held.sign * state.line.slope
        size = np.maximum(state.held.sign * self.value(state), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = np.where(fall > 0.0, size / fall, np.inf)
        where = int(np.argmin(distance)) if distance.size else -1
        return (float(distance[where]) if distance.size else np.inf), where

    def _first_to_enter(self, state: State) -> tuple[float, int, float]:
        """Return how far down the first coordinate at 0 reaches its limit, which, and with which sign."""
        W, line = self.loss.columns, state.line
        score, limit = line.score - state.t * line.score_slope, self.l1[W]
        best = (np.inf, -1, 1.0)
        for sign in (1.0, -1.0):
            rise = sign * line.score_slope + limit
            room = np.maximum(state.t * limit - sign * score, 0.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                distance = np.where(rise > 0.0, room / rise, np.inf)
            distance[state.held.at] = np.inf
            if sign < 0.0:
                distance[self.positive[W]] = np.inf
            where = int(np.argmin(distance))
            best = min(best, (float(distance[where]), where, sign))
        return best
