"""Laws as smooth potentials for Hamiltonian moves: their value and slope for chains side by side."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from bayesreg.objective import Piece
from bayesreg.penalties import Penalty, Strength
from bayesreg.penalties.joint import Joint
from bayesreg.penalties.separable import Separable

LOG_2 = float(np.log(2.0))
LOG_ROOT = float(0.5 * np.log(2.0 * np.pi))


class Potential(ABC):
    """``V(z) = -log p(z)`` up to a constant, of a law at scale 1 in coordinates ``z`` of its own, ``v = bend(z)``.

    Attributes
    ----------
    bends : bool
        Whether ``z`` is other than ``v``.
    """

    bends: ClassVar[bool] = False

    def bend(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray | float]:
        """Return ``v`` (K, d) and ``dv / dz``, elementwise."""
        return z, 1.0

    def unbend(self, v: np.ndarray) -> np.ndarray:
        """Return ``z`` (K, d) from ``v``."""
        return v

    @abstractmethod
    def curvature(self, d: int) -> np.ndarray:
        """Return about how ``V`` bends in ``z``: the precision (d, d) of a normal law as wide."""

    @abstractmethod
    def value(self, z: np.ndarray) -> np.ndarray:
        """Return ``V`` (K,) at points (K, d)."""

    @abstractmethod
    def slope(self, z: np.ndarray) -> np.ndarray:
        """Return its gradient (K, d); at a kink any number between the two slopes."""


@final
@dataclass(frozen=True, eq=False)
class PlainPotential(Potential):
    """``sum_j precision_j v_j^2 / 2``."""

    precision: np.ndarray

    def curvature(self, d: int) -> np.ndarray:
        return np.diag(self.precision)

    def value(self, z: np.ndarray) -> np.ndarray:
        return 0.5 * (z * z) @ self.precision

    def slope(self, z: np.ndarray) -> np.ndarray:
        return z * self.precision


@final
@dataclass(frozen=True, eq=False)
class BentPotential(Potential):
    r"""``sum_j rate_j |v_j| + precision_j v_j^2 / 2`` without its kink.

    ``rate |v| = -log(2 Phi(-|z|))`` makes ``z`` standard normal where ``v`` is Laplace; the likelihood is as smooth in
    ``z`` as in ``v`` to first order, so that trajectories of long steps keep their energy.
    """

    rate: np.ndarray
    precision: np.ndarray
    bends = True

    def bend(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray | float]:
        log_tail = log_ndtr(-np.abs(z))
        slope = np.exp(-0.5 * z * z - log_tail - LOG_ROOT) / self.rate
        return -np.copysign(1.0, z) * (LOG_2 + log_tail) / self.rate, slope

    def unbend(self, v: np.ndarray) -> np.ndarray:
        return -np.copysign(1.0, v) * ndtri_exp(-LOG_2 - self.rate * np.abs(v))

    def curvature(self, d: int) -> np.ndarray:
        return np.eye(d)

    def value(self, z: np.ndarray) -> np.ndarray:
        total = 0.5 * (z * z).sum(axis=1)
        if not self.precision.any():
            return total
        v = self.bend(z)[0]
        return total + 0.5 * (v * v) @ self.precision

    def slope(self, z: np.ndarray) -> np.ndarray:
        if not self.precision.any():
            return z
        v, slope = self.bend(z)
        return z + self.precision * v * slope


@final
@dataclass(frozen=True, eq=False)
class QuadraticPotential(Potential):
    """``v' Q v / 2``."""

    form: np.ndarray

    def curvature(self, d: int) -> np.ndarray:
        return self.form

    def value(self, z: np.ndarray) -> np.ndarray:
        return np.asarray(0.5 * ((z @ self.form) * z).sum(axis=1))

    def slope(self, z: np.ndarray) -> np.ndarray:
        return z @ self.form


