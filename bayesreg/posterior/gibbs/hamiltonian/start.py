"""Where Hamiltonian moves start: the mode of a normal prior as wide as the model's, and the curvature there."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from bayesreg.design import Design
from bayesreg.posterior.gibbs.blocks import Block, Blocks, make_blocks
from bayesreg.posterior.gibbs.hamiltonian.densities import degrees_of, has_slope, potential_of
from bayesreg.posterior.gibbs.hamiltonian.moves import Frame
from bayesreg.posterior.gibbs.hamiltonian.rows import Rows
from bayesreg.posterior.gibbs.hamiltonian.target import Law, Target
from bayesreg.posterior.surrogate import ridge_like
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.mode import find_mode
from bayesreg.solvers.problem import make_problem

FEW = 2
"""So few coefficients do not keep a learned scale from 0, where they and it form a narrow funnel."""


def why_no_hamiltonian(resolved: Resolved) -> str:
    """Return why Hamiltonian moves do not know the density of a model, as a phrase; empty where they do."""
    if resolved.correction is not None:
        return "the likelihood is corrected"
    if resolved.sigma_prior is not None:
        return "sigma is sampled"
    for block in make_blocks(resolved).blocks:
        if not has_slope(block.piece):
            return f"the density of {type(block.piece.law).__name__} has a pole, a limit or no closed form"
    return ""


def make_target(design: Design, resolved: Resolved) -> Target:
    """Return the density of the coefficients and learned scales of a model whose dispersion is known."""
    blocks, sigma = make_blocks(resolved), float(np.sqrt(resolved.phi))
    problem = make_problem(design, resolved)
    centred = np.zeros((design.n, problem.q))
    centred[:, problem.kept] = as_array(problem.Z) * problem.size
    columns = np.concatenate([blocks.columns(centred), centred[:, blocks.flat]], axis=1)
    rows = Rows(columns, problem.y, problem.weights, problem.offset, problem.likelihood, resolved.phi)
    return Target(rows, blocks, tuple(_law(resolved, block, sigma) for block in blocks.blocks))


def _law(resolved: Resolved, block: Block, sigma: float) -> Law:
    potential = potential_of(block.piece, sigma)
    degrees = degrees_of(block.piece) if block.slot >= 0 else 0.0
    return Law(block.at, block.slot, potential, degrees, not potential.bends and _is_centred(resolved, block))


def _is_centred(resolved: Resolved, block: Block) -> bool:
    """Return whether the data say enough about a block for its coordinates to be moved as they are."""
    if block.slot < 0:
        return True
    law, size = block.piece.law, block.piece.at.size
    return FEW < size <= resolved.observations and law.traits.scales_columns


def coordinates_of(blocks: Blocks, resolved: Resolved, beta: np.ndarray) -> np.ndarray:
    """Return what the laws act on, then flat coefficients of centred columns (k, m), from changes of beta (k, q)."""
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


def start_frame(design: Design, resolved: Resolved, target: Target) -> Frame:
    """Return the frame of a normal approximation where the prior is normal, learned scales in their middle."""
    blocks, m = target.blocks, target.width
    w = coordinates_of(blocks, resolved, find_mode(design, ridge_like(resolved)).beta[None])
    log_scale = np.log(blocks.middle())[None]
    position = target.join(w, log_scale)
    change = np.zeros((m, target.size))
    change[:, :m] = np.eye(m)
    prior = np.zeros((target.size, target.size))
    prior[np.arange(m, target.size), np.arange(m, target.size)] = 1.0
    for law in target.laws:
        at, scale = law.at, float(np.exp(log_scale[0, law.slot])) if law.slot >= 0 else 1.0
        count = at.stop - at.start
        curvature = law.potential.curvature(count)
        if law.centred:
            prior[at, at] = curvature / scale**2
        else:
            prior[at, at] = curvature
            own = np.arange(at.start, at.stop)
            change[own, own] = np.broadcast_to(law.potential.bend(position[:, at])[1] * scale, (1, count))[0]
        if law.slot >= 0 and law.centred:
            prior[m + law.slot, m + law.slot] += law.degrees
        elif law.slot >= 0:
            change[at, m + law.slot] = w[0, at]
    curvature = change.T @ target.rows.information(w[0]) @ change + prior
    root = cholesky(curvature, lower=True)
    return Frame(position[0], solve_triangular(root, np.eye(target.size), lower=True).T)
