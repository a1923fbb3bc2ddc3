"""What is maximised: a log evidence with its first two derivatives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np


@final
@dataclass(frozen=True, eq=False)
class Point:
    """The log evidence at one point.

    Attributes
    ----------
    x : ndarray (D,)
        The log of each learned variance ``tau_k^2`` (in units of ``sigma^2`` where the law is relative to it), then
        ``log sigma`` where it is estimated.
    value : float
    slope : ndarray (D,)
    bend : ndarray (D, D)
        Second derivatives.
    edf : ndarray (L,)
        Effective degrees of freedom of the coefficients of each learned strength.
    """

    x: np.ndarray
    value: float
    slope: np.ndarray
    bend: np.ndarray
    edf: np.ndarray


class Criterion(ABC):
    """A log evidence as a function of ``x`` (D,); see `Point`."""

    @property
    @abstractmethod
    def strengths(self) -> int:
        """The number of learned strengths ``L``."""

    @abstractmethod
    def start(self) -> np.ndarray:
        """Return where to start (D,)."""

    @abstractmethod
    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends (D,) beyond which a block has no effect, or no prior, to double precision."""

    @abstractmethod
    def at(self, x: np.ndarray) -> Point | None:
        """Return the log evidence at a point; None where it can not be computed."""
