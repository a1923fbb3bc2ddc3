"""Affine coordinates in which a posterior is close to isotropic, from the curvature at its mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg import LinAlgError, cholesky, solve_triangular

from bayesreg.design import Design
from bayesreg.errors import EngineError
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.composite import make_composite
from bayesreg.solvers.surrogate import surrogate_root


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
    distribution that it is. Squares and quadratic forms are exact; other laws count with the precision of the normal
    law of the same spread (`surrogate_root`), and smooth convex ones with their curvature at the mode.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    mode : ndarray (q,)
    """
    composite = make_composite(design, resolved)
    g = composite.from_user(mode)
    eta, problem = composite.eta(g), composite.problem
    rows = as_array(composite.Z) * np.sqrt(problem.weights * problem.likelihood.curvature(eta) / resolved.phi)[:, None]
    prior = surrogate_root(composite, g)
    curvature = rows.T @ rows + prior.T @ prior
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
    return composite.to_user(scaled.T).T
