"""Newton's method for a criterion, between limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.errors import EngineError
from bayesreg.select.components.criterion import Criterion, Point

LONGEST, STEPS, HALVINGS = 3.0, 200, 40
TOLERANCE = 1e-7
"""The slope that an evidence may have at its maximum, nats per unit of a log strength."""
ROUNDING = 1e-13
"""What is lost of an evidence to rounding, as a share of its size."""


@final
@dataclass(frozen=True, eq=False)
class Maximum:
    """Where a criterion is largest.

    Attributes
    ----------
    point : Point
    held : ndarray of bool (D,)
        Coordinates at a limit that they would go beyond.
    steps : int
    """

    point: Point
    held: np.ndarray
    steps: int

    @property
    def slope(self) -> float:
        """The largest slope along a coordinate that is not held."""
        return float(np.abs(self.point.slope[~self.held]).max(initial=0.0))

    @property
    def ok(self) -> bool:
        """Whether it is a maximum, to `TOLERANCE`."""
        return self.slope <= TOLERANCE

    def errors(self) -> np.ndarray:
        """Return standard errors (D,) from the curvature; nan for coordinates that are held."""
        free, found = ~self.held, np.full(self.held.size, np.nan)
        if free.any():
            values, vectors = np.linalg.eigh(-self.point.bend[np.ix_(free, free)])
            with np.errstate(divide="ignore", invalid="ignore"):
                found[free] = np.sqrt((vectors**2 / values).sum(axis=1)) if values[0] > 0.0 else np.nan
        return found


def maximise(
    criterion: Criterion, start: np.ndarray | None = None, limits: tuple[np.ndarray, np.ndarray] | None = None
) -> Maximum:
    """Return a maximum by Newton steps on what is not held at a limit, each made to climb.

    Parameters
    ----------
    criterion : Criterion
    start : ndarray (D,), optional
        The criterion's own by default, as the limits are.
    limits : pair of ndarray (D,), optional
        Equal ones hold a coordinate.

    Raises
    ------
    EngineError
        If the criterion can not be computed where it starts.
    """
    low, high = criterion.limits() if limits is None else limits
    here = criterion.at(np.clip(criterion.start() if start is None else start, low, high))
    if here is None:
        raise EngineError(
            "The evidence could not be computed at its first point: a prior is too wide for double precision, or the "
            "response has extreme values. Check the response and the columns, or use by='cv'."
        )
    for number in range(STEPS):
        outward = ((here.x <= low) & (here.slope <= 0.0)) | ((here.x >= high) & (here.slope >= 0.0))
        if np.abs(here.slope[~outward]).max(initial=0.0) <= 0.01 * TOLERANCE:
            return Maximum(here, outward, number)
        step = np.zeros_like(here.x)
        step[~outward] = _newton(here.slope[~outward], here.bend[np.ix_(~outward, ~outward)])
        there = _climb(criterion, here, step, low, high)
        if there is None:
            return Maximum(here, outward, number)
        here = there
    return Maximum(here, outward, STEPS)


def _newton(slope: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Return an ascent step, no coordinate longer than `LONGEST`."""
    values, vectors = np.linalg.eigh(bend)
    size = np.maximum(np.abs(values), 1e-10 * max(1.0, float(np.abs(values).max())))
    along = vectors.T @ slope
    step = vectors @ (along / np.maximum(size, np.abs(along) / LONGEST))
    return np.asarray(step * min(1.0, LONGEST / float(np.abs(step).max())))


def _climb(criterion: Criterion, here: Point, step: np.ndarray, low: np.ndarray, high: np.ndarray) -> Point | None:
    """Return a better point along a step; None where there is none to rounding."""
    slack = ROUNDING * max(1.0, abs(here.value))
    for _ in range(HALVINGS):
        there = criterion.at(np.clip(here.x + step, low, high))
        if there is not None and there.value > here.value:
            return there
        flatter = there is not None and np.abs(there.slope).max() < np.abs(here.slope).max()
        if there is not None and flatter and there.value >= here.value - slack:
            return there
        step = 0.5 * step
    return None
