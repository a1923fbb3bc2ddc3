"""Independence Metropolis for strengths and sigma, where these are too many for a grid.

Proposals are a multivariate t about the mode of their joint density, as wide as its curvature says: Laplace's
approximation of the evidence with heavier tails.

References
----------
Tierney (1994), Markov chains for exploring posterior distributions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import gammaln

from bayesreg.posterior.evidence.density import StrengthDensity
from bayesreg.posterior.evidence.locate import DELTA, find_mode

DF, WIDER, FIRST = 5.0, 1.15, 200
INTEGRAL = 4000


@final
@dataclass(frozen=True, eq=False)
class Proposal:
    """A multivariate t.

    Attributes
    ----------
    centre : ndarray (D,)
    root : ndarray (D, D)
        ``root root'`` is its scale matrix.
    """

    centre: np.ndarray
    root: np.ndarray

    def draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return draws (size, D) and their log densities (size,)."""
        k = self.centre.size
        e = rng.standard_normal((size, k)) / np.sqrt(rng.chisquare(DF, size) / DF)[:, None]
        constant = gammaln(0.5 * (DF + k)) - gammaln(0.5 * DF) - 0.5 * k * np.log(DF * np.pi)
        log_p = constant - float(np.linalg.slogdet(self.root)[1]) - 0.5 * (DF + k) * np.log1p((e**2).sum(1) / DF)
        return self.centre + e @ self.root.T, log_p


@final
@dataclass(frozen=True, eq=False)
class Metropolis:
    """Chains of strengths and sigma.

    Attributes
    ----------
    density : StrengthDensity
    proposal : Proposal
        Of ``x``, and of log sigma relative to its middle where it is sampled.
    """

    density: StrengthDensity
    proposal: Proposal

    def log_density(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log density (s,) and log sigma (s,) at ``y`` (s, D)."""
        return joint(self.density, y)

    def chain(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
        """Return ``y`` (size, D), log sigma (size,) and the share of proposals that were accepted.

        It starts from one of the first proposals, taken by its weight.
        """
        y, log_q = self.proposal.draw(FIRST + size, rng)
        log_p, s = self.log_density(y)
        weight = log_p - log_q
        first = np.exp(weight[:FIRST] - weight[:FIRST].max())
        now = int(rng.choice(FIRST, p=first / first.sum()))
        level, at = -rng.standard_exponential(size), np.empty(size, dtype=int)
        accepted = 0
        for i in range(size):
            if weight[FIRST + i] - weight[now] > level[i]:
                now = FIRST + i
                accepted += 1
            at[i] = now
        return y[at], s[at], accepted / size

    def log_evidence(self) -> tuple[float, float]:
        """Return the log evidence by importance sampling from the proposal, and its standard error."""
        y, log_q = self.proposal.draw(INTEGRAL, np.random.default_rng(0))
        weight = self.log_density(y)[0] - log_q
        top = weight.max()
        share = np.exp(weight - top)
        return float(top + np.log(share.mean())), float(share.std() / share.mean() / np.sqrt(INTEGRAL))


def joint(density: StrengthDensity, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log density and log sigma (s,) at outer coordinates and, last, the inner one (s, D)."""
    o = y[:, : density.outer]
    known = density.evidence(o)
    s = density.sigma_of(o, known[1], y[:, -1] if density.inner else None)
    return density.log_density(o[:, : density.strengths], s, known), s


def make_metropolis(density: StrengthDensity) -> Metropolis:
    """Return chains about the mode of a density."""
    mode, _ = find_mode(density.profile, density.centre())
    if density.inner:
        mode = np.append(mode, 0.0)
    covariance = np.linalg.inv(_curvature(density, mode))
    return Metropolis(density, Proposal(mode, WIDER * np.linalg.cholesky(covariance)))


def _curvature(density: StrengthDensity, mode: np.ndarray) -> np.ndarray:
    """Return minus the second derivatives (D, D) of the log density, by differences, made positive definite."""
    k = mode.size
    steps = np.full(k, DELTA)
    if density.inner:
        steps[-1] = 0.1 / np.sqrt(2.0 * max(density.power, 1.0))
    pairs = [(i, j) for i in range(k) for j in range(i + 1)]
    ends = np.array([(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)])
    points = [mode + a * steps * np.eye(k)[i] + b * steps * np.eye(k)[j] for i, j in pairs for a, b in ends]
    values = joint(density, np.array(points))[0].reshape(len(pairs), 4)
    found = np.empty((k, k))
    for (i, j), (both, first, second, none) in zip(pairs, values, strict=True):
        found[i, j] = found[j, i] = -(both - first - second + none) / (4.0 * steps[i] * steps[j])
    values, vectors = np.linalg.eigh(found)
    return np.asarray((vectors * np.maximum(values, 0.05)) @ vectors.T)
