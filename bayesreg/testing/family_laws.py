"""Laws of likelihoods: one formula in both namespaces, derivatives, conjugacy, total probability, draws."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import norm

from bayesreg.families import Canonical, Likelihood
from bayesreg.testing.family_case import ETA, FamilyCase
from bayesreg.testing.laws import Comparison, Relation, law
from bayesreg.testing.numerics import integrate, minimise, slope

EPS = 64.0 * np.finfo(float).eps
STEP = np.full_like(ETA, 1e-3)
DRAWS = 4_000
FALSE_ALARM = 1e-6
GRID = np.linspace(-60.0, 60.0, 2401)


def _negative(law: Canonical, mu: float, eta: Any) -> Any:
    return law.cumulant(eta) - mu * eta


def _density(law: Likelihood, eta: float, phi: float, y: Any, weight: float = 1.0) -> Any:
    return np.exp(law.log_likelihood(np.float64(y), eta, phi, np.float64(weight), False))


def _times(density: Any, function: Any, y: Any) -> Any:
    return density(y) * function(y)


def _score(law: Likelihood, eta: float, power: int, y: Any) -> Any:
    return law.score(np.float64(y), np.float64(eta)) ** power


def _expectation(case: FamilyCase, eta: float, phi: float, function: Any = None) -> float:
    """Return the expectation of a function of the response (None: of 1) by a sum or an integral."""
    law, function = case.likelihood, np.ones_like if function is None else function
    if case.discrete:
        y = case.support()
        return float(np.sum(_density(law, eta, phi, y, case.weight) * function(y)))
    middle = float(law.mean(eta))
    breaks = [-np.inf, middle - 3.0, middle, middle + 3.0, np.inf]
    return float(integrate(partial(_times, partial(_density, law, eta, phi), function), breaks))


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
    """Mean is the slope of cumulant; without a canonical link the expected response, and scores have mean 0."""
    law = case.likelihood
    got = law.mean(ETA)
    if isinstance(law, Canonical):
        expected = slope(law.cumulant, ETA, STEP)
        yield Comparison("mean at eta", got, expected, 1e-9 * (1.0 + np.abs(expected)), points=ETA)
        return
    for eta, mu in zip(ETA, got, strict=True):
        away = _expectation(case, float(eta), 1.0, partial(_less, mu))
        yield Comparison(f"expectation less mean at eta={eta:g}", away, 0.0, 1e-8 * (1.0 + abs(mu)))
        pull = _expectation(case, float(eta), 1.0, partial(_score, law, eta, 1))
        yield Comparison(f"expected score at eta={eta:g}", pull, 0.0, 1e-8)


def _less(mu: float, y: Any) -> Any:
    return y - mu


@law(look="curvature")
def curvature_is_slope(case: FamilyCase) -> Iterator[Comparison]:
    """Curvature is the slope of mean, or the expected square of the score, and positive."""
    law = case.likelihood
    got = law.curvature(ETA)
    yield Comparison("curvature at eta", got > 0.0, True, points=ETA)
    if isinstance(law, Canonical):
        expected = slope(law.mean, ETA, STEP)
    else:
        expected = np.array([_expectation(case, float(at), 1.0, partial(_score, law, at, 2)) for at in ETA])
    yield Comparison("curvature at eta", got, expected, 1e-8 * (1.0 + np.abs(expected)), points=ETA)


@law(look="score, mean or bend")
def score_is_slope(case: FamilyCase) -> Iterator[Comparison]:
    """Score is the slope of the log likelihood, in NumPy and through PyTensor's gradient, and bend that of the score.

    Signs are turned; where the likelihood is not convex bend may lie above.
    """
    law, (y, eta) = case.likelihood, case.table
    one = np.ones_like(y)
    expected = slope(lambda at: law.log_likelihood(y, at, 1.0, one, False), eta, 1e-3 * one)
    within = 1e-9 * (1.0 + np.abs(expected) + np.abs(law.half_deviance(y, eta)) + np.abs(y * eta))
    yield Comparison("score at eta", law.score(y, eta), expected, within, points=eta)
    for phi in case.phis:
        yield Comparison(
            "PyTensor's gradient at eta", case.graph(y, eta, phi, one)[5], expected / phi, within / phi, points=eta
        )
    observed = -slope(partial(law.score, y), eta, 1e-3 * one)
    within = 1e-8 * (1.0 + np.abs(observed) + np.abs(y))
    relation: Relation = "equal to" if law.convex else "at least"
    yield Comparison("bend at eta", law.bend(y, eta), observed, within, relation, points=eta)


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
    """Conjugate(mu) = sup over eta of mu eta - cumulant(eta); without a canonical link fenchel_gap has its place.

    At means and at responses, whose supremum may lie at infinity.
    """
    law = case.likelihood
    if not isinstance(law, Canonical):
        yield from _tangents(case)
        return
    mu = np.unique(np.concatenate([law.mean(ETA), case.table[0]]))
    top = np.array([-minimise(partial(_negative, law, m), GRID)[1] for m in mu])
    yield Comparison("conjugate at mu", law.conjugate(mu), top, 1e-11 * (1.0 + np.abs(top)), points=mu)
    yield Comparison("in_mean_domain at mu", law.in_mean_domain(mu), True, points=mu)


def _tangents(case: FamilyCase) -> Iterator[Comparison]:
    """fenchel_gap at the score of another predictor is what the half deviance is above its tangent there.

    It is infinite where no tangent has the slope, or where the half deviance is not convex.
    """
    law, (y, eta) = case.likelihood, case.table
    other = np.resize(ETA[::-1] + 0.1, eta.size)
    score = law.score(y, other)
    gap, nothing = law.fenchel_gap(y, score, eta), law.fenchel_gap(y, np.full_like(y, np.nan), eta)
    yield Comparison("fenchel_gap of nan", np.isinf(nothing), True, points=eta)
    if not law.convex:
        yield Comparison("fenchel_gap at eta", np.isinf(gap), True, points=eta)
        return
    above = law.half_deviance(y, eta) - law.half_deviance(y, other) + score * (eta - other)
    size = 1.0 + np.abs(law.half_deviance(y, eta)) + np.abs(law.half_deviance(y, other)) + np.abs(score * eta)
    yield Comparison("fenchel_gap at eta", gap, above, 1e-11 * size, points=eta)


@law(look="half_deviance or fenchel_gap")
def half_deviance(case: FamilyCase) -> Iterator[Comparison]:
    """half_deviance >= 0; at a canonical link cumulant - y eta + conjugate(y), and 0 at the mean."""
    law, (y, eta) = case.likelihood, case.table
    got = law.half_deviance(y, eta)
    if not isinstance(law, Canonical):
        yield Comparison("half_deviance at eta", got, 0.0, EPS * (1.0 + np.abs(y * eta)), "at least", points=eta)
        return
    expected = law.cumulant(eta) - y * eta + law.conjugate(y)
    size = 1.0 + np.abs(law.cumulant(eta)) + np.abs(y * eta)
    yield Comparison("half_deviance at eta", got, expected, EPS * size, points=eta)
    yield Comparison("half_deviance at eta", got, 0.0, EPS * size, "at least", points=eta)
    at_mean = law.half_deviance(law.mean(ETA), ETA)
    yield Comparison("half_deviance(mean(eta), eta) at eta", at_mean, 0.0, EPS * 30.0, points=ETA)
    yield from _tangents(case)


@law(look="log_normalizer")
def total_probability(case: FamilyCase) -> Iterator[Comparison]:
    """exp(log_likelihood) sums or integrates to 1 over the support."""
    for phi in case.phis:
        for eta in ETA:
            total = _expectation(case, float(eta), phi)
            yield Comparison(f"total probability at phi={phi:g}, eta={eta:g}", total, 1.0, 1e-10)


@law(look="log_normalizer")
def weights(case: FamilyCase) -> Iterator[Comparison]:
    """W copies weigh w times; without a dispersion a weight multiplies; precision weights divide phi."""
    law, (y, eta) = case.likelihood, case.table
    one = np.ones_like(y)
    for phi in case.phis:
        for w in (0.0, 1.0, 2.0, 7.0):
            if law.counts_trials:
                yield from _trials(law, w)
                continue
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


def _trials(law: Likelihood, w: float) -> Iterator[Comparison]:
    """A weight is a number of trials: the proportions of so many have total probability 1, and each weighs w times."""
    y = np.arange(w + 1.0) / max(w, 1.0)
    for eta in ETA:
        total = np.exp(law.log_likelihood(y, np.float64(eta), 1.0, np.float64(w), True)).sum()
        yield Comparison(f"total probability of {w:g} trials at eta={eta:g}", total, 1.0, 1e-12)


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
    """Draws have mean mu and variance phi * variance(mu).

    4,000 draws a mean; thresholds at a family-wise error of 1e-6 (Bonferroni over all comparisons).
    """
    law, rng = case.likelihood, np.random.default_rng(case.seed)
    z = norm.isf(FALSE_ALARM / (4.0 * ETA.size * len(case.phis)))
    mu = law.mean(ETA)
    variance = law.variance(mu)
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
