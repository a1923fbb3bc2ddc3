"""Laws of the density: one formula in both namespaces, normalised, flat where the strength is 0, scaling."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from bayesreg.penalties import Strength
from bayesreg.testing.case import STEPS, PenaltyCase, show, unit
from bayesreg.testing.laws import Comparison, law
from bayesreg.testing.numerics import half_line, integrate, slope

EPS = 16.0 * np.finfo(float).eps


def has_strength(case: PenaltyCase) -> bool:
    """Whether there is a strength that can be 0."""
    return bool(case.penalty.strength_names)


def has_graph(case: PenaltyCase) -> bool:
    """Whether the density can be written into a graph."""
    return not case.penalty.no_density


def scales(case: PenaltyCase) -> bool:
    """Whether the law is the same in other units of the coefficient."""
    return not case.penalty.is_flat and not case.has_limits


def is_proper(case: PenaltyCase) -> bool:
    """Whether the penalty is said to be a distribution."""
    return case.proper


@law(look="_value")
def elementwise(case: PenaltyCase) -> Iterator[Comparison]:
    """Value and log_normalizer work elementwise, and leave what they are given as it is."""
    law = case.penalty
    rates = np.array([float(s.rate) for s in case.strengths])
    precisions = np.array([float(s.precision) for s in case.strengths])
    steps = np.concatenate([-STEPS, STEPS])
    points = np.array([np.clip(unit(s) * steps, *case.penalty.bounds) for s in case.strengths]).T
    before = points.copy()
    whole = law.value(points, Strength(rates, precisions))
    alone = np.array([[float(law.value(b, s)) for b, s in zip(row, case.strengths, strict=True)] for row in points])
    yield Comparison("value of a table of coefficients", whole, alone, EPS * np.abs(alone))
    normalizers = law.log_normalizer(Strength(rates, precisions))
    single = np.array([float(law.log_normalizer(s)) for s in case.strengths])
    yield Comparison("log_normalizer of an array of strengths", normalizers, single, EPS * (1.0 + np.abs(single)))
    if not law.no_mode:
        law.prox(points, Strength(rates, precisions))
    yield Comparison("the coefficients after the call", points, before)


@law(look="_value(beta, strength, xp): call only xp's functions", applies=has_graph)
def graph_value(case: PenaltyCase) -> Iterator[Comparison]:
    """Value is the same in NumPy and in PyTensor."""
    for s in case.strengths:
        points = case.points(s)
        expected = case.penalty.value(points, s)
        within = EPS * (np.abs(expected) + (not case.penalty.plain))
        yield Comparison(f"{show(s)}, beta", case.graph(points, s)[0], expected, within, points=points)


@law(look="_log_normalizer(strength, xp)", applies=has_graph)
def graph_normalizer(case: PenaltyCase) -> Iterator[Comparison]:
    """log_normalizer is the same in NumPy and in PyTensor."""
    for s in case.strengths:
        expected = float(case.penalty.log_normalizer(s))
        yield Comparison(show(s), case.graph(case.points(s), s)[1], expected, EPS * (10.0 + abs(expected)))


@law(look="_value: PyTensor differentiates it wrongly", applies=has_graph)
def graph_gradient(case: PenaltyCase) -> Iterator[Comparison]:
    """PyTensor's gradient of log_prior is minus the slope of value."""
    for s in case.strengths:
        points = case.interior(s)
        expected = -slope(case.curve(s), points, 1e-3 * np.abs(points))
        within = 1e-8 * (np.abs(expected) + 1.0 / unit(s))
        yield Comparison(f"{show(s)}, beta", case.graph(points, s)[2], expected, within, points=points)


@law(look="log_prior, which is final in the base class")
def density_identity(case: PenaltyCase) -> Iterator[Comparison]:
    """log_prior = -value - log_normalizer."""
    for s in case.strengths:
        points = case.points(s, zero=not case.penalty.no_mode)
        total = case.penalty.log_prior(points, s) + case.penalty.value(points, s)
        expected = -float(case.penalty.log_normalizer(s))
        within = EPS * (10.0 + np.abs(expected) + case.penalty.value(points, s))
        yield Comparison(f"{show(s)}, log_prior + value at beta", total, expected, within, points=points)


