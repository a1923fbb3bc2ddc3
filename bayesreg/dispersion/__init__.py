"""The dispersion: its one estimate per model, and the priors on sigma used when it is sampled."""

from __future__ import annotations

from bayesreg.dispersion.priors import Exponential, HalfT, InverseGamma, Jeffreys, SigmaPrior
from bayesreg.dispersion.reml import estimate_dispersion, reml_dispersion

__all__ = ["Exponential", "HalfT", "InverseGamma", "Jeffreys", "SigmaPrior", "estimate_dispersion", "reml_dispersion"]
