"""A model in coordinates in which the proximal operator of every penalty is simple.

Separable laws act on ``g_j = size_j beta_j``, joint laws on their own coordinates ``map @ beta``, in units in
which the columns of a block have unit size on average. Total variation alone is absolute values of the differences
along its chain, next to a free level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, final

import numpy as np

from bayesreg.design import Design
from bayesreg.families import Likelihood
from bayesreg.objective import Piece, penalised
from bayesreg.penalties import L1, Penalty, Strength
from bayesreg.penalties.homogeneous import Homogeneous
from bayesreg.penalties.separable import Separable
from bayesreg.resolved import Resolved, multiplied_strength
from bayesreg.solvers.columns import Standardized, as_array, square_sums
from bayesreg.solvers.problem import Problem, make_problem

LIMIT = 1e-14  # a coordinate this share beside a limit is on it
STEEPEST = 1e200  # the largest curvature, of powers near 1 beside 0


@final
@dataclass(frozen=True, eq=False)
class Part:
    """One law and the coordinates that it acts on, in loss units.

    Attributes
    ----------
    law : Penalty
    at : ndarray of int (d,)
        Positions of its coordinates.
    strength : Strength
        Canonical, for ``coordinates / unit``.
    unit : float or ndarray (d,)
        Other than 1 only for laws with limits, which hold for the coefficients themselves.
    phi : float
    """

    law: Penalty
    at: np.ndarray
    strength: Strength
    unit: Any
    phi: float

    def value(self, g: np.ndarray) -> float:
        """Return the penalty of the coordinates (d,)."""
        return self.phi * float(np.sum(self.law.value(self.inside(g), self.strength)))

    def multiplied(self, factor: float) -> Part:
        """Return the part of the penalty ``factor`` times as strong."""
        return replace(self, strength=multiplied_strength(self.law, self.strength, factor, self.phi))

    def inside(self, g: np.ndarray) -> np.ndarray:
        """Return what the law acts on; what rounding has put beside a limit is on it."""
        if np.ndim(self.unit) == 0:
            return g
        v = g / self.unit
        for limit in self.law.bounds:
            v = np.where(np.abs(v - limit) <= LIMIT * np.abs(limit), limit, v) if np.isfinite(limit) else v
        return v

    def prox(self, z: np.ndarray, step: float) -> np.ndarray:
        """Return ``argmin |x - z|^2 / 2 + step * value(x)`` (d,)."""
        return self.unit * self.law.prox(z / self.unit, self.strength, self.phi * step / self.unit**2)

    def distance(self, g: np.ndarray, score: np.ndarray) -> np.ndarray:
        """Return how far each coordinate of ``score`` (d,) is from the subdifferential at ``g``."""
        off = self.law.subdifferential_distance(self.inside(g), score * self.unit / self.phi, self.strength)
        return off * self.phi / self.unit

    def is_flat_at(self, g: np.ndarray) -> np.ndarray:
        """Return which coordinates (d,) of a separable law are where its slope is 0, other than at 0."""
        v = self.inside(g)
        slope = self.law.slope(np.abs(v), self.strength)  # type: ignore[attr-defined]
        return np.asarray((v != 0.0) & (slope == 0.0))

    def tangent(self, g: np.ndarray) -> Tangent:
        """Return the face of the penalty at ``g`` (d,)."""
        if not isinstance(self.law, Separable):
            basis, gradient, hessian = self.law.face(g, self.strength)
            inside = np.flatnonzero(np.any(basis != 0.0, axis=1))
            block = hessian[np.ix_(inside, inside)]
            return Tangent(self.at[inside], basis[inside], self.phi * gradient[inside], self.phi * block)
        v = self.inside(g)
        rate, precision = (np.broadcast_to(part, v.shape) for part in self.strength)
        with np.errstate(divide="ignore"):
            flat = np.broadcast_to(self.law.slope(np.zeros_like(v), self.strength), v.shape) == 0.0
        near = np.flatnonzero((v != 0.0) | flat)
        face = self.law.face(v[near], Strength(rate[near], precision[near]))
        found = np.flatnonzero(np.any(face.basis != 0.0, axis=1))
        unit = np.broadcast_to(self.unit, v.shape)[near[found]]
        gradient, bend = self.phi * face.gradient[found] / unit, self.phi * np.diag(face.hessian)[found] / unit**2
        bend = np.clip(bend, -STEEPEST, STEEPEST)
        return Tangent(self.at[near[found]], None, gradient, np.diag(bend))


class Tangent(NamedTuple):
    """The directions along which a penalty is smooth: ``basis`` (a, k) of the coordinates ``at`` (a,); None: all."""

    at: np.ndarray
    basis: np.ndarray | None
    gradient: np.ndarray
    hessian: np.ndarray

    @property
    def directions(self) -> np.ndarray:
        """The basis as a matrix (a, k)."""
        return np.eye(self.at.size) if self.basis is None else self.basis


@final
@dataclass(frozen=True, eq=False)
class Composite:
    """Minimise ``sum_i w_i d_i / 2 + sum_k part_k(g)`` over ``g`` (m,).

    Attributes
    ----------
    Z : ndarray or Columns (n, m)
        Columns of the coordinates, the ones first where there is an intercept.
    problem : Problem
        The same model in the coordinates ``size_j beta_j``.
    parts : tuple of Part
        Coordinates of no part are free.
    turned : tuple of (Piece, ndarray, float)
        The joint pieces, their coordinates, and the units of these.
    """

    Z: Standardized
    problem: Problem
    parts: tuple[Part, ...]
    turned: tuple[tuple[Piece, np.ndarray, float], ...]

    @property
    def likelihood(self) -> Likelihood:
        """The likelihood of one row."""
        return self.problem.likelihood

    @cached_property
    def length(self) -> np.ndarray:
        """The weighted norm of each column (m,), 1 for columns of zeros."""
        found = np.sqrt(square_sums(self.Z, self.problem.weights))
        return np.where(found > 0.0, found, 1.0)

    @cached_property
    def loose(self) -> np.ndarray:
        """Coordinates that no law acts on (k,)."""
        return np.setdiff1d(np.arange(self.Z.shape[1]), np.concatenate([np.zeros(0, int), *(p.at for p in self.parts)]))

    @property
    def is_convex(self) -> bool:
        """Whether every law is convex."""
        return all(part.law.traits.convex for part in self.parts)

    def eta(self, g: np.ndarray) -> np.ndarray:
        """Return the linear predictor (n,)."""
        return self.Z @ g + self.problem.offset

    def residual(self, eta: np.ndarray) -> np.ndarray:
        """Return minus the gradient of the loss in the linear predictor (n,)."""
        return self.problem.weights * self.likelihood.score(self.problem.y, eta)

    def penalty(self, g: np.ndarray) -> float:
        """Return the sum of the parts."""
        return float(sum(part.value(g[part.at]) for part in self.parts))

    def objective(self, g: np.ndarray, eta: np.ndarray) -> float:
        """Return loss plus penalty; ``eta`` is the linear predictor at ``g``."""
        with np.errstate(over="ignore"):
            rows = self.likelihood.half_deviance(self.problem.y, eta)
        return float(self.problem.weights @ rows) + self.penalty(g)

    def prox(self, z: np.ndarray, step: float) -> np.ndarray:
        """Return ``argmin |x - z|^2 / 2 + step * penalty(x)`` (m,)."""
        x = z.copy()
        for part in self.parts:
            x[part.at] = part.prox(z[part.at], step)
        return x

    def violation(self, g: np.ndarray, score: np.ndarray) -> float:
        """Return the largest distance of ``score`` (m,) to the subdifferential, each over its column's norm."""
        distance = np.abs(score)
        for part in self.parts:
            distance[part.at] = part.distance(g[part.at], score[part.at])
        return float((distance / self.length).max(initial=0.0))

    def tangents(self, g: np.ndarray) -> tuple[Tangent, ...]:
        """Return the faces of the parts at ``g``, and the free coordinates."""
        zero = np.zeros(self.loose.size)
        free = Tangent(self.loose, None, zero, np.zeros((self.loose.size, self.loose.size)))
        return (free, *(part.tangent(g[part.at]) for part in self.parts))

    def to_user(self, g: np.ndarray) -> np.ndarray:
        """Return coefficients (..., q) from coordinates (..., m)."""
        plain = g.copy()
        for piece, at, unit in self.turned:
            plain[..., at] = piece.back(g[..., at] / unit) * self.problem.size[at]
        beta = self.problem.to_user(plain)
        for part in self.parts:
            if np.ndim(part.unit):
                at = self.problem.kept[part.at]
                beta[..., at] = part.inside(beta[..., at] * part.unit)
        return beta

    def from_user(self, beta: np.ndarray) -> np.ndarray:
        """Return coordinates (m,) from coefficients (q,)."""
        g = self.problem.from_user(beta)
        for piece, at, unit in self.turned:
            g[at] = unit * piece.acted_on(beta)
        return g

    def multiplied(self, factor: float) -> Composite:
        """Return the problem with penalties ``factor`` times as strong."""
        return replace(self, parts=tuple(part.multiplied(factor) for part in self.parts))

    def at(self, resolved: Resolved) -> Composite:
        """Return the problem of the same model at other strengths."""
        return replace(self, parts=_parts(resolved, self.problem, {int(at[0]): unit for _, at, unit in self.turned}))


