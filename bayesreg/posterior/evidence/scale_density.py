"""The posterior density of a learned scale, on an even grid of its logarithm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

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
    sigmas = np.linspace(float(s[seen].min()), float(s[seen].max()), SIGMAS)

    def by_sigma(at: np.ndarray) -> np.ndarray:
        x, s = 2.0 * (at[None, :] - sigmas[:, None]).ravel(), np.repeat(sigmas, at.size)
        if density.inner:
            value = _along(exact, grid, k, x, s)
        else:
            o = np.column_stack([x, np.zeros(x.size)])
            o[:, 1] = s - density.outer_sigma(o)
            value = density.log_density(x[:, None], s, density.evidence(o))
        return _log_sum(value.reshape(SIGMAS, at.size)) + np.log(2.0 * (sigmas[1] - sigmas[0])) - grid.log_evidence

    return by_sigma, ends


def _along(exact: LearnedPosterior, grid: Grid, k: int, x: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return the log density of ``x_k`` and ``s`` (s,), other strengths integrated out.

    Determinants and misfits are smooth in ``x_k``, and interpolated between the nodes.
    """
    from scipy.interpolate import CubicSpline

    density, warp, count = exact.density, grid.warp, exact.density.outer
    w = np.arcsinh((x - warp.centre[k]) / warp.scale[k])
    inside = (w >= grid.axes[k][0]) & (w <= grid.axes[k][-1])
    shape = [axis.size for axis in grid.axes[:count]]
    parts = []
    for part in (grid.known[0], np.log(grid.known[1])):
        values = np.moveaxis(part.reshape(shape), k, 0).reshape(shape[k], -1)
        parts.append(CubicSpline(grid.axes[k], values)(np.clip(w, grid.axes[k][0], grid.axes[k][-1])))
    others = [j for j in range(count) if j != k]
    w_others = lattice([grid.axes[j] for j in others])
    total = np.full((x.size, len(w_others)), -np.inf)
    for i, at in enumerate(w_others):
        full = np.empty((x.size, count))
        full[:, others] = warp.centre[others] + warp.scale[others] * np.sinh(at)
        full[:, k] = x
        jacobian = float((np.log(warp.scale[others]) + np.log(np.cosh(at))).sum())
        step = sum(float(np.log(grid.axes[j][1] - grid.axes[j][0])) for j in others)
        known = parts[0][:, i], np.exp(parts[1][:, i])
        total[:, i] = np.where(inside, density.log_density(full, s, known) + jacobian + step, -np.inf)
    return _log_sum(total.T)


def _of_axis(
    exact: LearnedPosterior, grid: Grid, k: int
) -> tuple[Callable[[np.ndarray], np.ndarray], tuple[float, float]]:
    """Return the density of half a coordinate of the grid, which is ``log tau`` but for a constant."""
    from scipy.interpolate import CubicSpline

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
