"""Joint penalties that are a strength times a norm (or seminorm): groups, chains, sorted absolute values.

With ``value = rate N(b)``, ``N(c b) = |c| N(b)``, the law at rate 1 says everything: the log normaliser is
``log Z(1) - rank log(rate)``, draws, moments and quantiles go with ``1 / rate``, and the conjugate is 0 where the
dual norm is at most ``rate`` and infinite elsewhere.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy import sparse

from bayesreg.hyperpriors import Hyperprior
from bayesreg.penalties.base import Face, Strength, Traits
from bayesreg.penalties.joint import Joint
from bayesreg.xp import NUMPY, Array, Namespace

FEASIBLE = 1.0 + 1e-12
TIE = 16.0 * np.finfo(float).eps
"""Relative difference within which coefficients count as equal: what rounding leaves of one value in other units."""


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class Homogeneous(Joint):
    """A penalty of the form ``rate N(b)`` with a norm ``N`` of the block, or a seminorm that is flat somewhere."""

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=True, smooth=False, separable=False, sparse=True, proper=True, has_mode=True, scales_columns=True
        )

    @property
    def rank(self) -> int:
        """The number of directions in which the penalty is not flat."""
        return self.size

    @abstractmethod
    def _norm(self, beta: Array, xp: Namespace) -> Array:
        """Return ``N(b)`` (...) of coefficients (..., d)."""

    @abstractmethod
    def _log_mass(self) -> float:
        """Return the log integral of ``exp(-N(b))`` over the directions that are not flat."""

    @abstractmethod
    def _shrink(self, z: np.ndarray, t: float) -> np.ndarray:
        """Return the proximal operator of ``t N`` at ``z`` (d,), ``t`` > 0."""

    @abstractmethod
    def _residual(self, beta: np.ndarray, dual: np.ndarray) -> np.ndarray:
        """Return ``dual`` less its projection on the subdifferential of ``N`` at ``beta`` (d,)."""

    @abstractmethod
    def _dual_norm(self, dual: np.ndarray) -> float:
        """Return the largest ``dual @ b`` over ``N(b) <= 1``."""

    @abstractmethod
    def _face(self, beta: np.ndarray) -> Face:
        """Return the face of ``N`` at ``beta``."""

    @abstractmethod
    def _draw_unit(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Return draws (count, d) at rate 1."""

    @abstractmethod
    def _moments_unit(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(E|b_j|, E b_j^2)`` (d,) at rate 1."""

    @abstractmethod
    def _quantile_unit(self, prob: float) -> np.ndarray:
        """Return the quantiles of ``|b_j|`` (d,) at rate 1."""

    @final
    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        return self._norm(strength.rate * beta, xp)

    @final
    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        rate = strength.rate + np.float64(0.0)
        free = rate <= 0.0
        log_rate = xp.log(xp.where(free, 1.0, rate))
        return xp.where(free, 0.0, np.float64(self._log_mass()) - np.float64(self.rank) * log_rate)

    @final
    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        t = step * float(strength.rate)
        return self._shrink(z, t) if t > 0.0 else z

    @final
    def subdifferential_distance(self, beta: np.ndarray, score: np.ndarray, strength: Strength) -> np.ndarray:
        """Return the sizes (d,) of the coordinates of ``score`` less its projection on the subdifferential."""
        rate, score = float(strength.rate), np.asarray(score, dtype=float)
        if rate <= 0.0:
            return np.abs(score)
        return rate * np.abs(self._residual(np.asarray(beta, dtype=float), score / rate))

    def fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        """Return ``value - dual @ beta`` where the dual norm is at most 1 (to 1e-12, for rounding), else infinity."""
        rate, dual = float(strength.rate), np.asarray(dual, dtype=float)
        feasible = self._dual_norm(dual / rate) <= FEASIBLE if rate > 0.0 else not np.any(dual)
        gap = np.maximum(self.value(beta, strength, NUMPY) - dual @ np.asarray(beta, dtype=float), 0.0)
        return np.asarray(gap if feasible else np.inf)

    @final
    def gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        """Return the dual norm over the rate; 0 where the strength is 0.

        All of it: what rounding alone carries beyond the limit is divided out too, so that the gap stays finite.
        """
        rate = float(strength.rate)
        return self._dual_norm(np.asarray(dual, dtype=float) / rate) if rate > 0.0 else 0.0

    @final
    def face(self, beta: np.ndarray, strength: Strength) -> Face:
        """Return the subspace through ``beta`` on which the norm is smooth, with its derivatives there."""
        rate, beta = float(strength.rate), np.asarray(beta, dtype=float)
        if rate <= 0.0:
            return Face(sparse.eye_array(beta.size, format="csc"), np.zeros(beta.size), None)
        basis, gradient, hessian = self._face(beta)
        return Face(basis, rate * gradient, None if hessian is None else rate * hessian)

    @final
    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        count = int(np.prod(size[:-1], dtype=int))
        return self._draw_unit(rng, count).reshape(size) / float(strength.rate)

    @final
    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        rate = np.asarray(strength.rate, dtype=float)
        first, second = self._moments_unit()
        return first / rate, second / rate**2

    @final
    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return self._quantile_unit(prob) / np.asarray(strength.rate, dtype=float)


def loss_rate(penalty: Homogeneous, lam: Any, dispersion: float) -> Strength:
    """Return the canonical strength of ``lam`` in loss units."""
    return Strength(penalty.given(lam) / dispersion, 0.0)


def prior_rate(penalty: Homogeneous, scale: Any, dispersion: float) -> Strength:
    """Return the canonical strength of a prior scale."""
    sigma = np.sqrt(dispersion) if penalty.relative_to == "sigma" else 1.0
    return Strength(float(1.0 / (penalty.given(scale) * sigma)), 0.0)


def unit_of(penalty: Homogeneous, dispersion: float) -> float:
    """Return what ``lam * scale`` is: the dispersion, or its root for a scale in units of sigma."""
    return float(np.sqrt(dispersion) if penalty.relative_to == "sigma" else dispersion)


def face_text(penalty: Homogeneous, name: str, numbers: dict[str, Any], *options: str) -> str:
    """Return the other face as text: each number ``x`` becomes ``phi / x``; empty where the first is open or 0."""
    if any(value is None or isinstance(value, Hyperprior) for value in numbers.values()):
        return ""
    if not next(iter(numbers.values())):
        return ""
    sigma = penalty.relative_to == "sigma"
    unit = "sqrt(phi)" if sigma else "phi"
    fields = [f"{key}={unit} / {value}" for key, value in numbers.items() if value]
    more = [] if penalty.weights is None or penalty.weights == "sqrt" else [f"weights={penalty.weights!r}"]
    return f"{name}({', '.join([*fields, *options, *more, *(['relative_to=' + repr('sigma')] if sigma else [])])})"


def soft(z: np.ndarray, t: float | np.ndarray) -> np.ndarray:
    """Return ``sign(z) max(|z| - t, 0)``."""
    return np.sign(z) * np.maximum(np.abs(z) - t, 0.0)


def soft_block(z: np.ndarray, t: float) -> np.ndarray:
    """Return ``z max(1 - t / ||z||, 0)``: the proximal operator of ``t ||z||``."""
    length = float(np.linalg.norm(z))
    return z * (1.0 - t / length) if length > t else np.zeros_like(z)
