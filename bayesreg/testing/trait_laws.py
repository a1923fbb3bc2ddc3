"""Laws of the traits: what a penalty says about itself must be what it does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.testing.case import PenaltyCase, show, unit
from bayesreg.testing.laws import Comparison, law
from bayesreg.testing.operator_laws import has_operators, is_convex, slopes_at_zero


@law(look="traits")
def implications(case: PenaltyCase) -> Iterator[Comparison]:
    """Smooth penalties are not sparse, proper convex ones have a mode, positive ones are neither smooth nor dense."""
    traits, positive = case.penalty.traits, 0.0 in case.penalty.bounds
    yield Comparison("smooth and sparse at once", traits.smooth and traits.sparse, False)
    yield Comparison(
        "convex and proper but without a mode", traits.convex and traits.proper and not traits.has_mode, False
    )
    yield Comparison("positive and smooth", positive and traits.smooth, False)
    yield Comparison("positive and not sparse", positive and not traits.sparse, False)
    yield Comparison("separable", traits.separable, True)
    unexplained = not (traits.has_mode or case.penalty.no_mode or case.penalty.is_flat)
    yield Comparison("without a mode, and without a reason in no_mode", unexplained, False)


@law(look="traits.smooth", applies=has_operators)
def smooth(case: PenaltyCase) -> Iterator[Comparison]:
    """Smooth says whether the penalty is differentiable within its bounds.

    One-sided slopes near 0: at a kink their difference stays, else it falls as the step does.
    """
    for s in case.strengths:
        (low, high), (lower, higher) = slopes_at_zero(case, s), slopes_at_zero(case, s, 1e-5)
        falls = high - low < max(1e-5 / unit(s), 0.9 * (higher - lower))
        is_smooth = bool(falls and not case.breaks)
        yield Comparison(
            f"{show(s)}, slopes {low:.6g} and {high:.6g}: differentiable", is_smooth, case.penalty.traits.smooth
        )


@law(look="traits.sparse, or _prox", applies=has_operators)
def sparse(case: PenaltyCase) -> Iterator[Comparison]:
    """Sparse says whether prox maps an interval around 0 to exactly 0."""
    for s in case.strengths:
        z = np.array([-1e-9, 1e-9]) * unit(s)
        dead = bool(np.any(case.penalty.prox(z, s, unit(s) ** 2) == 0.0))
        yield Comparison(f"{show(s)}, prox has a dead zone", dead, case.penalty.traits.sparse)


@law(look="traits.convex, or _value", applies=is_convex)
def convex(case: PenaltyCase) -> Iterator[Comparison]:
    """A convex penalty lies below its chords."""
    rng = np.random.default_rng(case.seed)
    for s in case.strengths:
        a, b = unit(s) * 3.0 * rng.standard_t(2.0, (2, 500))
        a, b = np.clip((a, b), *case.penalty.bounds)
        share = rng.random(500)
        middle = share * a + (1.0 - share) * b
        chord = share * case.penalty.value(a, s) + (1.0 - share) * case.penalty.value(b, s)
        got = case.penalty.value(middle, s)
        yield Comparison(f"{show(s)}, value at beta", got, chord, 1e-13 * chord, "at most", points=middle)


@law(look="traits.has_mode, or _value", applies=lambda case: case.penalty.traits.has_mode)
def mode(case: PenaltyCase) -> Iterator[Comparison]:
    """A penalty with a mode is finite and bounded below, smallest at 0 if convex."""
    for s in case.strengths:
        points = np.clip(case.points(s) * 1e3, *case.penalty.bounds)
        value = case.penalty.value(points, s)
        yield Comparison(f"{show(s)}, finite at beta", np.isfinite(value), True, points=points)
        lowest = float(case.penalty.value(0.0, s)) if case.convex else -1e300
        yield Comparison(f"{show(s)}, value at beta", value, lowest, relation="at least", points=points)


@law(look="traits.proper, draw, or absolute_moments")
def proper(case: PenaltyCase) -> Iterator[Comparison]:
    """Proper says whether the prior has draws and finite moments."""
    for s in case.strengths:
        try:
            case.penalty.draw(s, np.random.default_rng(case.seed), 2)
            drawn = True
        except UnsupportedError:
            drawn = False
        yield Comparison(f"{show(s)}, has draws", drawn, case.proper)
        finite = np.isfinite(case.penalty.absolute_quantile(0.5, s))
        yield Comparison(f"{show(s)}, its median size is finite", finite, case.proper)


LAWS = (implications, smooth, sparse, convex, mode, proper)
