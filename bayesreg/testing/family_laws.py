"""Laws of likelihoods: one formula in both namespaces, derivatives, conjugacy, total probability, draws."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import norm

from bayesreg.families import Likelihood
from bayesreg.testing.family_case import COUNTS, ETA, FamilyCase
from bayesreg.testing.laws import Comparison, law
from bayesreg.testing.numerics import integrate, minimise, slope

EPS = 64.0 * np.finfo(float).eps
STEP = np.full_like(ETA, 1e-3)
DRAWS = 4_000
FALSE_ALARM = 1e-6
GRID = np.linspace(-60.0, 60.0, 2401)


def _negative(law: Likelihood, mu: float, eta: Any) -> Any:
    return law.cumulant(eta) - mu * eta


def _density(law: Likelihood, eta: float, phi: float, y: Any) -> Any:
    return np.exp(law.log_likelihood(np.float64(y), eta, phi, np.float64(1.0), False))


@law(look="the method named")
def graph_agrees(case: FamilyCase) -> Iterator[Comparison]:
    """Half deviance, mean, curvature and log likelihood are the same in NumPy and in PyTensor."""
    law, (y, eta) = case.likelihood, case.table
    w = np.resize([1.0, 2.0, 0.0, 3.0], y.size)
    for phi in case.phis:
        both = [law.log_likelihood(y, eta, phi, w, frequency) for frequency in (False, True)]
        expected = [law.half_deviance(y, eta), law.mean(eta), law.curvature(eta), *both]
        names = ("half_deviance", "mean", "curvature", "log_likelihood", "log_likelihood (frequency)")
        for name, got, want in zip(names, case.graph(y, eta, phi, w), expected, strict=False):
            yield Comparison(f"{name} at phi={phi:g}, eta", got, want, EPS * (1.0 + np.abs(want)), points=eta)


@law(look="mean or cumulant")
def mean_is_slope(case: FamilyCase) -> Iterator[Comparison]:
    """Mean is the slope of cumulant."""
    got, expected = case.likelihood.mean(ETA), slope(case.likelihood.cumulant, ETA, STEP)
    yield Comparison("mean at eta", got, expected, 1e-9 * (1.0 + np.abs(expected)), points=ETA)


@law(look="curvature")
def curvature_is_slope(case: FamilyCase) -> Iterator[Comparison]:
    """Curvature is the slope of mean, and positive."""
    got, expected = case.likelihood.curvature(ETA), slope(case.likelihood.mean, ETA, STEP)
    yield Comparison("curvature at eta", got, expected, 1e-9 * (1.0 + np.abs(expected)), points=ETA)
    yield Comparison("curvature at eta", got > 0.0, True, points=ETA)


@law(look="score or mean")
def score_is_slope(case: FamilyCase) -> Iterator[Comparison]:
    """Score is the slope of the log likelihood, in NumPy and through PyTensor's gradient."""
    law, (y, eta) = case.likelihood, case.table
    one = np.ones_like(y)
    expected = slope(lambda at: law.log_likelihood(y, at, 1.0, one, False), eta, 1e-3 * one)
    within = 1e-9 * (1.0 + np.abs(expected) + np.abs(law.cumulant(eta)))
    yield Comparison("score at eta", law.score(y, eta), expected, within, points=eta)
    for phi in case.phis:
        yield Comparison(
            "PyTensor's gradient at eta", case.graph(y, eta, phi, one)[5], expected / phi, within / phi, points=eta
        )


@law(look="link_function")
def link_inverts(case: FamilyCase) -> Iterator[Comparison]:
    """link_function inverts mean."""
    yield Comparison(
        "link_function(mean(eta)) at eta",
        case.likelihood.link_function(case.likelihood.mean(ETA)),
        ETA,
        1e-13,
        points=ETA,
    )


@law(look="conjugate or cumulant")
def conjugate_is_supremum(case: FamilyCase) -> Iterator[Comparison]:
    """Conjugate(mu) = sup over eta of mu eta - cumulant(eta).

    At means and at responses, whose supremum may lie at infinity.
    """
    law = case.likelihood
    mu = np.unique(np.concatenate([law.mean(ETA), case.table[0]]))
    top = np.array([-minimise(partial(_negative, law, m), GRID)[1] for m in mu])
    yield Comparison("conjugate at mu", law.conjugate(mu), top, 1e-11 * (1.0 + np.abs(top)), points=mu)
    yield Comparison("in_mean_domain at mu", law.in_mean_domain(mu), True, points=mu)


