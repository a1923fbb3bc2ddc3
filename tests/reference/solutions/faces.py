"""The penalties in extended precision: value, face (where they are smooth), gradient on it, and the subdifferential.

``face(u, tolerance)`` returns ``u`` moved onto the face that it is near, and the directions (d, k) of the face.
``residual(u, dual)`` returns how far ``dual`` is from the subdifferential at ``u`` (d,), and the smallest slack of the
inequalities that hold strictly: with a positive slack a small change of the problem leaves the face as it is.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

LONG = np.longdouble
SAME = 1e-15  # relative difference of coordinates that their conversion to the user's scale and back leaves


def soft(z, t):
    return np.sign(z) * np.maximum(np.abs(z) - t, 0.0)


def near(u, limit):
    return np.isfinite(limit) & (np.abs(u - limit) <= SAME * np.abs(limit))


def identity(d):
    return np.eye(d, dtype=LONG)


class Separable(NamedTuple):
    """``sum_j l1_j |u_j| + l2_j u_j^2 / 2`` between limits; all arrays (d,)."""

    l1: np.ndarray
    l2: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    def value(self, u):
        return (self.l1 * np.abs(u) + self.l2 * u * u / 2).sum()

    def face(self, u, tolerance):
        u = np.where((np.abs(u) <= tolerance) & (self.l1 > 0.0), 0.0, LONG(u))
        for limit in (self.lower, self.upper):
            u = np.where(np.abs(u - limit) <= tolerance, limit, u)
        at_end = (u <= self.lower) | (u >= self.upper)
        moving = ~at_end & ((u != 0.0) | (self.l1 == 0.0))
        return u, identity(u.size)[:, moving]

    def gradient(self, u):
        return self.l1 * np.sign(u) + self.l2 * u

    def curvature(self, u):
        return np.diag(self.l2)

    def residual(self, u, dual):
        off = dual - self.l2 * u
        low, high = np.where(u > 0.0, self.l1, -self.l1), np.where(u < 0.0, -self.l1, self.l1)
        low = np.where(near(u, self.lower), -np.inf, low)
        high = np.where(near(u, self.upper), np.inf, high)
        inside = np.minimum(off - low, high - off)[high > low]
        return off - np.clip(off, low, high), inside.min(initial=np.inf)


class Blocked(NamedTuple):
    """``l1 |u|_1 + l2 ||u||``: a group, or a sparse group."""

    l1: np.longdouble
    l2: np.longdouble

    def value(self, u):
        return self.l1 * np.abs(u).sum() + self.l2 * np.sqrt(u @ u)

    def face(self, u, tolerance):
        u = np.where(np.abs(u) <= (tolerance if self.l1 > 0.0 else 0.0), 0.0, LONG(u))
        u = u * (np.sqrt(u @ u) > np.max(tolerance))
        return u, identity(u.size)[:, (u != 0.0) | ((self.l1 == 0.0) & u.any())]

    def gradient(self, u):
        length = np.sqrt(u @ u)
        return self.l1 * np.sign(u) + self.l2 * (u / length if length > 0.0 else u)

    def curvature(self, u):
        length = np.sqrt(u @ u)
        if length == 0.0:
            return 0.0 * identity(u.size)
        unit = u / length
        return self.l2 / length * (identity(u.size) - np.outer(unit, unit))

    def residual(self, u, dual):
        shrunk = soft(dual, self.l1)
        if not u.any():
            size = np.sqrt(shrunk @ shrunk)
            return shrunk * (max(size - self.l2, 0.0) / size if size > 0.0 else 0.0), self.l2 - size
        slack = (self.l1 - np.abs(dual))[u == 0.0].min(initial=np.inf)
        return np.where((u == 0.0) & (self.l1 > 0.0), shrunk, dual - self.gradient(u)), slack


class Form(NamedTuple):
    """``u' S u / 2``."""

    S: np.ndarray

    def value(self, u):
        return u @ self.S @ u / 2

    def face(self, u, tolerance):
        return LONG(u), identity(u.size)

    def gradient(self, u):
        return self.S @ u

    def curvature(self, u):
        return self.S

    def residual(self, u, dual):
        return dual - self.S @ u, np.inf


