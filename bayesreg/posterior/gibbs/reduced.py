"""A Gaussian model as few rows: flat coefficients projected out, the data replaced by their triangular factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg import qr, solve_triangular

from bayesreg.design import Design
from bayesreg.posterior.gibbs.blocks import Blocks
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import make_problem


@final
@dataclass(frozen=True, eq=False)
class Reduced:
    r"""The likelihood of the penalised coordinates ``v`` (p,), flat coefficients integrated out.

    ``log p(y | v, sigma) = -degrees log(sigma) - (|target - rows v|^2 + rest) / (2 sigma^2)`` up to a constant, with
    at most ``min(n, p)`` rows. Given ``v``, the flat coefficients (scaled, centred) are normal about
    ``factor^-1 (level - slope v)`` with the covariance ``sigma^2 (factor' factor)^-1``.

    Attributes
    ----------
    rows : ndarray (r, p)
    target : ndarray (r,)
    rest : float
    degrees : float
        Observations less flat coefficients.
    factor : ndarray (f, f)
    level : ndarray (f,)
    slope : ndarray (f, p)
    flat : ndarray of int (f,)
        Positions of the flat coefficients among all.
    size : ndarray (f,)
        What flat coefficients are divided by to be those of the centred columns.
    """

    rows: np.ndarray
    target: np.ndarray
    rest: float
    degrees: float
    factor: np.ndarray
    level: np.ndarray
    slope: np.ndarray
    flat: np.ndarray
    size: np.ndarray

    def draw_flat(self, v: np.ndarray, sigma: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """Return flat coefficients (m, f) given coordinates (m, p), sigma (m,) and normal deviates (m, f)."""
        if self.flat.size == 0:
            return normal
        centred = self.level - v @ self.slope.T + sigma[:, None] * normal
        return np.asarray(solve_triangular(self.factor, centred.T).T / self.size)


def reduce(design: Design, resolved: Resolved, blocks: Blocks) -> Reduced:
    """Return a Gaussian model's likelihood from the triangular factor of its weighted, centred rows."""
    problem = make_problem(design, resolved)
    place = np.searchsorted(problem.kept, blocks.flat)
    others = np.setdiff1d(np.arange(problem.kept.size), place)
    present = problem.weights > 0.0
    root = np.sqrt(problem.weights[present])
    Z = as_array(problem.Z)[present]
    response = (problem.y - problem.offset)[present]
    table = np.empty((Z.shape[0], Z.shape[1] + 1), order="F")
    table[:, : place.size] = Z[:, place]
    table[:, place.size : -1] = Z[:, others]
    table[:, -1] = response
    table *= root[:, None]
    triangle = qr(table, mode="r", overwrite_a=True, check_finite=False)[0][: table.shape[1]]
    f, m = place.size, others.size
    columns = np.zeros((triangle.shape[0], problem.q))
    columns[:, problem.kept[others]] = triangle[:, f:-1] * problem.size[others]
    columns = blocks.columns(columns)
    rest = float(triangle[f + m, -1] ** 2) if triangle.shape[0] > f + m else 0.0
    return Reduced(
        rows=np.ascontiguousarray(columns[f : f + m]),
        target=triangle[f : f + m, -1].copy(),
        rest=rest,
        degrees=resolved.observations - f,
        factor=triangle[:f, :f],
        level=triangle[:f, -1].copy(),
        slope=columns[:f],
        flat=blocks.flat,
        size=problem.size[place],
    )
