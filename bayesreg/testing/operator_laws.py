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


@law(look="_prox")
def prox_minimum(case: PenaltyCase) -> Iterator[Comparison]:
    """Prox(z) minimises (x - z)^2 / 2 + step * value(x).

    Against minimisation over a grid, refined; the objective may differ by 1e-12 of its scale.
    """
    for at, s, step, z, x in _proxes(case):
        value, size = case.curve(s), unit(s)
        best = np.empty_like(z)
        for i, target in enumerate(z):
            grid = np.linspace(0.0 if case.penalty.positive else -abs(target) - size, abs(target) + size, 801)
            grid = np.union1d(grid, [0.0])

            best[i] = minimise(partial(_prox_objective, value, float(target), step), grid)[1]
        got = 0.5 * (x - z) ** 2 + step * value(x)
        yield Comparison(at, got, best, 1e-12 * (np.abs(best) + size**2), "at most", points=z)


def _prox_objective(value: Callable[[Any], Any], target: float, step: float, x: Any) -> Any:
    return 0.5 * (x - target) ** 2 + step * value(x)


@law(look="_prox, or subdifferential_distance", applies=is_convex)
def prox_optimal(case: PenaltyCase) -> Iterator[Comparison]:
    """(z - prox(z)) / step is a subgradient at prox(z)."""
    for at, s, step, z, x in _proxes(case):
        distance = case.penalty.subdifferential_distance(x, (z - x) / step, s)
        within = 1e-13 * (np.abs(z) / step + 1.0 / unit(s))
        yield Comparison(f"distance to the subdifferential {at}", distance, 0.0, within, points=z)


@law(look="_prox", applies=is_convex)
def prox_firm(case: PenaltyCase) -> Iterator[Comparison]:
    """Prox is firmly non-expansive: (x1 - x2)(z1 - z2) >= (x1 - x2)^2."""
    for at, _, _, z, x in _proxes(case):
        dx, dz = x[:, None] - x, z[:, None] - z
        yield Comparison(at, dx * dz, dx**2, 1e-13 * dz**2, "at least", points=z[:, None] + 0.0 * z)


@law(look="subdifferential_distance, or _value", applies=is_convex)
def subdifferential(case: PenaltyCase) -> Iterator[Comparison]:
    """subdifferential_distance is the distance to the slopes of value.

    Against finite differences, of relative error 1e-7; at 0 against both one-sided slopes.
    """
    for s in case.strengths:
        size = unit(s)
        points = case.points(s, zero=False)
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
        yield Comparison(f"{show(s)}, beta 0, score", got, expected, 1e-6 / size, points=score)


def slopes_at_zero(case: PenaltyCase, strength: Strength) -> tuple[float, float]:
    """Return the left and right slopes of the penalty at 0; the left one is minus infinity where positive."""
    step, value = 1e-7 * unit(strength), case.curve(strength)
    right = float(value(step) - value(0.0)) / step
    left = -np.inf if case.penalty.positive else float(value(0.0) - value(-step)) / step
    return left, right


@law(look="fenchel_gap, or _value", applies=is_convex)
def fenchel_gap(case: PenaltyCase) -> Iterator[Comparison]:
    """fenchel_gap = value + conjugate - beta * dual, with the conjugate a supremum over coefficients."""
    for s in case.strengths:
        points, value = case.points(s), case.curve(s)
        edge = float(s.rate)
        for dual in np.array([*np.array([-3.0, -1.1, -0.3, 0.0, 0.3, 1.1, 3.0]) / unit(s), -edge, edge]):
            top = conjugate(value, float(dual), unit(s), positive=case.penalty.positive)
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
        points = case.points(s, zero=False)
        dual = s.rate * np.sign(points) + s.precision * points
        got = case.penalty.fenchel_gap(points, dual, s)
        yield Comparison(f"{show(s)}, beta", got, 0.0, 1e-13 * (1.0 + case.penalty.value(points, s)), points=points)


LAWS = (prox_minimum, prox_optimal, prox_firm, subdifferential, fenchel_gap, fenchel_zero)
