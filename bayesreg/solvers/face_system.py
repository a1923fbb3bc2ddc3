"""The curvature of a quadratic loss plus lengths of groups, on the face of a point."""

from __future__ import annotations

from typing import final

import numpy as np

from bayesreg.solvers.norms import Norms

SHORT = 600  # coordinates from which curvatures are held in single precision: they steer, and slopes decide


@final
class FaceSystem:
    """The curvature of loss and penalty at a point, among the coordinates that are not held at 0.

    Parameters
    ----------
    norms : Norms
        Of the k coordinates, at their strengths.
    store, short : ndarray (k, k)
        The Gram matrix, and the same in the precision in which directions are sought.
    pairs : tuple of ndarray
        All pairs of coordinates of one group, see `group_pairs`.
    x : ndarray (k,)
    few : ndarray of bool (k,), optional
        The groups to look at; None: all.

    Attributes
    ----------
    face : ndarray of bool (k,)
    count : int
        How many they are.
    diagonal : ndarray (k,)
        Of the penalty, without the part of rank one of each group.
    """

    def __init__(
        self,
        norms: Norms,
        store: np.ndarray,
        short: np.ndarray,
        pairs: tuple[np.ndarray, np.ndarray],
        x: np.ndarray,
        few: np.ndarray | None,
    ) -> None:
        self.store, self.short, self.pairs = store, short, pairs
        self.l1, self.owner = norms.l1, norms.owner
        length = norms.lengths(x)
        closed = ((norms.height > 0.0) & (length == 0.0))[norms.owner]
        self.face = ~closed & ((x != 0.0) | (norms.l1 <= 0.0))
        self.face = self.face if few is None else self.face & few
        self.count = int(np.count_nonzero(self.face))
        with np.errstate(divide="ignore", invalid="ignore"):
            pull = np.where(length > 0.0, norms.height / length, 0.0)[norms.owner]
            unit = np.where(length > 0.0, 1.0 / length, 0.0)[norms.owner] * x
        self.diagonal = np.where(self.face, norms.l2 + pull, 0.0)
        self.unit, self.rank_one = np.where(self.face, unit, 0.0), np.where(self.face, pull * unit, 0.0)

    def pull(self, x: np.ndarray) -> np.ndarray:
        """Return the gradient of the penalty on the face (k,)."""
        return self.diagonal * x + self.l1 * np.sign(x)

    def times(self, v: np.ndarray) -> np.ndarray:
        """Return the curvature times ``v`` (k,), which is 0 outside the face."""
        along = np.bincount(self.owner, weights=self.unit * v)[self.owner]
        store = self.short
        found = store @ v.astype(store.dtype) + self.diagonal * v - self.rank_one * along
        return np.where(self.face, found, 0.0)

    @property
    def own(self) -> np.ndarray:
        """What the penalty adds to the diagonal of the curvature (k,)."""
        return np.maximum(self.diagonal - self.rank_one * self.unit, 0.0)

    @property
    def bend(self) -> np.ndarray:
        """The diagonal of the curvature (k,), 1 outside the face and where it is 0."""
        found = np.where(self.face, np.diag(self.short) + self.own, 1.0)
        return np.where(found > 0.0, found, 1.0)

    def matrix(self, exact: bool = False) -> np.ndarray:
        """Return the curvature on the face (a, a), of many coordinates in single precision unless ``exact``."""
        at = np.flatnonzero(self.face)
        store = self.store if exact or at.size < SHORT else self.short
        found = np.array(store) if at.size == self.face.size else store[np.ix_(at, at)]
        found[np.diag_indices_from(found)] += self.own[at]
        place = np.full(self.face.size, -1)
        place[at] = np.arange(at.size)
        rows, cols = self.pairs
        kept = self.face[rows] & self.face[cols] & (self.rank_one[rows] != 0.0) & (rows != cols)
        rows, cols = rows[kept], cols[kept]
        found[place[rows], place[cols]] -= self.rank_one[rows] * self.unit[cols]
        return found


def group_pairs(owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs of coordinates of one group, as two arrays of positions."""
    order = np.argsort(owner, kind="stable")
    counts = np.bincount(owner)
    starts = np.cumsum(counts) - counts
    mine = counts[owner]
    rows = np.repeat(np.arange(owner.size), mine)
    first = np.repeat(np.cumsum(mine) - mine, mine)
    return rows, order[starts[owner[rows]] + np.arange(rows.size) - first]
