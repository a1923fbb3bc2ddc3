"""The range of strengths of a path, for penalties of any law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bayesreg.errors import DataError
from bayesreg.objective import LogJoint
from bayesreg.solvers.columns import square_sums
from bayesreg.solvers.combined import make_combined
from bayesreg.solvers.composite import Composite, Part
from bayesreg.solvers.general import solve_composite
from bayesreg.solvers.surrogate import surrogate_root

SMALLEST_RATIO = 1e-10
MAX_ROUNDS = 100
TINY, HUGE = 1e-12, 1e12


def general_grid(joint: LogJoint, composite: Composite, scale: float, count: int, ratio: float | None) -> np.ndarray:
    """Return ``count`` multipliers of the strengths, evenly spaced in logarithm, decreasing; see `multiplier_grid`."""
    n, m = composite.Z.shape
    if any(is_sparse(part) for part in composite.parts):
        largest = largest_sparse(joint, composite, scale)
        ratio = ratio if ratio is not None else (1e-3 if n > m else 1e-2)
    else:
        squares = _spectrum(joint, composite)
        largest = 100.0 * squares.max()
        if ratio is None:
            ratio = max(SMALLEST_RATIO, 1e-4 * squares[squares > 1e-10 * squares.max()].min() / squares.max())
    return largest * np.geomspace(1.0, ratio, count)


def is_sparse(part: Part) -> bool:
    """Return whether a part has a kink at 0 that sets coefficients to 0."""
    return bool(part.law.traits.sparse and np.any(np.asarray(part.strength.rate) > 0.0))


def largest_sparse(joint: LogJoint, composite: Composite, scale: float) -> float:
    """Return the smallest multiplier at which every block with a kink at 0 is at 0; smooth blocks follow it."""
    sparse = [part for part in composite.parts if is_sparse(part)]
    smooth = [part for part in composite.parts if not is_sparse(part) and not part.law.is_flat]
    columns = np.sort(np.concatenate([composite.loose, *(part.at for part in smooth)]))
    flat = [(part.at, null) for part in sparse if (null := part.law.null_space()) is not None]
    reduced = replace(composite, Z=make_combined(composite.Z, columns, flat), moved=())
    null_point = composite.from_user(joint.null())
    start = np.concatenate([null_point[columns], np.zeros(reduced.Z.shape[1] - columns.size)])
    curvature = composite.problem.weights * composite.likelihood.curvature(composite.eta(null_point))
    factor = 1.0 if smooth else 0.0
    for _ in range(MAX_ROUNDS):
        parts = tuple(
            replace(part.multiplied(factor), at=np.searchsorted(columns, part.at)) for part in smooth if factor > 0.0
        )
        if start.size:
            start = solve_composite(replace(reduced, parts=parts), start, scale)[0]
        eta = reduced.Z @ start + composite.problem.offset
        score = composite.Z.T @ composite.residual(eta)
        needed = max(_threshold(part, score[part.at], _bend(composite, part, curvature), scale) for part in sparse)
        if abs(needed - factor) <= 1e-12 * factor or (not smooth and factor > 0.0):
            return max(needed, factor)
        factor = needed
    if factor <= 0.0:
        raise DataError(
            "No coefficient leaves 0 at any strength: no column restricted to positive=True has a positive slope. "
            "Drop positive=True, or turn the sign of columns."
        )
    return factor


def _bend(composite: Composite, part: Part, curvature: np.ndarray) -> float:
    """Return the largest curvature of the loss along one coordinate of the part."""
    return float((square_sums(composite.Z, curvature)[part.at]).max(initial=np.finfo(float).tiny))


def _threshold(part: Part, score: np.ndarray, bend: float, scale: float) -> float:
    """Return the smallest multiplier that holds a part at 0 against a score (d,).

    It is where the score enters the subdifferential at 0; for penalties that are not convex also where 0 is the lowest
    point for an orthogonal design, which alone counts where an infinite slope holds 0 at any strength.
    """
    zero = np.zeros(part.at.size)
    rounding = 0.0 if part.law.null_space() is None else 1e-12 * np.sqrt(bend) * scale

    def holds(factor: float) -> bool:
        return not np.any(part.multiplied(factor).distance(zero, score) > rounding)

    def is_lowest(factor: float) -> bool:
        return not np.any(part.multiplied(factor).prox(score / bend, 1.0 / bend))

    entry = 0.0 if holds(TINY) else _bisect(holds)
    entry = max(entry, _bisect(is_lowest)) if not part.law.traits.convex else entry
    return entry * (1.0 + 1e-9) if rounding > 0.0 else entry


def _bisect(holds: Callable[[float], bool]) -> float:
    """Return the smallest number at which a monotone condition holds, to rounding, from above."""
    high = 1.0
    while not holds(high) and high < HUGE**2:
        high *= 16.0
    low = high / 16.0
    while holds(low) and low > TINY**2:
        high, low = low, low / 16.0
    while high - low > 2.0 * np.spacing(high):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _spectrum(joint: LogJoint, composite: Composite) -> np.ndarray:
    """Return the eigenvalues of the likelihood's curvature at the null model relative to that of the penalties."""
    g = composite.from_user(joint.null())
    rows = np.sqrt(composite.problem.weights * composite.likelihood.curvature(composite.eta(g)))
    inverse = np.linalg.pinv(np.sqrt(joint.resolved.phi) * surrogate_root(composite))
    if isinstance(composite.Z, np.ndarray):
        return np.linalg.svd((rows[:, None] * composite.Z) @ inverse, compute_uv=False) ** 2
    gram = inverse.T @ composite.Z.gram(rows**2) @ inverse
    return np.maximum(np.linalg.eigvalsh(gram), 0.0)
