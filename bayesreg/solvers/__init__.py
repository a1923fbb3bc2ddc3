"""Solvers: one algorithm a file, a certificate apart from all of them, and paths over strengths."""

from __future__ import annotations

from bayesreg.solvers.certificate import Certificate
from bayesreg.solvers.mode import Mode, find_mode
from bayesreg.solvers.path import ModePath, find_path

__all__ = ["Certificate", "Mode", "ModePath", "find_mode", "find_path"]
