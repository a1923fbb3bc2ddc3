"""The packages, one file each; a package that is not installed is reported, not left out."""

from __future__ import annotations

from benchmarks.posterior.adapters import bambi, bayesbridge, bayesreg, pymc, rstanarm
from benchmarks.posterior.record import Contestant

MODULES = (bayesreg, bambi, pymc, bayesbridge, rstanarm)
CONTESTANTS: dict[str, Contestant] = {module.CONTESTANT.package: module.CONTESTANT for module in MODULES}

__all__ = ["CONTESTANTS"]