@law(look="half_deviance")
def half_deviance(case: FamilyCase) -> Iterator[Comparison]:
    """half_deviance = cumulant - y eta + conjugate(y) >= 0, and 0 at the mean."""
    law, (y, eta) = case.likelihood, case.table
    got, expected = law.half_deviance(y, eta), law.cumulant(eta) - y * eta + law.conjugate(y)
    size = 1.0 + np.abs(law.cumulant(eta)) + np.abs(y * eta)
    yield Comparison("half_deviance at eta", got, expected, EPS * size, points=eta)
    yield Comparison("half_deviance at eta", got, 0.0, EPS * size, "at least", points=eta)
    at_mean = law.half_deviance(law.mean(ETA), ETA)
    yield Comparison("half_deviance(mean(eta), eta) at eta", at_mean, 0.0, EPS * 30.0, points=ETA)


@law(look="log_normalizer")
def total_probability(case: FamilyCase) -> Iterator[Comparison]:
    """exp(log_likelihood) sums or integrates to 1 over the support."""
    law = case.likelihood
    counts = np.array([k for k in range(COUNTS) if case.allows(float(k))], dtype=float)
    low, high = 0.0 if not case.allows(-1.0) else -np.inf, 1.0 if not case.allows(2.0) else np.inf
    for phi in case.phis:
        for eta in ETA:
            middle = float(law.mean(eta))
            breaks = [low, *(at for at in (middle - 3.0, middle, middle + 3.0) if low < at < high), high]
            density = partial(_density, law, float(eta), phi)
            total = np.sum(density(counts)) if case.discrete else integrate(density, breaks)
            yield Comparison(f"total probability at phi={phi:g}, eta={eta:g}", total, 1.0, 1e-10)


@law(look="log_normalizer")
def weights(case: FamilyCase) -> Iterator[Comparison]:
    """W copies weigh w times; without a dispersion a weight multiplies; precision weights divide phi."""
    law, (y, eta) = case.likelihood, case.table
    one = np.ones_like(y)
    for phi in case.phis:
        for w in (0.0, 1.0, 2.0, 7.0):
            single = law.log_likelihood(y, eta, phi, one, True)
            copies = law.log_likelihood(y, eta, phi, w * one, True)
            within = EPS * (1.0 + w) * (1.0 + np.abs(single))
            yield Comparison(
                f"log_likelihood of {w:g} copies at phi={phi:g}, eta", copies, w * single, within, points=eta
            )
            got = law.log_likelihood(y, eta, phi, w * one, False)
            divided = law.has_dispersion and w > 0.0
            expected = law.log_likelihood(y, eta, phi / w, one, False) if divided else w * single
            yield Comparison(f"log_likelihood at weight {w:g}, phi={phi:g}, eta", got, expected, within, points=eta)


@law(look="check_response or draw")
def support(case: FamilyCase) -> Iterator[Comparison]:
    """check_response accepts draws and refuses nan."""
    rng = np.random.default_rng(case.seed)
    draws = case.likelihood.draw(case.likelihood.mean(np.repeat(ETA, 50)), np.array(case.phis[-1]), rng)
    yield Comparison("allowed: draw", [case.allows(float(y)) for y in draws], True, points=draws)
    for y in (np.nan, np.inf):
        yield Comparison(f"allowed: {y}", case.allows(y), False)


@law(look="draw")
def draws(case: FamilyCase) -> Iterator[Comparison]:
    """Draws have mean mu and variance phi * curvature.

    4,000 draws a mean; thresholds at a family-wise error of 1e-6 (Bonferroni over all comparisons).
    """
    law, rng = case.likelihood, np.random.default_rng(case.seed)
    z = norm.isf(FALSE_ALARM / (4.0 * ETA.size * len(case.phis)))
    mu, variance = law.mean(ETA), law.curvature(ETA)
    for phi in case.phis:
        y = law.draw(np.tile(mu, (DRAWS, 1)), np.array(phi), rng)
        error = np.sqrt(phi * variance / DRAWS)
        yield Comparison(f"mean of draws at phi={phi:g}, mu", y.mean(axis=0), mu, z * error, points=mu)
        squares = (y - mu) ** 2
        within = z * squares.std(axis=0) / np.sqrt(DRAWS)
        yield Comparison(
            f"variance of draws at phi={phi:g}, mu", squares.mean(axis=0), phi * variance, within, points=mu
        )


LAWS = (
    graph_agrees,
    mean_is_slope,
    curvature_is_slope,
    score_is_slope,
    link_inverts,
    conjugate_is_supremum,
    half_deviance,
    total_probability,
    weights,
    support,
    draws,
)
