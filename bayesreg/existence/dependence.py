"""Linear dependence between columns: which ones, and of what they are combinations.

Columns are scaled to unit norm, after centring where one of them is constant, so that neither the
units nor the origin of a variable decides what counts as dependent. A column is dependent when what
pivoted QR leaves of it is rounding error: at most ``max(n, k) eps`` of its length, times the digits
that centring cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg import qr, solve_triangular

EPS = float(np.finfo(float).eps)
NEGLIGIBLE = 1e-8


@final
@dataclass(frozen=True, eq=False)
class Dependence:
    """Rank of a matrix ``Z`` (n, k) and its dependent columns.

    Attributes
    ----------
    independent, dependent : ndarray of int (r,), (k - r,)
        Column indices; the independent columns span the space of all.
    combination : ndarray (r, k - r)
        ``Z[:, dependent] = Z[:, independent] @ combination`` up to rounding, in the columns' own units.
    tolerance : float
        The relative length below which a remainder counts as rounding error.
    """

    independent: np.ndarray
    dependent: np.ndarray
    combination: np.ndarray
    tolerance: float


def constant_column(Z: np.ndarray) -> int | None:
    """Return the index of the first non-zero constant column of ``Z`` (n, k), or None."""
    if Z.shape[0] == 0:
        return None
    found = np.flatnonzero((Z[0] != 0.0) & (np.ptp(Z, axis=0) == 0.0))
    return int(found[0]) if found.size else None


def largest(Z: np.ndarray) -> np.ndarray:
    """Return ``max_i |Z_ij|`` per column (k,), with 1 for a column of zeros."""
    size = np.abs(Z).max(axis=0, initial=0.0)
    return np.where(size > 0.0, size, 1.0)


def dependence(Z: np.ndarray) -> Dependence:
    """Find the dependent columns of ``Z`` by QR with column pivoting.

    Parameters
    ----------
    Z : ndarray (n, k)
        Any scale from 1e-300 to 1e300; not changed.

    Returns
    -------
    Dependence

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(5.0)
    >>> found = dependence(np.column_stack([np.ones(5), x, x**2, 2.0 + 3.0 * x]))
    >>> found.dependent.tolist(), found.combination.round(9).ravel().tolist()
    ([3], [2.0, 3.0, 0.0])
    """
    n, k = Z.shape
    size = largest(Z)
    scaled = Z / size
    constant = constant_column(Z)
    mean = np.zeros(k) if constant is None else scaled.mean(axis=0)
    centred = scaled - mean
    length, raw = np.linalg.norm(centred, axis=0), np.linalg.norm(scaled, axis=0)
    tolerance = max(n, k) * EPS
    others = np.flatnonzero(length > tolerance * np.where(raw > 0.0, raw, 1.0))
    if constant is not None:
        others = others[others != constant]
    square = _reduced(centred[:, others] / length[others])
    remainder, pivots = _pivoted(square)
    lost = raw[others][pivots[: remainder.shape[0]]] / length[others][pivots[: remainder.shape[0]]]
    small = np.abs(np.diag(remainder)) <= tolerance * np.maximum(lost, 1.0)
    rank = int(np.argmax(small)) if small.any() else small.size
    if 0 < rank < others.size:
        remainder, pivots = _first_columns(square, rank, remainder, pivots)
    head = others[pivots[:rank]]
    independent = np.sort(head if constant is None else np.append(head, constant))
    dependent = np.setdiff1d(np.arange(k), independent)
    slopes = np.zeros((k, k))
    solved = solve_triangular(remainder[:rank, :rank], remainder[:rank, rank:]) if rank else np.zeros((0, 0))
    if rank and pivots.size > rank:
        tail = others[pivots[rank:]]
        slopes[np.ix_(head, tail)] = solved * length[tail] / length[head][:, None]
    if constant is not None:
        left = mean - mean @ slopes
        slopes[constant, dependent] = left[dependent] / scaled[0, constant]
    combination = slopes[np.ix_(independent, dependent)]
    combination = np.where(np.abs(combination) > NEGLIGIBLE * largest(combination), combination, 0.0)
    combination = combination * size[dependent] / size[independent][:, None]
    return Dependence(independent, dependent, combination, tolerance)


def _reduced(unit: np.ndarray) -> np.ndarray:
    """Return a matrix with the same inner products, tall ones made square by plain QR."""
    return np.linalg.qr(unit, mode="r") if unit.shape[0] > 2 * unit.shape[1] else unit


def _pivoted(square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ``R`` and the pivots."""
    n, k = square.shape
    if k == 0 or n == 0:
        return np.zeros((0, k)), np.arange(k)
    remainder, pivots = qr(square, mode="r", pivoting=True, check_finite=False)
    return remainder[: min(n, k)], pivots


def _first_columns(
    square: np.ndarray, rank: int, remainder: np.ndarray, pivots: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return ``R`` and an order in which the first columns are the independent ones, where that is as well posed."""
    small = np.abs(np.diag(remainder))[rank - 1]
    alone = np.abs(np.diag(np.linalg.qr(square, mode="r")))
    head = np.flatnonzero(alone > 1e-3 * small)
    if head.size != rank or square.shape[0] < square.shape[1]:
        return remainder, pivots
    order = np.append(head, np.setdiff1d(np.arange(square.shape[1]), head))
    ordered = np.linalg.qr(square[:, order], mode="r")
    return ordered, order
