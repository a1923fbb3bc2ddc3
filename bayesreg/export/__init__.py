"""A model as text of another package: PyMC, Stan, brms, Bambi, glmnet, scikit-learn, statsmodels.

What is written is what a person of that package would write; it runs, and it has the same posterior, or the same
mode. What a target can not say is refused with the reason, by one table.
"""

from __future__ import annotations

from bayesreg.export.table import FEATURES, TARGETS, Cell, export_table
from bayesreg.export.write import export_model

__all__ = ["FEATURES", "TARGETS", "Cell", "export_model", "export_table"]
