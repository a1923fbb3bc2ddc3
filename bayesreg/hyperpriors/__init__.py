"""Priors of a strength: what `sample` learns it under, as data that every engine reads."""

from __future__ import annotations

from bayesreg.hyperpriors.base import Hyperprior, check_parameters
from bayesreg.hyperpriors.predictor import R2, PenalizedComplexity
from bayesreg.hyperpriors.scales import Gamma, HalfCauchy, HalfNormal
from bayesreg.hyperpriors.user import UserHyperprior

__all__ = [
    "R2",
    "Gamma",
    "HalfCauchy",
    "HalfNormal",
    "Hyperprior",
    "PenalizedComplexity",
    "UserHyperprior",
    "check_parameters",
]
