"""Where Hamiltonian moves start: the mode of a normal prior as wide as the model's, and the curvature there."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from bayesreg.design import Design
from bayesreg.posterior.gibbs.blocks import Block, make_blocks
from bayesreg.posterior.gibbs.hamiltonian.densities import degrees_of, has_slope, potential_of
from bayesreg.posterior.gibbs.hamiltonian.moves import Frame
from bayesreg.posterior.gibbs.hamiltonian.rows import Rows
from bayesreg.posterior.gibbs.hamiltonian.target import Law, Target
from bayesreg.posterior.gibbs.model_rows import coordinates_of, make_columns
from bayesreg.posterior.surrogate import ridge_like
from bayesreg.resolved import Resolved
from bayesreg.solvers.mode import find_mode


def why_no_hamiltonian(resolved: Resolved) -> str:
    """Return why Hamiltonian moves do not know the density of a model, as a phrase; empty where they do."""
    if resolved.correction is not None:
        return "the likelihood is corrected"
    if resolved.likelihood.has_dispersion and resolved.sigma_prior is not None:
        return "sigma is sampled"
    for block in make_blocks(resolved).blocks:
        if not has_slope(block.piece):
            return f"the density of {type(block.piece.law).__name__} has a pole, a limit or no closed form"
    return ""


def make_target(design: Design, resolved: Resolved) -> Target:
    """Return the density of the coefficients and learned scales of a model whose dispersion is known."""
    blocks, sigma = make_blocks(resolved), float(np.sqrt(resolved.phi))
    columns = make_columns(design, resolved, blocks)
    rows = Rows(columns, design.y, resolved.weights, resolved.offset, resolved.likelihood, resolved.phi)
    return Target(rows, blocks, tuple(_law(block, sigma) for block in blocks.blocks))


def _law(block: Block, sigma: float) -> Law:
    spare = block.piece.at.size - degrees_of(block.piece) if block.slot >= 0 else 0.0
    return Law(block.at, block.slot, potential_of(block.piece, sigma), spare)


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
        at, own = law.at, np.arange(law.at.start, law.at.stop)
        prior[at, at] = law.potential.curvature(own.size)
        change[own, own] = law.potential.bend(position[:, at])[1] * law.scale(np.exp(log_scale))
        if law.slot >= 0:
            change[at, m + law.slot] = w[0, at]
    curvature = change.T @ target.rows.information(w[0]) @ change + prior
    root = cholesky(curvature, lower=True)
    return Frame(position[0], solve_triangular(root, np.eye(target.size), lower=True).T)
