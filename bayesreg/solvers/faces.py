"""Minimiser of a quadratic loss plus penalties of any law: proximal steps find the face, Newton steps end on it.

Accelerated proximal-gradient steps identify the subspace on which the penalties are smooth at the solution; a
Newton step on that subspace, tried after every few of them and followed by a proximal step where the subspace
changes, then ends at rounding. The objective never rises, so a start decides which local minimum of a penalty that
is not convex is reached.

References
----------
Beck and Teboulle (2009), A fast iterative shrinkage-thresholding algorithm. Lewis and Wright (2016), A proximal
method for composite minimization.
"""

from __future__ import annotations

from typing import Any, final

import numpy as np
from scipy import sparse
from scipy.linalg import LinAlgError, block_diag, cho_factor, cho_solve, eigh

from bayesreg.solvers.columns import spread
from bayesreg.solvers.composite import Composite, Tangent
from bayesreg.solvers.quadratic import Quadratic

ROUNDING = 64.0 * np.finfo(float).eps
EXACT = 1e-13  # share of the residual's norm below which a violation ends a solve
CONDITION = 1e-11
MAX_ROUNDS = 200
CHANGES = 20  # of a face before the first proximal steps; 1 where the curvature may be negative
MOST_STEPS = 400
HALVINGS = 12
NULL_SLOPE = 1e-7
EVEN = 1e-30  # share of the largest curvature below which a coordinate has none
DAMPING = 1e-4  # of null directions along which no end of the face is known


