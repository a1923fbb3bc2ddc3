"""Whether an optimum exists and is unique: rank and separation, by name of the columns at fault."""

from __future__ import annotations

from bayesreg.existence.checks import check_maximum, check_rank, separating_direction

__all__ = ["check_maximum", "check_rank", "separating_direction"]
