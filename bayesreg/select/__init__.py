"""Choosing the strength: folds, scores, and what has a closed form on the strength axis."""

from __future__ import annotations

from bayesreg.select.folds import Folds
from bayesreg.select.ridge import RidgeCurve, is_ridge, ridge_curve

__all__ = ["Folds", "RidgeCurve", "is_ridge", "ridge_curve"]
