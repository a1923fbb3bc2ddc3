"""Bernoulli family, probit link: ``P(y = 1) = Phi(eta)``, the sign of ``eta`` plus a standard normal error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import ndtri

from bayesreg.families.base import Likelihood
from bayesreg.families.bernoulli import check_binary
from bayesreg.xp import NUMPY, Array, Namespace

ROOT = float(np.sqrt(0.5))
LEVEL = float(np.sqrt(2.0 / np.pi))
STEPS = 60
"""Newton steps for the conjugate; a few are taken."""


@final
@dataclass(frozen=True)
class Probit(Likelihood):
    """``y`` is 1 with probability ``Phi(eta)``, else 0; a weight multiplies the log likelihood.

    A row's loss is ``-log Phi(t)`` with ``t = eta`` where ``y`` is 1 and ``-eta`` where it is 0, which is convex.
    """

    name = "bernoulli"
    label = "bernoulli (probit)"
    link = "probit"
    has_dispersion = False
    effect = ""

    def half_deviance(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        return -log_cdf((2.0 * y - 1.0) * eta, xp)

    def score(self, y: Array, eta: Array, xp: Namespace = NUMPY) -> Array:
        return y * mills(eta, xp) - (1.0 - y) * mills(-eta, xp)

    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.exp(log_cdf(eta, xp))

    def link_function(self, mu: np.ndarray) -> np.ndarray:
        return np.asarray(ndtri(mu))

    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return mills(eta, xp) * mills(-eta, xp)

    def bend(self, y: Array, eta: Array) -> Array:
        t = (2.0 * y - 1.0) * eta
        ratio = mills(t)
        return ratio * np.maximum(ratio + t, 0.0)

    def variance(self, mu: np.ndarray) -> np.ndarray:
        return mu * (1.0 - mu)

    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        return 0.0 * y

    def check_response(self, y: np.ndarray, name: str) -> None:
        check_binary(y, name)

    def fenchel_gap(self, y: np.ndarray, residual: np.ndarray, eta: np.ndarray) -> np.ndarray:
        """With ``z`` where the slope is that of the dual point it is ``log Phi(z) - log Phi(t) + r (t - z)``."""
        sign = 2.0 * y - 1.0
        t, r = sign * eta, sign * residual
        inside = r > 0.0
        z = where_mills(np.where(inside, r, 1.0), t)
        gap = np.maximum(log_cdf(z) - log_cdf(t) + r * (t - z), 0.0)
        return np.where(inside, gap, np.where(r == 0.0, -log_cdf(t), np.inf))

    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return (rng.random(mean.shape) < mean).astype(float)


def log_cdf(x: Array, xp: Namespace = NUMPY) -> Array:
    """Return ``log Phi(x)``, elementwise, to rounding in both tails."""
    above, below = xp.where(x > 0.0, x, 0.0), xp.where(x > 0.0, 0.0, x)
    upper = xp.log1p(-0.5 * xp.erfcx(ROOT * above) * xp.exp(-0.5 * above * above))
    return xp.where(x > 0.0, upper, xp.log(0.5 * xp.erfcx(-ROOT * below)) - 0.5 * below * below)


def mills(x: Array, xp: Namespace = NUMPY) -> Array:
    """Return the inverse Mills ratio ``phi(x) / Phi(x)``, elementwise."""
    return LEVEL / xp.erfcx(-ROOT * x)


def where_mills(ratio: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return where the inverse Mills ratio has the values ``ratio > 0``, by Newton steps on its concave logarithm."""
    z = np.array(np.broadcast_to(start, ratio.shape), dtype=float)
    target = np.log(ratio) + 0.5 * np.log(2.0 * np.pi)
    for _ in range(STEPS):
        excess = -0.5 * z * z - log_cdf(z) - target
        step = excess / np.maximum(z + mills(z), 1.0 / (1.0 + np.abs(z)) ** 2)
        z = z + step
        if np.all(np.abs(step) <= 1e-13 * (1.0 + np.abs(z))):
            break
    return z
