"""Modes under penalties of any law: second-order models of the likelihood, each solved with the faces of the laws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from bayesreg.errors import SeparationError
from bayesreg.existence import separating_direction
from bayesreg.penalties import L2, Penalty, Strength
from bayesreg.penalties.flat_tails import FlatTailed
from bayesreg.penalties.l1 import L1
from bayesreg.solvers.composite import Composite, Part
from bayesreg.solvers.faces import ROUNDING, FaceSearch
from bayesreg.solvers.quadratic import Quadratic

MAX_NEWTON = 200
SETTLED = 1e-10
FAR = 1e-4  # curvature of a row below which its fitted mean is near a limit
WEAK = 1e-2
CONTINUATION = 4.0
MOST_FACTORS = 20


def solve_composite(
    composite: Composite, start: np.ndarray, scale: float, loss: Quadratic | None = None
) -> tuple[np.ndarray, int, bool]:
    """Return ``(g, iterations, converged)``: a stationary point below ``start`` (m,), the minimum where all is convex.

    Far from the optimum of convex penalties it follows the solutions of larger strengths down to the one asked for,
    so that each face differs little from the one before.

    Parameters
    ----------
    composite : Composite
    start : ndarray (m,)
    scale : float
        Norm of the residuals of the null model, to which violations are compared.
    loss : Quadratic, optional
        The Gaussian loss around 0, to use again at other strengths.
    """
    if composite.likelihood.name == "gaussian" and loss is None:
        loss = gaussian_model(composite)
    steps = 0
    for factor in _continuation(composite, start):
        scaled = composite if factor == 1.0 else composite.multiplied(factor)
        start, used, converged = _descend(scaled, start, scale, loss)
        steps += used
    return start, steps, converged


def _continuation(composite: Composite, start: np.ndarray) -> list[float]:
    """Return factors of the strengths, decreasing to 1, from where the parts at 0 hardly violate their condition."""
    if not composite.is_convex:
        return [1.0]
    score = composite.Z.T @ composite.residual(composite.eta(start))
    kinked = [p for p in composite.parts if not p.law.traits.smooth and p.law.traits.sparse and not start[p.at].any()]
    factor, count = 1.0, 0
    while kinked and count < MOST_FACTORS:
        kinked = [p for p in kinked if p.multiplied(factor).distance(start[p.at], score[p.at]).any()]
        factor, count = factor * CONTINUATION, count + 1
    return [CONTINUATION**k for k in range(max(count - 2, 0), -1, -1)]


def _descend(
    composite: Composite, start: np.ndarray, scale: float, loss: Quadratic | None
) -> tuple[np.ndarray, int, bool]:
    """Solve from a start, at the composite's own strengths."""
    problem = composite.problem
    if loss is not None:
        origin = np.zeros(start.size)
        search = FaceSearch(composite, loss, origin, start, scale)
        converged = search.solve()
        return search.g, search.steps, converged
    g, eta = start, composite.eta(start)
    value, steps = composite.objective(g, eta), 0
    best, best_violation = g, np.inf
    for _ in range(MAX_NEWTON):
        residual = composite.residual(eta)
        violation = composite.violation(g, composite.Z.T @ residual) / scale
        if violation >= 0.5 * best_violation and best_violation <= SETTLED:
            break
        if violation < best_violation:
            best, best_violation = g, violation
        curvature = problem.weights * composite.likelihood.bend(problem.y, eta)
        search = FaceSearch(composite, Quadratic(composite.Z, curvature, residual, np.zeros(g.size)), g, g, scale)
        search.solve()
        steps += search.steps
        direction = search.g - g
        along = composite.Z @ direction
        predicted = -float(residual @ along) + composite.penalty(search.g) - composite.penalty(g)
        step, target, new_eta = 1.0, search.g, eta + along
        new_value = composite.objective(target, new_eta)
        while not new_value <= value + 1e-4 * step * min(predicted, 0.0) + ROUNDING * abs(value):
            step *= 0.5
            if step < 1e-12:
                return best, steps, best_violation <= SETTLED
            target, new_eta = g + step * direction, eta + step * along
            new_value = composite.objective(target, new_eta)
        g, value = target, new_value
        eta = composite.eta(g)
    return best, steps, best_violation <= SETTLED


