"""An inverse curvature among a few coordinates, corrected by the gradients that steps have met."""

from __future__ import annotations

from typing import final

import numpy as np

MOST = 10  # steps remembered
CURVED = 1e-8  # curvature along a step, as a share of the product of the norms, up to which it says nothing


@final
class Secants:
    """The inverse ``H`` of a curvature, changed so that ``H change = step`` for the last steps.

    Parameters
    ----------
    inverse : ndarray (a, a)
        Positive definite; where it starts.

    References
    ----------
    Nocedal (1980), Updating quasi-Newton matrices with limited storage.
    """

    def __init__(self, inverse: np.ndarray) -> None:
        self.inverse = inverse
        self.pairs: list[tuple[np.ndarray, np.ndarray, float]] = []

    def add(self, step: np.ndarray, change: np.ndarray) -> None:
        """Remember a step (a,) and the change of the gradient along it."""
        bend = float(step @ change)
        if bend > CURVED * float(np.linalg.norm(step) * np.linalg.norm(change)):
            self.pairs = [*self.pairs[1 - MOST :], (step, change, bend)]

    def times(self, r: np.ndarray) -> np.ndarray:
        """Return ``H r`` (a,)."""
        shares = []
        for step, change, bend in reversed(self.pairs):
            shares.append(float(step @ r) / bend)
            r = r - shares[-1] * change
        r = self.inverse @ r
        for (step, change, bend), share in zip(self.pairs, reversed(shares), strict=True):
            r += (share - float(change @ r) / bend) * step
        return r
