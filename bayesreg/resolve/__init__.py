"""From a design, a family and a penalty to `Resolved`: blocks, scales, strengths, and the dispersion when needed."""

from __future__ import annotations

from bayesreg.resolve.build import complete, resolve, resolve_known
from bayesreg.resolve.nuisance import maximum_likelihood
from bayesreg.resolve.phi import is_free_of_phi

__all__ = ["complete", "is_free_of_phi", "maximum_likelihood", "resolve", "resolve_known"]