def make_composite(design: Design, resolved: Resolved) -> Composite:
    """Return a model in these coordinates."""
    problem = make_problem(design, resolved)
    Z, turned, whole = problem.Z, [], None
    for piece in map(_in_differences, penalised(resolved)):
        if piece.map is None:
            continue
        at = np.searchsorted(problem.kept, piece.at)
        columns = Z[:, at] * problem.size[at]
        columns = columns / piece.map if piece.map.ndim == 1 else np.linalg.solve(piece.map.T, columns.T).T
        unit = float(np.linalg.norm(np.sqrt(resolved.weights)[:, None] * columns))
        unit = unit / np.sqrt(at.size * resolved.weights.sum()) if unit > 0.0 else 1.0
        whole = np.array(as_array(Z), order="F") if whole is None else whole
        whole[:, at] = columns / unit
        turned.append((piece, at, unit))
    parts = _parts(resolved, problem, {int(at[0]): unit for _, at, unit in turned})
    return Composite(Z if whole is None else whole, problem, parts, tuple(turned))


def _in_differences(piece: Piece) -> Piece:
    """Return a piece of total variation alone in the coordinates of its differences; any other as it is."""
    turn = piece.law.differences()
    if turn is None:
        return piece
    assert piece.map is not None
    return replace(piece, map=turn * piece.map if piece.map.ndim == 1 else turn @ piece.map)


