r"""The evidence and the coefficients at prior variances ``v`` of the groups, in units of ``sigma^2``.

With ``S = I + T V T'`` everything follows from ``log det S`` and the misfit ``Q = rest + t'S^-1 t``:
``t`` is normal with covariance ``sigma^2 S``. One group is diagonalised once; several take a Cholesky factor of the
columns or of the rows, whichever are fewer, at every ``v``.

References
----------
Bhattacharya, Chakraborty and Mallick (2016), Fast sampling with Gaussian scale mixture priors in high-dimensional
regression.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
from scipy.linalg import lapack, svd

from bayesreg.posterior.evidence.reduction import Functionals, Reduction

WIDEST = 1e13
"""The largest diagonal beside which the unit matrix is still there to three digits."""


@dataclass(frozen=True, eq=False)
class Factor(ABC):
    """What is known at every ``v`` (s, G), G the number of groups.

    Attributes
    ----------
    reduction : Reduction
    """

    reduction: Reduction

    @property
    def cost(self) -> int:
        """The size of the matrix that is factorised at each ``v``; 0: none."""
        return 0

    @abstractmethod
    def evidence(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``log det S`` and ``Q`` (s,); not a number where ``v`` is too wide for double precision."""

    @abstractmethod
    def draw(self, v: np.ndarray, sigma: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return draws of ``u`` (s, K), one at each ``v`` and sigma (s,)."""

    @abstractmethod
    def moments(self, v: np.ndarray, of: Functionals) -> tuple[np.ndarray, np.ndarray]:
        """Return means and variances (s, k) of linear functions, the variances in units of ``sigma^2``."""


@final
@dataclass(frozen=True, eq=False)
class OneGroup(Factor):
    """One group alone: ``T = left diag(d) right`` diagonalises every ``S``."""

    which: int

    @cached_property
    def _svd(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """Return ``left't``, ``d``, ``right`` and the sum of squares outside of ``left``."""
        left, d, right = svd(self.reduction.T, full_matrices=False, check_finite=False)
        t = self.reduction.t
        target = left.T @ t
        return target, d, right, self.reduction.rest + float(np.sum((t - left @ target) ** 2))

    def evidence(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        target, d, _, outside = self._svd
        grown = 1.0 + d**2 * v[:, self.which, None]
        return np.log(grown).sum(axis=1), outside + (target**2 / grown).sum(axis=1)

    def draw(self, v: np.ndarray, sigma: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        target, d, right, _ = self._svd
        own = v[:, self.which, None]
        grown = 1.0 + d**2 * own
        deviate = rng.standard_normal((sigma.size, right.shape[1]))
        inner = (1.0 / np.sqrt(grown) - 1.0) * (deviate @ right.T) * (sigma[:, None] * np.sqrt(own))
        return deviate * (sigma[:, None] * np.sqrt(own)) + (inner + own * d * target / grown) @ right

    def moments(self, v: np.ndarray, of: Functionals) -> tuple[np.ndarray, np.ndarray]:
        target, d, right, _ = self._svd
        own = v[:, self.which, None]
        shrunk = own / (1.0 + d**2 * own)
        loading = of.along(right)
        mean = of.offset + (shrunk * d * target) @ loading
        squares = loading**2
        variance = of.flat_variance + shrunk @ squares
        if right.shape[0] < right.shape[1] and not of.seen:
            unseen = np.maximum(of.lengths[self.which] - squares.sum(axis=0), 0.0)
            variance = variance + own * unseen
        return mean, variance


@final
@dataclass(frozen=True, eq=False)
class ByColumns(Factor):
    """Several groups, fewer columns than rows: ``M = I + D T'T D`` with ``D^2 = V``."""

    @property
    def cost(self) -> int:
        return self.reduction.T.shape[1]

    @cached_property
    def _gram(self) -> tuple[np.ndarray, np.ndarray]:
        T = self.reduction.T
        return T.T @ T, T.T @ self.reduction.t

    def _each(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ``D`` (s, K), the Cholesky factors (s, K, K) and the means of ``u`` (s, K)."""
        gram, cross = self._gram
        D = np.sqrt(v[:, self.reduction.split.group])
        lower, mean = _factors(gram * D[:, :, None] * D[:, None, :]), D * cross
        for i, one in enumerate(lower):
            mean[i] = lapack.dpotrs(one, mean[i], lower=1)[0]
        return D, lower, D * mean

    def evidence(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = np.empty((2, len(v)))
        T, t = self.reduction.T, self.reduction.t
        for at in _chunks(len(v), self.cost):
            D, lower, mean = self._each(v[at])
            found[0, at] = 2.0 * np.log(np.einsum("sii->si", lower)).sum(axis=1)
            penalty = np.divide(mean, D, out=np.zeros_like(mean), where=D > 0.0)
            found[1, at] = self.reduction.rest + ((mean @ T.T - t) ** 2).sum(axis=1) + (penalty**2).sum(axis=1)
        return found[0], found[1]

    def draw(self, v: np.ndarray, sigma: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        deviate = rng.standard_normal((sigma.size, self.cost))
        found = np.empty_like(deviate)
        for at in _chunks(len(v), self.cost):
            D, lower, mean = self._each(v[at])
            turned = np.stack([_back(one, e) for one, e in zip(lower, deviate[at], strict=True)])
            found[at] = mean + sigma[at, None] * D * turned
        return found

    def moments(self, v: np.ndarray, of: Functionals) -> tuple[np.ndarray, np.ndarray]:
        loading = of.matrix
        mean, variance = np.empty((len(v), loading.shape[1])), np.empty((len(v), loading.shape[1]))
        for at in _chunks(len(v), self.cost):
            D, lower, centre = self._each(v[at])
            mean[at] = of.offset + centre @ loading
            for i, (own, one) in enumerate(zip(D, lower, strict=True)):
                half = lapack.dtrtrs(one, own[:, None] * loading, lower=1)[0]
                variance[at.start + i] = of.flat_variance + (half**2).sum(axis=0)
        return mean, variance


@final
@dataclass(frozen=True, eq=False)
class ByRows(Factor):
    """Several groups, fewer rows than columns: ``S`` itself."""

    @property
    def cost(self) -> int:
        return self.reduction.T.shape[0]

    @cached_property
    def _kernels(self) -> np.ndarray:
        T, group = self.reduction.T, self.reduction.split.group
        return np.stack([T[:, group == k] @ T[:, group == k].T for k in range(int(group.max()) + 1)])

    def _each(self, v: np.ndarray) -> np.ndarray:
        """Return the Cholesky factors (s, r, r)."""
        return _factors(np.tensordot(v[:, : len(self._kernels)], self._kernels, axes=1))

    def evidence(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found, t = np.empty((2, len(v))), self.reduction.t
        for at in _chunks(len(v), self.cost):
            lower = self._each(v[at])
            half = np.stack([lapack.dtrtrs(one, t, lower=1)[0] for one in lower])
            found[0, at] = 2.0 * np.log(np.einsum("sii->si", lower)).sum(axis=1)
            found[1, at] = self.reduction.rest + (half**2).sum(axis=1)
        return found[0], found[1]

    def draw(self, v: np.ndarray, sigma: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        T, t, group = self.reduction.T, self.reduction.t, self.reduction.split.group
        prior = rng.standard_normal((sigma.size, group.size)) * np.sqrt(v[:, group]) * sigma[:, None]
        away = t - prior @ T.T - sigma[:, None] * rng.standard_normal((sigma.size, t.size))
        for at in _chunks(len(v), self.cost):
            for i, one in enumerate(self._each(v[at])):
                away[at.start + i] = lapack.dpotrs(one, away[at.start + i], lower=1)[0]
        return prior + v[:, group] * (away @ T)

    def moments(self, v: np.ndarray, of: Functionals) -> tuple[np.ndarray, np.ndarray]:
        T, t, group = self.reduction.T, self.reduction.t, self.reduction.split.group
        mean, variance = np.empty((len(v), of.offset.size)), np.empty((len(v), of.offset.size))
        for at in _chunks(len(v), self.cost):
            for i, (own, one) in enumerate(zip(v[at], self._each(v[at]), strict=True), at.start):
                half = lapack.dtrtrs(one, of.along(T * own[group]), lower=1)[0]
                mean[i] = of.offset + lapack.dtrtrs(one, t, lower=1)[0] @ half
                variance[i] = of.flat_variance + own[: len(of.lengths)] @ of.lengths - (half**2).sum(axis=0)
        return mean, np.maximum(variance, 0.0)


def make_factor(reduction: Reduction) -> Factor:
    """Return the cheapest factorisation of a reduced model."""
    present = np.unique(reduction.split.group)
    if present.size <= 1:
        return OneGroup(reduction, int(present[0]) if present.size else 0)
    return ByColumns(reduction) if reduction.T.shape[1] <= reduction.T.shape[0] else ByRows(reduction)


def _factors(matrices: np.ndarray) -> np.ndarray:
    """Return the Cholesky factors of ``I + matrices`` (s, k, k), which are overwritten.

    They are not a number where double precision does not see the ``I``.
    """
    diagonal = np.einsum("sii->si", matrices)
    wide = ~(diagonal.max(axis=1, initial=0.0) < WIDEST)
    matrices[wide] = 0.0
    diagonal += 1.0
    try:
        lower = np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        lower = np.empty_like(matrices)
        for i, one in enumerate(matrices):
            lower[i], info = lapack.dpotrf(one, lower=1, clean=1)
            wide[i] |= bool(info)
    lower[wide] = np.nan
    return np.asarray(lower)


def _back(lower: np.ndarray, deviate: np.ndarray) -> np.ndarray:
    """Return ``L'^-1 e``."""
    return np.asarray(lapack.dtrtrs(lower, deviate, lower=1, trans=1)[0])


def _chunks(count: int, size: int) -> list[slice]:
    """Return slices of so many matrices of a size that they take some tens of megabytes."""
    step = max(1, 2**22 // max(size, 1) ** 2)
    return [slice(start, min(start + step, count)) for start in range(0, count, step)]
