"""Laws of the prior as a distribution: moments, quantiles, draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import binom, norm

from bayesreg.penalties import Strength
from bayesreg.testing.case import PenaltyCase, show, unit
from bayesreg.testing.density_laws import is_proper
from bayesreg.testing.laws import Comparison, law
from bayesreg.testing.numerics import far_line, half_line, integrate
from bayesreg.testing.operator_laws import has_operators

DRAWS = 20_000
FALSE_ALARM = 1e-6
"""Probability that a correct sampler fails one of a run's comparisons, for a seed drawn at random."""
PROBS = (0.05, 0.5, 0.95, 0.999)


def has_energy(case: PenaltyCase) -> bool:
    """Whether its value is linear in the strength, and it is whole."""
    return case.proper and case.penalty.plain and not case.has_limits


@law(look="absolute_moments", applies=is_proper)
def prior_moments(case: PenaltyCase) -> Iterator[Comparison]:
    """absolute_moments are the integrals of |b| and b^2, infinite where those diverge.

    By quadrature of relative error 1e-12; 1e-9 is allowed. A diverging integral grows by more than 1 in 1000
    between 1e8 and 1e12 natural scales.
    """
    for s in case.strengths:
        density = case.density(s)
        for power, got in zip((1, 2), case.penalty.absolute_moments(s), strict=True):
            at, integrand = f"{show(s)}, E|b|^{power}", partial(_powered, density, power)
            if np.isfinite(got):
                expected = integrate(integrand, half_line(unit(s), breaks=case.breaks))
                yield Comparison(at, got, expected, 1e-9 * expected)
            else:
                near, far = (integrate(integrand, far_line(unit(s), end)) for end in (1e8, 1e12))
                yield Comparison(
                    f"{at} is infinite: its integral to 1e12 over that to 1e8", far / near, 1.001, 0.0, "at least"
                )


@law(
    look="_log_normalizer: PyTensor differentiates it wrongly in the strength, or absolute_moments", applies=has_energy
)
def prior_energy(case: PenaltyCase) -> Iterator[Comparison]:
    """The mean of value is -d log_normalizer(t strength) / dt at t = 1, through PyTensor's gradient."""
    for s in case.strengths:
        first, second = case.penalty.absolute_moments(s)
        expected = s.rate * first + 0.5 * s.precision * second
        yield Comparison(show(s), case.graph(case.points(s), s)[3], expected, 1e-9 * expected)


@law(look="slope, or _value", applies=lambda case: case.proper and not case.breaks and has_operators(case))
def prior_virial(case: PenaltyCase) -> Iterator[Comparison]:
    """The mean of |b| slope(|b|) is 1, as integration by parts says of every density that is whole on its line.

    By quadrature; 1e-7 is allowed, for the heaviest tails.
    """
    for s in case.strengths:
        density = case.density(s)
        got = integrate(partial(_weighted_slope, case, density, s), half_line(unit(s)))
        yield Comparison(show(s), got, 1.0, 1e-7)


def _weighted_slope(case: PenaltyCase, density: Callable[[Any], Any], strength: Strength, size: float) -> float:
    return float(size * case.penalty.slope(np.asarray(size), strength) * density(size)) if size > 0.0 else 0.0


def _below(case: PenaltyCase, strength: Strength, size: float) -> float:
    return float(np.exp(case.penalty.log_prior(np.float64(-size), strength)))


@law(look="absolute_quantile", applies=is_proper)
def prior_quantile(case: PenaltyCase) -> Iterator[Comparison]:
    """absolute_quantile inverts P(|b| <= x)."""
    for s in case.strengths:
        for prob in PROBS:
            end = float(case.penalty.absolute_quantile(prob, s))
            got = integrate(case.density(s), half_line(unit(s), end, case.breaks)) if end > 0.0 else 0.0
            yield Comparison(f"{show(s)}, P(|b| <= absolute_quantile({prob}))", got, prob, 1e-10)


@law(look="_draw", applies=is_proper)
def prior_draws(case: PenaltyCase) -> Iterator[Comparison]:
    """Draws follow the prior: moments, quantiles and signs.

    20,000 draws a strength; thresholds at a family-wise error of 1e-6 (Bonferroni over all comparisons).
    """
    level = FALSE_ALARM / (2.0 * (3 + len(PROBS)) * len(case.strengths))
    for i, s in enumerate(case.strengths):
        draws = case.penalty.draw(s, np.random.default_rng([case.seed, i]), (DRAWS // 10, 10))
        yield Comparison(f"{show(s)}, shape of draws", draws.shape, (DRAWS // 10, 10))
        if case.penalty.plain:  # heavier tails have means that no number of draws pins down
            yield from _moments(case, s, np.abs(draws.ravel()), float(norm.isf(level)))
        shares = {prob: np.mean(np.abs(draws) <= case.penalty.absolute_quantile(prob, s)) for prob in PROBS}
        for prob, got in shares.items():
            yield from _share(f"{show(s)}, share of |draws| below absolute_quantile({prob})", got, prob, level)
        lower, upper = case.penalty.bounds
        yield Comparison(f"{show(s)}, smallest draw", draws.min(), lower, relation="at least")
        yield Comparison(f"{show(s)}, largest draw", draws.max(), upper, relation="at most")
        if lower < 0.0 < upper:
            below = integrate(partial(_below, case, s), half_line(unit(s), -lower))
            yield from _share(f"{show(s)}, share of draws below 0", np.mean(draws < 0.0), below, level)


def _powered(density: Callable[[Any], Any], power: int, size: float) -> float:
    return float(size**power * density(size))


def _moments(case: PenaltyCase, strength: Strength, size: np.ndarray, z: float) -> Iterator[Comparison]:
    for power, expected in zip((1, 2), case.penalty.absolute_moments(strength), strict=True):
        powered = size**power
        error = z * powered.std() / np.sqrt(size.size)
        yield Comparison(f"{show(strength)}, mean |draw|^{power}", powered.mean(), expected, error)


def _share(at: str, got: float, prob: float, level: float) -> Iterator[Comparison]:
    low, high = binom.ppf(level, DRAWS, prob) / DRAWS, binom.isf(level, DRAWS, prob) / DRAWS
    yield Comparison(at, got, low, relation="at least")
    yield Comparison(at, got, high, relation="at most")


LAWS = (prior_moments, prior_energy, prior_virial, prior_quantile, prior_draws)
