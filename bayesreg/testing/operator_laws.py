"""Laws of the operators that solvers and certificates use: prox, subdifferential, Fenchel gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from bayesreg.penalties import Strength
from bayesreg.testing.case import PenaltyCase, show, unit
from bayesreg.testing.laws import Comparison, law
from bayesreg.testing.numerics import conjugate, minimise, slope

PROX_STEPS = (0.1, 1.0, 10.0)
"""Steps in units of the squared natural scale."""


def is_convex(case: PenaltyCase) -> bool:
    """Whether the penalty is said to be convex."""
    return case.convex


def _proxes(case: PenaltyCase) -> Iterator[tuple[str, Strength, float, np.ndarray, np.ndarray]]:
    """Yield where, strength, step, z (m,) of both signs, and prox(z)."""
    for s in case.strengths:
        size = case.points(s)
        z = np.unique(np.concatenate([-size, size]))
        for factor in PROX_STEPS:
            step = factor * unit(s) ** 2
            yield f"{show(s)}, step={step:.6g}, z", s, step, z, case.penalty.prox(z, s, step)


def has_operators(case: PenaltyCase) -> bool:
    """Whether there is a mode for operators to find."""
    return not case.penalty.no_mode


@law(look="_prox", applies=has_operators)
def prox_minimum(case: PenaltyCase) -> Iterator[Comparison]:
    """Prox(z) minimises (x - z)^2 / 2 + step * value(x).

    Against minimisation over a grid, refined; the objective may differ by 1e-12 of its scale.
    """
    for at, s, step, z, x in _proxes(case):
        value, size = case.curve(s), unit(s)
        best = np.empty_like(z)
        for i, target in enumerate(z):
            lower, upper = case.penalty.bounds
            grid = np.linspace(max(lower, -abs(target) - size), min(upper, abs(target) + size), 801)
            grid = np.union1d(grid, [0.0])

            best[i] = minimise(partial(_prox_objective, value, float(target), step), grid)[1]
        got = 0.5 * (x - z) ** 2 + step * value(x)
        yield Comparison(at, got, best, 1e-12 * (np.abs(best) + size**2), "at most", points=z)


def _prox_objective(value: Callable[[Any], Any], target: float, step: float, x: Any) -> Any:
    return 0.5 * (x - target) ** 2 + step * value(x)


@law(look="_prox, or subdifferential_distance", applies=has_operators)
def prox_optimal(case: PenaltyCase) -> Iterator[Comparison]:
    """(z - prox(z)) / step is a subgradient at prox(z)."""
    for at, s, step, z, x in _proxes(case):
        distance = case.penalty.subdifferential_distance(x, (z - x) / step, s)
        within = 1e-13 * (np.abs(z) / step + 1.0 / unit(s))
        if not case.penalty.plain:  # x itself is rounded: the slope moves by its curvature times that
            bend = np.abs(case.penalty.curvature(np.where(x == 0.0, unit(s), np.abs(x)), s))
            within = within + 1e-13 * np.abs(x) * np.where(x == 0.0, 0.0, bend)
        yield Comparison(f"distance to the subdifferential {at}", distance, 0.0, within, points=z)


@law(look="_prox", applies=is_convex)
def prox_firm(case: PenaltyCase) -> Iterator[Comparison]:
    """Prox is firmly non-expansive: (x1 - x2)(z1 - z2) >= (x1 - x2)^2."""
    for at, _, _, z, x in _proxes(case):
        dx, dz = x[:, None] - x, z[:, None] - z
        yield Comparison(at, dx * dz, dx**2, 1e-13 * dz**2, "at least", points=z[:, None] + 0.0 * z)


@law(look="subdifferential_distance, slope, or _value", applies=has_operators)
def subdifferential(case: PenaltyCase) -> Iterator[Comparison]:
    """subdifferential_distance is the distance to the slopes of value.

    Against finite differences, of relative error 1e-7; at 0 against both one-sided slopes.
    """
    for s in case.strengths:
        size = unit(s)
        points = case.interior(s)
        exact = slope(case.curve(s), points, 1e-3 * np.abs(points))
        for shift in (-2.0, 0.0, 0.5):
            score = exact + shift / size
            got = case.penalty.subdifferential_distance(points, score, s)
            within = 1e-7 * (np.abs(exact) + 1.0 / size)
            yield Comparison(
                f"{show(s)}, score {shift:+g} units off, beta", got, abs(shift) / size, within, points=points
            )
        low, high = slopes_at_zero(case, s)
        score = np.array([-3.0, -0.9, -1e-3, 0.0, 1e-3, 0.9, 3.0]) / size
        got = case.penalty.subdifferential_distance(np.zeros_like(score), score, s)
        expected = np.maximum(np.maximum(score - high, low - score), 0.0)
        wider = np.nan_to_num(slopes_at_zero(case, s, 1e-5)[1] - high, posinf=0.0, neginf=0.0)
        within = 1e-6 / size + abs(wider)  # what is left of the slope at 1e-7 units where it falls to 0
        yield Comparison(f"{show(s)}, beta 0, score", got, expected, within, points=score)


@law(look="curvature", applies=has_operators)
def curvature(case: PenaltyCase) -> Iterator[Comparison]:
    """Curvature is the slope of slope.

    Against finite differences; 1e-5 of the curvature or of slope / size is allowed.
    """
    for s in case.strengths:
        points = case.points(s, zero=False)
        size = np.abs(points[points != 0.0])
        exact = slope(partial(case.penalty.slope, strength=s), size, 1e-3 * size)
        got = case.penalty.curvature(size, s)
        within = 1e-5 * (np.abs(exact) + case.penalty.slope(size, s) / size)
        yield Comparison(f"{show(s)}, size", got, exact, within, points=size)


def slopes_at_zero(case: PenaltyCase, strength: Strength, share: float = 1e-7) -> tuple[float, float]:
    """Return the left and right slopes of the penalty at 0 over a share of its unit; infinite towards a bound at 0."""
    step, value = share * unit(strength), case.curve(strength)
    right = float(value(step) - value(0.0)) / step
    lower, upper = case.penalty.bounds
    left = -np.inf if lower == 0.0 else float(value(0.0) - value(-step)) / step
    return left, np.inf if upper == 0.0 else right


@law(look="fenchel_gap, or _value", applies=is_convex)
def fenchel_gap(case: PenaltyCase) -> Iterator[Comparison]:
    """fenchel_gap = value + conjugate - beta * dual, with the conjugate a supremum over coefficients."""
    for s in case.strengths:
        points, value = case.points(s), case.curve(s)
        edge = float(s.rate)
        for dual in np.array([*np.array([-3.0, -1.1, -0.3, 0.0, 0.3, 1.1, 3.0]) / unit(s), -edge, edge]):
            top = conjugate(value, float(dual), unit(s), bounds=case.penalty.bounds)
            got = case.penalty.fenchel_gap(points, np.full_like(points, dual), s)
            expected = value(points) + top - points * dual
            size = value(points) + np.abs(points * dual) + (abs(top) if np.isfinite(top) else 0.0)
            at = f"{show(s)}, dual {dual:.6g}, beta"
            yield Comparison(at, got, expected, 1e-9 * (1.0 + size), points=points)
            yield Comparison(at, got, 0.0, relation="at least", points=points)


@law(look="fenchel_gap", applies=is_convex)
def fenchel_zero(case: PenaltyCase) -> Iterator[Comparison]:
    """fenchel_gap = 0 where the dual is a subgradient."""
    for s in case.strengths:
        points = case.interior(s)
        dual = np.sign(points) * case.penalty.slope(np.abs(points), s)
        got = case.penalty.fenchel_gap(points, dual, s)
        yield Comparison(f"{show(s)}, beta", got, 0.0, 1e-13 * (1.0 + case.penalty.value(points, s)), points=points)


@law(look="gauge, or fenchel_gap", applies=lambda case: case.convex and not case.penalty.is_flat)
def gauge(case: PenaltyCase) -> Iterator[Comparison]:
    """Dividing by the gauge puts a dual point where the conjugate is finite, and by less does not."""
    for s in case.strengths:
        for dual in np.array([-30.0, -3.0, 3.0, 30.0]) / unit(s):
            factor = case.penalty.gauge(np.array([dual]), s, np.zeros(1))
            edge = dual / factor if factor > 0.0 else dual
            inside, outside = (_finite_gap(case, s, edge * share) for share in (1.0 - 1e-9, 1.0 + 1e-6))
            yield Comparison(f"{show(s)}, finite at dual {dual:.6g} over its gauge", inside, True)
            yield Comparison(f"{show(s)}, finite at dual {dual:.6g} over less", outside, factor == 0.0)


def _finite_gap(case: PenaltyCase, strength: Strength, dual: float) -> bool:
    return bool(np.isfinite(case.penalty.fenchel_gap(np.zeros(1), np.array([dual]), strength)).all())


LAWS = (prox_minimum, prox_optimal, prox_firm, subdifferential, curvature, fenchel_gap, fenchel_zero, gauge)
