"""Law checkers: what every penalty and every likelihood must satisfy, for ours and for yours."""

from __future__ import annotations

from bayesreg.testing.checks import check_family, check_penalty
from bayesreg.testing.laws import Report

__all__ = ["Report", "check_family", "check_penalty"]
