"""Coordinates held active with their signs, and the inverse of their Gram matrix, which follows changes by blocks."""

from __future__ import annotations

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
    inner = gram[np.ix_(at, at)]
    inner[np.diag_indices_from(inner)] += ridge[at]
    inverse = _inverted(inner)
    return None if inverse is None else Held(at, sign, inverse)


def enter(held: Held, gram: np.ndarray, at: np.ndarray, sign: np.ndarray, ridge: np.ndarray) -> Held | None:
    """Return the coordinates with those at ``at`` (b,) beside them; None where that makes them collinear."""
    a, k = held.at.size, held.at.size + at.size
    cross = gram[np.ix_(held.at, at)]
    across = held.inverse @ cross
    inner = gram[np.ix_(at, at)]
    inner[np.diag_indices_from(inner)] += ridge[at]
    scale = np.diag(inner).copy()
    left = _inverted(inner - cross.T @ across, scale)
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
    stay = ~out
    cross, inner = held.inverse[np.ix_(stay, out)], held.inverse[np.ix_(out, out)]
    inverse = held.inverse[np.ix_(stay, stay)]
    inverse -= np.linalg.solve(inner, cross.T).T @ cross.T
    return Held(held.at[stay], held.sign[stay], inverse)


def is_independent(gram: np.ndarray) -> bool:
    """Return whether no column is nothing but a combination of others, from their inner products (a, a)."""
    factor, info = dpotrf(gram, lower=1)
    return not (info or np.any(np.diag(factor) ** 2 <= COLLINEAR * np.diag(gram)))


def _inverted(inner: np.ndarray, scale: np.ndarray | None = None) -> np.ndarray | None:
    """Return the inverse of a positive definite matrix; None where a pivot is nothing beside the squared norm."""
    scale = np.diag(inner).copy() if scale is None else scale
    factor, info = dpotrf(inner, lower=1)
    if info or np.any(np.diag(factor) ** 2 <= COLLINEAR * scale):
        return None
    inverse = dpotri(factor, lower=1)[0]
    upper = np.triu_indices_from(inverse, 1)
    inverse[upper] = inverse.T[upper]
    return np.asarray(inverse)
