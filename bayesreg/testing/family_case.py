"""A likelihood with the points at which its laws are checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from bayesreg.errors import DataError
from bayesreg.families import Likelihood
from bayesreg.xp import pytensor_namespace

ETA = np.array([-3.0, -1.0, -0.3, 0.0, 0.3, 1.0, 3.0])
CANDIDATES = (0.0, 1.0, 2.0, 5.0, 0.5, -1.7)
TRIALS = 6
"""Trials of a response that is a proportion."""
COUNTS = 2000


@final
@dataclass(frozen=True, eq=False)
class FamilyCase:
    """What the laws of likelihoods are checked on.

    Attributes
    ----------
    likelihood : Likelihood
    seed : int
    """

    likelihood: Likelihood
    seed: int

    def allows(self, y: float) -> bool:
        """Whether ``y`` is in the support, as `check_response` says."""
        try:
            self.likelihood.check_response(np.array([y]), "y")
        except DataError:
            return False
        return True

    @property
    def discrete(self) -> bool:
        """Whether the response is a count or a proportion: a half is outside the support, or of several trials."""
        return self.likelihood.counts_trials or not self.allows(0.5)

    def support(self) -> np.ndarray:
        """Every response of a count or of a proportion of `TRIALS` trials (m,)."""
        if self.likelihood.counts_trials:
            return np.arange(TRIALS + 1.0) / TRIALS
        return np.array([k for k in range(COUNTS) if self.allows(float(k))], dtype=float)

    @property
    def weight(self) -> float:
        """The weight of such a response."""
        return float(TRIALS) if self.likelihood.counts_trials else 1.0

    @property
    def phis(self) -> tuple[float, ...]:
        """Dispersions to check at."""
        return (0.3, 1.0, 4.0) if self.likelihood.has_dispersion else (1.0,)

    @cached_property
    def table(self) -> tuple[np.ndarray, np.ndarray]:
        """Every allowed response with every linear predictor: y (m,), eta (m,)."""
        y = np.array([value for value in CANDIDATES if self.allows(value)])
        grid = np.array(np.meshgrid(y, ETA)).reshape(2, -1)
        return grid[0], grid[1]

    @cached_property
    def graph(self) -> Callable[..., list[np.ndarray]]:
        """Half deviance, mean, curvature, log likelihoods (both kinds of weights) and their slope, in PyTensor."""
        import pytensor
        import pytensor.tensor as pt

        xp, law = pytensor_namespace(), self.likelihood
        y, eta, w = pt.vector("y"), pt.vector("eta"), pt.vector("w")
        phi = pt.scalar("phi")
        rows = [law.log_likelihood(y, eta, phi, w, frequency, xp) for frequency in (False, True)]
        slope = pytensor.gradient.grad(rows[0].sum(), eta)
        outputs: list[Any] = [law.half_deviance(y, eta, xp), law.mean(eta, xp), law.curvature(eta, xp), *rows, slope]
        mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
        return pytensor.function([y, eta, phi, w], outputs, mode=mode, on_unused_input="ignore")
