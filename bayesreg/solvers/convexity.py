"""What a stationary point is where a penalty is not convex: the only minimum, one of several, or none."""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from bayesreg.penalties.separable import Separable
from bayesreg.solvers.composite import Composite, Part
from bayesreg.solvers.faces import face_system
from bayesreg.solvers.general import typical_size
from bayesreg.solvers.quadratic import Quadratic

SIZES = np.geomspace(1e-6, 1e6, 601)
MARGIN = 1e-3
ROUNDING = 1e-10
NOT_CONCAVE = "the log likelihood is not concave, and other modes may exist"


def describe_convexity(composite: Composite, g: np.ndarray) -> str:
    """Return a sentence on what a stationary point ``g`` (m,) is; empty where every penalty is convex.

    A Gaussian objective is convex where the smallest eigenvalue of ``X'WX / phi`` plus the most negative curvature of
    the penalty is not negative: for `MCP`, where it is at least ``1 / gamma``. Other families have no smallest
    curvature, and there it is judged at the point.
    """
    if composite.is_convex:
        return ""
    if not composite.likelihood.convex:
        return NOT_CONCAVE
    if not is_minimum(composite, g):
        return "the curvature along its non-zero coefficients is negative somewhere, so that it is no minimum"
    if least_curvature(composite, g) >= 0.0:
        if composite.likelihood.name == "gaussian":
            return "the objective is convex: the likelihood outweighs the penalty's curvature, and no other mode exists"
        return "the objective is convex around it, and other modes may exist further away"
    return "the objective is not convex, and other modes may exist"


def _curvature(composite: Composite, g: np.ndarray) -> Quadratic:
    """Return the second-order model of the loss at ``g``."""
    eta = composite.eta(g)
    weights = composite.problem.weights * composite.likelihood.curvature(eta)
    return Quadratic(composite.Z, weights, composite.residual(eta), np.zeros(g.size))


def is_minimum(composite: Composite, g: np.ndarray) -> bool:
    """Return whether the curvature on the face of a stationary point is nowhere negative."""
    *_, curvature, downhill = face_system(composite.tangents(g), _curvature(composite, g), np.zeros(g.size))
    if downhill.size == 0:
        return True
    values = np.linalg.eigvalsh(curvature)
    return bool(values[0] >= -ROUNDING * np.abs(values).max())


def least_curvature(composite: Composite, g: np.ndarray) -> float:
    """Return the smallest eigenvalue of the loss's curvature at ``g`` plus the least curvature of the penalties.

    It is that in units of the coordinates; -inf where a penalty is concave without limit, as `Bridge` below power 1.
    """
    total = _curvature(composite, g).gram(np.arange(g.size))
    for part in composite.parts:
        total[np.ix_(part.at, part.at)] += least_penalty_curvature(part)
    if not np.all(np.isfinite(total)):
        return -np.inf
    values = np.linalg.eigvalsh(total)
    return float(values[0]) if abs(values[0]) > ROUNDING * float(np.abs(values).max()) else 0.0


def least_penalty_curvature(part: Part) -> np.ndarray:
    """Return a matrix (d, d) that the curvature of a part is at least, anywhere."""
    if not isinstance(part.law, Separable):
        root = part.law.root(part.strength)
        if root is not None:
            return part.phi * root.T @ root
        return (
            np.zeros((part.at.size, part.at.size)) if part.law.traits.convex else np.full((part.at.size,) * 2, -np.inf)
        )
    sizes = typical_size(part)[:, None] * SIZES
    strength = type(part.strength)(*(np.broadcast_to(v, part.at.shape)[:, None] for v in part.strength))
    bend = np.broadcast_to(part.law.curvature(sizes, strength), sizes.shape)
    least = bend.min(axis=1)
    unbounded = bend[:, 0] < 1e3 * bend[:, 100:].min(axis=1)
    least = np.where(unbounded & (least < 0.0), -np.inf, np.where(least < 0.0, (1.0 + MARGIN) * least, least))
    return np.diag(part.phi * least / part.unit**2)


def face_dof(composite: Composite, g: np.ndarray) -> float:
    """Return the divergence of the fit, ``tr H (H + P)^-1`` on the face of ``g``.

    ``H`` is the curvature of the loss and ``P`` that of the penalties along the face.

    References
    ----------
    Vaiter, Deledalle, Fadili, Peyre and Dossal (2017), The degrees of freedom of partly smooth regularizers.
    """
    tangents = composite.tangents(g)
    *_, total, downhill = face_system(tangents, _curvature(composite, g), np.zeros(g.size))
    if downhill.size == 0:
        return 0.0
    bend = block_diag(*(tangent.curvature for tangent in tangents if tangent.at.size))
    size = np.sqrt(np.maximum(np.abs(np.diag(total)), np.finfo(float).tiny))
    total, bend = total / np.outer(size, size), bend / np.outer(size, size)
    rank = int(np.linalg.matrix_rank(total, hermitian=True))
    if rank < downhill.size:
        return float(rank - np.trace(np.linalg.pinv(total, hermitian=True) @ bend))
    return float(rank - np.trace(np.linalg.solve(total, bend)))
