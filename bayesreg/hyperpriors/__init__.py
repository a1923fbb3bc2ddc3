"""Priors of a strength: what `sample` learns it under, as data that every engine reads."""

from __future__ import annotations

from bayesreg.hyperpriors.base import Hyperprior

__all__ = ["Hyperprior"]
