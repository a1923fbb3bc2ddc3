"""Columns in the coordinates of joint laws, turned in the products: the design itself is neither copied nor filled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.solvers.columns import Standardized, weighted_gram

TILE = 2**19  # entries of the columns that are formed at a time


@final
@dataclass(frozen=True, eq=False)
class Turn:
    """Small matrices of groups of one size: ``g[at_k] = blocks_k @ v[at_k]``.

    Attributes
    ----------
    at : ndarray of int (k, d)
    blocks : ndarray (k, d, d)
    """

    at: np.ndarray
    blocks: np.ndarray

    def apply(self, v: np.ndarray, out: np.ndarray) -> None:
        """Write the turned coordinates of ``v`` (m,) or (m, q) into ``out``."""
        part = v[self.at]
        out[self.at] = (self.blocks @ part[..., None])[..., 0] if v.ndim == 1 else self.blocks @ part

    def apply_transposed(self, s: np.ndarray, out: np.ndarray) -> None:
        """Write the transposed turn of ``s`` (m,) or (m, q) into ``out``."""
        part, back = s[self.at], self.blocks.transpose(0, 2, 1)
        out[self.at] = (back @ part[..., None])[..., 0] if s.ndim == 1 else back @ part


@final
@dataclass(frozen=True, eq=False)
class Turned:
    """The columns ``Z T`` (n, m), ``T`` block diagonal.

    Attributes
    ----------
    inner : ndarray or Columns (n, m)
        ``Z``, held and not copied.
    turns : tuple of Turn
        Coordinates of none are as they were.
    """

    inner: Standardized
    turns: tuple[Turn, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.inner.shape[0], self.inner.shape[1]

    def plain(self, v: np.ndarray) -> np.ndarray:
        """Return ``T v`` for ``v`` (m,) or (m, q)."""
        out = np.array(v)
        for turn in self.turns:
            turn.apply(v, out)
        return out

    def back(self, s: np.ndarray) -> np.ndarray:
        """Return ``T' s`` for ``s`` (m,) or (m, q)."""
        out = np.array(s)
        for turn in self.turns:
            turn.apply_transposed(s, out)
        return out

    def inverse(self, g: np.ndarray) -> np.ndarray:
        """Return ``v`` (m,) with ``T v = g``."""
        out = np.array(g)
        for turn in self.turns:
            out[turn.at] = np.linalg.solve(turn.blocks, g[turn.at][..., None])[..., 0]
        return out

    def __matmul__(self, v: np.ndarray) -> np.ndarray:
        """Return ``Z T v`` (n,) or (n, q)."""
        return np.asarray(self.inner @ self.plain(v))

    @property
    def T(self) -> TurnedScores:  # noqa: N802
        """The transpose, for products with rows."""
        return TurnedScores(self)

    @cached_property
    def _places(self) -> np.ndarray:
        """Of each coordinate (m, 3): which turn, which of its groups, which place there; -1: none."""
        found = np.full((self.shape[1], 3), -1)
        for k, turn in enumerate(self.turns):
            count, d = turn.at.shape
            group, place = np.divmod(np.arange(count * d), d)
            found[turn.at.ravel()] = np.column_stack([np.full(count * d, k), group, place])
        return found

    def __getitem__(self, key: tuple[slice, np.ndarray]) -> np.ndarray:
        """Return the columns ``at`` as a dense array (n, k) in Fortran order."""
        at = np.asarray(key[1])
        out = np.empty((self.shape[0], at.size), order="F")
        places = self._places[at]
        free = places[:, 0] < 0
        if free.any():
            out[:, free] = self.inner[:, at[free]]
        for k, turn in enumerate(self.turns):
            wanted = np.flatnonzero(places[:, 0] == k)
            if not wanted.size:
                continue
            groups, which = np.unique(places[wanted, 1], return_inverse=True)
            d = turn.at.shape[1]
            columns = self.inner[:, turn.at[groups].ravel()]
            order = np.argsort(which, kind="stable")
            ends = np.searchsorted(which[order], np.arange(groups.size + 1))
            for j, group in enumerate(groups):
                mine = wanted[order[ends[j] : ends[j + 1]]]
                out[:, mine] = columns[:, j * d : (j + 1) * d] @ turn.blocks[group][:, places[mine, 2]]
        return out

    def gram(self, v: np.ndarray) -> np.ndarray:
        """Return ``T' Z' diag(v) Z T`` (m, m)."""
        inner = weighted_gram(self.inner, v) if isinstance(self.inner, np.ndarray) else self.inner.gram(v)
        return self.back(self.back(inner).T)

    def square_sums(self, v: np.ndarray) -> np.ndarray:
        """Return ``sum_i v_i (Z T)_ij^2`` (m,), from the columns of some groups at a time."""
        n, m = self.shape
        found, step = np.empty(m), max(1, TILE // max(n, 1))
        for start in range(0, m, step):
            at = np.arange(start, min(start + step, m))
            columns = self[:, at]
            found[at] = np.einsum("ij,ij,i->j", columns, columns, v)
        return found


@final
@dataclass(frozen=True, eq=False)
class TurnedScores:
    """The transpose of `Turned`."""

    columns: Turned

    def __matmul__(self, r: np.ndarray) -> np.ndarray:
        """Return ``T' Z' r`` (m,) or (m, k) for ``r`` (n,) or (n, k)."""
        return self.columns.back(self.columns.inner.T @ r)


def make_turned(inner: Standardized, groups: list[tuple[np.ndarray, np.ndarray]]) -> Turned:
    """Return the columns turned by ``(at (d,), block (d, d))`` of each group."""
    return Turned(inner, stacked(groups))


def stacked(groups: list[tuple[np.ndarray, np.ndarray]]) -> tuple[Turn, ...]:
    """Return ``(at (d,), block (d, d))`` of each group with those of one size together."""
    sizes: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    for at, block in groups:
        sizes.setdefault(at.size, []).append((at, block))
    return tuple(Turn(np.array([at for at, _ in one]), np.array([block for _, block in one])) for one in sizes.values())
