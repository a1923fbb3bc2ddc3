"""Solvers: one algorithm a file, a certificate apart from all of them, and paths over strengths."""

from __future__ import annotations

from bayesreg.solvers.certificate import Certificate
from bayesreg.solvers.found import Mode
from bayesreg.solvers.knots import find_knots
from bayesreg.solvers.mode import find_mode
from bayesreg.solvers.path import ModePath, find_path
from bayesreg.solvers.record import Record

__all__ = ["Certificate", "Mode", "ModePath", "Record", "find_knots", "find_mode", "find_path"]
