r"""The strength at the maximum of the evidence, where the evidence has no closed form: EM with draws.

With ``x`` the log of the factor of all strengths, Fisher's identity gives the slope of the log evidence and Louis'
its curvature from draws of the posterior at that factor,

    d log p(y | x) / dx = E[l'],    d^2 log p(y | x) / dx^2 = E[l''] + Var[l'],    l = log p(b | sigma, x).

Under absolute values ``l' = p - lam ||b||_1 / phi``, so that the slope is zero where ``lam / phi = p / E ||b||_1``: the
EM algorithm of Park and Casella, whose step is ``-E[l'] / E[l'']``. Where the evidence is concave, Newton's step with
the whole curvature, at most four times as long, takes its place.

References
----------
Casella (2001), Empirical Bayes Gibbs sampling. Park and Casella (2008), The Bayesian lasso. Louis (1982), Finding the
observed information matrix when using the EM algorithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.bands.monitors import least_ess
from bayesreg.posterior.bands.prior import log_priors
from bayesreg.posterior.bands.runs import Draws, Runner
from bayesreg.resolved import Resolved

APART = 1e-3
"""Distance of the log factors that derivatives of the log prior are taken from."""
LONGEST, GAIN = 1.5, 4.0
"""Longest step on the log scale; how many EM steps a Newton step may be."""
MOST_RUNS = 30
NEAR = 1.0
"""Standard errors of a step within which it is noise."""


@final
@dataclass(frozen=True)
class Slope:
    """The log evidence near a factor, from draws.

    Attributes
    ----------
    x : float
        The log factor.
    slope, curvature : float
        In ``x``.
    error : float
        Monte Carlo standard error of the slope.
    em : float
        The EM step.
    """

    x: float
    slope: float
    curvature: float
    error: float
    em: float

    @property
    def step(self) -> float:
        """What to add to ``x``: Newton's step where the evidence is concave, within reach of the EM step."""
        concave = self.curvature < 0.0
        newton = -self.slope / self.curvature if concave else GAIN * self.em
        return float(np.clip(newton, -min(GAIN * abs(self.em), LONGEST), min(GAIN * abs(self.em), LONGEST)))

    @property
    def step_error(self) -> float:
        """Monte Carlo standard error of the step."""
        return self.error / abs(self.curvature) if self.curvature < 0.0 else np.inf


@final
@dataclass(frozen=True)
class Climb:
    """The way to the maximum.

    Attributes
    ----------
    found : tuple of Slope
    ok : bool
        Whether the last step was within its noise; else the way ended at a limit, or was too long.
    engine : str
    """

    found: tuple[Slope, ...]
    ok: bool
    engine: str

    @property
    def x(self) -> float:
        """The log factor at the maximum: the mean of the last runs' estimates, by their precision."""
        return float(self._weights @ [one.x + one.step for one in self._last]) if self.ok else self.found[-1].x

    @property
    def error(self) -> float:
        """Monte Carlo standard error of `x`."""
        return float(1.0 / np.sqrt(sum(one.step_error**-2 for one in self._last)))

    @property
    def spread(self) -> float:
        """The standard deviation of the log strength that the curvature of the evidence stands for."""
        last = self.found[-1]
        return float(1.0 / np.sqrt(-last.curvature)) if last.curvature < 0.0 else LONGEST

    @property
    def _last(self) -> tuple[Slope, ...]:
        """The runs whose steps were within their noise."""
        return tuple(one for one in self.found if abs(one.step) <= NEAR * one.step_error) or self.found[-1:]

    @property
    def _weights(self) -> np.ndarray:
        precision = np.array([one.step_error**-2 for one in self._last])
        return np.asarray(precision / precision.sum())


def climb(resolved: Resolved, short: Runner, long: Runner, start: float, limits: tuple[float, float]) -> Climb:
    """Return the way to the maximum of the evidence over the factor of all strengths.

    Parameters
    ----------
    resolved : Resolved
    short, long : callable
        Draws from a model of given strengths, few on the way and more from where a step is within its noise.
    start : float
        The first log factor.
    limits : tuple of float
        Smallest and largest log factor.
    """
    x, found, calm = start, [], False
    for place in range(MOST_RUNS):
        draws = (long if calm else short)(resolved.multiplied(float(np.exp(x))), place)
        found.append(slope_of(resolved, x, draws))
        last = found[-1]
        near = abs(last.step) <= NEAR * last.step_error and last.curvature < 0.0
        if near and calm:
            return Climb(tuple(found), True, draws.engine)
        calm = calm or near
        after = float(np.clip(x + last.step, *limits))
        if after == x:
            break
        x = after
    return Climb(tuple(found), False, draws.engine)


def slope_of(resolved: Resolved, x: float, draws: Draws) -> Slope:
    """Return slope and curvature of the log evidence at a log factor from draws there."""
    at = [resolved.multiplied(float(np.exp(x + away))) for away in (-APART, 0.0, APART)]
    below, here, above = log_priors(at, *draws.pooled)
    first, second = (above - below) / (2.0 * APART), (above - 2.0 * here + below) / APART**2
    ess = least_ess(first.reshape(*draws.beta.shape[:2], 1))
    slope, bend = float(first.mean()), float(second.mean())
    spread = float(first.var())
    return Slope(x, slope, bend + spread, float(np.sqrt(spread / ess)), -slope / bend)
