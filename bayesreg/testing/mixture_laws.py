"""Laws of representations: a scale mixture must have the stated marginal, in NumPy and in a graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binom

from bayesreg.penalties import Penalty, Strength
from bayesreg.penalties.mixture import Mixture
from bayesreg.testing.case import PenaltyCase, show, unit
from bayesreg.testing.joint_case import JointCase
from bayesreg.testing.laws import Comparison, law
from bayesreg.xp import NUMPY, pytensor_namespace

DRAWS = 20_000
FALSE_ALARM = 1e-6
PROBS = (0.25, 0.5, 0.95)
WIDTH = 3
"""Coefficients of a separable law that a mixture is drawn for."""


class View(NamedTuple):
    """A law on ``d`` coefficients at one strength, with its mixture."""

    at: str
    law: Penalty
    strength: Strength
    d: int
    mixture: Mixture


def _views(case: Any) -> Iterator[View]:
    if isinstance(case, PenaltyCase):
        found = case.penalty.mixture()
        if found is not None:
            for s in case.strengths:
                yield View(show(s), case.penalty, s, WIDTH, found)
    elif isinstance(case, JointCase):
        for block, s in case.each(at_most=3):
            found = block.law.mixture()
            if found is not None:
                yield View(block.at(s), block.law, s, block.d, found)


def has_mixture(case: Any) -> bool:
    """Whether there is a mixture in use."""
    return next(_views(case), None) is not None


def _values(view: View, seed: int, count: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng([seed, view.d])
    return dict(view.mixture.draw_latents(view.strength, rng, (count, view.d)))


@law(look="mixture: its sd", applies=has_mixture)
def mixture_scaling(case: Any) -> Iterator[Comparison]:
    """In other units of the coefficient the conditional sd changes by the unit, unless the latents do."""
    for view in _views(case):
        values = _values(view, case.seed, 5)
        sd = np.asarray(view.mixture.sd(values, view.strength, NUMPY))
        yield Comparison(f"{view.at}, sd", sd, 0.0, relation="at least")
        if view.mixture.tilt is None and view.mixture.latents:
            got = view.mixture.sd(values, view.strength.scaled(7.0), NUMPY)
            yield Comparison(f"{view.at}, sd in other units", got, sd / 7.0, 1e-12 * sd)


@law(look="mixture: its sd or tilt, or a latent's log_density: call only xp's functions", applies=has_mixture)
def mixture_graph(case: Any) -> Iterator[Comparison]:
    """The conditional sd and the density of the latents are the same in NumPy and in PyTensor."""
    for view in _views(case):
        if not view.mixture.continuous:
            continue
        values = {name: np.asarray(value[0], dtype=float) for name, value in _values(view, case.seed, 1).items()}
        sd, density = _in_graph(view, values)
        expected = np.asarray(view.mixture.sd(values, view.strength, NUMPY))
        yield Comparison(f"{view.at}, sd", sd, expected, 1e-13 * expected)
        log_density = float(np.sum(view.mixture.log_density(values, view.strength)))
        yield Comparison(f"{view.at}, density of latents", density, log_density, 1e-11 * (1.0 + abs(log_density)))


def _in_graph(view: View, values: dict[str, np.ndarray]) -> tuple[np.ndarray, float]:
    import pytensor
    import pytensor.tensor as pt

    xp = pytensor_namespace()
    latents = {name: pt.tensor(name, dtype="float64", shape=value.shape) for name, value in values.items()}
    strength = Strength(pt.dscalar("rate"), pt.dscalar("precision"))
    sd = pt.as_tensor(view.mixture.sd(latents, strength, xp))
    density = pt.as_tensor(view.mixture.log_density(latents, strength, xp)).sum()
    mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
    call = pytensor.function([*latents.values(), *strength], [sd, density], mode=mode, on_unused_input="ignore")
    found = call(*values.values(), float(view.strength.rate), float(view.strength.precision))
    return np.asarray(found[0]), float(found[1])


@law(look="mixture, or _value", applies=lambda case: has_mixture(case) and not case.penalty.no_density)
def mixture_marginal(case: Any) -> Iterator[Comparison]:
    """The mixture's marginal is the density: for one coefficient, by quadrature over the latents, to 1e-7."""
    for view in _views(case):
        joint = isinstance(case, JointCase)
        if joint and (view.d > 1 or view.strength is not case.blocks[0].strengths[0]):
            continue
        points = unit(view.strength) * np.array([0.3, 2.5] if joint else [0.05, 0.3, 1.0, 2.5])
        got = view.mixture.marginal(points, view.strength)
        at = points if isinstance(case, PenaltyCase) else points[:, None]
        expected = np.exp(np.asarray(view.law.log_prior(at, view.strength)))
        yield Comparison(f"{view.at}, density at", got, expected, 1e-7 * expected, points=points)


@law(look="mixture, or absolute_quantile", applies=has_mixture)
def mixture_draws(case: Any) -> Iterator[Comparison]:
    """Draws of the mixture follow the marginal: quantiles of the size of every coefficient.

    20,000 draws; thresholds at a family-wise error of 1e-6 (Bonferroni over all comparisons).
    """
    views = list(_views(case))
    level = FALSE_ALARM / (2.0 * len(PROBS) * sum(view.d for view in views))
    for view in views:
        draws = np.abs(view.mixture.draw(view.strength, np.random.default_rng([case.seed, 3]), (DRAWS, view.d)))
        for prob in PROBS:
            ends = np.broadcast_to(_quantile(view, prob), (view.d,))
            low, high = binom.ppf(level, DRAWS, prob) / DRAWS, binom.isf(level, DRAWS, prob) / DRAWS
            share = (draws <= ends).mean(axis=0)
            yield Comparison(f"{view.at}, share below quantile {prob}", share, low, relation="at least")
            yield Comparison(f"{view.at}, share below quantile {prob}", share, high, relation="at most")


def _quantile(view: View, prob: float) -> np.ndarray:
    return np.asarray(view.law.absolute_quantile(prob, view.strength))


@law(look="mixture, or absolute_moments", applies=has_mixture)
def mixture_moments(case: Any) -> Iterator[Comparison]:
    """The mean of the conditional variance is the second moment, where the fourth moment exists to judge it by."""
    for view in _views(case):
        second = np.broadcast_to(view.law.absolute_moments(view.strength)[1], (view.d,))
        variance = np.asarray(view.mixture.sd(_values(view, case.seed + 1, DRAWS), view.strength, NUMPY)) ** 2
        variance = np.broadcast_to(variance, (variance.shape[0] if variance.ndim > 1 else 1, view.d))
        if np.isfinite(second).all() and view.law.traits.convex:
            error = 5.5 * variance.std(axis=0) / np.sqrt(variance.shape[0])
            yield Comparison(f"{view.at}, mean variance", variance.mean(axis=0), second, error + 1e-12 * second)


LAWS = (mixture_scaling, mixture_graph, mixture_marginal, mixture_draws, mixture_moments)
