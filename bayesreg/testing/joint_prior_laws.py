"""Laws of joint penalties as distributions: normaliser, moments, quantiles, draws, mixtures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import binom, norm

from bayesreg.penalties import Strength
from bayesreg.testing.case import unit
from bayesreg.testing.joint_case import Block, JointCase
from bayesreg.testing.laws import Comparison, law

DRAWS = 20_000
FALSE_ALARM = 1e-6
PROBS = (0.25, 0.5, 0.95)


def is_proper(case: JointCase) -> bool:
    """Whether the penalty says that it is a distribution."""
    return case.proper


def has_density(case: JointCase) -> bool:
    """Whether it is a distribution whose density can be evaluated."""
    return case.proper and case.has_value


@law(look="_log_normalizer", applies=has_density)
def joint_normalizer(case: JointCase) -> Iterator[Comparison]:
    """For one and two coefficients log_normalizer = log of the integral of exp(-value).

    By Gauss-Legendre rules on panels that end where a kink may be (the axes and the diagonals), in polar
    coordinates for two; 1e-10 is allowed.
    """
    for block, s in case.each():
        if block.d <= 2:
            yield Comparison(block.at(s), float(block.law.log_normalizer(s)), np.log(_integral(block, s)), 1e-10)


def _integral(block: Block, strength: Strength) -> float:
    """Return the integral over the line or the plane: along rays, then over their directions."""
    radii, radial = _panels(unit(strength) * np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 41)]))
    if block.d == 1:
        directions, weights = np.array([[-1.0], [1.0]]), np.ones(2)
    else:
        angles, weights = _panels(np.linspace(0.0, 2.0 * np.pi, 17))
        directions = np.column_stack([np.cos(angles), np.sin(angles)])
        radial = radial * radii
    density = np.exp(-block.law.value(radii[:, None, None] * directions, strength))
    return float(radial @ density @ weights)


def _panels(breaks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes and weights of Gauss-Legendre rules between consecutive breaks."""
    nodes, weights = np.polynomial.legendre.leggauss(20)
    half, middle = 0.5 * np.diff(breaks), 0.5 * (breaks[1:] + breaks[:-1])
    return (middle[:, None] + half[:, None] * nodes).ravel(), (half[:, None] * weights).ravel()


@law(look="_draw, absolute_moments or absolute_quantile", applies=is_proper)
def joint_draws(case: JointCase) -> Iterator[Comparison]:
    """Draws of every coefficient follow its marginal: mean square, quantiles of the size, signs.

    20,000 draws a block; thresholds at a family-wise error of 1e-6 (Bonferroni over all comparisons).
    """
    comparisons = sum(block.d for block in case.blocks) * (2 + len(PROBS)) * 2
    level = FALSE_ALARM / (2.0 * comparisons)
    for block, s in case.each():
        draws = block.law.draw(s, np.random.default_rng([case.seed, block.d]), (DRAWS, block.d))
        yield Comparison(f"{block.at(s)}, shape of draws", draws.shape, (DRAWS, block.d))
        second = np.broadcast_to(block.law.absolute_moments(s)[1], (block.d,))
        for j in range(block.d):
            at = f"{block.at(s)}, coefficient {j}"
            if np.isfinite(second[j]) and case.penalty.traits.convex:
                square = draws[:, j] ** 2
                within = float(norm.isf(level)) * square.std() / np.sqrt(DRAWS)
                yield Comparison(f"{at}, mean square", square.mean(), second[j], within)
            for prob in PROBS:
                end = np.broadcast_to(block.law.absolute_quantile(prob, s), (block.d,))[j]
                yield from _share(
                    f"{at}, share below quantile {prob}", np.mean(np.abs(draws[:, j]) <= end), prob, level
                )
            yield from _share(f"{at}, share below 0", float(np.mean(draws[:, j] < 0.0)), 0.5, level)


def _share(at: str, got: float, prob: float, level: float) -> Iterator[Comparison]:
    low, high = binom.ppf(level, DRAWS, prob) / DRAWS, binom.isf(level, DRAWS, prob) / DRAWS
    yield Comparison(at, got, low, relation="at least")
    yield Comparison(at, got, high, relation="at most")


@law(look="_draw, or _log_normalizer", applies=has_density)
def joint_virial(case: JointCase) -> Iterator[Comparison]:
    """Over draws the mean of d value(t b) / dt at t = 1 is the number of coefficients, by integration by parts."""
    for block, s in case.each():
        draws = block.law.draw(s, np.random.default_rng([case.seed, 7, block.d]), (DRAWS, block.d))
        h = 1e-4
        radial = (block.law.value((1.0 + h) * draws, s) - block.law.value((1.0 - h) * draws, s)) / (2.0 * h)
        within = float(norm.isf(FALSE_ALARM / 20.0)) * radial.std() / np.sqrt(DRAWS)
        yield Comparison(block.at(s), radial.mean(), block.d, within + 1e-6 * block.d)


LAWS = (joint_normalizer, joint_draws, joint_virial)
