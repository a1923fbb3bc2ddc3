"""What is known of the posteriors at the strengths of a grid."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np


@final
@dataclass(frozen=True)
class Anchor:
    """A run of an engine at one strength of the grid.

    Attributes
    ----------
    place : int
        Which strength of the grid.
    engine : str
    seed : int
    draws : int
        Draws of all chains together.
    ess : float
        Smallest bulk effective sample size of a coefficient, of sigma, and of the log prior density.
    rhat : float
        Largest R-hat of the same; nan where chains are too short for one.
    divergent : int
        Draws that NUTS flags; 0 for other engines.
    """

    place: int
    engine: str
    seed: int
    draws: int
    ess: float
    rhat: float
    divergent: int


@dataclass(frozen=True, eq=False)
class Bands(ABC):
    """The posteriors of the coefficients (q,) at multiples (K,) of a model's strengths."""

    @property
    @abstractmethod
    def mean(self) -> np.ndarray:
        """Posterior means (K, q)."""

    @property
    @abstractmethod
    def sd(self) -> np.ndarray:
        """Posterior standard deviations (K, q)."""

    @abstractmethod
    def quantile(self, prob: float) -> np.ndarray:
        """Return posterior quantiles (K, q)."""

    @property
    @abstractmethod
    def log_evidence(self) -> np.ndarray:
        """``log p(y | strength)`` (K,) up to one constant; nan where the prior is no distribution."""

    @property
    @abstractmethod
    def ess(self) -> np.ndarray:
        """Effective number of draws at each strength (K,); infinite where the posterior is known."""

    @property
    @abstractmethod
    def khat(self) -> np.ndarray:
        """Shape of the Pareto tail of the importance weights (K,), at most 0 where they are bounded."""

    @property
    @abstractmethod
    def anchors(self) -> tuple[Anchor, ...]:
        """The runs that draws come from, in the order of the strengths; empty where none was needed."""