def exp_minus_value(case: PenaltyCase, strength: Strength, size: float) -> float:
    """Return ``exp(-value)`` at the coefficients of a size: of both signs, unless ``positive``."""
    signs = np.array([sign for sign, end in zip((-1.0, 1.0), case.penalty.bounds, strict=True) if end != 0.0])
    return float(np.exp(-case.penalty.value(signs * size, strength)).sum())


@law(look="_log_normalizer", applies=is_proper)
def normalizer(case: PenaltyCase) -> Iterator[Comparison]:
    """log_normalizer = log of the integral of exp(-value).

    By adaptive quadrature of relative error 1e-12; 1e-10 is allowed.
    """
    for s in case.strengths:
        area = integrate(partial(exp_minus_value, case, s), half_line(unit(s), breaks=case.breaks))
        with np.errstate(divide="ignore"):
            yield Comparison(show(s), case.penalty.log_normalizer(s), np.log(area), 1e-10)


@law(look="_value and _log_normalizer at strength 0", applies=lambda case: case.penalty.plain and not case.has_limits)
def flat_at_zero(case: PenaltyCase) -> Iterator[Comparison]:
    """At strength 0 the penalty is flat, of height 1."""
    zero = Strength(np.zeros(3), np.zeros(3))
    points = np.array([0.0, 1.0, 1e6])
    yield Comparison("value at strength 0", case.penalty.value(points, zero), 0.0, points=points)
    yield Comparison("log_normalizer at strength 0", case.penalty.log_normalizer(zero), 0.0)
    yield Comparison("prox at strength 0", case.penalty.prox(points, zero), points, EPS * points, points=points)
    yield Comparison("log_normalizer at strength 0 in PyTensor", case.graph(points, Strength(0.0, 0.0))[1], 0.0)


@law(look="_value and _log_normalizer: rates scale with c, precisions with c^2", applies=scales)
def scaling(case: PenaltyCase) -> Iterator[Comparison]:
    """value(b, strength.scaled(c)) = value(c b, strength), and the density changes by the factor c."""
    law = case.penalty
    for s in case.strengths:
        for c in (1e-4, 0.5, 3.0, 1e5):
            points = case.points(s) / c
            expected = law.value(c * points, s)
            got = law.value(points, s.scaled(c))
            within = EPS * (1.0 + np.abs(expected))
            yield Comparison(f"{show(s)}, value in units {c:g}, beta", got, expected, within, points=points)
            if not case.proper:
                continue
            change = float(law.log_normalizer(s.scaled(c))) - float(law.log_normalizer(s))
            yield Comparison(f"{show(s)}, log_normalizer in units {c:g}", change, -np.log(c), 1e-12)


@law(look="positive", applies=lambda case: case.penalty.positive)
def positive(case: PenaltyCase) -> Iterator[Comparison]:
    """Positive=True forbids coefficients below 0."""
    for s in case.strengths:
        below, size = -case.interior(s), case.interior(s)
        yield Comparison(f"{show(s)}, value at beta", case.penalty.value(below, s), np.inf, points=below)
        yield Comparison(f"{show(s)}, log_prior at beta", case.penalty.log_prior(below, s), -np.inf, points=below)
        if not case.penalty.no_mode:
            prox = case.penalty.prox(below, s)
            yield Comparison(f"{show(s)}, prox at z", prox, 0.0, relation="at least", points=below)
        yield Comparison(f"{show(s)}, value at beta", np.isfinite(case.penalty.value(size, s)), True, points=size)


LAWS = (
    elementwise,
    graph_value,
    graph_normalizer,
    graph_gradient,
    density_identity,
    normalizer,
    flat_at_zero,
    scaling,
    positive,
)