@final
class FaceSearch:
    """State of one solve: the point ``g`` (m,), minus the gradient of the loss there, and the objective.

    Parameters
    ----------
    composite : Composite
        Its penalties are used, not its loss.
    loss : Quadratic
        In ``g - origin``.
    origin : ndarray (m,)
    start : ndarray (m,)
    scale : float
        Norm of the residual to which violations are compared.
    """

    def __init__(
        self, composite: Composite, loss: Quadratic, origin: np.ndarray, start: np.ndarray, scale: float
    ) -> None:
        self.composite, self.loss, self.origin, self.scale = composite, loss, origin, scale
        self.lipschitz = 1.02 * largest_curvature(loss) or 1.0
        self.g = start
        self.slope, self.value = self.evaluate(start)
        if not np.isfinite(self.value):
            self.g = composite.prox(start, 0.0)
            self.slope, self.value = self.evaluate(self.g)
        self.steps = 0
        self.changes = CHANGES if composite.is_convex else 1

    def evaluate(self, g: np.ndarray) -> tuple[np.ndarray, float]:
        """Return minus the gradient of the loss, and the objective less that at the origin without penalty."""
        h = g - self.origin
        slope = self.loss.minus_gradient(h, np.flatnonzero(h))
        return slope, -0.5 * float(h @ (slope + self.loss.correlation)) + self.composite.penalty(g)

    def solve(self) -> bool:
        """Run to a stationary point; return whether it was reached to rounding."""
        count, quiet, best = 4, 0, np.inf
        for _ in range(MAX_ROUNDS):
            before = self.value
            moved = self.newton()
            violation = self.composite.violation(self.g, self.slope) / self.scale
            if violation <= EXACT:
                break
            self.accelerate(count)
            if violation < 0.5 * best or self.value < before - ROUNDING * (abs(before) + abs(self.value)):
                quiet = 0
            else:
                quiet += 1
            best = min(best, violation)
            count = 4 if moved and quiet == 0 else min(2 * count, MOST_STEPS)
            if quiet > 4:
                break
        self.polish()
        return self.accurate_violation(self.g) <= 1e3 * EXACT

    def accelerate(self, count: int) -> None:
        """Take up to ``count`` proximal-gradient steps with momentum, which restarts where the objective rises."""
        previous, momentum = self.g, 1.0
        point, slope, value = self.g, self.slope, self.value
        for _ in range(count):
            self.steps += 1
            target = self.composite.prox(point + slope / self.lipschitz, 1.0 / self.lipschitz)
            change = target - point
            new_slope, new_value = self.evaluate(target)
            if -float(change @ (new_slope - slope)) > self.lipschitz * float(change @ change) * (1.0 + 1e-9):
                self.lipschitz *= 1.5
                continue
            if new_value > self.value and momentum > 1.0:
                previous, momentum = self.g, 1.0
                point, slope, value = self.g, self.slope, self.value
                continue
            if new_value > self.value + ROUNDING * abs(self.value) or not change.any():
                return
            self.g, self.slope, self.value = target, new_slope, new_value
            faster = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum**2))
            point = target + (momentum - 1.0) / faster * (target - previous)
            previous, momentum = target, faster
            slope, value = self.evaluate(point)
            if not np.isfinite(value):
                point, slope, value, momentum = target, new_slope, new_value, 1.0

    def newton(self) -> bool:
        """Step to the minimiser on the face, leaving coordinates at 0 on the way; return whether the objective fell.

        After some changes of the face proximal steps come next, which change many coordinates at once; later there are
        more, so that the end is reached where each of these matters.
        """
        moved = False
        for _ in range(self.changes):
            end = self.face_step()
            moved |= end is not None
            if end is None or end:
                return moved
        self.changes *= 2
        return moved

    def face_step(self) -> bool | None:
        """Take one Newton step; return whether it was a whole one, None where none lowers the objective.

        A step that ends where a coordinate reaches 0 leaves it there. Where the minimiser on the face is not unique the
        step is along the null directions, to the first such end.
        """
        tangents = self.composite.tangents(self.g)
        at, direction, is_null = newton_direction(tangents, self.loss, self.slope)
        if not direction.any():
            return None
        crossing, is_end = self.composite.first_change(self.g, spread(at, direction, self.g.size))
        if is_null and (crossing == np.inf or not is_end):
            at, direction, is_null = newton_direction(tangents, self.loss, self.slope, damped=True)
            crossing, _ = self.composite.first_change(self.g, spread(at, direction, self.g.size))
        steps = [] if is_null and crossing < np.inf else [1.0]
        for step in [*steps, crossing, *(0.5**k for k in range(1, HALVINGS))]:
            if step == np.inf or (step == crossing and step > 1.0 and not is_null):
                continue
            self.steps += 1
            target = self.g.copy()
            target[at] += step * direction
            if step == crossing:
                target[at] = np.where(np.abs(target[at]) <= 1e-14 * np.abs(self.g[at]), 0.0, target[at])
            found = [(target, *self.evaluate(target))]
            if step != crossing:
                near = self.composite.prox(target + found[0][1] / self.lipschitz, 1.0 / self.lipschitz)
                found.append((near, *self.evaluate(near)))
            g, slope, value = min(found, key=lambda item: item[2] if np.isfinite(item[2]) else np.inf)
            if value < self.value:
                self.g, self.slope, self.value = g, slope, value
                return step == 1.0
        return None

    def accurate(self, g: np.ndarray) -> np.ndarray:
        """Return minus the gradient (m,) from the rows."""
        return self.loss.accurate_minus_gradient(g - self.origin, np.arange(g.size))

    def accurate_violation(self, g: np.ndarray) -> float:
        """Return the violation with gradients formed from the rows, as a share of the residual's norm."""
        return self.composite.violation(g, self.accurate(g)) / self.scale

    def polish(self) -> None:
        """Correct the end point with gradients formed from the rows, as long as its violation falls."""
        best = self.accurate_violation(self.g)
        for _ in range(4):
            slope = self.accurate(self.g)
            at, direction, _ = newton_direction(self.composite.tangents(self.g), self.loss, slope, damped=True)
            target = self.g.copy()
            target[at] += direction
            near = self.composite.prox(target + self.accurate(target) / self.lipschitz, 1.0 / self.lipschitz)
            violations = [self.accurate_violation(point) for point in (target, near)]
            if not min(violations) < best:
                return
            best = min(violations)
            self.g = (target, near)[int(np.argmin(violations))]


