"""Bands from a few runs: their draws, weighted for every strength of the grid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np
from scipy.special import logsumexp

from bayesreg.posterior.bands.base import Anchor, Bands
from bayesreg.posterior.bands.mixture import mixture_weights
from bayesreg.posterior.bands.monitors import largest_rhat, least_ess, smooth_weights
from bayesreg.posterior.bands.prior import is_proper, log_priors
from bayesreg.posterior.bands.runs import Draws, Runner
from bayesreg.posterior.psis import KHAT_LIMIT
from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class Weighed:
    """All draws, and what they weigh at each strength.

    Attributes
    ----------
    weights : ndarray (K, S)
        Smoothed, each row of sum 1.
    log_evidence, ess, khat : ndarray (K,)
    """

    weights: np.ndarray
    log_evidence: np.ndarray
    ess: np.ndarray
    khat: np.ndarray

    def is_poor(self, least: float) -> np.ndarray:
        """Return where (K,) more draws are needed: a heavy tail of weights, or too few effective draws."""
        return (self.khat > KHAT_LIMIT) | (self.ess < least)


@final
@dataclass(frozen=True, eq=False)
class ReweightedBands(Bands):
    """Bands from weighted draws.

    Attributes
    ----------
    beta : ndarray (S, q)
        The draws of all anchors.
    weighed : Weighed
    runs : tuple of Anchor
    """

    beta: np.ndarray
    weighed: Weighed
    runs: tuple[Anchor, ...]

    @property
    def mean(self) -> np.ndarray:
        """Posterior means (K, q)."""
        return self.weighed.weights @ self.beta

    @property
    def sd(self) -> np.ndarray:
        """Posterior standard deviations (K, q)."""
        centre = self.weighed.weights @ self.beta
        shift = self.beta.mean(axis=0)
        second = self.weighed.weights @ (self.beta - shift) ** 2
        return np.sqrt(np.maximum(second - (centre - shift) ** 2, 0.0))

    def quantile(self, prob: float) -> np.ndarray:
        """Return posterior quantiles (K, q): the weighted distribution functions of the draws, turned round."""
        found = np.empty((self.weighed.weights.shape[0], self.beta.shape[1]))
        for j, values in enumerate(self.beta.T):
            order = np.argsort(values, kind="stable")
            own = self.weighed.weights[:, order]
            places = np.cumsum(own, axis=1) - 0.5 * own
            found[:, j] = [np.interp(prob, row, values[order]) for row in places]
        return found

    @property
    def log_evidence(self) -> np.ndarray:
        """``log p(y | strength)`` (K,) up to one constant, by bridge sampling."""
        return self.weighed.log_evidence

    @property
    def ess(self) -> np.ndarray:
        """Effective number of draws (K,): that of the weights, autocorrelation counted."""
        return self.weighed.ess

    @property
    def khat(self) -> np.ndarray:
        """Shape of the Pareto tail of the weights (K,)."""
        return self.weighed.khat

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The runs."""
        return self.runs


def reweighted_bands(
    resolved: Resolved, multipliers: np.ndarray, run: Runner, *, limit: int, least: float
) -> ReweightedBands:
    """Run at the ends of the grid, and between two runs wherever their weighted draws do not suffice.

    Parameters
    ----------
    resolved : Resolved
    multipliers : ndarray (K,)
        Of its strengths, in order.
    run : callable
    limit : int
        Most runs.
    least : float
        Effective draws that every strength should have.
    """
    at = [resolved.multiplied(float(factor)) for factor in multipliers]
    done: dict[int, Draws] = {}
    logs: dict[int, np.ndarray] = {}
    records: dict[int, Anchor] = {}
    wanted = list(dict.fromkeys([0, len(at) - 1]))[:limit]
    while True:
        for place in wanted:
            done[place] = run(at[place], place)
            logs[place] = log_priors(at, *done[place].pooled)
            records[place] = _anchor(place, done[place], logs[place][place])
        places = sorted(done)
        anchors = tuple(records[place] for place in places)
        weighed = weigh(np.concatenate([logs[place] for place in places], axis=1), anchors)
        wanted = next_places(weighed.is_poor(least), weighed.ess, places, limit - len(places))
        if not wanted:
            break
    if not is_proper(at[0]):
        weighed = Weighed(weighed.weights, np.full(len(at), np.nan), weighed.ess, weighed.khat)
    return ReweightedBands(np.concatenate([done[place].pooled[0] for place in places]), weighed, anchors)


def weigh(log_q: np.ndarray, anchors: tuple[Anchor, ...]) -> Weighed:
    """Return the weights of all draws at each strength from their log priors (K, S)."""
    sizes = np.array([one.draws for one in anchors])
    logs = mixture_weights(log_q, np.array([one.place for one in anchors]), sizes)
    efficiency = np.repeat(np.array([one.ess for one in anchors]) / sizes, sizes)
    weights, khat = smooth_weights(logs, float(efficiency.mean()))
    # a draw of a chain that is worth r independent ones adds w^2 / r to the variance
    ess = 1.0 / (weights**2 / efficiency).sum(axis=1)
    return Weighed(weights, logsumexp(logs, axis=1), ess, khat)


def next_places(poor: np.ndarray, ess: np.ndarray, places: list[int], left: int) -> list[int]:
    """Return where to run next: the middle of what is poor between two runs, the poorest gaps first.

    Examples
    --------
    >>> poor = np.array([False, True, True, True, False, True, False])
    >>> next_places(poor, np.array([9.0, 5.0, 1.0, 5.0, 9.0, 2.0, 9.0]), [0, 4, 6], left=2)
    [2, 5]
    """
    gaps = []
    for first, last in pairwise(places):
        inside = np.flatnonzero(poor[first + 1 : last]) + first + 1
        if inside.size:
            gaps.append((float(ess[inside].min()), int(inside[inside.size // 2])))
    return sorted(place for _, place in sorted(gaps)[: max(left, 0)])


def _anchor(place: int, draws: Draws, log_prior: np.ndarray) -> Anchor:
    """Return the record of a run; its coefficients, sigma and own log prior are what is monitored."""
    chains, length = draws.beta.shape[:2]
    series = [draws.beta, log_prior.reshape(chains, length, 1)]
    series += [] if draws.sigma is None else [draws.sigma[..., None]]
    every = np.concatenate(series, axis=2)
    moving = every[..., np.ptp(every, axis=(0, 1)) > 0.0]
    return Anchor(
        place, draws.engine, draws.seed, chains * length, least_ess(moving), largest_rhat(moving), draws.divergent
    )
