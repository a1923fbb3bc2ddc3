"""Strengths of a path that are solved between two checks of all columns."""

from __future__ import annotations

import numpy as np

SPAN = 0.5  # smallest over largest strength of a batch


def next_batch(multipliers: np.ndarray, start: int, size: int) -> np.ndarray:
    """Return up to ``size`` decreasing strengths from position ``start`` on, near to each other.

    Examples
    --------
    >>> next_batch(np.array([1.0, 0.9, 0.8, 0.1]), 1, 3).tolist()
    [0.9, 0.8]
    """
    batch = multipliers[start : start + size]
    return np.asarray(batch[batch >= SPAN * batch[0]])
