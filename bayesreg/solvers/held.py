"""Coordinates held active with their signs, and the inverse of their Gram matrix, which follows changes by blocks."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

COLLINEAR = 1e-9  # share of a squared norm below which what is left of a column counts as nothing


class Held(NamedTuple):
    """Places ``at`` (a,) in the working set, signs (a,; 0 where no kink) and the inverse (a, a) of the Gram matrix."""

    at: np.ndarray
    sign: np.ndarray
    inverse: np.ndarray


def hold(gram: np.ndarray, at: np.ndarray, sign: np.ndarray, ridge: np.ndarray) -> Held | None:
    """Return coordinates as held; None where their columns are collinear.

    Parameters
    ----------
    gram : ndarray (k, k)
        Of the working set.
    at : ndarray of int (a,)
    sign : ndarray (a,)
    ridge : ndarray (k,)
        Added to its diagonal.
    """
    if not at.size:
        return Held(at, sign, np.zeros((0, 0)))
    inverse = _inverted(_inner(gram, at, ridge))
    return None if inverse is None else Held(at, sign, inverse)


def enter(held: Held, gram: np.ndarray, at: np.ndarray, sign: np.ndarray, ridge: np.ndarray) -> Held | None:
    """Return the coordinates with those at ``at`` (b,) beside them; None where that makes them collinear."""
    a, k = held.at.size, held.at.size + at.size
    cross = gram[held.at[:, None], at]
    across = held.inverse @ cross
    inner = _inner(gram, at, ridge)
    left = _inverted(inner - cross.T @ across, inner.diagonal())
    if left is None:
        return None
    pull = across @ left
    inverse = np.empty((k, k))
    np.matmul(pull, across.T, out=inverse[:a, :a])
    inverse[:a, :a] += held.inverse
    inverse[:a, a:], inverse[a:, :a], inverse[a:, a:] = -pull, -pull.T, left
    return Held(np.concatenate([held.at, at]), np.concatenate([held.sign, sign]), inverse)


def leave(held: Held, out: np.ndarray) -> Held:
    """Return the coordinates without those where ``out`` (a,) of bool."""
    stay, gone = np.flatnonzero(~out), np.flatnonzero(out)
    part = held.inverse[stay]
    cross, inverse = part[:, gone], part[:, stay]
    if gone.size == 1:
        inverse -= cross * (cross.T / held.inverse[gone[0], gone[0]])
    else:
        inverse -= np.linalg.solve(held.inverse[gone[:, None], gone], cross.T).T @ cross.T
    return Held(held.at[stay], held.sign[stay], inverse)


def is_independent(gram: np.ndarray) -> bool:
    """Return whether no column is nothing but a combination of others, from their inner products (a, a)."""
    factor, info = dpotrf(gram, lower=1)
    return not (info or (factor.diagonal() ** 2 <= COLLINEAR * gram.diagonal()).any())


def _inverted(inner: np.ndarray, scale: np.ndarray | None = None) -> np.ndarray | None:
    """Return the inverse of a positive definite matrix; None where a pivot is nothing beside the squared norm."""
    scale = inner.diagonal() if scale is None else scale
    if inner.shape[0] == 1:
        return 1.0 / inner if inner[0, 0] > COLLINEAR * scale[0] else None
    factor, info = dpotrf(inner, lower=1)
    if info or (factor.diagonal() ** 2 <= COLLINEAR * scale).any():
        return None
    inverse = dpotri(factor, lower=1)[0]
    np.copyto(inverse, inverse.T, where=_above(inverse.shape[0]))
    return np.asarray(inverse)


def _inner(gram: np.ndarray, at: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """Return the Gram matrix of some places, with what is added to its diagonal."""
    inner = gram[at[:, None], at]
    inner.flat[:: at.size + 1] += ridge[at]
    return inner


@lru_cache(maxsize=64)
def _above(size: int) -> np.ndarray:
    """Return which entries of a square matrix are above its diagonal."""
    return np.triu(np.ones((size, size), dtype=bool), 1)
