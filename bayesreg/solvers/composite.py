"""A model in coordinates in which the proximal operator of every penalty is simple.

Separable laws act on ``g_j = size_j beta_j``, joint laws on their own coordinates ``map @ beta``, in units in
which the columns of a block have unit size on average.
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
from bayesreg.penalties.joint import Joint
from bayesreg.penalties.separable import Separable
from bayesreg.resolved import Resolved, multiplied_strength
from bayesreg.solvers.columns import Implicit, rescaled, square_sums
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.turned import Turn, Turned, stacked

LIMIT = 1e-14  # a coordinate this share beside a limit is on it
NOTHING = 1e-12  # share of the largest norm of a column below which another is rounding
STEEPEST = 1e200  # the largest curvature, of powers near 1 beside 0


def first_zero(beta: np.ndarray, direction: np.ndarray) -> float:
    """Return the smallest step > 0 along ``direction`` (d,) at which a coefficient reaches 0; infinite without any."""
    falling = np.sign(beta) * np.sign(direction) < 0.0
    with np.errstate(over="ignore"):
        return float((-beta[falling] / direction[falling]).min(initial=np.inf))


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

    def first_change(self, g: np.ndarray, direction: np.ndarray) -> tuple[float, bool]:
        """Return the smallest step > 0 from ``g`` (d,) along a direction of its face at which that face ends.

        Where the law does not tell, it is that at which a coordinate reaches 0, and False.
        """
        if isinstance(self.law, Joint):
            step = self.law.first_change(g, direction)
            return (first_zero(g, direction), False) if step is None else (step, True)
        ends = [] if self.law.traits.smooth else [first_zero(g, direction)]
        ends += [
            first_zero(g - self.unit * limit, direction) for limit in self.law.bounds if limit and np.isfinite(limit)
        ]
        return min(ends, default=np.inf), True

    def tangent(self, g: np.ndarray) -> Tangent:
        """Return the face of the penalty at ``g`` (d,)."""
        if not isinstance(self.law, Separable):
            basis, gradient, hessian = self.law.face(g, self.strength)
            basis = basis if isinstance(basis, np.ndarray) else basis.tocsr()
            inside = np.unique(basis.nonzero()[0])
            block = None if hessian is None else self.phi * hessian[np.ix_(inside, inside)]
            return Tangent(self.at[inside], basis[inside], self.phi * gradient[inside], block)
        v = self.inside(g)
        rate, precision = (np.broadcast_to(part, v.shape) for part in self.strength)
        with np.errstate(divide="ignore"):
            flat = np.broadcast_to(self.law.slope(np.zeros_like(v), self.strength), v.shape) == 0.0
        near = np.flatnonzero((v != 0.0) | flat)
        face = self.law.face(v[near], Strength(rate[near], precision[near]))
        found = np.flatnonzero(np.any(face.basis != 0.0, axis=1))
        unit = np.broadcast_to(self.unit, v.shape)[near[found]]
        gradient, bend = (
            self.phi * face.gradient[found] / unit,
            self.phi * np.diag(np.asarray(face.hessian))[found] / unit**2,
        )
        bend = np.clip(bend, -STEEPEST, STEEPEST)
        return Tangent(self.at[near[found]], None, gradient, np.diag(bend))


class Tangent(NamedTuple):
    """The directions along which a penalty is smooth, and its derivatives.

    Attributes
    ----------
    at : ndarray of int (a,)
        Its coordinates.
    basis : ndarray or csr_array (a, k), or None
        Directions of these; None: all.
    gradient : ndarray (a,)
    hessian : ndarray (a, a) or None
        None: it is 0.
    """

    at: np.ndarray
    basis: Any
    gradient: np.ndarray
    hessian: np.ndarray | None

    @property
    def directions(self) -> Any:
        """The basis as a matrix (a, k)."""
        return np.eye(self.at.size) if self.basis is None else self.basis

    @property
    def curvature(self) -> Any:
        """The second derivatives along the basis (k, k)."""
        if self.hessian is None:
            k = self.at.size if self.basis is None else self.basis.shape[1]
            return np.zeros((k, k))
        return self.hessian if self.basis is None else self.basis.T @ (self.basis.T @ self.hessian.T).T


@final
@dataclass(frozen=True, eq=False)
class Moved:
    """The coordinates of a joint law: ``unit`` times what it acts on.

    Attributes
    ----------
    piece : Piece
    at : ndarray of int (d,)
    unit : float
    """

    piece: Piece
    at: np.ndarray
    unit: float

    def to_user(self, g: np.ndarray) -> np.ndarray:
        """Return the coefficients (..., d), the intercept that of the centred columns, from coordinates (..., d)."""
        return self.piece.back(g / self.unit)

    def from_user(self, beta: np.ndarray) -> np.ndarray:
        """Return the coordinates (d,) from all coefficients (q,)."""
        return np.asarray(self.unit * self.piece.acted_on(beta))


@final
@dataclass(frozen=True, eq=False)
class Composite:
    """Minimise ``sum_i w_i d_i / 2 + sum_k part_k(g)`` over ``g`` (m,).

    Attributes
    ----------
    Z : ndarray, Columns or Turned (n, m)
        Columns of the coordinates, the ones first where there is an intercept.
    problem : Problem
        The same model in the coordinates ``size_j beta_j``.
    parts : tuple of Part
        Coordinates of no part are free.
    moved : tuple of Moved
        The coordinates of joint laws.
    """

    Z: np.ndarray | Implicit
    problem: Problem
    parts: tuple[Part, ...]
    moved: tuple[Moved, ...]

    @property
    def likelihood(self) -> Likelihood:
        """The likelihood of one row."""
        return self.problem.likelihood

    @cached_property
    def length(self) -> np.ndarray:
        """The weighted norm of each column (m,); the largest for columns of nothing but zeros or rounding."""
        found = np.sqrt(square_sums(self.Z, self.problem.weights))
        largest = float(found.max(initial=0.0)) or 1.0
        return np.where(found > NOTHING * largest, found, largest)

    @cached_property
    def loose(self) -> np.ndarray:
        """Coordinates that no law acts on (k,)."""
        return np.setdiff1d(np.arange(self.Z.shape[1]), np.concatenate([np.zeros(0, int), *(p.at for p in self.parts)]))

    @property
    def is_convex(self) -> bool:
        """Whether the likelihood and every law are convex."""
        return self.likelihood.convex and all(part.law.traits.convex for part in self.parts)

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
        free = Tangent(self.loose, None, np.zeros(self.loose.size), None)
        return (free, *(part.tangent(g[part.at]) for part in self.parts))

    def to_user(self, g: np.ndarray) -> np.ndarray:
        """Return coefficients (..., q) from coordinates (..., m)."""
        plain = g.copy()
        for one in self.moved:
            plain[..., one.at] = one.to_user(g[..., one.at]) * self.problem.size[one.at]
        beta = self.problem.to_user(plain)
        for part in self.parts:
            if np.ndim(part.unit):
                at = self.problem.kept[part.at]
                beta[..., at] = part.inside(beta[..., at] * part.unit)
        return beta

    def from_user(self, beta: np.ndarray) -> np.ndarray:
        """Return coordinates (m,) from coefficients (q,)."""
        g = self.problem.from_user(beta)
        for one in self.moved:
            g[one.at] = one.from_user(beta)
        return g

    def first_change(self, g: np.ndarray, direction: np.ndarray) -> tuple[float, bool]:
        """Return the smallest step > 0 from ``g`` along a direction (m,) of its face at which a face ends.

        And whether it is known to be one: see `Part.first_change`.
        """
        steps = [part.first_change(g[part.at], direction[part.at]) for part in self.parts]
        return min(steps, default=(np.inf, True))

    def multiplied(self, factor: float) -> Composite:
        """Return the problem with penalties ``factor`` times as strong."""
        return replace(self, parts=tuple(part.multiplied(factor) for part in self.parts))

    def at(self, resolved: Resolved) -> Composite:
        """Return the problem of the same model at other strengths."""
        return replace(self, parts=_parts(resolved, self.problem, self.moved))


def make_composite(design: Design, resolved: Resolved) -> Composite:
    """Return a model in these coordinates; its columns are turned in the products, the design is not filled."""
    problem = make_problem(design, resolved)
    factor, blocks, moved = np.ones(problem.kept.size), [], []
    for piece in penalised(resolved):
        if piece.map is None:
            continue
        at = np.searchsorted(problem.kept, piece.at)
        if piece.map.ndim == 1:
            factor[at] = problem.size[at] / piece.map
        else:
            blocks.append((at, problem.size[at][:, None] * np.linalg.inv(piece.map)))
        moved.append(Moved(piece, at, 1.0))
    turns = stacked(blocks)
    squares = square_sums(_turned(problem, factor, turns), resolved.weights) if moved else np.zeros(0)
    total = float(resolved.weights.sum())
    for k, one in enumerate(moved):
        unit = float(np.sqrt(squares[one.at].sum() / (one.at.size * total)))
        moved[k] = replace(one, unit=unit if unit > 0.0 else 1.0)
        factor[one.at] /= moved[k].unit
    Z = _turned(problem, factor, turns)
    return Composite(Z, problem, _parts(resolved, problem, tuple(moved)), tuple(moved))


def _turned(problem: Problem, factor: np.ndarray, turns: tuple[Turn, ...]) -> np.ndarray | Implicit:
    """Return the columns times ``factor`` (m,), turned."""
    Z: np.ndarray | Implicit = problem.Z
    if problem.intercept and factor[0] != 1.0:
        one = Turn(np.zeros((1, 1), dtype=int), factor[:1].reshape(1, 1, 1))
        Z = Turned(rescaled(problem.Z, np.append(1.0, factor[1:])), (one,))
    else:
        Z = rescaled(problem.Z, factor)
    return Turned(Z, turns) if turns else Z


def _parts(resolved: Resolved, problem: Problem, moved: tuple[Moved, ...]) -> tuple[Part, ...]:
    parts, units = [], {int(one.at[0]): one.unit for one in moved}
    for piece in penalised(resolved):
        at, unit = np.searchsorted(problem.kept, piece.at), np.ones(())
        strength, law = piece.strength, piece.law
        if not isinstance(law, Separable):
            strength = strength.scaled(1.0 / units.get(int(at[0]), 1.0))
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
