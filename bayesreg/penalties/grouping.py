"""The geometry of a group of columns: its rank, and the coordinates in which its columns are orthonormal."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np


@final
class Geometry(NamedTuple):
    """What a group penalty reads off its columns.

    Attributes
    ----------
    metric : ndarray (d, d)
        ``R`` with ``R'R = G``, ``G`` the weighted covariance of the columns. Where ``G`` has a null space with
        orthonormal basis ``N``: ``R'R = G + m N N'`` with ``m`` the mean of its other eigenvalues.
    rank : int
        Of ``G``.
    """

    metric: np.ndarray
    rank: int


def geometry(columns: np.ndarray, weights: np.ndarray) -> Geometry:
    """Return the geometry of (centred) columns (n, d), whatever the units of each."""
    size = np.abs(columns).max(axis=0)
    size = np.where(size > 0.0, size, 1.0)
    root = np.sqrt(weights / weights.sum())[:, None] * (columns / size)
    spread = np.linalg.norm(root, axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    triangle = np.linalg.qr(root / spread, mode="r")
    _, singular, across = np.linalg.svd(triangle, full_matrices=True)
    scale = size * spread
    d = scale.size
    kept = singular > 10.0 * max(columns.shape) * np.finfo(float).eps * singular.max(initial=0.0)
    rank = int(kept.sum())
    metric = singular[:rank, None] * across[:rank] * scale
    if rank < d:
        null, _ = np.linalg.qr((across[rank:] / scale).T)
        metric = np.vstack([metric, np.sqrt((metric**2).sum() / max(rank, 1)) * null.T])
    return Geometry(metric, rank)