def largest_curvature(loss: Quadratic) -> float:
    """Return the largest eigenvalue of the loss's curvature, by power iterations."""
    vector = np.random.default_rng(0).normal(size=loss.correlation.size)
    size = 0.0
    for _ in range(30):
        norm = float(np.linalg.norm(vector))
        if norm == 0.0:
            return 0.0
        vector = vector / norm
        vector = loss.correlation - loss.minus_gradient(vector, np.arange(vector.size))
        size = float(np.linalg.norm(vector))
    return size


def newton_direction(
    tangents: tuple[Tangent, ...], loss: Quadratic, slope: np.ndarray, *, damped: bool = False
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return coordinates (a,), the Newton step (a,) on the face, and whether it is along null directions alone.

    ``slope`` is minus the gradient of the loss. Where the curvature has negative values their signs are turned, so that
    the step descends. ``damped`` gives null directions a little curvature, for faces whose end is not known.
    """
    at, basis, curvature, downhill = face_system(tangents, loss, slope)
    if downhill.size == 0:
        return at, np.zeros(at.size), False
    size = _coordinate_size(curvature)
    curvature, downhill = curvature / np.outer(size, size), downhill / size
    try:
        factor = cho_factor(curvature, lower=True, check_finite=False)
        pivots = np.diag(factor[0])
        if (pivots.min() / pivots.max()) ** 2 > CONDITION:
            step = cho_solve(factor, downhill, check_finite=False) / size
            return at, step if basis is None else basis @ step, False
    except LinAlgError:
        pass
    values, vectors = eigh(curvature, check_finite=False)
    along = vectors.T @ downhill
    null = np.abs(values) <= CONDITION * max(float(np.abs(values).max()), np.finfo(float).tiny)
    is_null = bool(np.linalg.norm(along[null]) > NULL_SLOPE * np.linalg.norm(along))
    if is_null and damped:
        is_null = False
        step = vectors @ (along / np.maximum(np.abs(values), DAMPING * float(np.abs(values).max())))
    elif is_null:
        step = vectors @ np.where(null, along, 0.0)
    else:
        step = vectors @ np.where(null, 0.0, along / np.where(null, 1.0, np.abs(values)))
    step = step / size
    return at, step if basis is None else basis @ step, is_null


def _coordinate_size(curvature: np.ndarray) -> np.ndarray:
    """Return factors (k,) of the coordinates on a face that even out its curvature, which powers near 1 make uneven."""
    bend = np.abs(np.diag(curvature))
    largest = float(bend.max())
    return np.asarray(np.sqrt(np.where(bend > EVEN * largest, bend, largest if largest > 0.0 else 1.0)))


def face_system(
    tangents: tuple[Tangent, ...], loss: Quadratic, slope: np.ndarray
) -> tuple[np.ndarray, Any, np.ndarray, np.ndarray]:
    """Return coordinates (a,), basis (a, k) or None, curvature (k, k) and minus the gradient (k,) on the face."""
    at = np.concatenate([tangent.at for tangent in tangents])
    downhill = slope[at] - np.concatenate([tangent.gradient for tangent in tangents])
    if not at.size:
        return at, None, np.zeros((0, 0)), downhill
    bend = block_diag(*(tangent.curvature for tangent in tangents if tangent.at.size))
    if all(tangent.basis is None for tangent in tangents):
        return at, None, loss.gram(at) + bend, downhill
    parts = [tangent.directions for tangent in tangents if tangent.at.size]
    is_sparse = any(sparse.issparse(part) for part in parts)
    basis = sparse.block_diag(parts, format="csc") if is_sparse else block_diag(*parts)
    return at, basis, loss.gram_along(at, basis) + bend, basis.T @ downhill
