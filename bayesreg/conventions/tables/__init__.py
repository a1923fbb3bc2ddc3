"""Other packages' strengths, and our own, as one table: a file a package."""

from __future__ import annotations

from bayesreg.conventions.rows import Convention
from bayesreg.conventions.tables import (
    bambi,
    celer,
    deep,
    glmnet,
    glum,
    own,
    pymc,
    r,
    skglm,
    sklearn,
    stan_packages,
    statsmodels,
    trees,
)

_FILES = (sklearn, glmnet, r, statsmodels, celer, skglm, glum, stan_packages, bambi, pymc, deep, trees, own)

CONVENTIONS: tuple[Convention, ...] = tuple(row for file in _FILES for row in file.ROWS)
"""Every row, package by package; ours last."""

__all__ = ["CONVENTIONS"]
