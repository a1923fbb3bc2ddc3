"""Coordinates in which flat directions and penalised ones are apart, and the prior is a sphere in each group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg import qr, solve_triangular

from bayesreg.objective import Piece, penalised
from bayesreg.resolved import Resolved
from bayesreg.solvers.problem import Problem


@final
@dataclass(frozen=True, eq=False)
class Part:
    """Coordinates ``g = null a + inverse u`` of the scaled coefficients of one block.

    Attributes
    ----------
    at : ndarray of int (d,)
        Positions of the block among the scaled coordinates.
    inverse : ndarray (d,) or (d, k)
        A vector where each coordinate is its own.
    null : ndarray (d, f)
    group : int
    log_volume : float
        ``log |det [null, inverse]|``.
    """

    at: np.ndarray
    inverse: np.ndarray
    null: np.ndarray
    group: int
    log_volume: float

    @property
    def size(self) -> int:
        """The number of penalised coordinates."""
        return self.inverse.shape[-1]


@final
@dataclass(frozen=True, eq=False)
class Split:
    """The scaled coefficients (m,) as flat coordinates ``a`` (f,) and penalised ones ``u`` (K,).

    Given sigma, ``u_j ~ N(0, sigma^2 v_j)`` with one ``v`` for each group: the learned strengths first (``v`` is
    ``tau^2``, over ``sigma^2`` where the law is absolute), then what is given and relative to sigma (``v = 1``), then
    what is given and absolute (``v = 1 / sigma^2``).

    Attributes
    ----------
    parts : tuple of Part
    group : ndarray of int (K,)
    flat : int
        ``f``.
    m : int
    """

    parts: tuple[Part, ...]
    group: np.ndarray
    flat: int
    m: int

    @property
    def log_volume(self) -> float:
        """``log |det|`` of the map to the scaled coefficients."""
        return sum(part.log_volume for part in self.parts)

    def columns(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the columns of ``a`` (r, f) and of ``u`` (r, K) from those of the scaled coefficients (r, m)."""
        flat, own = [], []
        for part in self.parts:
            block = rows[:, part.at]
            flat.append(block @ part.null)
            own.append(block * part.inverse if part.inverse.ndim == 1 else block @ part.inverse)
        return np.concatenate(flat, axis=1), np.concatenate(own, axis=1)

    def back(self, a: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Return scaled coefficients (..., m) from ``a`` (..., f) and ``u`` (..., K)."""
        g = np.empty((*u.shape[:-1], self.m))
        i = j = 0
        for part in self.parts:
            f, k = part.null.shape[1], part.size
            own = u[..., j : j + k]
            value = own * part.inverse if part.inverse.ndim == 1 else own @ part.inverse.T
            g[..., part.at] = value + a[..., i : i + f] @ part.null.T if f else value
            i, j = i + f, j + k
        return g


def split(problem: Problem, resolved: Resolved) -> Split:
    """Return the coordinates of a model whose penalties are quadratic."""
    count = len(resolved.learned)
    parts: list[Part] = []
    free = np.ones(problem.kept.size, dtype=bool)
    for piece in penalised(resolved):
        at = np.searchsorted(problem.kept, piece.at)
        free[at] = False
        own = piece.learned if piece.learned >= 0 else count + int(not piece.relative)
        parts += _parts(piece, at, problem.size[at], own, resolved.phi)
    rest = np.flatnonzero(free)
    parts.append(Part(rest, np.empty((rest.size, 0)), np.eye(rest.size), 0, 0.0))
    group = np.concatenate([np.full(part.size, part.group) for part in parts]).astype(int)
    return Split(tuple(parts), group, sum(part.null.shape[1] for part in parts), problem.kept.size)


def _parts(piece: Piece, at: np.ndarray, size: np.ndarray, group: int, phi: float) -> Iterator[Part]:
    """Yield the coordinates of one piece, whose columns are divided by ``size`` (d,)."""
    unit = piece.unit
    if piece.learned < 0:
        unit = piece.strength.scaled(np.sqrt(phi)) if piece.relative else piece.strength
    if piece.law.traits.separable:
        root = np.sqrt(unit.precision) / size
        own = root > 0.0
        yield Part(at[own], 1.0 / root[own], np.empty((int(own.sum()), 0)), group, -float(np.log(root[own]).sum()))
        flat = at[~own]
        if flat.size:
            yield Part(flat, np.empty((flat.size, 0)), np.eye(flat.size), group, 0.0)
        return
    half = np.asarray(piece.law.root(unit))
    if piece.map is not None:
        half = half * piece.map if piece.map.ndim == 1 else half @ piece.map
    basis, triangle = qr((half / size).T, check_finite=False)
    k = half.shape[0]
    inverse = solve_triangular(triangle[:k], basis[:, :k].T, check_finite=False).T
    log_volume = -float(np.log(np.abs(np.diag(triangle))).sum())
    yield Part(at, inverse, basis[:, k:], group, log_volume)