class Chain(NamedTuple):
    """``tv sum_j |u_j - u_{j-1}| + l1 |u|_1``."""

    tv: np.longdouble
    l1: np.longdouble

    def value(self, u):
        return self.tv * np.abs(np.diff(u)).sum() + self.l1 * np.abs(u).sum()

    def runs(self, u, tolerance):
        jumps = np.abs(np.diff(u)) > tolerance
        return np.split(np.arange(u.size), np.flatnonzero(jumps) + 1)

    def face(self, u, tolerance):
        level, basis, tolerance = LONG(u), [], np.max(tolerance)
        for run in self.runs(u, tolerance):
            level[run] = level[run].mean()
            if self.l1 > 0.0 and abs(level[run[0]]) <= tolerance:
                level[run] = 0.0
            else:
                basis.append(np.isin(np.arange(u.size), run).astype(LONG))
        return level, np.array(basis, dtype=LONG).reshape(-1, u.size).T

    def gradient(self, u):
        signs = np.concatenate([[0.0], np.sign(np.diff(u)), [0.0]])
        return self.tv * (signs[:-1] - signs[1:]) + self.l1 * np.sign(u)

    def curvature(self, u):
        return 0.0 * identity(u.size)

    def residual(self, u, dual):
        out, slack = np.zeros_like(u), np.inf
        runs = self.runs(u, SAME * np.abs(u).max())
        edge = [LONG(0.0), *(np.sign(u[b[0]] - u[a[0]]) for a, b in pairwise(runs)), LONG(0.0)]
        for run, left, right in zip(runs, edge[:-1], edge[1:], strict=True):
            zero = self.l1 > 0.0 and u[run[0]] == 0.0
            check = self.zero_run if zero else self.level_run
            own, room = check(dual[run] - (0.0 if zero else self.l1 * np.sign(u[run])), left, right)
            out[run], slack = own, min(slack, room)
        return out, slack

    def level_run(self, dual, left, right):
        """Between its ends the multipliers of the differences are given by partial sums."""
        z = left - np.cumsum(dual) / self.tv
        inner = np.abs(z[:-1])
        excess = self.tv * np.maximum(inner - 1.0, 0.0).max(initial=0.0)
        mismatch = self.tv * (z[-1] - right) / dual.size
        return mismatch + excess + 0.0 * dual, self.tv * (1.0 - inner).min(initial=np.inf)

    def zero_run(self, dual, left, right):
        """Multipliers of the differences and of the absolute values share the dual: a linear program finds them."""
        k = dual.size
        D = np.eye(k - 1, k, k=1) - np.eye(k - 1, k)
        ends = np.zeros(k, dtype=LONG)
        ends[0] += left
        ends[-1] -= right
        target = dual - self.tv * ends
        within = np.hstack([D.T * float(self.tv), np.full((k, 1), float(self.l1))])
        over = np.hstack([-D.T * float(self.tv), np.full((k, 1), float(self.l1))])
        box = np.hstack([np.vstack([np.eye(k - 1), -np.eye(k - 1)]), np.ones((2 * k - 2, 1))])
        rows = np.vstack([over, within, box])
        limit = np.concatenate([self.l1 - target, self.l1 + target, np.ones(2 * k - 2)]).astype(float)
        found = linprog(np.r_[np.zeros(k - 1), -1.0], rows, limit, bounds=[(None, None)] * k)
        z = LONG(found.x[:-1])
        rest = target - self.tv * (D.T @ z)
        slack = min((self.l1 - np.abs(rest)).min(), self.tv * (1.0 - np.abs(z)).min(initial=np.inf))
        return soft(rest, self.l1) + self.tv * np.maximum(np.abs(z) - 1.0, 0.0).max(initial=0.0), slack


class Sorted(NamedTuple):
    """``sum_i weights_i |u|_(i)``, weights (d,) not increasing."""

    weights: np.ndarray

    def value(self, u):
        return self.weights @ np.sort(np.abs(u))[::-1]

    def clusters(self, u, tolerance):
        """Return ``(members, their weights)``, largest size first."""
        order = np.argsort(-np.abs(u), kind="stable")
        cuts = np.flatnonzero(-np.diff(np.abs(u)[order]) > tolerance) + 1
        return zip(np.split(order, cuts), np.split(self.weights, cuts), strict=True)

    def face(self, u, tolerance):
        level, basis, tolerance = LONG(u), [], np.max(tolerance)
        for members, _ in self.clusters(u, tolerance):
            size = np.abs(level[members]).mean()
            direction = np.zeros(u.size, dtype=LONG)
            direction[members] = np.sign(level[members])
            level[members] = size * direction[members] if size > tolerance else 0.0
            if size > tolerance:
                basis.append(direction)
        return level, np.array(basis, dtype=LONG).reshape(-1, u.size).T

    def gradient(self, u):
        out = np.zeros_like(u)
        for members, weights in self.clusters(u, SAME * np.abs(u).max()):
            out[members] = np.sign(u[members]) * weights.mean()
        return out

    def curvature(self, u):
        return 0.0 * identity(u.size)

    def residual(self, u, dual):
        """In a cluster the duals lie in the permutohedron of its weights: partial sums below theirs, totals equal."""
        out, slack = np.zeros_like(u), np.inf
        for members, weights in self.clusters(u, SAME * np.abs(u).max()):
            zero = u[members[0]] == 0.0
            own = np.abs(dual[members]) if zero else np.sign(u[members]) * dual[members]
            room = np.cumsum(weights) - np.cumsum(np.sort(own)[::-1])
            inner = room if zero else room[:-1]
            mismatch = LONG(0.0) if zero else room[-1] / room.size
            out[members] = abs(mismatch) + np.maximum(-inner, 0.0).max(initial=0.0)
            slack = min(slack, inner.min(initial=np.inf))
        return out, slack
