"""What a penalty is: minus the log density of a prior, up to a constant.

A subclass states its mathematics once, against ``xp``: `_value` and `_log_normalizer` of the law on the
whole line, and the operators that solvers and certificates need. Everything a caller uses is final
here, so that ``log_prior = -value - log_normalizer`` holds for every penalty by construction.

Strengths are *canonical*: rates and precisions in nats per data set at the model's dispersion `phi`
(`Strength`). `Penalty.strength` turns what the user wrote, loss units or prior units, into them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, NamedTuple, final

import numpy as np

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties.validation import check_flag, check_relative_to, check_strength, check_weights, frozen_weights
from bayesreg.xp import NUMPY, Array, Namespace

RelativeTo = Literal["dispersion", "sigma"] | None
CoefficientWeights = Mapping[str, float] | np.ndarray | list[float] | tuple[float, ...] | None


class Strength(NamedTuple):
    """Canonical strength of a separable penalty: ``rate |b| + precision b^2 / 2``, in nats.

    Attributes
    ----------
    rate : float or ndarray
        Rate of the absolute value, in 1 / (units of the coefficient).
    precision : float or ndarray
        Precision of the square, in 1 / (units of the coefficient)^2.
    """

    rate: Array
    precision: Array

    def scaled(self, factor: Array) -> Strength:
        """Return the strength of the same law for ``b``, when it is known for ``factor * b``."""
        return Strength(self.rate * factor, self.precision * factor * factor)


@dataclass(frozen=True)
class Traits:
    """Mathematical properties that solvers, engines and refusals follow from.

    Attributes
    ----------
    convex : bool
        The penalty is a convex function.
    smooth : bool
        It is differentiable everywhere.
    separable : bool
        It is a sum over coefficients.
    sparse : bool
        Its modes can have exact zeros.
    proper : bool
        ``exp(-penalty)`` integrates: it is a prior distribution.
    has_mode : bool
        The posterior density has a finite maximum for every data set with a finite likelihood.
    scales_columns : bool
        It acts on ``s_j b_j`` under ``standardize=True``.
    """

    convex: bool
    smooth: bool
    separable: bool
    sparse: bool
    proper: bool
    has_mode: bool
    scales_columns: bool


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class Penalty(ABC):
    """A separable penalty and its matching prior; see `L1`, `L2`, `ElasticNet` and `Flat`.

    Parameters
    ----------
    weights : array, mapping or Series, optional
        Factors ``w_j >= 0`` of the strength: an array in column order, or a mapping (or a Series with an
        index of names) from design column or term to a factor. They are copied and never renormalised;
        0 leaves a coefficient free and infinity forces it to 0.
    relative_to : {"dispersion", None, "sigma"}
        How the prior depends on the dispersion; see `strength`.
    positive : bool
        Restrict the coefficients to be >= 0: the prior is folded at 0.

    Examples
    --------
    >>> import bayesreg as br
    >>> isinstance(br.L1(lam=2.0), br.Penalty)
    True
    """

    weights: CoefficientWeights = None
    relative_to: RelativeTo = None
    positive: bool = False

    law: ClassVar[str]
    """Name of the prior distribution: "Laplace", "Normal", ..."""
    strength_powers: ClassVar[tuple[tuple[str, float], ...]] = ()
    """The fields that hold the strength, and the power of the penalty that each scales with: -1 for a Laplace scale."""
    prior_units: ClassVar[bool] = False
    """Whether the strength is given as a prior scale (else in loss units)."""

    def __post_init__(self) -> None:
        check_relative_to(self.relative_to)
        check_flag("positive", self.positive)
        object.__setattr__(self, "weights", frozen_weights(self.weights))
        check_weights(self.weights)
        for name in self.strength_names:
            check_strength(name, getattr(self, name), prior_units=self.prior_units, zero=len(self.strength_names) > 1)
        self._check()

    def _check(self) -> None:  # noqa: B027 - most penalties have nothing more to check
        """Check what a penalty has beside its strength."""

    def __repr__(self) -> str:
        """Show the strength, and of the options those that differ from their default."""
        shown = [item.name for item in fields(self) if item.name not in ("weights", "relative_to", "positive")]
        shown += [
            item.name
            for item in fields(self)
            if item.name not in shown and repr(getattr(self, item.name)) != repr(item.default)
        ]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    @property
    def is_given(self) -> bool:
        """Whether every strength is a number."""
        return all(getattr(self, name) is not None for name in self.strength_names)

    @property
    @abstractmethod
    def traits(self) -> Traits:
        """The mathematical properties of this penalty."""

    @property
    def strength_names(self) -> tuple[str, ...]:
        """Fields that hold the strength, in the user's units."""
        return tuple(name for name, _ in self.strength_powers)

    @abstractmethod
    def strength(self, dispersion: float) -> Strength:
        r"""Return the canonical strength at dispersion ``phi``.

        ===================  ===============  ===================
        ``relative_to``      rate of L1       precision of L2
        ===================  ===============  ===================
        "dispersion"         lam / phi        lam / phi
        None                 1 / scale        1 / scale^2
        "sigma"              1 / (scale s)    1 / (scale s)^2
        ===================  ===============  ===================

        with ``s = sqrt(phi)``. A loss-unit ``lam`` always gives ``lam / phi`` at the model's
        dispersion; under ``"sigma"`` the strength then moves with sigma when sigma is sampled.
        """

    @final
    def at(self, lam: float) -> Penalty:
        """Return the same penalty with the loss-unit strength ``lam``.

        Raises
        ------
        InputError
            If the penalty is given in prior units, or ``lam`` is not a finite number >= 0.
        """
        if self.strength_names != ("lam",):
            raise InputError(f"{self!r} has no loss-unit strength to set; use its to_penalty(dispersion) first.")
        check_strength("lam", lam, prior_units=False)
        other = copy(self)
        object.__setattr__(other, "lam", lam)
        return other

    @final
    def multiplied(self, factor: float) -> Penalty:
        """Return the same penalty ``factor`` times as strong; an open strength stands for 1 and is given then."""
        other = copy(self)
        for name, power in self.strength_powers:
            value = getattr(self, name)
            object.__setattr__(other, name, float((1.0 if value is None else value) * factor**power))
        return other

    @final
    def given(self, lam: float | None) -> float:
        """Return the strength as a number.

        Raises
        ------
        UnsupportedError
            If it was left open.
        """
        if lam is None:
            raise UnsupportedError(
                f"{type(self).__name__}() has no strength, so there is nothing to fit or sample. Give lam=<number>; "
                "Model.path() shows the fits over the whole range of strengths."
            )
        return float(lam)

    @final
    def positive_strength(self, lam: float | None) -> float:
        """Return the strength as a number > 0.

        Raises
        ------
        UnsupportedError
            If it was left open, or is 0: a flat prior has no scale.
        """
        value = self.given(lam)
        if value == 0.0:
            raise UnsupportedError(f"{type(self).__name__}(lam=0.0) is flat: it has no prior scale. Use br.Flat().")
        return value

    @abstractmethod
    def to_prior(self, dispersion: float) -> Penalty:
        """Return the same law in prior units at dispersion ``phi``."""

    @abstractmethod
    def to_penalty(self, dispersion: float) -> Penalty:
        """Return the same law in loss units at dispersion ``phi``."""

    @abstractmethod
    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        """Penalty on the whole line, elementwise."""

    @abstractmethod
    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        """Log integral of ``exp(-_value)`` over the whole line; 0 where the strength is 0 (flat of height 1)."""

    @abstractmethod
    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        """Proximal operator on the whole line."""

    @abstractmethod
    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        """Draws from the law on the whole line."""

    @abstractmethod
    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(E|b|, E b^2)`` under the prior; the same with and without ``positive``."""

    @abstractmethod
    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        """Return the ``x`` with ``P(|b| <= x) = prob`` under the prior."""

    @final
    def value(self, beta: Array, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return the penalty, elementwise, in nats (infinite below 0 where ``positive``).

        Parameters
        ----------
        beta : array (..., p)
            Coefficients.
        strength : Strength
            Canonical strength, broadcast against ``beta``.
        xp : Namespace
            NumPy or PyTensor.
        """
        value = self._value(beta, strength, xp)
        return xp.where(beta < 0.0, np.inf, value) if self.positive else value

    @final
    def log_normalizer(self, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return ``log of the integral of exp(-value)``, elementwise; 0 where the strength is 0."""
        whole = self._log_normalizer(strength, xp)
        if not self.positive:
            return whole
        free = strength.rate + strength.precision <= 0.0
        return xp.where(free, 0.0, whole - np.log(2.0))

    @final
    def log_prior(self, beta: Array, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return the log density of the prior, ``-value - log_normalizer``, elementwise."""
        return -self.value(beta, strength, xp) - self.log_normalizer(strength, xp)

    @final
    def prox(self, z: np.ndarray, strength: Strength, step: float = 1.0) -> np.ndarray:
        """Return ``argmin_x (x - z)^2 / 2 + step * value(x)``, elementwise."""
        whole = self._prox(np.asarray(z, dtype=float), strength, step)
        return np.maximum(whole, 0.0) if self.positive else whole

    @final
    def subdifferential_distance(self, beta: np.ndarray, score: np.ndarray, strength: Strength) -> np.ndarray:
        """Return the distance of ``score`` to the subdifferential of the penalty at ``beta``, elementwise.

        ``score`` is the gradient of the log likelihood, in the units of ``strength``; 0 everywhere is
        the condition of stationarity (and of optimality, where the model is convex).
        """
        inner = score - strength.precision * beta
        active = np.abs(inner - strength.rate * np.sign(beta))
        low = -np.inf if self.positive else -strength.rate
        at_zero = np.maximum(np.maximum(inner - strength.rate, low - inner), 0.0)
        return np.where(beta == 0.0, at_zero, active)

    @final
    def fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        """Return ``value(beta) + conjugate(dual) - beta dual >= 0``, elementwise.

        It is 0 exactly where ``dual`` is a subgradient at ``beta``, and infinite where the conjugate is
        (``|dual| > rate`` with no precision).
        """
        size = dual if self.positive else np.abs(dual)
        excess = np.maximum(size - strength.rate, 0.0)
        linear = strength.rate * np.abs(beta) - beta * np.clip(
            dual, -np.inf if self.positive else -strength.rate, strength.rate
        )
        signed = excess if self.positive else np.sign(dual) * excess
        quadratic = _square_gap(beta, signed, np.broadcast_to(strength.precision, np.shape(dual)))
        return linear + quadratic

    @final
    def draw(self, strength: Strength, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Return prior draws of shape ``size``.

        Raises
        ------
        UnsupportedError
            If the prior is flat for some coefficient: it has no draws.
        """
        shape = (size,) if isinstance(size, int) else tuple(size)
        if not self.traits.proper or np.any(np.asarray(strength.rate) + np.asarray(strength.precision) <= 0.0):
            raise UnsupportedError(
                f"{type(self).__name__} has a flat coefficient here: a flat prior is not a distribution and has no "
                "draws. Give every coefficient a positive strength, e.g. br.Normal(scale)."
            )
        draws = self._draw(strength, rng, shape)
        return np.abs(draws) if self.positive else draws


def _square_gap(beta: np.ndarray, dual: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Fenchel gap of ``precision b^2 / 2``: ``(precision b - dual)^2 / (2 precision)``, its limit at precision 0."""
    curved = precision > 0.0
    safe = np.where(curved, precision, 1.0)
    flat = np.where(dual == 0.0, 0.0, np.inf)
    return np.where(curved, (precision * beta - dual) ** 2 / (2.0 * safe), flat)


def fields_of(penalty: Penalty) -> dict[str, Any]:
    """Return the options that both faces of a penalty share."""
    return {"weights": penalty.weights, "positive": penalty.positive}
