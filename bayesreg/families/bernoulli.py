"""Bernoulli family, logit link: ``b(eta) = log(1 + exp(eta))``, ``phi = 1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.families.base import refuse_outside
from bayesreg.families.logistic import Logistic
from bayesreg.xp import NUMPY, Array, Namespace


@final
@dataclass(frozen=True)
class Bernoulli(Logistic):
    """``y`` is 1 with probability ``1 / (1 + exp(-eta))``, else 0; a weight multiplies the log likelihood."""

    name = "bernoulli"
    label = "bernoulli"

    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        return 0.0 * y

    def check_response(self, y: np.ndarray, name: str) -> None:
        check_binary(y, name)

    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return (rng.random(mean.shape) < mean).astype(float)


def check_binary(y: np.ndarray, name: str) -> None:
    """Raise `DataError` unless every response is 0 or 1."""
    remedy = (
        "Recode it, or give a two-level text, categorical or boolean column (its last level is the event); for "
        "proportions use family='binomial'."
    )
    refuse_outside(y, (y == 0.0) | (y == 1.0), name, "bernoulli", "0 and 1", remedy)
