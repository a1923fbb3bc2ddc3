"""Directions along which a log likelihood never falls: where one exists, there is no finite maximum.

Both discrete families lead to one question about a matrix ``A``: is there a ``d`` with ``A d >= 0``
and ``A d != 0``? For 0/1 responses ``A`` has the rows ``(2 y_i - 1) z_i`` [1]_. For counts ``d`` must
vanish on the rows with ``y > 0``, and ``A`` holds ``-z_i`` of the other rows, in that null space.
By Stiemke's lemma the answer is no exactly if some ``r > 0`` has ``A' r = 0``: the residuals at a
maximum are such an ``r``, which settles most cases without a linear programme (rows that span every
direction are enough). Neither positive
weights nor offsets matter.

References
----------
.. [1] Albert A, Anderson JA (1984). On the existence of maximum likelihood estimates in logistic
   regression models. Biometrika 71, 1-10. Konis K (2007). Linear programming algorithms for
   detecting separated data in binary logistic regression models. DPhil thesis, Oxford.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import solve_triangular, svdvals
from scipy.special import expit

from bayesreg.errors import EngineError
from bayesreg.existence.dependence import constant_column, dependence, largest

TOLERANCE = 1e-9
BATCH = 2000


def direction(A: np.ndarray) -> np.ndarray | None:
    """Return ``d`` with ``A d >= 0`` and ``A d != 0``, or None if there is none.

    Parameters
    ----------
    A : ndarray (m, k)
        Full column rank; rows may be scaled at will.

    Returns
    -------
    ndarray (k,) or None
        Sparse where a sparse direction exists.
    """
    size = largest(A)
    scaled = A / size
    basis, triangle = np.linalg.qr(scaled)
    length = np.linalg.norm(basis, axis=1)
    keep = length > TOLERANCE * length.max(initial=0.0)
    basis = basis[keep] / length[keep, None]
    start, certified = _residuals(basis)
    if certified:
        return None
    found = _search(basis, start)
    if found is None:
        return None
    dense = solve_triangular(triangle, found)
    return _sparsest(scaled, dense) / size


def _residuals(B: np.ndarray) -> tuple[np.ndarray, bool]:
    """Climb ``sum log expit(B d)``; return ``d`` and whether its residuals prove that no direction exists."""
    d = np.zeros(B.shape[1])
    value = -B.shape[0] * np.log(2.0)
    for _ in range(30):
        r = expit(-(B @ d))
        curvature = (B.T * (r * (1.0 - r))) @ B
        step = np.linalg.lstsq(curvature, B.T @ r, rcond=None)[0]
        size = 1.0
        while size > 1e-4 and (new := -np.logaddexp(0.0, -(B @ (d + size * step))).sum()) < value:
            size /= 2.0
        if size <= 1e-4:
            break
        d, value = d + size * step, new
        if np.abs(size * step).max(initial=0.0) < 1e-9:
            break
        if np.abs(d).max(initial=0.0) > 1e3:
            break
    return d, _proves(B, expit(-(B @ d)))


def _proves(B: np.ndarray, r: np.ndarray) -> bool:
    """Whether residuals, made orthogonal to the columns, stay positive on rows that span every direction."""
    rows = r > 1e-5
    if np.count_nonzero(rows) < B.shape[1]:
        return False
    span, triangle = np.linalg.qr(B[rows])
    singular = svdvals(triangle)
    exact = r[rows]
    for _ in range(2):
        exact = exact - span @ (span.T @ exact)
    return bool(exact.min() > 1e-7 and singular[-1] > TOLERANCE * singular[0])


def _search(B: np.ndarray, start: np.ndarray) -> np.ndarray | None:
    """Maximise ``1' B d`` over ``B d >= 0``, ``|d| <= 1``, adding violated rows until none is left."""
    if _holds(B, start):
        return start
    total = B.sum(axis=0)
    margin = B @ start
    rows = np.argsort(margin)[:BATCH]
    while True:
        d = _maximise(total, B[rows])
        if total @ d <= B.shape[0] * TOLERANCE:
            return None
        margin = B @ d
        margin[rows] = np.maximum(margin[rows], 0.0)
        worst = np.argsort(margin)[:BATCH]
        worst = worst[margin[worst] < -TOLERANCE]
        if worst.size == 0:
            return _polished(B, d)
        rows = np.union1d(rows, worst)


def _linear_program(objective: np.ndarray, **constraints: Any) -> Any:
    """Return the solution of a linear program; SciPy's optimisers are imported here, where one is needed."""
    from scipy.optimize import linprog

    return linprog(objective, method="highs", options=_OPTIONS, **constraints)


def _maximise(total: np.ndarray, rows: np.ndarray) -> np.ndarray:
    solved = _linear_program(-total, A_ub=-rows, b_ub=np.zeros(rows.shape[0]), bounds=(-1.0, 1.0))
    if solved.x is None:
        raise EngineError(f"The search for a separating direction failed: {solved.message}. Please report these data.")
    return np.asarray(solved.x)


