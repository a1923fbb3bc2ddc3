"""The posterior density of a learned scale, on an even grid of its logarithm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline

from bayesreg.posterior.evidence.grid import Grid
from bayesreg.posterior.evidence.locate import lattice
from bayesreg.posterior.evidence.posterior import LearnedPosterior

WIDE, SIGMAS = 201, 61
TAIL = 1e-6
FLOOR = -60.0


def scale_density(exact: LearnedPosterior, k: int, points: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return values of a learned scale (points,) and its posterior density there; None where there is no grid.

    The values hold all but a share of ``2e-6``.

    Parameters
    ----------
    exact : LearnedPosterior
    k : int
        Which of the learned strengths.
    points : int
    """
    grid = exact.grid
    if grid is None:
        return None
    log_p, ends = _log_density(exact, grid, k)
    wide = np.linspace(*ends, WIDE)
    mass = np.exp(log_p(wide))
    below = np.cumsum(mass) / mass.sum()
    first, last = np.searchsorted(below, (TAIL, 1.0 - TAIL))
    at = np.linspace(wide[max(int(first) - 1, 0)], wide[min(int(last) + 1, WIDE - 1)], points)
    return np.exp(at), np.exp(log_p(at) - at)


def _log_density(
    exact: LearnedPosterior, grid: Grid, k: int
) -> tuple[Callable[[np.ndarray], np.ndarray], tuple[float, float]]:
    """Return the log density of ``log tau`` as a function, and where it is not negligible."""
    density = exact.density
    if exact.resolved.learned[k].relative or exact.resolved.sigma_prior is None:
        return _of_axis(exact, grid, k)
    w = lattice(list(grid.axes[: density.outer]))
    outer = grid.warp.outer(w)
    share = grid.share.reshape(len(outer), -1)
    z = grid.axes[-1] if density.inner else np.zeros(1)
    s = density.log_sigma(grid.known[1])[:, None] + z if density.inner else density.outer_sigma(outer)[:, None]
    seen = share > 1e-12 * share.max()
    log_tau = (0.5 * outer[:, k, None] + s)[seen]
    ends = float(log_tau.min()), float(log_tau.max())
    if density.inner:
        jacobian = grid.warp.log_jacobian(w)
        step = sum(float(np.log(axis[1] - axis[0])) for axis in grid.axes[:-1])

        def by_nodes(at: np.ndarray) -> np.ndarray:
            value = density.log_density(outer[:, : density.strengths], at - 0.5 * outer[:, k, None], grid.known)
            return _log_sum(value + jacobian[:, None]) + step - grid.log_evidence

        return by_nodes, ends
    sigmas = np.linspace(float(s[seen].min()), float(s[seen].max()), SIGMAS)

    def by_sigma(at: np.ndarray) -> np.ndarray:
        x = 2.0 * (at[None, :] - sigmas[:, None]).ravel()
        s = np.repeat(sigmas, at.size)
        o = np.column_stack([x, np.zeros(x.size)])
        o[:, 1] = s - density.outer_sigma(o)
        value = density.log_density(x[:, None], s, density.evidence(o)).reshape(SIGMAS, at.size)
        return _log_sum(value) + np.log(2.0 * (sigmas[1] - sigmas[0])) - grid.log_evidence

    return by_sigma, ends


def _of_axis(
    exact: LearnedPosterior, grid: Grid, k: int
) -> tuple[Callable[[np.ndarray], np.ndarray], tuple[float, float]]:
    """Return the density of half a coordinate of the grid, which is ``log tau`` but for a constant."""
    one, phi = exact.resolved.learned[k], exact.resolved.phi
    shift = 0.0 if one.relative else 0.5 * np.log(phi)
    others = tuple(j for j in range(grid.log_density.ndim) if j != k)
    w, centre, scale = grid.axes[k], grid.warp.centre[k], grid.warp.scale[k]
    log_p = np.log(np.maximum(grid.share.sum(axis=others), 1e-300)) - np.log(w[1] - w[0])
    inside = log_p > log_p.max() + FLOOR
    first, last = np.flatnonzero(inside)[[0, -1]]
    spline = CubicSpline(w[first : last + 1], log_p[first : last + 1])

    def log_density(at: np.ndarray) -> np.ndarray:
        where = np.arcsinh((2.0 * (at - shift) - centre) / scale)
        return np.asarray(spline(where) + np.log(2.0 / (scale * np.cosh(where))))

    ends = centre + scale * np.sinh(w[[first, last]])
    return log_density, (float(0.5 * ends[0] + shift), float(0.5 * ends[1] + shift))


def _log_sum(values: np.ndarray) -> np.ndarray:
    """Return the log of sums of exponentials over the first axis."""
    top = values.max(axis=0)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(top + np.log(np.exp(values - top).sum(axis=0)))
