"""Columns in the coordinates of joint laws, turned in the products: the design itself is neither copied nor filled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from bayesreg.solvers.columns import Implicit, Standardized, filled, spread, tiled_square_sums, weighted_gram


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

    def invert(self, g: np.ndarray, out: np.ndarray) -> None:
        """Write the ``v`` that turn into ``g`` (m,) into ``out``."""
        out[self.at] = np.linalg.solve(self.blocks, g[self.at][..., None])[..., 0]

    def columns(self, inner: np.ndarray | Implicit, places: np.ndarray) -> np.ndarray:
        """Return the turned columns (n, k) at ``places`` (k,) among ``at.ravel()``."""
        d = self.at.shape[1]
        of, place = np.divmod(places, d)
        groups, which = np.unique(of, return_inverse=True)
        plain = inner[:, self.at[groups].ravel()]
        order = np.argsort(which, kind="stable")
        ends = np.searchsorted(which[order], np.arange(groups.size + 1))
        out = np.empty((plain.shape[0], places.size), order="F")
        for j, group in enumerate(groups):
            mine = order[ends[j] : ends[j + 1]]
            out[:, mine] = plain[:, j * d : (j + 1) * d] @ self.blocks[group][:, place[mine]]
        return out


@final
@dataclass(frozen=True, eq=False)
class Turned:
    """The columns ``Z T`` (n, m), ``T`` block diagonal.

    Attributes
    ----------
    inner : ndarray, Columns or Turned (n, m)
        ``Z``, held and not copied.
    turns : tuple of Turning
        Coordinates of none are as they were.
    """

    inner: np.ndarray | Implicit
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
            turn.invert(g, out)
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
        """Of each coordinate (m, 2): which turn, which place there; -1: none."""
        found = np.full((self.shape[1], 2), -1)
        for k, turn in enumerate(self.turns):
            at = turn.at.ravel()
            found[at] = np.column_stack([np.full(at.size, k), np.arange(at.size)])
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
            if wanted.size:
                out[:, wanted] = turn.columns(self.inner, places[wanted, 1])
        return out

    def times(self, at: np.ndarray, values: Any) -> np.ndarray:
        """Return ``(Z T)[:, at] @ values`` (n,) or (n, k)."""
        return np.asarray(self @ spread(at, filled(values), self.shape[1]))

    def gram(self, v: np.ndarray) -> np.ndarray:
        """Return ``T' Z' diag(v) Z T`` (m, m)."""
        inner = weighted_gram(self.inner, v) if isinstance(self.inner, np.ndarray) else self.inner.gram(v)
        return self.back(self.back(inner).T)

    def square_sums(self, v: np.ndarray) -> np.ndarray:
        """Return ``sum_i v_i (Z T)_ij^2`` (m,), from the columns of some groups at a time."""
        return tiled_square_sums(self, v)


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
