"""Choosing the strength: scores over folds, criteria, and what has a closed form on the strength axis."""

from __future__ import annotations

from bayesreg.select.ridge import RidgeCurve, is_ridge, ridge_curve

__all__ = ["RidgeCurve", "is_ridge", "ridge_curve"]
