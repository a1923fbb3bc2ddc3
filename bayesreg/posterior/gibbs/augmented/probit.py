"""Probit likelihoods: the sign of a normal variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.posterior.gibbs.augmented.base import Augmentation
from bayesreg.posterior.gibbs.augmented.truncated import draw_positive
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class ProbitAugmentation(Augmentation):
    """``z ~ N(eta, 1)``, positive where ``y = 1``: ``omega = w`` and ``linear`` the sum of ``w`` such variables.

    Weights are whole numbers of rows with the same response.

    References
    ----------
    Albert and Chib (1993), Bayesian analysis of binary and polychotomous response data.
    """

    y: np.ndarray
    weights: np.ndarray

    def draw(self, eta: np.ndarray, nuisance: np.ndarray, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
        rows = np.repeat(np.arange(self.y.size), self.weights.astype(int))
        sign = np.where(self.y > 0.5, 1.0, -1.0)[rows]
        z = sign * draw_positive(sign * eta[:, rows], streams)
        linear = np.stack([np.bincount(rows, weights=own, minlength=self.y.size) for own in z])
        return np.broadcast_to(self.weights, eta.shape), linear
