"""Pictures: forests, strength axes, paths, choices of a strength, prior predictions, without pyplot's global state."""

from __future__ import annotations

from bayesreg.plots.bands import coefficient_bands
from bayesreg.plots.calibration import calibration
from bayesreg.plots.forest import forest
from bayesreg.plots.inflation import inflation_forest
from bayesreg.plots.path import coefficient_path
from bayesreg.plots.predictive_check import predictive_check
from bayesreg.plots.prior_predictive import prior_predictive
from bayesreg.plots.selection import selection_curve
from bayesreg.plots.strength import strength_axis

__all__ = [
    "calibration",
    "coefficient_bands",
    "coefficient_path",
    "forest",
    "inflation_forest",
    "predictive_check",
    "prior_predictive",
    "selection_curve",
    "strength_axis",
]
