"""What 0/1 responses and proportions share at the logit link: ``b(eta) = log(1 + exp(eta))``, ``phi = 1``."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from bayesreg.families.base import Canonical
from bayesreg.xp import NUMPY, Array, Namespace


@dataclass(frozen=True)
class Logistic(Canonical, ABC):
    """A trial succeeds with probability ``1 / (1 + exp(-eta))``."""

    link = "logit"
    has_dispersion = False
    effect = "odds ratio"

    def cumulant(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.softplus(eta)

    def conjugate(self, mu: Array, xp: Namespace = NUMPY) -> Array:
        return entropy(mu, xp)

    def mean(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.expit(eta)

    def link_function(self, mu: np.ndarray) -> np.ndarray:
        return np.asarray(logit(mu))

    def curvature(self, eta: Array, xp: Namespace = NUMPY) -> Array:
        return xp.expit(eta) * xp.expit(-eta)

    def in_mean_domain(self, mu: np.ndarray) -> np.ndarray:
        return is_probability(mu)


def entropy(mu: Array, xp: Namespace = NUMPY) -> Array:
    """Return ``mu log mu + (1 - mu) log(1 - mu)``, elementwise."""
    return xp.xlogy(mu, mu) + xp.xlogy(1.0 - mu, 1.0 - mu)


def is_probability(mu: np.ndarray) -> np.ndarray:
    """Return where values are from 0 to 1."""
    return (mu >= 0.0) & (mu <= 1.0)
