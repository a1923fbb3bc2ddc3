"""The exact posterior of a Gaussian model with quadratic penalties, strengths learned or given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.evidence.density import StrengthDensity, strength_density
from bayesreg.posterior.evidence.grid import INNER_STEP, Grid, make_grid
from bayesreg.posterior.evidence.locate import lattice
from bayesreg.posterior.evidence.metropolis import Metropolis, joint, make_metropolis
from bayesreg.posterior.evidence.reduction import Functionals, reduce_model
from bayesreg.posterior.evidence.rejection import Interpolant, draw_exactly
from bayesreg.posterior.marginals import Marginals
from bayesreg.resolved import Resolved

MOST_OUTER = 2
"""So many coordinates that need a factorisation each are summed over a grid."""
SEEN, SEEN_BY_MANY, MANY = 1e-10, 1e-7, 1000
"""Nodes of a smaller share of the likeliest one are left out of marginals, of few coefficients and of many."""


@final
@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws of one chain.

    Attributes
    ----------
    beta : ndarray (size, q)
        On the user's scale.
    sigma : ndarray (size,)
    scales : ndarray (size, L)
    acceptance : float
        Of Metropolis proposals; 1 where the draws are independent.
    """

    beta: np.ndarray
    sigma: np.ndarray
    scales: np.ndarray
    acceptance: float


@final
@dataclass(frozen=True, eq=False)
class Nodes:
    """The posterior of strengths and sigma as points with probabilities.

    Attributes
    ----------
    outer : ndarray (s, D)
        Outer coordinates, the same for all values of sigma at it.
    sigma, weights : ndarray (s, Z)
        Values of sigma at each, and their probabilities.
    """

    outer: np.ndarray
    sigma: np.ndarray
    weights: np.ndarray


@final
@dataclass(frozen=True, eq=False)
class LearnedPosterior:
    """The posterior of one model.

    Attributes
    ----------
    design : Design
    resolved : Resolved
    density : StrengthDensity
    grid : Grid or None
        None: there are too many strengths for one, and chains are drawn.
    """

    design: Design
    resolved: Resolved
    density: StrengthDensity
    grid: Grid | None

    @property
    def independent(self) -> bool:
        """Whether draws are independent."""
        return self.grid is not None

    @property
    def log_evidence(self) -> float:
        """``log p(y)``, with flat coefficients of height 1 on the user's scale."""
        return self._metropolis.log_evidence()[0] if self.grid is None else self.grid.log_evidence

    @property
    def log_evidence_error(self) -> float:
        """Its standard error where it is by importance sampling; 0 where it is a sum over a grid."""
        return self._metropolis.log_evidence()[1] if self.grid is None else 0.0

    @property
    def why(self) -> str:
        """How the strengths are integrated out, as a phrase."""
        count, sigma = self.density.strengths, self.resolved.sigma_prior is not None
        what = ["strength" if count == 1 else f"{count} strengths"] * bool(count) + ["sigma"] * sigma
        if not what:
            return "sigma is fixed: multivariate normal"
        how = "quadrature over" if self.independent else "Metropolis steps on"
        return f"{how} {' and '.join(what)}, coefficients integrated out"

    @cached_property
    def loo(self) -> np.ndarray | None:
        """``log p(y_i | y_-i)`` (n,) of one copy of each row; None where chains are drawn."""
        from bayesreg.posterior.evidence.loo import exact_loo

        return exact_loo(self)

    def draw(self, size: int, rng: np.random.Generator) -> Drawn:
        """Return draws of one chain: independent ones by rejection from the grid, else by Metropolis steps."""
        density, acceptance = self.density, 1.0
        if self.grid is None:
            y, s, acceptance = self._metropolis.chain(size, rng)
            o = y[:, : density.outer]
        else:
            some = bool(self.grid.axes)
            y = draw_exactly(self._interpolant, self._log_height, size, rng) if some else np.zeros((size, 0))
            o = self.grid.warp.outer(y[:, : density.outer])
            s = joint(density, np.column_stack([o, y[:, density.outer :]]))[1]
        sigma = np.exp(s)
        scales = np.array(density.scales(o[:, : density.strengths], s)).reshape(-1, size).T
        u = density.factor.draw(density.variances(o), sigma, rng)
        noise = rng.standard_normal((size, density.reduction.split.flat)) * sigma[:, None]
        return Drawn(density.reduction.to_user(u, noise), sigma, scales, acceptance)

    def nodes_above(self, share_of_top: float) -> Nodes | None:
        """Return the nodes above a share of the likeliest, sigma at every second one; None where there is no grid."""
        if self.grid is None:
            return None
        grid, density = self.grid, self.density
        points = grid.warp.outer(lattice(list(grid.axes[: density.outer])))
        share = (grid.share[..., ::INNER_STEP] if density.inner else grid.share).reshape(len(points), -1)
        misfit, seen = grid.known[1], share.max(axis=1) > share_of_top * share.max()
        points, misfit, share = points[seen], misfit[seen], share[seen]
        if density.inner:
            sigma = np.exp(density.log_sigma(misfit)[:, None] + grid.axes[-1][::INNER_STEP])
        else:
            sigma = np.exp(density.sigma_of(points, misfit, None))[:, None]
        return Nodes(points, sigma, share / share.sum())

    @cached_property
    def marginals(self) -> Marginals | None:
        """Of the coefficients (q,) on the user's scale, as mixtures of normals; None where chains are drawn."""
        share = SEEN if self.density.reduction.problem.q < MANY else SEEN_BY_MANY
        nodes = self.nodes_above(share)
        if nodes is None:
            return None
        of = Functionals(self.density.reduction, self.density.reduction.problem.to_user)
        mean, variance = self.density.factor.moments(self.density.variances(nodes.outer), of)
        i, j = np.nonzero(nodes.weights > share * nodes.weights.max())
        weights = nodes.weights[i, j]
        return Marginals(weights / weights.sum(), mean[i], nodes.sigma[i, j][:, None] * np.sqrt(variance)[i])

    @cached_property
    def _metropolis(self) -> Metropolis:
        return make_metropolis(self.density)

    @cached_property
    def _interpolant(self) -> Interpolant:
        if self.grid is None:
            raise AssertionError("there is no grid")
        return Interpolant(self.grid.axes, np.exp(self.grid.log_density - self.grid.log_density.max()))

    def _log_height(self, y: np.ndarray) -> np.ndarray:
        """Return the log density (s,) of warped coordinates, relative to its largest value at a node."""
        grid, k = self.grid, self.density.outer
        if grid is None:
            raise AssertionError("there is no grid")
        w = y[:, :k]
        value = joint(self.density, np.column_stack([grid.warp.outer(w), y[:, k:]]))[0]
        return np.asarray(value + grid.warp.log_jacobian(w) - grid.log_density.max())


def learned_posterior(design: Design, resolved: Resolved) -> LearnedPosterior:
    """Return the posterior of a Gaussian model with quadratic penalties, whose strengths may be learned.

    Raises
    ------
    ImproperPosteriorError
        If flat directions are not identified by the data.
    EngineError
        If the posterior of the strengths can not be located.
    """
    density = strength_density(resolved, reduce_model(design, resolved))
    return LearnedPosterior(design, resolved, density, make_grid(density) if density.outer <= MOST_OUTER else None)