_OPTIONS: Any = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def _holds(B: np.ndarray, d: np.ndarray) -> bool:
    """Whether ``B d >= 0``, beyond doubt for one row at least and up to rounding for the others."""
    margin = B @ d
    rounding = 64.0 * np.finfo(float).eps * (np.abs(B) @ np.abs(d))
    return bool(np.all(margin >= -rounding) and margin.max(initial=0.0) > 1e-6 * np.abs(d).max(initial=0.0))


def _polished(B: np.ndarray, d: np.ndarray) -> np.ndarray | None:
    """Return ``d`` or its projection that sets the nearly zero margins to zero, whichever holds exactly."""
    if _holds(B, d):
        return d
    for level in (1e-9, 1e-8, 1e-7, 1e-6):
        near = B[np.abs(B @ d) <= level]
        exact = d - np.linalg.lstsq(near, near @ d, rcond=1e-10)[0]
        if _holds(B, exact):
            return exact
    return None


def separates_completely(Z: np.ndarray, y: np.ndarray) -> bool:
    """Return whether some direction puts every 0/1 response strictly on its own side: ``(2 y - 1) z'd >= 1``."""
    size = np.abs(Z).max(axis=0)
    A = np.where(y > 0.0, 1.0, -1.0)[:, None] * (Z / np.where(size > 0.0, size, 1.0))
    nothing = np.zeros(Z.shape[1])
    return bool(_linear_program(nothing, A_ub=-A, b_ub=-np.ones(len(y)), bounds=(None, None)).status == 0)


def _sparsest(A: np.ndarray, dense: np.ndarray) -> np.ndarray:
    """Return a direction with few non-zero entries: least ``sum |d|`` with ``A d >= 0`` and the same gain."""
    if A.shape[0] > 10 * BATCH:
        return dense
    dense = dense / np.abs(dense).max()
    gain = A.sum(axis=0)
    both = np.hstack([A, -A])
    solved = _linear_program(
        np.ones(2 * A.shape[1]),
        A_ub=-both,
        b_ub=np.zeros(A.shape[0]),
        A_eq=np.concatenate([gain, -gain])[None, :],
        b_eq=[gain @ dense],
        bounds=(0.0, None),
    )
    if solved.x is None:
        return dense
    up, down = np.split(np.asarray(solved.x), 2)
    sparse = up - down
    support = np.abs(sparse) > TOLERANCE * np.abs(sparse).max()
    part = _polished(A[:, support], sparse[support])
    if part is None:
        return dense
    sparse = np.zeros_like(dense)
    sparse[support] = part
    return sparse


def single_column(Z: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """Return the separating direction of one column (with the constant one), by exact comparison, or None."""
    ones = constant_column(Z)
    event = y > 0.0
    for sign in (1.0, -1.0):
        below, above = (sign * Z[~event]).max(axis=0), (sign * Z[event]).min(axis=0)
        hit = below <= above if ones is not None else (below <= 0.0) & (above >= 0.0)
        hit &= (np.ptp(Z, axis=0) > 0.0) if ones is not None else np.any(Z != 0.0, axis=0)
        if hit.any():
            j = int(np.argmax(hit))
            d = np.zeros(Z.shape[1])
            d[j] = sign
            if ones is not None:
                d[ones] = -(0.5 * below[j] + 0.5 * above[j]) / Z[0, ones]
            return d
    return None


def bernoulli_direction(Z: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """Return ``d`` with ``(2 y - 1) Z d >= 0``, not all zero, or None; ``Z`` (n, k) of full column rank."""
    found = single_column(Z, y) if 0.0 < y.mean() < 1.0 else None
    return found if found is not None else direction(np.where(y > 0.0, 1.0, -1.0)[:, None] * Z)


def binomial_direction(Z: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """Return the same for proportions ``y``: a row with successes and failures is one of each."""
    return bernoulli_direction(*as_trials(Z, y))


def as_trials(Z: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and 0/1 responses: a row of proportion between 0 and 1 stands once for each."""
    failed, succeeded = y < 1.0, y > 0.0
    outcome = np.concatenate([np.zeros(np.count_nonzero(failed)), np.ones(np.count_nonzero(succeeded))])
    return np.concatenate([Z[failed], Z[succeeded]]), outcome


def poisson_direction(Z: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """Return ``d`` with ``Z d = 0`` where ``y > 0`` and ``Z d <= 0``, not all zero, elsewhere, or None."""
    found = dependence(Z[y > 0.0]) if np.any(y > 0.0) else None
    if found is None:
        return direction(-Z)
    if found.dependent.size == 0:
        return None
    null = np.zeros((Z.shape[1], found.dependent.size))
    null[found.dependent] = np.eye(found.dependent.size)
    null[found.independent] = -found.combination
    reduced = direction(-Z[y == 0.0] @ null)
    return None if reduced is None else null @ reduced
