"""Laws as normals given latent variables, one family of laws a file, one table of them."""

from __future__ import annotations

from bayesreg.posterior.gibbs.conditionals.base import Conditional, LocalScaleConditional, State
from bayesreg.posterior.gibbs.conditionals.indicators import CollapsedIndicators
from bayesreg.posterior.gibbs.conditionals.table import can_sample, conditional_of

__all__ = ["CollapsedIndicators", "Conditional", "LocalScaleConditional", "State", "can_sample", "conditional_of"]
