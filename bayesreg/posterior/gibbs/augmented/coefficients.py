"""Draws of the coefficients given the latent variables of rows and laws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs, dtrtrs

from bayesreg.errors import EngineError
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class WeightedRows:
    """``w | omega, Q ~ N(A^-1 C'r, A^-1)``, ``A = C' Omega C + Q``, of coordinates ``w = (v, flat)`` of K chains.

    Attributes
    ----------
    columns : ndarray (n, m)
    offset : ndarray (n,)
    size : int
        Number of coordinates ``v`` that have a prior; the others are flat.

    References
    ----------
    Rue (2001), Fast sampling of Gaussian Markov random fields. Bhattacharya, Chakraborty and Mallick (2016), Fast
    sampling with Gaussian scale mixture priors in high-dimensional regression.
    """

    columns: np.ndarray
    offset: np.ndarray
    size: int

    def eta(self, w: np.ndarray) -> np.ndarray:
        """Return the linear predictors (K, n) at coordinates (K, m)."""
        return w @ self.columns.T + self.offset

    def draw(
        self, w: np.ndarray, omega: np.ndarray, linear: np.ndarray, precision: np.ndarray, streams: Streams
    ) -> np.ndarray:
        """Return new coordinates (K, m).

        Parameters
        ----------
        w : ndarray (K, m)
            The present ones, which matter only where there are more of them than rows.
        omega, linear : ndarray (K, n)
            See `Augmentation`.
        precision : ndarray (K, p) or (K, p, p)
            ``Q`` of ``v``: its diagonal, or matrices.
        streams : Streams
        """
        n, m = self.columns.shape
        linear = linear - omega * self.offset
        if precision.ndim == 2 and self.size > n and bool((precision > 0.0).all()):
            return self._draw_wide(w, omega, linear, precision, streams)
        noise = streams.normal(m)
        found = np.empty((len(streams), m))
        for k in range(len(streams)):
            matrix = self._information(omega[k], slice(0, m))
            own = matrix[: self.size, : self.size]
            own += precision[k] if precision.ndim == 3 else np.diag(precision[k])
            found[k] = _draw_normal(matrix, self.columns.T @ linear[k], noise[k])
        return found

    def _draw_wide(
        self, w: np.ndarray, omega: np.ndarray, linear: np.ndarray, precision: np.ndarray, streams: Streams
    ) -> np.ndarray:
        """Return flat coordinates given the others, then the others given them, through a system of the rows."""
        n, m = self.columns.shape
        found, flat = w.copy(), slice(self.size, m)
        free, own = self.columns[:, flat], self.columns[:, : self.size]
        first, second = streams.normal(m), streams.normal(n)
        for k in range(len(streams)):
            if m > self.size:
                rest = linear[k] - omega[k] * (own @ found[k, : self.size])
                found[k, flat] = _draw_normal(self._information(omega[k], flat), free.T @ rest, first[k, flat])
            root, variance = np.sqrt(omega[k]), 1.0 / precision[k]
            rows = own * root[:, None]
            with np.errstate(divide="ignore", invalid="ignore"):
                target = np.where(root > 0.0, (linear[k] - omega[k] * (free @ found[k, flat])) / root, 0.0)
            u = np.sqrt(variance) * first[k, : self.size]
            matrix = np.asfortranarray((rows * variance) @ rows.T)
            matrix[np.arange(n), np.arange(n)] += 1.0
            lower = dpotrf(matrix, lower=1, overwrite_a=1)[0]
            solved = dpotrs(lower, target - rows @ u - second[k], lower=1)[0].ravel()
            found[k, : self.size] = u + variance * (rows.T @ solved)
        return found

    def _information(self, omega: np.ndarray, at: slice) -> np.ndarray:
        columns = self.columns[:, at]
        return (columns.T * omega) @ columns


def _draw_normal(precision: np.ndarray, linear: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return a draw (m,) from the normal law of density ``exp(linear'w - w' precision w / 2)``."""
    lower, failed = dpotrf(precision, lower=1)
    if failed:
        raise EngineError(
            "The precision of the coefficients is singular to double precision: dependent columns with hardly any "
            "prior, or separated classes. Give them a stronger prior, e.g. br.Normal(scale), or remove columns."
        )
    half = np.asarray(dtrtrs(lower, linear, lower=1)[0]).ravel() + noise
    return np.asarray(dtrtrs(lower, half, lower=1, trans=1)[0]).ravel()