def _parts(resolved: Resolved, problem: Problem, units: dict[int, float]) -> tuple[Part, ...]:
    parts = []
    for piece in penalised(resolved):
        at, unit = np.searchsorted(problem.kept, piece.at), np.ones(())
        strength, law = piece.strength, piece.law
        if not isinstance(law, Separable):
            strength = strength.scaled(1.0 / units.get(int(at[0]), 1.0))
            if law.differences() is not None:
                law, at = L1(1.0), at[1:]
                strength = Strength(np.full(at.size, strength.rate), np.zeros(at.size))
        elif law.bounds not in ((-np.inf, np.inf), (0.0, np.inf)):
            unit = problem.size[at]
        else:
            strength = strength.scaled(1.0 / problem.size[at])
        parts.append(Part(law, at, strength, unit, resolved.phi))
    return _merged(parts)


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    """Return the parts with all norms of one coordinate together, as absolute values."""
    single = [part for part in parts if isinstance(part.law, Homogeneous) and part.at.size == 1]
    single = [part for part in single if part.law.traits.proper]
    if len(single) < 2:
        return tuple(parts)
    rate = np.array([float(part.law.value(np.ones(1), part.strength)) for part in single])
    at, phi = np.concatenate([part.at for part in single]), single[0].phi
    kept = [part for part in parts if not any(part is other for other in single)]
    return *kept, Part(L1(1.0), at, Strength(rate, 0.0 * rate), np.ones(()), phi)
