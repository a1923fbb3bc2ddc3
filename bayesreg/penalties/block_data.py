"""The block of a design that a penalty meets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np


@final
@dataclass(frozen=True, eq=False)
class BlockData:
    """What the model knows about the coefficients that a penalty acts on, for laws that depend on it.

    Attributes
    ----------
    names, terms : tuple of str (d,)
        Coefficients, and the term that each belongs to.
    columns : callable
        Returns the design columns (n, d), centred at their weighted means where the model has an intercept.
    weights : ndarray (n,)
        Case weights.
    scale : ndarray (d,)
        The scale ``s_j`` that the penalty acts on: standard deviations, or ones.
    standardize : bool
        Whether penalties act on standardised columns here.
    phi : float
        The model's dispersion; 1 in a record whose dispersion is not estimated yet.
    frequency : bool
        The weights are counts of copies.
    center : ndarray (d,) or None
        The means taken from the columns; None: there is no intercept.
    """

    names: tuple[str, ...]
    terms: tuple[str, ...]
    columns: Callable[[], np.ndarray]
    weights: np.ndarray
    scale: np.ndarray
    standardize: bool
    phi: float
    frequency: bool = False
    center: np.ndarray | None = None