def gaussian_model(composite: Composite) -> Quadratic:
    """Return the Gaussian loss as a quadratic around 0, whose Gram matrix serves every strength of a path."""
    problem = composite.problem
    residual = problem.weights * (problem.y - problem.offset)
    return Quadratic(composite.Z, problem.weights, residual, np.zeros(composite.Z.shape[1]))


def solve_from_several(
    composite: Composite, starts: Iterable[np.ndarray], scale: float, loss: Quadratic | None = None
) -> tuple[np.ndarray, int, bool]:
    """Return the lowest of the stationary points that several starts lead to.

    Raises
    ------
    SeparationError
        If all of them run to infinity where the penalty is constant.
    """
    found, steps = [], 0
    for start in starts:
        g, used, converged = solve_composite(composite, start, scale, loss)
        steps += used
        if not runs_away(composite, g):
            found.append((composite.objective(g, composite.eta(g)), g, converged))
    if not found:
        raise SeparationError(
            f"The {composite.likelihood.name} likelihood under this penalty has no mode that was found: columns "
            "separate the responses, and where the penalty is constant nothing holds their coefficients back. Raise "
            "the strength (in a path: ratio=), or use a penalty that grows, such as br.L1(1.0) or br.LogPenalty(1.0)."
        )
    _, g, converged = min(found, key=lambda item: item[0])
    return g, steps, converged


def runs_away(composite: Composite, g: np.ndarray) -> bool:
    """Return whether a point ``g`` (m,) is on its way to infinity: what no penalty holds there separates the responses.

    These are the free coordinates and those in the constant tail of a penalty. The likelihood rises for ever along some
    direction of theirs, so that no such point is a minimum.
    """
    weights, law = composite.problem.weights, composite.likelihood
    tails = [part.at[part.is_flat_at(g[part.at])] for part in composite.parts if isinstance(part.law, FlatTailed)]
    far = law.curvature(composite.eta(g)) < FAR
    if law.name == "gaussian" or not tails or not np.concatenate(tails).size or not far[weights > 0.0].any():
        return False
    at = np.sort(np.concatenate([composite.loose, *tails]))
    return separating_direction(composite.Z[:, at], composite.problem.y, law.name, weights) is not None


def convex_starts(
    composite: Composite, start: np.ndarray, scale: float, loss: Quadratic | None = None
) -> tuple[np.ndarray, ...]:
    """Return starts for penalties that are not convex: the one given, and the modes of two convex neighbours.

    One neighbour has each such law replaced by an absolute value with its slope at 0, or by a square where it has
    none; the other by weak squares.
    """
    near = replace(composite, parts=tuple(_neighbour(part) for part in composite.parts))
    weak = replace(composite, parts=tuple(_weak(part, composite) for part in composite.parts))
    return start, *(solve_composite(other, start, scale, loss)[0] for other in (near, weak))


def _neighbour(part: Part) -> Part:
    """Return an absolute value or a square in the place of a separable law that is not convex."""
    if part.law.traits.convex:
        return part
    scale = typical_size(part)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.broadcast_to(part.law.slope(np.zeros(part.at.size), part.strength), scale.shape)  # type: ignore[attr-defined]
    law: Penalty = (
        L1(1.0, positive=part.law.positive) if part.law.traits.sparse else L2(1.0, positive=part.law.positive)
    )
    rate = np.where(np.isfinite(slope) & (slope > 0.0), slope, 1.0 / scale) if part.law.traits.sparse else 0.0 * scale
    precision = 0.0 * scale if part.law.traits.sparse else 1.0 / scale**2
    return replace(part, law=law, strength=Strength(rate, precision))


def _weak(part: Part, composite: Composite) -> Part:
    if part.law.traits.convex:
        return part
    precision = WEAK * composite.length[part.at] ** 2 / part.phi
    return replace(part, law=L2(1.0, positive=part.law.positive), strength=Strength(0.0 * precision, precision))


def typical_size(part: Part) -> np.ndarray:
    """Return the size (d,) at which a law's strengths act: ``1 / rate``, or ``precision ** -1/2`` without a rate."""
    rate, precision = (np.broadcast_to(np.asarray(value, dtype=float), part.at.shape) for value in part.strength)
    with np.errstate(divide="ignore"):
        return np.where(rate > 0.0, 1.0 / rate, np.where(precision > 0.0, precision**-0.5, 1.0))
