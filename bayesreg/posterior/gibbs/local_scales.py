"""Moves of single coefficients' scales with all coefficients integrated out, given sigma and the law's width.

A coefficient that the data leave open, near 0 or not, seldom changes sides when its scale is drawn given its value and
its value given its scale. With the coefficients integrated out the response is ``y ~ N(0, sigma^2 M)``, and a change
of one scale is a change of ``M`` by one direction: some coefficients' scales are drawn so, one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtrs

from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.conditionals import LocalScaleConditional
from bayesreg.posterior.gibbs.coordinates import Coordinates
from bayesreg.posterior.gibbs.streams import Streams

MANY = 16
"""Scales that are drawn in a move."""
CANDIDATES, SPREAD = 32, 4.0
"""Values that a scale is chosen from, and how wide they lie: quantiles of a logistic law of ``log l^2``."""


@final
@dataclass(frozen=True, eq=False)
class LocalScales:
    r"""Draw the local scales ``l_j`` of some coefficients, ``v_j ~ N(0, sigma^2 q l_j^2 / rate_j^2)``.

    Which ones is drawn anew in every move, in proportion to how much of each the data determined while chains were
    tuned. A scale is chosen from the lattice of ``CANDIDATES`` quantiles, equally far apart, that its value now is one
    of, in proportion to its density there times that of the quantiles; the lattice is the same from each of its
    points, so the choice leaves the density unchanged.

    Attributes
    ----------
    coordinates : Coordinates
    law : LocalScaleConditional

    References
    ----------
    Liu and Sabatti (2000), Generalised Gibbs sampler and multigrid Monte Carlo for Bayesian computation. George and
    McCulloch (1997), Approaches for Bayesian variable selection, for choices with coefficients integrated out.
    """

    coordinates: Coordinates
    law: LocalScaleConditional

    def move(
        self, chains: Chains, width: np.ndarray, variance: np.ndarray, spreads: list[np.ndarray], streams: Streams
    ) -> np.ndarray:
        """Draw scales, and change the latents of the chains and ``spreads``; return the prior variances.

        Parameters
        ----------
        chains : Chains
        width : ndarray (K,)
            ``q``.
        variance : ndarray (K, p)
            Prior variances at ``q = 1`` in units of sigma^2.
        spreads : list of K ndarrays (r, r)
            ``X diag(variance) X'``.
        streams : Streams
        """
        K, p = variance.shape
        many = min(MANY, p)
        weights = self._learned(chains, width[:, None] * variance)
        chosen = np.argpartition(streams.exponential(p) / weights, many - 1, axis=1)[:, :many]
        rows = np.arange(K)[:, None]
        state = chains.latents[0]
        log = self.law.log_local(state)
        candidates, gain = self._candidates(log[rows, chosen], streams)
        before = variance[rows, chosen]
        values = before[..., None] * np.exp(candidates - candidates[..., :1])
        gram, score = self._systems(chosen, width, spreads)
        picked = _picked(width[:, None, None] * (values - before[..., None]), gain, gram, score, chains.sigma)
        after = np.take_along_axis(values, picked[..., None], axis=2)[..., 0]
        log = log.copy()
        log[rows, chosen] = np.take_along_axis(candidates, picked[..., None], axis=2)[..., 0]
        variance = variance.copy()
        variance[rows, chosen] = after
        for k, own in enumerate(chosen):
            columns = self.coordinates.data.rows[:, own]
            spreads[k] += (columns * (after[k] - before[k])) @ columns.T
        chains.latents = [self.law.with_log_local(state, log)]
        return variance

    def _learned(self, chains: Chains, variance: np.ndarray) -> np.ndarray:
        """Return the weights (K, p) of the coefficients, the mean share that the data determine; learn in tuning."""
        if chains.weights is None:
            chains.weights, chains.weighed = np.full(variance.shape, 1.0 / variance.shape[1]), 1
        if chains.tuning:
            size = variance * self.coordinates.lengths
            chains.weighed += 1
            chains.weights = chains.weights + (size / (1.0 + size) - chains.weights) / chains.weighed
        return chains.weights

    def _candidates(self, log: np.ndarray, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
        """Return values of ``log l^2`` (K, m, N), those now first, and their log weights with Gumbel deviates added."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            now = 1.0 / (1.0 + np.exp(-log / SPREAD))
            u = (now[..., None] + np.arange(CANDIDATES) / CANDIDATES) % 1.0
            found = SPREAD * np.log(u / (1.0 - u))
            found[..., 0] = log
            gain = self.law.log_local_prior(found) - np.log(u * (1.0 - u))
            gain -= np.log(streams.exponential(*found.shape[1:]))
        return found, np.where(np.isfinite(found) & np.isfinite(gain), gain, -np.inf)

    def _systems(
        self, chosen: np.ndarray, width: np.ndarray, spreads: list[np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return ``X_S' M^-1 X_S`` (K, m, m) and ``X_S' M^-1 y`` (K, m)."""
        X, y = self.coordinates.data.rows, self.coordinates.data.target
        K, many = chosen.shape
        gram, score = np.empty((K, many, many)), np.empty((K, many))
        for k, spread in enumerate(spreads):
            matrix = np.multiply(spread, width[k], order="F")
            matrix.ravel(order="K")[:: y.size + 1] += 1.0
            lower = dpotrf(matrix, lower=1, overwrite_a=1, clean=0)[0]
            both = np.empty((y.size, many + 1), order="F")
            both[:, 0], both[:, 1:] = y, X[:, chosen[k]]
            half = dtrtrs(lower, both, lower=1, overwrite_b=1)[0]
            inner = half[:, 1:].T @ half
            gram[k], score[k] = inner[:, 1:], inner[:, 0]
        return gram, score


def _picked(change: np.ndarray, gain: np.ndarray, gram: np.ndarray, score: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return which candidate (K, m) is taken for each of some coefficients in turn.

    With the variance of a coefficient changed by ``d`` the log density changes by ``- log(1 + d g) / 2 + d h^2 / (2
    sigma^2 (1 + d g))``, where ``g`` and ``h`` are its entries of the Gram matrix and the score.
    """
    K, many, _ = change.shape
    picked, chains = np.zeros((K, many), dtype=int), np.arange(K)
    half = 0.5 / sigma**2
    with np.errstate(all="ignore"):
        for j in range(many):
            inside = 1.0 + change[:, j] * gram[:, j, j, None]
            value = (half * score[:, j] ** 2)[:, None] * change[:, j] / inside - 0.5 * np.log(inside) + gain[:, j]
            picked[:, j] = at = np.where(value < np.inf, value, -np.inf).argmax(axis=1)
            factor = change[chains, j, at] / inside[chains, at]
            column = gram[:, :, j].copy()
            score = score - (factor * score[:, j])[:, None] * column
            gram = gram - (factor[:, None] * column)[:, :, None] * column[:, None, :]
    return picked
