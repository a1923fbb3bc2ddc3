"""Other packages' strengths as one table, and what follows from it: conversions, penalties, implied priors."""

from __future__ import annotations

from bayesreg.conventions.convert import convert
from bayesreg.conventions.implied import implied_prior
from bayesreg.conventions.packages import from_package
from bayesreg.conventions.table import CONVENTIONS, table
from bayesreg.conventions.to_package import to_package

__all__ = ["CONVENTIONS", "convert", "from_package", "implied_prior", "table", "to_package"]
