"""Bernoulli family, logit link: ``b(eta) = log(1 + exp(eta))``, ``phi = 1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import logit

from bayesreg.families.base import Likelihood, refuse_outside
from bayesreg.xp import NUMPY, Array, Namespace


@final
@dataclass(frozen=True)
class Bernoulli(Likelihood):
    """``y`` is 1 with probability ``1 / (1 + exp(-eta))``, else 0; a weight multiplies the log likelihood."""

    name = "bernoulli"
    link = "logit"
    has_dispersion = False
    effect = "odds ratio"

    def cumulant(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.softplus(eta)

    def conjugate(self, mu: Array, xp: Namespace = NUMPY) -> Array:
        return xp.xlogy(mu, mu) + xp.xlogy(1.0 - mu, 1.0 - mu)

    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.expit(eta)

    def link_function(self, mu: np.ndarray) -> np.ndarray:
        return np.asarray(logit(mu))

    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.expit(eta) * xp.expit(-eta)

    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        return 0.0 * y

    def check_response(self, y: np.ndarray, name: str) -> None:
        allowed = (y == 0.0) | (y == 1.0)
        remedy = "Recode it, or give a two-level text, categorical or boolean column (its last level is the event)."
        refuse_outside(y, allowed, name, self.name, "0 and 1", remedy)

    def in_mean_domain(self, mu: np.ndarray) -> np.ndarray:
        return (mu >= 0.0) & (mu <= 1.0)

    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return (rng.random(mean.shape) < mean).astype(float)
