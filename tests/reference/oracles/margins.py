"""What an oracle knows of one quantity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

PLACES = (-2.0, -1.0, -0.3, 0.3, 1.0, 2.0)


@final
@dataclass(frozen=True, eq=False)
class Margin:
    """Mean, standard deviation and probabilities of one quantity under its posterior.

    Attributes
    ----------
    mean, sd : float
        One that is not stated, or does not exist, is nan.
    at, below : ndarray (k,)
        ``P(quantity < at)``: a quantile is a place whose probability is known.
    """

    mean: float
    sd: float
    at: np.ndarray
    below: np.ndarray


def from_cdf(mean: float, sd: float, cdf: Callable[[np.ndarray], np.ndarray], also: tuple[float, ...] = ()) -> Margin:
    """Return the margin at places about the mean, and at further ones."""
    at = np.sort(np.r_[mean + sd * np.array(PLACES), also])
    return Margin(float(mean), float(sd), at, np.asarray(cdf(at), dtype=float))
