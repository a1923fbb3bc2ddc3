"""What laws that are a sum over coefficients share: their log density as a function of the scale."""

from __future__ import annotations

import numpy as np

from bayesreg.penalties import Strength


def penalised_count(rate: np.ndarray, precision: np.ndarray) -> float:
    """Return the number of coefficients that have a strength: the power of ``1 / tau`` in their density."""
    return float(np.count_nonzero(rate + precision > 0.0))


def arrays(strength: Strength, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rates and precisions as arrays (d,)."""
    rate, precision = (np.broadcast_to(np.asarray(part, dtype=float), (size,)) for part in strength)
    return rate, precision
