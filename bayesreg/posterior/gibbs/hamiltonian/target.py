"""The log density that Hamiltonian moves keep: coefficients and the logarithms of learned scales together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np

from bayesreg.posterior.gibbs.blocks import Blocks
from bayesreg.posterior.gibbs.hamiltonian.densities import Potential
from bayesreg.posterior.gibbs.hamiltonian.rows import Rows

STEP, GRID = 1e-4, 20.0
FARTHEST = 300.0
"""The largest logarithm of a scale in size; the density beyond is 0 to double precision."""


@final
@dataclass(frozen=True, eq=False)
class Quadratic:
    """A second-order model of the log likelihood, whose slope costs nothing to follow.

    Attributes
    ----------
    centre, gradient : ndarray (m,)
    information : ndarray (m, m)
    """

    centre: np.ndarray
    gradient: np.ndarray
    information: np.ndarray

    def slope(self, w: np.ndarray) -> np.ndarray:
        """Return the gradient (K, m) at points (K, m)."""
        return self.gradient - (w - self.centre) @ self.information


@final
@dataclass(frozen=True, eq=False)
class Law:
    """One block's law in the coordinates ``z`` that are moved: ``v = tau bend(z)``.

    Attributes
    ----------
    at : slice
        Its coordinates.
    slot : int
        Which of the scales is its width; -1: none.
    potential : Potential
    spare : float
        Its coordinates less the power of the scale by which its density falls: the directions in which it is flat.
    """

    at: slice
    slot: int
    potential: Potential
    spare: float

    def scale(self, scales: np.ndarray) -> Any:
        """Return ``tau`` (K, 1) among scales (K, S); 1 where the law has none."""
        return scales[:, self.slot, None] if self.slot >= 0 else 1.0


@final
@dataclass(frozen=True, eq=False)
class Target:
    """``log p(y | w) + log p(v | tau) + log p(log tau)`` at positions (K, m + S).

    A position is that of each law (`Law`), then flat coefficients, then ``log tau`` of S scales. ``w = (v, flat)`` are
    the coordinates that the columns belong to.

    Attributes
    ----------
    rows : Rows
    blocks : Blocks
    laws : tuple of Law
    model : Quadratic or None
        What slopes are taken from in the place of the rows. Values never are, so moves that are accepted by them
        leave the same density unchanged.
    """

    rows: Rows
    blocks: Blocks
    laws: tuple[Law, ...]
    model: Quadratic | None = None

    @property
    def width(self) -> int:
        """Number of coordinates ``w``."""
        return self.rows.columns.shape[1]

    @property
    def size(self) -> int:
        """Length of a position."""
        return self.width + self.blocks.slots

    def split(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the coordinates ``w`` (K, m) and ``log tau`` (K, S)."""
        return self._opened(position)[:2]

    def _opened(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[Any]]:
        """Return ``w``, ``log tau``, and of each law ``dw / d position``."""
        log_scale = np.minimum(np.maximum(position[:, self.width :], -FARTHEST), FARTHEST)
        scales = np.exp(log_scale)
        w = position[:, : self.width].copy()
        slopes: list[Any] = []
        for law in self.laws:
            v, slope = law.potential.bend(w[:, law.at])
            w[:, law.at] = v * law.scale(scales)
            slopes.append(slope * law.scale(scales))
        return w, log_scale, slopes

    def join(self, w: np.ndarray, log_scale: np.ndarray) -> np.ndarray:
        """Return positions from coordinates and scales."""
        position = np.concatenate([w, log_scale], axis=1)
        for law in self.laws:
            position[:, law.at] = law.potential.unbend(w[:, law.at] / law.scale(np.exp(log_scale)))
        return position

    def fit(self, position: np.ndarray) -> np.ndarray:
        """Return the log likelihood (K,) up to a constant."""
        return self.rows.value(self.split(position)[0])

    def prior(self, position: np.ndarray) -> np.ndarray:
        """Return the log prior density (K,) of positions, up to a constant."""
        with np.errstate(all="ignore"):
            log_scale = self.split(position)[1]
            total = self._hyperprior(log_scale) if self.blocks.slots else np.zeros(len(position))
            for law in self.laws:
                total = total - law.potential.value(position[:, law.at])
                if law.slot >= 0:
                    total = total + law.spare * log_scale[:, law.slot]
        return total

    def gradient(self, position: np.ndarray) -> np.ndarray:
        """Return the gradient (K, m + S), with the slopes of the model of the likelihood where there is one."""
        with np.errstate(all="ignore"):
            w, log_scale, slopes = self._opened(position)
            found = np.empty_like(position)
            fit = self.rows.gradient(w) if self.model is None else self.model.slope(w)
            found[:, : self.width] = fit
            if self.blocks.slots:
                found[:, self.width :] = self._hyperprior_slope(log_scale)
            for law, slope in zip(self.laws, slopes, strict=True):
                found[:, law.at] *= slope
                found[:, law.at] -= law.potential.slope(position[:, law.at])
                if law.slot >= 0:
                    pull = (w[:, law.at] * fit[:, law.at]).sum(axis=1)
                    found[:, self.width + law.slot] += pull + law.spare
        return found

    def modelled(self, centre: np.ndarray) -> Target:
        """Return the target with the likelihood's slope from its second-order model at coordinates (m,)."""
        gradient = self.rows.gradient(centre[None])[0]
        return replace(self, model=Quadratic(centre, gradient, self.rows.information(centre)))

    def _hyperprior(self, log_scale: np.ndarray) -> np.ndarray:
        return self.blocks.log_scale_prior(np.exp(log_scale)) + log_scale.sum(axis=1)

    def _hyperprior_slope(self, log_scale: np.ndarray) -> np.ndarray:
        """Return the slope (K, S): of one scale from a table, of several by central differences."""
        if self.blocks.slots == 1:
            return np.interp(log_scale, *self._table)
        return self._differences(log_scale)

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray]:
        """Slopes of the prior of one ``log tau``; their errors cost acceptance, not exactness."""
        grid = np.linspace(-GRID, GRID, 4001)
        return grid, self._differences(grid[:, None])[:, 0]

    def _differences(self, log_scale: np.ndarray) -> np.ndarray:
        chains, slots = log_scale.shape
        steps = STEP * np.concatenate([np.eye(slots), -np.eye(slots)])
        points = (log_scale[None] + steps[:, None]).reshape(-1, slots)
        values = self._hyperprior(points).reshape(2 * slots, chains)
        return ((values[:slots] - values[slots:]) / (2.0 * STEP)).T
