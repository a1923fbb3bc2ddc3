"""Pictures: forest plots, strength axes and coefficient paths, drawn without pyplot's global state."""

from __future__ import annotations

from bayesreg.plots.forest import forest
from bayesreg.plots.path import coefficient_path
from bayesreg.plots.strength import strength_axis

__all__ = ["coefficient_path", "forest", "strength_axis"]
