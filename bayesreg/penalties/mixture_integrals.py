"""Integrals over the latent variables of a scale mixture: density, distribution and quantiles of a coefficient.

Latent variables are integrated by the trapezoidal rule in ``log x`` (positive) or ``logit x`` (on an interval),
where the integrands are analytic in a strip and decay exponentially: the error of a step ``h`` is of the order of
``exp(-pi^2 / h)`` where the latent variable is a variance, ``exp(-pi^2 / (2 h))`` where it is a standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import betaln, erf, erfc, expit, logsumexp, polygamma, psi

from bayesreg.penalties.latents import Latent
from bayesreg.penalties.mixture import Mixture
from bayesreg.xp import NUMPY

STEP, FINE_STEP = 0.25, 0.125
SMOOTH = ("inverse_gamma", "beta", "beta_prime", "uniform")
"""Laws that the wider step resolves."""
REACH = 700.0
FRACTION = 0.7
"""Widest step in standard deviations of a variable: the trapezoidal rule then errs by exp(-2 pi^2 / 0.49) = 3e-18."""
LOWEST, HIGHEST = -80.0, -100.0
"""Nodes whose log weight is that far below the largest are left out, towards 0 and towards infinity."""
NEGLIGIBLE, ZERO = -110.0, -50.0
"""The same for the weights of all latents together, and for their parts of the density at 0."""


def nodes_of(latent: Latent, *, tilted: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes (m,) and log weights (m,) of one latent variable, as it is for one coefficient.

    A tilt can move mass towards 0: with it more nodes on that side are kept.
    """
    at = latent.parameters
    if latent.support == "binary":
        return np.array([0.0, 1.0]), np.log([1.0 - at["prob"], at["prob"]])
    if latent.support == "simplex":
        if at["size"] == 1.0:
            return np.ones(1), np.zeros(1)
        share = {"a": at["concentration"], "b": (at["size"] - 1.0) * at["concentration"]}
        return nodes_of(Latent(latent.name, "beta", share), tilted=tilted)
    step = STEP if latent.law in SMOOTH else FINE_STEP
    middle, spread = _location(latent)
    narrow = FRACTION * spread < step
    if narrow:
        step, reach = FRACTION * spread, 40.0 * spread + 400.0 * spread**2
        t = middle + step * np.arange(-np.ceil(reach / step), np.ceil(reach / step) + 1.0)
    else:
        t = np.arange(-REACH, REACH + step, step)
    x, log_weight = _transformed(latent, t)
    log_weight = log_weight - logsumexp(log_weight) if narrow else log_weight + np.log(step)
    top = int(np.argmax(log_weight))
    lowest = 2.0 * LOWEST if tilted else LOWEST
    kept = log_weight > log_weight[top] + np.where(np.arange(t.size) < top, lowest, HIGHEST)
    return x[kept], log_weight[kept]


def _location(latent: Latent) -> tuple[float, float]:
    """Return mean and standard deviation of the variable of integration, which large shapes make narrow."""
    at = latent.parameters
    if latent.law in ("beta", "beta_prime"):
        return float(psi(at["a"]) - psi(at["b"])), float(np.sqrt(polygamma(1, at["a"]) + polygamma(1, at["b"])))
    if latent.law == "inverse_gamma":
        return float(np.log(at["scale"]) - psi(at["shape"])), float(np.sqrt(polygamma(1, at["shape"])))
    if latent.law == "gamma":
        return float(psi(at["shape"]) - np.log(at["rate"])), float(np.sqrt(polygamma(1, at["shape"])))
    return 0.0, np.inf


def _transformed(latent: Latent, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the latent variable at ``t``, and the log density of ``t``."""
    at = latent.parameters
    if latent.support == "positive":
        x = np.exp(t)
        with np.errstate(over="ignore"):
            return x, latent.log_density(x) + t
    log_x, log_rest = -np.logaddexp(0.0, -t), -np.logaddexp(0.0, t)
    if latent.law == "beta":
        return expit(t), at["a"] * log_x + at["b"] * log_rest - betaln(at["a"], at["b"])
    return at["lower"] + (at["upper"] - at["lower"]) * expit(t), log_x + log_rest


@final
@dataclass(frozen=True, eq=False)
class Grid:
    """A mixture of finitely many normals that stands for a scale mixture: one coefficient, all latents integrated.

    Attributes
    ----------
    sd : ndarray (m,)
    log_weight : ndarray (m,)
    """

    sd: np.ndarray
    log_weight: np.ndarray

    @classmethod
    def of(cls, mixture: Mixture, strength: Any) -> Grid:
        """Return the grid of a mixture at a scalar strength."""
        tilted = mixture.tilt is not None
        axes = [nodes_of(latent, tilted=tilted) for latent in mixture.latents]
        grids = np.meshgrid(*(x for x, _ in axes), indexing="ij", sparse=True)
        values = {latent.name: grid for latent, grid in zip(mixture.latents, grids, strict=True)}
        log_weight = np.zeros(1)
        for grid in np.meshgrid(*(w for _, w in axes), indexing="ij", sparse=True):
            log_weight = log_weight + grid
        with np.errstate(divide="ignore", over="ignore"):
            sd = np.broadcast_to(mixture.sd(values, strength, NUMPY), log_weight.shape)
            if mixture.tilt is not None:
                log_weight = log_weight + mixture.tilt(values, strength, NUMPY)
            at_zero = np.where(sd > 0.0, log_weight - np.log(sd), -np.inf)
        kept = (log_weight > log_weight.max() + NEGLIGIBLE) | (at_zero > at_zero.max() + ZERO)
        return cls(sd[kept], log_weight[kept])

    def log_density(self, size: Any) -> np.ndarray:
        """Return the log density at ``b = size >= 0`` (and at minus it), elementwise."""
        with np.errstate(divide="ignore"):
            start = self.log_weight - np.log(self.sd) - 0.5 * np.log(2.0 * np.pi)
        flat = np.atleast_1d(np.asarray(size, dtype=float))
        with np.errstate(over="ignore"):
            out = [float(logsumexp(start - 0.5 * (one / self.sd) ** 2)) for one in flat.ravel()]
        return np.reshape(out, np.shape(size))

    def cdf(self, x: float) -> float:
        """Return ``P(|b| <= x)``, to its last digits where it is small."""
        return float(np.exp(self.log_weight) @ erf(x / (np.sqrt(2.0) * self.sd)))

    def tail(self, x: float) -> float:
        """Return ``P(|b| > x)``, to its last digits where it is small."""
        return float(np.exp(self.log_weight) @ erfc(x / (np.sqrt(2.0) * self.sd)))

    def quantile(self, prob: float) -> float:
        """Return the ``x`` with ``P(|b| <= x) = prob``."""
        from scipy.optimize import brentq

        if prob <= 0.0 or prob >= 1.0:
            return 0.0 if prob <= 0.0 else np.inf

        def excess(log_x: float) -> float:
            x = float(np.exp(log_x))
            return self.cdf(x) - prob if prob <= 0.5 else 1.0 - prob - self.tail(x)

        low = high = float(np.log(np.median(self.sd)))
        while excess(low) > 0.0:
            low -= 4.0
        while excess(high) < 0.0:
            high += 4.0
        return float(np.exp(brentq(excess, low, high, xtol=1e-15, rtol=1e-15)))
