"""The parameter that a likelihood has beside its linear predictor, where it is no dispersion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.hyperpriors import Hyperprior
from bayesreg.xp import NUMPY, Array, Namespace


@final
@dataclass(frozen=True)
class Nuisance:
    """The shape of negative binomial counts, or the scale of Student-t errors.

    Attributes
    ----------
    name : {"shape", "sigma"}
    value : float
        Where modes are found: given, or estimated once a model.
    rule : str
        Where the value comes from, as a phrase.
    sampled : bool
        Whether posteriors sample it; else it is fixed at ``value``.
    prior : Hyperprior or None
        The prior of ``shape^(-1/2)``, the standard deviation of what multiplies the means; None for sigma, whose prior
        is that of the model, and where it is fixed.
    """

    name: str
    value: float
    rule: str
    sampled: bool
    prior: Hyperprior | None = None

    def log_density(self, shape: Array, xp: Namespace = NUMPY) -> Array:
        """Return the log prior density of the shape, with respect to Lebesgue measure on it."""
        assert self.prior is not None
        return self.prior.log_density(shape**-0.5, xp) - np.log(2.0) - 1.5 * xp.log(shape)
