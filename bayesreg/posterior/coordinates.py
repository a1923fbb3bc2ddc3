"""Affine coordinates in which a posterior is close to isotropic, from the curvature at its mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg import LinAlgError, cholesky, solve_triangular

from bayesreg.design import Design
from bayesreg.errors import EngineError
from bayesreg.resolved import Resolved
from bayesreg.solvers.problem import make_problem


@final
@dataclass(frozen=True, eq=False)
class Coordinates:
    """``beta = centre + factor u`` for the coefficients that are not excluded.

    Attributes
    ----------
    centre : ndarray (k,)
        The mode.
    factor, inverse : ndarray (k, k)
    """

    centre: np.ndarray
    factor: np.ndarray
    inverse: np.ndarray

    @property
    def log_volume(self) -> float:
        """``log |det factor|``."""
        return float(np.linalg.slogdet(self.factor)[1])


def whiten(design: Design, resolved: Resolved, mode: np.ndarray) -> Coordinates:
    """Return coordinates from the curvature of the log joint at the mode (q,)."""
    kept = ~resolved.excluded
    factor = curvature_root(design, resolved, mode)[kept]
    return Coordinates(centre=mode[kept], factor=factor, inverse=np.linalg.inv(factor))


def curvature_covariance(design: Design, resolved: Resolved, mode: np.ndarray) -> np.ndarray:
    """Return the inverse curvature (q, q) of minus the log joint at the mode, on the user's scale."""
    root = curvature_root(design, resolved, mode)
    return root @ root.T


def curvature_root(design: Design, resolved: Resolved, mode: np.ndarray) -> np.ndarray:
    """Return ``F`` (q, k) with ``F F'`` the inverse curvature of minus the log joint at the mode.

    An absolute value has no curvature at 0; it counts with the precision ``rate^2 / 2`` of the Laplace
    distribution that it is.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    mode : ndarray (q,)
    """
    problem = make_problem(design, resolved)
    g = problem.from_user(mode)
    eta = problem.Z @ g + problem.offset
    rows = problem.Z * np.sqrt(problem.weights * problem.likelihood.curvature(eta) / resolved.phi)[:, None]
    precision = problem.l2 / resolved.phi + 0.5 * (problem.l1 / resolved.phi) ** 2
    curvature = rows.T @ rows + np.diag(precision)
    if problem.quadratic is not None:
        curvature += problem.quadratic / resolved.phi
    if resolved.correction is not None:
        curvature += resolved.correction.curvature(eta)
    try:
        root = cholesky(curvature, lower=True)
    except LinAlgError as error:
        raise EngineError(
            "The curvature at the mode is singular: dependent columns with hardly any prior. Give them a stronger one, "
            "e.g. br.Normal(scale), or remove columns."
        ) from error
    scaled = solve_triangular(root, np.eye(root.shape[0]), lower=True).T
    return problem.to_user(scaled.T).T
