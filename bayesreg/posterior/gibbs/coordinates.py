"""Draws of the coefficients of a linear model given sigma and the precisions of the prior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs, dtrtrs

from bayesreg.errors import EngineError
from bayesreg.posterior.gibbs.reduced import Reduced
from bayesreg.posterior.gibbs.streams import Streams


@final
@dataclass(frozen=True, eq=False)
class Coordinates:
    """``v | sigma, Q ~ N(A^-1 X'y, sigma^2 A^-1)`` with ``A = X'X + sigma^2 Q``, drawn for K chains.

    References
    ----------
    Rue (2001), Fast sampling of Gaussian Markov random fields. Bhattacharya, Chakraborty and Mallick (2016), Fast
    sampling with Gaussian scale mixture priors in high-dimensional regression.
    """

    data: Reduced

    @cached_property
    def gram(self) -> np.ndarray:
        """``X'X`` (p, p), in Fortran's order."""
        return np.asfortranarray(self.data.rows.T @ self.data.rows)

    @cached_property
    def score(self) -> np.ndarray:
        """``X'y`` (p,)."""
        return self.data.rows.T @ self.data.target

    @cached_property
    def lengths(self) -> np.ndarray:
        """Squared lengths (p,) of the columns."""
        return np.einsum("ij,ij->j", self.data.rows, self.data.rows)

    def draw(self, precision: np.ndarray, sigma: np.ndarray, streams: Streams) -> np.ndarray:
        """Return coordinates (K, p) given ``sigma^2 Q``: its diagonal (K, p), or matrices (K, p, p)."""
        r, p = self.data.rows.shape
        if precision.ndim == 2 and p > r and bool((precision > 0.0).all()):
            variance = 1.0 / precision
            return self.draw_wide(variance, [self.spread(own) for own in variance], sigma, streams)
        found = sigma[:, None] * streams.normal(p)
        for own, at in zip(precision, found, strict=True):
            at[:] = self._draw_one(own, at)
        return found

    def _draw_one(self, precision: np.ndarray, noise: np.ndarray) -> np.ndarray:
        matrix = self._work
        np.copyto(matrix, self.gram)
        if precision.ndim == 1:
            matrix.ravel(order="K")[:: noise.size + 1] += precision
        else:
            matrix += precision
        lower, failed = dpotrf(matrix, lower=1, overwrite_a=1, clean=0)
        if failed:
            raise EngineError(
                "The precision of the coefficients is singular to double precision: dependent columns with hardly any "
                "prior. Give them a stronger one, e.g. br.Normal(scale), or remove columns."
            )
        half = dtrtrs(lower, self.score, lower=1)[0]
        half += noise
        return np.asarray(dtrtrs(lower, half, lower=1, trans=1, overwrite_b=1)[0]).ravel()

    @cached_property
    def _work(self) -> np.ndarray:
        """A matrix to factorise in place."""
        return np.empty_like(self.gram)

    def spread(self, variance: np.ndarray) -> np.ndarray:
        """Return ``X diag(variance) X'`` (r, r), in Fortran's order."""
        half = self.data.rows * np.sqrt(variance)
        return np.asfortranarray(half @ half.T)

    def draw_wide(
        self, variance: np.ndarray, spreads: list[np.ndarray], sigma: np.ndarray, streams: Streams
    ) -> np.ndarray:
        """Return the draws through systems of as many equations as rows.

        Parameters
        ----------
        variance : ndarray (K, p)
            Prior variances in units of sigma^2.
        spreads : list of K ndarrays (r, r)
            `spread` of them.
        sigma : ndarray (K,)
        streams : Streams
        """
        r, p = self.data.rows.shape
        X, y = self.data.rows, self.data.target
        u = np.sqrt(variance) * streams.normal(p) * sigma[:, None]
        error = sigma[:, None] * streams.normal(r)
        found = np.empty_like(u)
        for k, spread in enumerate(spreads):
            matrix = spread.copy(order="F")
            matrix.ravel(order="K")[:: r + 1] += 1.0
            lower = dpotrf(matrix, lower=1, overwrite_a=1, clean=0)[0]
            weights = dpotrs(lower, y - X @ u[k] - error[k], lower=1)[0].ravel()
            found[k] = u[k] + variance[k] * (weights @ X)
        return found
