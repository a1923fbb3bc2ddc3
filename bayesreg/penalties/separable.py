"""Penalties that are a sum over coefficients: a function of one number, symmetric about 0, folded or cut on request."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties import cut
from bayesreg.penalties.base import Face, Penalty, Strength
from bayesreg.penalties.mixture import Mixture
from bayesreg.penalties.validation import check_flag, check_limits
from bayesreg.xp import NUMPY, Array, Namespace


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class Separable(Penalty):
    """A penalty that is a sum over coefficients.

    Parameters
    ----------
    weights, relative_to
        As in `Penalty`.
    positive : bool
        Restrict the coefficients to be >= 0: the prior is folded at 0.
    limits : (float, float), optional
        Restrict each coefficient, on the user's scale, to ``lower <= b <= upper`` with
        ``lower <= 0 <= upper``: the prior is cut there and normalised again. Convex penalties only.
    """

    positive: bool = False
    limits: tuple[float, float] | None = None

    takes_limits: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_flag("positive", self.positive)
        object.__setattr__(self, "limits", check_limits(self.limits))
        if self.limits is not None and self.positive:
            raise InputError("positive=True is limits=(0, inf); give one of the two.")
        if self.limits is not None and not self.takes_limits:
            raise InputError(
                f"{type(self).__name__} takes no limits=; allowed: br.L1, br.L2, br.ElasticNet, their priors, and "
                "br.Flat, or positive=True."
            )
        super().__post_init__()

    @property
    def bounds(self) -> tuple[float, float]:
        """Lower and upper limit of a coefficient."""
        return (0.0, np.inf) if self.positive else self.limits or (-np.inf, np.inf)

    @property
    def ends_at_zero(self) -> bool:
        """Whether 0 is a bound: the modes of a smooth law can then be exactly 0."""
        return 0.0 in self.bounds

    @property
    def is_cut(self) -> bool:
        """Whether the law is restricted to part of the line."""
        return self.positive or self.limits is not None

    @final
    def mixture(self) -> Mixture | None:
        """Return the law as a normal scale mixture, folded if ``positive``; None: none in use, or limits."""
        found = None if self.limits is not None else self._mixture()
        return replace(found, folded=True) if found is not None and self.positive else found

    def _mixture(self) -> Mixture | None:
        """Return the law on the whole line as a normal scale mixture; None where there is none in use."""
        return None

    @abstractmethod
    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        """Return the derivative of the penalty at ``|b| = size``, >= 0; at 0 its limit from above."""

    @abstractmethod
    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        """Return its second derivative at ``|b| = size`` > 0."""

    def _log_integral(self, limits: tuple[float, float], strength: Strength, xp: Namespace) -> Array:
        """Return the log integral of ``exp(-_value)`` between limits."""
        raise UnsupportedError(f"{type(self).__name__} takes no limits.")

    def _quantile_within(self, prob: np.ndarray, limits: tuple[float, float], strength: Strength) -> np.ndarray:
        """Return the ``x`` with ``P(b <= x) = prob`` of the law between limits."""
        raise UnsupportedError(f"{type(self).__name__} takes no limits.")

    def _fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        """Return ``value + conjugate - beta dual`` within the bounds, for a convex law."""
        raise UnsupportedError(f"{type(self).__name__} is not convex: it has no Fenchel gap.")

    def _gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        """Return the least factor by which ``dual`` must be divided; 0 where every dual point is feasible."""
        return 0.0

    @final
    def value(self, beta: Array, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return the penalty, elementwise, in nats (infinite outside the bounds).

        Parameters
        ----------
        beta : array (..., d)
            Coefficients.
        strength : Strength
            Canonical strength, broadcast against ``beta``.
        xp : Namespace
            NumPy or PyTensor.
        """
        value = self._value(beta, strength, xp)
        if not self.is_cut:
            return value
        lower, upper = self.bounds
        value = xp.where(beta < lower, np.inf, value) if lower > -np.inf else value
        return xp.where(beta > upper, np.inf, value) if upper < np.inf else value

    @final
    def log_normalizer(self, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return ``log of the integral of exp(-value)``, elementwise; 0 where the strength is 0."""
        whole = self._log_normalizer(strength, xp)
        if not self.is_cut:
            return whole
        free = strength.rate + strength.precision <= 0.0
        if self.positive:
            return xp.where(free, 0.0, whole - np.log(2.0))
        lower, upper = self.bounds
        width = float(np.log(upper - lower)) if upper - lower < np.inf else 0.0
        safe = Strength(xp.where(free, 1.0, strength.rate), xp.where(free, 1.0, strength.precision))
        return xp.where(free, width, self._log_integral((lower, upper), safe, xp))

    @final
    def prox(self, z: np.ndarray, strength: Strength, step: float = 1.0) -> np.ndarray:
        """Return ``argmin_x (x - z)^2 / 2 + step * value(x)``, elementwise."""
        z = np.asarray(z, dtype=float)
        if self.positive:
            return np.maximum(self._prox(np.maximum(z, 0.0), strength, step), 0.0)
        return np.clip(self._prox(z, strength, step), *self.bounds)

    @final
    def subdifferential_distance(self, beta: np.ndarray, score: np.ndarray, strength: Strength) -> np.ndarray:
        """Return the distance of ``score`` to the subdifferential of the penalty at ``beta``, elementwise."""
        lower, upper = self.bounds
        size = np.abs(beta)
        slope = self.slope(size, strength)
        low = np.where(beta > 0.0, slope, -slope)
        high = np.where(beta < 0.0, -slope, slope)
        low, high = np.where(beta <= lower, -np.inf, low), np.where(beta >= upper, np.inf, high)
        return np.maximum(np.maximum(score - high, low - score), 0.0)

    @final
    def fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        """Return ``value(beta) + conjugate(dual) - beta dual >= 0``, elementwise."""
        return self._fenchel_gap(beta, dual, strength)

    @final
    def gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        """Return the least ``t >= 0`` with ``dual / t`` where the conjugate is finite, up to ``slack``."""
        return self._gauge(dual, strength, slack)

    @final
    def face(self, beta: np.ndarray, strength: Strength) -> Face:
        """Return the coefficients that are neither at a kink nor at a bound, with the derivatives there."""
        lower, upper = self.bounds
        size = np.abs(beta)
        slope = np.broadcast_to(self.slope(size, strength), beta.shape)
        inside = (beta > lower) & (beta < upper) & ((beta != 0.0) | (slope == 0.0))
        bend = self.curvature(np.where(inside, size, 1.0), strength)
        inside = inside & np.isfinite(bend)
        bend = np.where(inside, bend, 0.0)
        return Face(np.eye(beta.size)[:, inside], np.sign(beta) * np.where(inside, slope, 0.0), np.diag(bend))

    @final
    def draw(self, strength: Strength, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Return prior draws of shape ``size``.

        Raises
        ------
        UnsupportedError
            If the prior is flat for some coefficient: it has no draws.
        """
        shape = (size,) if isinstance(size, int) else tuple(size)
        flat = np.any(np.asarray(strength.rate) + np.asarray(strength.precision) <= 0.0)
        if self.limits is not None and (np.isfinite(self.limits).all() or (self.traits.proper and not flat)):
            return self._quantile_within(rng.random(shape), self.limits, strength)
        if not self.traits.proper or flat:
            raise UnsupportedError(
                f"{type(self).__name__} has a flat coefficient here: a flat prior is not a distribution and has no "
                "draws. Give every coefficient a positive strength, e.g. br.Normal(scale)."
            )
        draws = self._draw(strength, rng, shape)
        return np.abs(draws) if self.positive else draws

    @final
    def central_range(self, level: float, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the central range of a coefficient that holds ``level`` of the prior."""
        upper = 0.5 * (1.0 + level)
        if self.limits is not None:
            low, high = (self._quantile_within(np.asarray(p), self.limits, strength) for p in (1.0 - upper, upper))
            return low, high
        if self.positive:
            return self.absolute_quantile(1.0 - upper, strength), self.absolute_quantile(upper, strength)
        bound = self.absolute_quantile(level, strength)
        return -bound, bound


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class Plain(Separable):
    """A penalty of the form ``rate |b| + precision b^2 / 2``, as the lasso, ridge, elastic net and none are."""

    plain = True
    takes_limits = True

    @abstractmethod
    def _moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(E|b|, E b^2)`` without limits."""

    @abstractmethod
    def _size_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        """Return the ``x`` with ``P(|b| <= x) = prob`` without limits."""

    @final
    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        return self._moments(strength) if self.limits is None else cut.size_moments(self.limits, strength)

    @final
    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        if self.limits is None:
            return self._size_quantile(prob, strength)
        return cut.size_quantile(prob, self.limits, strength)

    @final
    def _log_integral(self, limits: tuple[float, float], strength: Strength, xp: Namespace) -> Array:
        return cut.log_integral(limits, strength, xp)

    @final
    def _quantile_within(self, prob: np.ndarray, limits: tuple[float, float], strength: Strength) -> np.ndarray:
        return cut.quantile(prob, limits, strength)

    @final
    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        return strength.rate + strength.precision * size

    @final
    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        return strength.precision + 0.0 * size

    @final
    def _fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        """Return the gap: each side of 0 is a half-line quadratic that may end at a bound."""
        lower, upper = self.bounds
        rate, precision = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in strength))
        if self.limits is None:
            size = dual if self.positive else np.abs(dual)
            excess = np.maximum(size - rate, 0.0)
            linear = rate * np.abs(beta) - beta * np.clip(dual, -np.inf if self.positive else -rate, rate)
            signed = excess if self.positive else np.sign(dual) * excess
            return linear + _square_gap(beta, signed, np.broadcast_to(precision, np.shape(dual)))
        return (
            self._value(beta, strength, NUMPY)
            - beta * dual
            + np.maximum(
                _half_conjugate(dual - rate, precision, upper), _half_conjugate(-dual - rate, precision, -lower)
            )
        )

    @final
    def _gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        lower, upper = self.bounds
        nothing = np.full(dual.shape, -np.inf)
        size = np.maximum(dual if upper == np.inf else nothing, -dual if lower == -np.inf else nothing)
        rate, precision = np.broadcast_to(strength.rate, dual.shape), np.broadcast_to(strength.precision, dual.shape)
        hard = (precision <= 0.0) & (rate > 0.0) & (size > rate + slack)
        return float((size[hard] / rate[hard]).max(initial=0.0))


def _square_gap(beta: np.ndarray, dual: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Fenchel gap of ``precision b^2 / 2``: ``(precision b - dual)^2 / (2 precision)``, its limit at precision 0."""
    curved = precision > 0.0
    safe = np.where(curved, precision, 1.0)
    flat = np.where(dual == 0.0, 0.0, np.inf)
    return np.where(curved, (precision * beta - dual) ** 2 / (2.0 * safe), flat)


def _half_conjugate(excess: np.ndarray, precision: np.ndarray, end: float) -> np.ndarray:
    """Return ``max over 0 <= x <= end of excess x - precision x^2 / 2``."""
    pull = np.maximum(excess, 0.0)
    if end == np.inf:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(pull == 0.0, 0.0, pull * pull / (2.0 * precision))
    inside = pull < precision * end
    safe = np.where(inside, precision, 1.0)
    return np.where(inside, pull * pull / (2.0 * safe), pull * end - 0.5 * precision * end * end)
