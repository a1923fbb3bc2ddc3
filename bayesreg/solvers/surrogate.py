"""A normal law in the place of every penalty: exact for squares and quadratic forms, else one of the same spread."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from bayesreg.penalties import Strength
from bayesreg.penalties.separable import Separable
from bayesreg.solvers.composite import Composite, Part

HALF = float(ndtri(0.75))


def surrogate_root(composite: Composite, g: np.ndarray | None = None) -> np.ndarray:
    """Return ``R`` (r, m) with ``R'R`` the precision, in nats, of the normal laws that stand for the penalties.

    Squares and quadratic forms are exact. Any other law counts with the precision ``1 / E b^2``, or where that is 0
    with that of the normal of the same quartiles; one that has neither, because it is no distribution, with
    ``rate^2 / 2`` or its ``precision``. At a point ``g`` (m,) smooth convex laws count with their curvature there.
    """
    rows = []
    for part in composite.parts:
        half = part.law.root(part.strength)
        if half is None and g is not None:
            half = _local_root(part, g[part.at])
        if half is None:
            half = np.diag(np.sqrt(spread_precision(part)))
            half = half[np.diag(half) > 0.0]
        placed = np.zeros((half.shape[0], composite.Z.shape[1]))
        placed[:, part.at] = half
        rows.append(placed)
    return np.vstack(rows) if rows else np.zeros((0, composite.Z.shape[1]))


def _local_root(part: Part, g: np.ndarray) -> np.ndarray | None:
    """Return a root (d, d) of the curvature of a smooth convex law at ``g`` (d,); None where there is none."""
    traits = part.law.traits
    if part.law.plain or not (traits.smooth and traits.convex):
        return None
    with np.errstate(divide="ignore", over="ignore"):
        hessian = part.law.face(part.inside(g), part.strength).hessian / part.unit**2
    if hessian.shape[0] != g.size or not np.all(np.isfinite(hessian)):
        return None
    values, vectors = np.linalg.eigh(hessian)
    return np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T


def spread_precision(part: Part) -> np.ndarray:
    """Return the precision (d,) of the normal law as wide as a penalty's prior, in the coordinates."""
    unit = np.broadcast_to(np.asarray(part.unit, dtype=float), part.at.shape)
    rate, precision = (np.broadcast_to(np.asarray(value, dtype=float), part.at.shape) for value in part.strength)
    if part.law.plain:
        return (precision + 0.5 * rate**2) / unit**2
    if not part.law.traits.proper:
        return np.where(rate > 0.0, 0.5 * rate**2, precision) / unit**2
    given = rate + precision > 0.0
    safe = Strength(np.where(given, rate, 1.0), np.where(given, precision, 1.0))
    strength = safe if isinstance(part.law, Separable) else part.strength
    second = np.broadcast_to(part.law.absolute_moments(strength)[1], part.at.shape)
    quartile = np.broadcast_to(part.law.absolute_quantile(0.5, strength), part.at.shape)
    with np.errstate(divide="ignore"):
        found = np.where(np.isfinite(second) & (second > 0.0), 1.0 / second, (HALF / quartile) ** 2)
    return np.where(given & np.isfinite(found), found, 0.0) / unit**2