@final
@dataclass(frozen=True, eq=False)
class LengthPotential(Potential):
    """``sums * sum_j |v_j| + length * |z|``: laws of groups."""

    sums: float
    length: float
    spread: np.ndarray

    def curvature(self, d: int) -> np.ndarray:
        return np.diag(np.broadcast_to(self.spread, (d,)))

    def value(self, z: np.ndarray) -> np.ndarray:
        return self.sums * np.abs(z).sum(axis=1) + self.length * np.sqrt((z * z).sum(axis=1))

    def slope(self, z: np.ndarray) -> np.ndarray:
        norm = np.sqrt((z * z).sum(axis=1, keepdims=True))
        return self.sums * np.sign(z) + self.length * z / np.where(norm > 0.0, norm, 1.0)


@final
@dataclass(frozen=True, eq=False)
class SeparablePotential(Potential):
    """A sum over coefficients of any other function of ``|v_j|``."""

    law: Separable
    strength: Strength
    spread: np.ndarray

    def curvature(self, d: int) -> np.ndarray:
        return np.diag(np.broadcast_to(self.spread, (d,)))

    def value(self, z: np.ndarray) -> np.ndarray:
        return np.asarray(self.law.value(z, self.strength).sum(axis=1))

    def slope(self, z: np.ndarray) -> np.ndarray:
        return np.sign(z) * self.law.slope(np.abs(z), self.strength)


@final
@dataclass(frozen=True, eq=False)
class FacePotential(Potential):
    """Any other law of a block, its slope from the face that a point is on."""

    law: Penalty
    strength: Strength
    spread: np.ndarray

    def curvature(self, d: int) -> np.ndarray:
        return np.diag(np.broadcast_to(self.spread, (d,)))

    def value(self, z: np.ndarray) -> np.ndarray:
        return np.asarray(self.law.value(z, self.strength))

    def slope(self, z: np.ndarray) -> np.ndarray:
        return np.stack([self.law.face(one, self.strength).gradient for one in z])


def potential_of(piece: Piece, sigma: float) -> Potential:
    """Return the potential of a piece's law at sigma: of scale 1 where its strength is learned, else its strength."""
    law = piece.law
    strength = piece.strength if piece.learned < 0 else piece.unit.scaled(1.0 / sigma if piece.relative else 1.0)
    if law.plain:
        rate, precision = (np.broadcast_to(np.asarray(part, dtype=float), piece.at.shape) for part in strength)
        if np.all(rate > 0.0):
            return BentPotential(rate.copy(), precision.copy())
        if not np.any(rate > 0.0):
            return PlainPotential(precision.copy())
    half = law.root(strength)
    if half is not None:
        return QuadraticPotential(half.T @ half)
    spread = _precision(law, strength)
    if isinstance(law, Separable):
        return SeparablePotential(law, strength, spread)
    lengths = law.lengths() if isinstance(law, Joint) else None
    if lengths is not None:
        return LengthPotential(float(strength.rate) * lengths[0], float(strength.rate) * lengths[1], spread)
    return FacePotential(law, strength, spread)


def _precision(law: Penalty, strength: Strength) -> np.ndarray:
    """Return one over the second moments of a law (d,) or (), or about that where they are 0 or infinite."""
    with np.errstate(all="ignore"):
        second = np.asarray(law.absolute_moments(strength)[1], dtype=float)
        wide = strength.precision + np.square(strength.rate)
        return np.where(np.isfinite(second) & (second > 0.0), 1.0 / second, wide)


def degrees_of(piece: Piece) -> float:
    """Return ``r`` of the factor ``tau^-r`` by which the density of a law falls with its scale."""
    law, unit = piece.law, piece.unit
    wider = law.log_normalizer(unit.scaled(np.exp(-1.0)))
    return float(np.round(np.sum(wider) - np.sum(law.log_normalizer(unit)), 9))


def has_slope(piece: Piece) -> bool:
    """Return whether a law's density is finite and its slope known, as Hamiltonian moves need."""
    return piece.law.bounds == (-np.inf, np.inf) and not piece.law.no_density and not _has_pole(piece)


def _has_pole(piece: Piece) -> bool:
    """Return whether the density of a law that is a sum over coefficients is infinite, or undefined, at 0."""
    if not isinstance(piece.law, Separable) or piece.law.plain:
        return False
    with np.errstate(all="ignore"):
        return not np.all(np.isfinite(piece.law.value(np.zeros(piece.at.size), piece.unit)))
