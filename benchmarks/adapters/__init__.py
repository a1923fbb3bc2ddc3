"""The packages, one file each; a package that is not installed is reported, not left out."""

from __future__ import annotations

from benchmarks.adapters import adelie, bayesreg, celer, floor, glmnet, glum, scikit_learn, skglm, statsmodels
from benchmarks.adapters.base import Adapter, Setting

MODULES = (bayesreg, floor, scikit_learn, celer, skglm, glum, statsmodels, adelie, glmnet)
ADAPTERS: dict[str, Adapter] = {module.ADAPTER.package: module.ADAPTER for module in MODULES}

__all__ = ["ADAPTERS", "Adapter", "Setting"]
