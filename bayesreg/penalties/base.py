"""What a penalty is: minus the log density of a prior, up to a constant.

A law states its mathematics once, against ``xp``: `_value` and `_log_normalizer`, and the operators that
solvers and certificates need. Everything a caller uses is final, in `Penalty`, `Separable` (a sum over
coefficients) or `Joint` (one function of all the coefficients of a block), so that
``log_prior = -value - log_normalizer`` holds for every penalty by construction.

Strengths are *canonical*: numbers in nats per data set at the model's dispersion `phi` (`Strength`).
`Penalty.strength` turns what the user wrote, loss units or prior units, into them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, NamedTuple, final

import numpy as np

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.hyperpriors import Hyperprior
from bayesreg.penalties.block_data import BlockData
from bayesreg.penalties.factors import check_weights, frozen_weights
from bayesreg.penalties.mixture import Mixture
from bayesreg.penalties.records import Face, Strength, Traits
from bayesreg.penalties.shown import Shown
from bayesreg.penalties.validation import check_relative_to, check_strength
from bayesreg.xp import NUMPY, Array, Namespace

RelativeTo = Literal["dispersion", "sigma"] | None
CoefficientWeights = Mapping[str, float] | np.ndarray | list[float] | tuple[float, ...] | str | None

__all__ = [
    "BlockData",
    "Bound",
    "CoefficientWeights",
    "Face",
    "Penalty",
    "RelativeTo",
    "Strength",
    "Traits",
    "fields_of",
]


class Bound(NamedTuple):
    """A penalty that has met its block.

    Attributes
    ----------
    law : Penalty
        What is evaluated: the penalty itself, or the law that it is for this design.
    metric : ndarray (d, d) or None
        Joint laws act on ``metric @ b``; None: on ``s_j b_j``. It is square and invertible.
    factor : float or ndarray (d,)
        Multiplies the penalty: ``sqrt(rank)`` of a group.
    """

    law: Penalty
    metric: np.ndarray | None = None
    factor: Any = 1.0


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class Penalty(Shown, ABC):
    """A penalty and its matching prior; see `L1`, `L2`, `GroupLasso`, `Horseshoe` and the others.

    Parameters
    ----------
    weights : array, mapping or Series, optional
        Factors ``w_j >= 0`` of the strength: an array in column order, or a mapping (or a Series with an
        index of names) from design column or term to a factor. They are copied and never renormalised;
        0 leaves a coefficient free and infinity forces it to 0.
    relative_to : {"dispersion", None, "sigma"}
        How the prior depends on the dispersion; see `strength`.

    Examples
    --------
    >>> import bayesreg as br
    >>> isinstance(br.L1(lam=2.0), br.Penalty)
    True
    """

    weights: CoefficientWeights = None
    relative_to: RelativeTo = None

    law: ClassVar[str]
    """Name of the prior distribution: "Laplace", "Normal", ..."""
    strength_powers: ClassVar[tuple[tuple[str, float], ...]] = ()
    """The fields that hold the strength, and the power of the penalty that each scales with: -1 for a Laplace scale."""
    tied_powers: ClassVar[tuple[tuple[str, float], ...]] = ()
    """Fields that move with the strength, and their powers; None where one was not given."""
    weight_names: ClassVar[tuple[str, ...]] = ()
    """The rules for ``weights`` that are given by name."""
    prior_units: ClassVar[bool] = False
    """Whether the strength is given as a prior scale (else in loss units)."""
    may_be_open: ClassVar[bool] = False
    """Whether a strength in prior units can be None too, to be learned."""
    is_flat: ClassVar[bool] = False
    """Whether it is no penalty at all."""
    plain: ClassVar[bool] = False
    """Whether the penalty is ``rate |b| + precision b^2 / 2``."""
    no_mode: ClassVar[str] = ""
    """Why the mode of a posterior under this prior does not exist, with the way out; empty where it does."""
    no_density: ClassVar[str] = ""
    """Why the prior density can not be written into a graph directly, with the way out; empty where it can."""
    from_design: ClassVar[str] = ""
    """How the prior depends on the design, as a sentence; empty where it does not."""
    not_learned: ClassVar[str] = ""
    """Why its strength can not be learned when sampling, with the way out; empty where it can."""
    by_term: ClassVar[bool] = False
    """Whether, standing for the rest of the terms, it acts on each term apart: every term is a group."""
    positive = False  # not a field here: penalties that can be restricted make it one

    def __post_init__(self) -> None:
        check_relative_to(self.relative_to)
        object.__setattr__(self, "weights", frozen_weights(self.weights))
        if not (isinstance(self.weights, str) and self.weights in self.weight_names):
            check_weights(self.weights)
        for name in self.strength_names:
            if self.may_be_open and getattr(self, name) is None:
                continue
            check_strength(name, getattr(self, name), prior_units=self.prior_units, zero=len(self.strength_names) > 1)
        if len(self.strength_names) > 1 and self.hyperprior is not None:
            raise InputError(
                f"{type(self).__name__} has several strengths ({', '.join(self.strength_names)}), and one hyperprior "
                "does not say how they move together. Give numbers, or use a law of one scale, such as "
                "br.ElasticNet(lam=br.HalfCauchy(1.0))."
            )
        self._check()

    def _check(self) -> None:
        """Check what a penalty has beside its strength."""

    @property
    def is_given(self) -> bool:
        """Whether every strength is a number."""
        values = [getattr(self, name) for name in self.strength_names]
        return not any(value is None or isinstance(value, Hyperprior) for value in values)

    @property
    def hyperprior(self) -> Hyperprior | None:
        """The prior of the strength that was given in its place; None: a number, or left open."""
        found = [getattr(self, name) for name in self.strength_names]
        return next((value for value in found if isinstance(value, Hyperprior)), None)

    @property
    def bounds(self) -> tuple[float, float]:
        """Lower and upper limit of a coefficient, on the user's scale."""
        return -np.inf, np.inf

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
            raise InputError(f"{self.written} has no loss-unit strength to set; use its to_penalty(dispersion) first.")
        check_strength("lam", lam, prior_units=False)
        given = getattr(self, "lam", None)
        start = 1.0 if given is None or isinstance(given, Hyperprior) else float(given)
        other = self._tied(lam / start if start > 0.0 else 1.0)
        object.__setattr__(other, "lam", lam)
        return other

    def _tied(self, factor: float) -> Penalty:
        """Return a copy whose fields beside the strength have moved with it."""
        other = copy(self)
        for name, power in self.tied_powers:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(other, name, float(value * factor**power))
        return other

    @final
    def multiplied(self, factor: float) -> Penalty:
        """Return the same penalty ``factor`` times as strong; an open strength stands for 1 and is given then."""
        other = self._tied(factor)
        for name, value in self._multiplied(factor).items():
            object.__setattr__(other, name, value)
        return other

    def _multiplied(self, factor: float) -> dict[str, float]:
        """Return the fields that change in a penalty ``factor`` times as strong; an open strength stands for 1."""
        changed = {}
        for name, power in self.strength_powers:
            value = getattr(self, name)
            start = 1.0 if value is None or isinstance(value, Hyperprior) else value
            changed[name] = float(start * factor**power)
        return changed

    def weighted(self, strength: Strength, factor: Array) -> Strength:
        """Return the canonical strength of ``factor`` times the penalty, elementwise."""
        return Strength(strength.rate * factor, strength.precision * factor)

    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        """Return the strength in loss units that a canonical strength is; nan for laws that have none."""
        return dispersion * (np.asarray(strength.rate) + np.asarray(strength.precision))

    @final
    def given(self, lam: Any) -> float:
        """Return the strength as a number.

        Raises
        ------
        UnsupportedError
            If it was left open or has a prior of its own.
        """
        if lam is None or isinstance(lam, Hyperprior):
            raise UnsupportedError(
                f"{self.written} has no strength, so there is no one law to evaluate. Give "
                f"{self.strength_names[0]}=<number>; Model.path() shows the fits over all strengths, and "
                "Model.sample() learns it."
            )
        return float(lam)

    @final
    def positive_strength(self, lam: Any) -> float:
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

    def bind(self, data: BlockData) -> Bound:
        """Return the law that this penalty is on a block of coefficients; most do not depend on it."""
        return Bound(self)

    def mixture(self) -> Mixture | None:
        """Return the law as a normal scale mixture; None where there is none in use."""
        return None

    def null_space(self) -> np.ndarray | None:
        """Return a basis (d, k) of the directions of the block in which the penalty is flat; None: there are none."""
        return None

    def root(self, strength: Strength) -> np.ndarray | None:
        """Return ``R`` (r, d) of rank r where the penalty of a block is ``|R b|^2 / 2``; None: it is no such form."""
        return None

    @abstractmethod
    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        """Penalty, without bounds."""

    @abstractmethod
    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        """Log integral of ``exp(-_value)``; 0 where the strength is 0 (flat of height 1)."""

    @abstractmethod
    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        """Proximal operator, without bounds."""

    @abstractmethod
    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        """Draws from the law, without bounds."""

    @abstractmethod
    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(E|b_j|, E b_j^2)`` of each coefficient under the prior; infinite where they do not exist."""

    @abstractmethod
    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        """Return the ``x`` with ``P(|b_j| <= x) = prob`` under the prior."""

    @abstractmethod
    def value(self, beta: Array, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return the penalty in nats: elementwise (..., d) where it is separable, else (...)."""

    @abstractmethod
    def log_normalizer(self, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return ``log of the integral of exp(-value)`` in the shape of `value`; 0 where the strength is 0."""

    @final
    def log_prior(self, beta: Array, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return the log density of the prior, ``-value - log_normalizer``; summed it is that of the block."""
        return -self.value(beta, strength, xp) - self.log_normalizer(strength, xp)

    @abstractmethod
    def prox(self, z: np.ndarray, strength: Strength, step: float = 1.0) -> np.ndarray:
        """Return ``argmin_x |x - z|^2 / 2 + step * value(x)``."""

    @abstractmethod
    def subdifferential_distance(self, beta: np.ndarray, score: np.ndarray, strength: Strength) -> np.ndarray:
        """Return how far each coordinate of ``score`` is from the subdifferential of the penalty at ``beta``.

        ``score`` is the gradient of the log likelihood, in the units of ``strength``; 0 everywhere is
        the condition of stationarity (and of optimality, where the model is convex).
        """

    @abstractmethod
    def fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        """Return ``value(beta) + conjugate(dual) - beta dual >= 0`` in the shape of `value`; convex penalties only.

        It is 0 exactly where ``dual`` is a subgradient at ``beta``, and infinite where the conjugate is.
        """

    @abstractmethod
    def gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        """Return the least ``t >= 0`` with ``dual / t`` where the conjugate is finite, up to ``slack``; convex only."""

    @abstractmethod
    def face(self, beta: np.ndarray, strength: Strength) -> Face:
        """Return the subspace through ``beta`` on which the penalty is smooth, with its derivatives."""

    @abstractmethod
    def draw(self, strength: Strength, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Return prior draws of shape ``size``, the coefficients along its last axis."""


def fields_of(penalty: Penalty) -> dict[str, Any]:
    """Return the options that both faces of a penalty share."""
    shared = ("weights", "positive", "limits")
    return {item.name: getattr(penalty, item.name) for item in fields(penalty) if item.name in shared}
