"""The columns of a model in the coordinates that its laws act on, and the way back to coefficients."""

from __future__ import annotations

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.gibbs.blocks import Blocks
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import make_problem


def make_columns(design: Design, resolved: Resolved, blocks: Blocks) -> np.ndarray:
    """Return the columns (n, m) of penalised coordinates, then of flat coefficients, all centred."""
    problem = make_problem(design, resolved)
    centred = np.zeros((design.n, problem.q))
    centred[:, problem.kept] = as_array(problem.Z) * problem.size
    return np.concatenate([blocks.columns(centred), centred[:, blocks.flat]], axis=1)


def coordinates_of(blocks: Blocks, resolved: Resolved, beta: np.ndarray) -> np.ndarray:
    """Return what the laws act on, then flat coefficients of centred columns (k, m), from coefficients (k, q)."""
    centred = beta.copy()
    if resolved.intercept:
        centred[:, 0] += beta @ resolved.center
    parts = []
    for block in blocks.blocks:
        part, change = centred[:, block.piece.at], block.piece.map
        parts.append(part if change is None else part * change if change.ndim == 1 else part @ change.T)
    return np.concatenate([*parts, centred[:, blocks.flat]], axis=1)


def coefficients_of(blocks: Blocks, resolved: Resolved, w: np.ndarray) -> np.ndarray:
    """Return coefficients (..., q) on the user's scale from coordinates (..., m)."""
    beta = blocks.coefficients(w[..., : blocks.size], len(resolved.coefficients))
    beta[..., blocks.flat] = w[..., blocks.size :]
    if resolved.intercept:
        beta[..., 0] -= beta @ resolved.center
    return beta
