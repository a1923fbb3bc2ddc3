"""Strengths on one axis: evidence and leave-one-out accuracy of a ridge in closed form."""

from __future__ import annotations

from bayesreg.select.ridge import RidgeCurve, is_ridge, ridge_curve

__all__ = ["RidgeCurve", "is_ridge", "ridge_curve"]
