"""Corrections of the likelihood of a whole model, beside the penalties of its coefficients."""

from __future__ import annotations

from bayesreg.corrections.firth import Correction, Firth, jeffreys, refuse_others, without_correction

__all__ = ["Correction", "Firth", "jeffreys", "refuse_others", "without_correction"]
