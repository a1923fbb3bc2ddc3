"""Log penalty = generalised double Pareto prior: ``value = c log(1 + |b| / eta)``, ``Z = 2 eta / (c - 1)``.

Its canonical strength is ``rate = c / eta`` (the slope at 0) and ``precision = c / eta^2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import final

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.penalties.base import BlockData, Bound, RelativeTo, Strength, Traits, fields_of
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.penalties.other_face import face, is_number, rounded, shown
from bayesreg.penalties.scale_family import ScaleFamily
from bayesreg.penalties.separable import Separable
from bayesreg.penalties.validation import check_positive
from bayesreg.xp import Array, Namespace

LEAST_SHAPE = 1e-6
"""The normaliser takes ``c - 1``, of which a smaller shape would leave too few digits."""


@dataclass(frozen=True, repr=False)
class _ParetoLaw(Separable):
    """The law that `LogPenalty` and `GeneralizedDoublePareto` name in their two units."""

    law = "GeneralizedDoublePareto"
    phi = 1.0  # not a field: the dispersion that decides whether the prior is proper, set by `bind`

    @property
    def traits(self) -> Traits:
        strength = self.strength(self.phi) if self.is_given else None
        return Traits(
            convex=False,
            smooth=False,
            separable=True,
            sparse=True,
            proper=strength is None or strength.rate**2 > strength.precision,
            has_mode=True,
            scales_columns=True,
        )

    def bind(self, data: BlockData) -> Bound:
        """Return the law at the model's dispersion."""
        law = copy(self)
        object.__setattr__(law, "phi", float(data.phi))
        return Bound(law)

    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        return dispersion * _shape(strength)[0]

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        power, unit = _safe(strength, xp)
        return xp.where(strength.rate <= 0.0, 0.0, power * xp.log1p(xp.abs(beta) / unit))

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        power, unit = _safe(strength, xp)
        proper = power > 1.0
        normal = np.log(2.0) + xp.log(unit) - xp.log(xp.where(proper, power, 2.0) - 1.0)
        return xp.where(strength.rate <= 0.0, 0.0, xp.where(proper, normal, 0.0))

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        power, unit = _shape(strength)
        return power / (unit + size)

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        power, unit = _shape(strength)
        return -power / (unit + size) ** 2

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        power, unit = _shape(strength)
        return np.sign(z) * _shrink(np.abs(z), step * power, unit)

    def _mixture(self) -> Mixture | None:
        """Return a normal whose variance is exponential, of a rate ``l^2 / 2`` with ``l`` gamma."""
        if not self.is_given or self.weights is not None or not self.traits.proper:
            return None
        shape = float(_shape(self.strength(self.phi))[0]) - 1.0
        return Mixture(
            (Latent("s", "exponential", {"rate": 1.0}), Latent("l", "gamma", {"shape": shape, "rate": 1.0})), _sd
        )

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        magnitude = self.absolute_quantile(rng.random(size), strength)
        return np.where(rng.random(size) < 0.5, -magnitude, magnitude)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        power, unit = _shape(strength)
        shape = power - 1.0
        first = np.where(shape > 1.0, unit / np.where(shape > 1.0, shape - 1.0, 1.0), np.inf)
        below = np.where(shape > 2.0, (shape - 1.0) * (shape - 2.0), 1.0)
        return first, np.where(shape > 2.0, 2.0 * unit**2 / below, np.inf)

    def absolute_quantile(self, prob: float | np.ndarray, strength: Strength) -> np.ndarray:
        power, unit = _shape(strength)
        proper = power > 1.0
        with np.errstate(over="ignore"):
            size = unit * np.expm1(-np.log1p(-np.asarray(prob)) / np.where(proper, power - 1.0, 1.0))
        return np.where(proper, size, np.inf)


def _safe(strength: Strength, xp: Namespace) -> tuple[Array, Array]:
    """Return ``c`` and ``eta``; 2 and 1 where the strength is 0."""
    flat = strength.rate <= 0.0
    unit = xp.where(flat, 1.0, strength.rate) / xp.where(flat, 1.0, strength.precision)
    return xp.where(flat, 2.0, strength.rate * unit), unit


def _shape(strength: Strength) -> tuple[np.ndarray, np.ndarray]:
    """Return ``c`` and ``eta`` as arrays; 0 and 1 where the strength is 0."""
    rate, precision = (np.asarray(part, dtype=float) for part in np.broadcast_arrays(*strength))
    flat = rate <= 0.0
    unit = np.where(flat, 1.0, rate) / np.where(flat, 1.0, precision)
    return rate * unit, unit


def _sd(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
    return strength.rate / strength.precision * xp.sqrt(2.0 * values["s"]) / values["l"]


def _shrink(size: np.ndarray, power: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return ``argmin_x (x - size)^2 / 2 + power log(1 + x / unit)`` over ``x >= 0``.

    The larger stationary point, without the cancellation of its usual form where ``size < unit``, or 0.
    """
    size, power, unit = np.broadcast_arrays(size, power, unit)
    inside = (size + unit) ** 2 - 4.0 * power
    root = np.sqrt(np.maximum(inside, 0.0))
    beyond = size >= unit
    by_sum = 0.5 * (size - unit + root)
    by_quotient = 2.0 * (size * unit - power) / np.where(beyond, 1.0, unit - size + root)
    x = np.where(inside < 0.0, 0.0, np.maximum(np.where(beyond, by_sum, by_quotient), 0.0))
    better = 0.5 * x * x - size * x + power * np.log1p(x / unit) < 0.0
    return np.where((power <= unit * unit) | better, x, 0.0)


@final
@dataclass(frozen=True, repr=False)
class LogPenalty(_ParetoLaw):
    r"""The log penalty ``lam * sum_j w_j log(1 + |b_j| / eta)``, in loss units.

    On standardised columns ``s_j b_j`` takes the place of ``b_j``. With ``c_j = lam w_j / phi``, ``phi`` the model's
    dispersion, it is a generalised double Pareto prior of tail index ``c_j - 1``, which is proper if and only if
    ``c_j > 1``. **The rule**: the trait ``proper`` and the normaliser are those at ``phi = 1`` before a model has
    met the penalty, and at its ``phi`` afterwards; where ``c_j <= 1`` the prior is an improper density of height 1
    at 0, as a flat one is.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    eta : float
        Size of a coefficient at which the logarithm bends, > 0; large: `L1` of strength ``lam / eta``.
    weights, positive
        As in `L1`.
    relative_to : {"dispersion", None, "sigma"}
        "dispersion" and None: the prior is fixed before anything is sampled; "sigma": ``eta`` is in units of
        ``sigma / sqrt(phi)``, and moves with sigma when sigma is sampled. Same mode.
    limits : None
        Not available here.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Armagan, Dunson and Lee (2013), Generalized double Pareto shrinkage. Candes, Wakin and Boyd (2008), Enhancing
    sparsity by reweighted l1 minimization.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.LogPenalty(8.0, eta=1.5).to_prior(dispersion=2.0).written
    'GeneralizedDoublePareto(scale=0.5, shape=3.0)'
    """

    strength_powers = (("lam", 1.0),)
    not_learned = (
        "The lam of a LogPenalty is the shape of its prior and not a scale, so it is not learned. Give lam=<number>, "
        "or learn the scale of br.GeneralizedDoublePareto(scale=br.HalfCauchy(1.0), shape=3.0)."
    )
    lam: float | None = None
    eta: float = 1.0
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    def _check(self) -> None:
        check_positive("eta", self.eta)

    @property
    def other_face(self) -> str:
        if self.lam == 0.0:
            return face("Flat", {}, self)
        shape = f"{shown(self.lam, 'lam')} / phi - 1"
        unit = "" if self.relative_to != "sigma" else " / sqrt(phi)"
        arguments = {"scale": f"{self.eta!r} / ({shape}){unit}", "shape": shape}
        return face("GeneralizedDoublePareto", arguments, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        rate = self.given(self.lam) / dispersion / self.eta
        return Strength(rate, rate / self.eta)

    def to_prior(self, dispersion: float) -> GeneralizedDoublePareto:
        shape = self.positive_strength(self.lam) / dispersion - 1.0
        if shape <= 0.0:
            raise UnsupportedError(
                f"{self.written} at dispersion {dispersion:g} is (1 + |b| / {self.eta:g})^-{shape + 1.0:g}, which has "
                "no finite integral and is no prior. Give lam > dispersion, or a br.GeneralizedDoublePareto."
            )
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        scale = self.eta / shape / sigma
        return GeneralizedDoublePareto(float(scale), float(shape), relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> LogPenalty:
        return self


@final
@dataclass(frozen=True, repr=False)
class GeneralizedDoublePareto(ScaleFamily, _ParetoLaw):
    """A generalised double Pareto prior: `LogPenalty` in prior units.

    ``p(b) = (1 + |b| / (shape scale))^-(shape + 1) / (2 scale)``: like a Laplace of that scale near 0, with the
    tails of a Student t of ``shape`` degrees of freedom. Moments of order ``shape`` and above are infinite. A weight
    multiplies ``shape + 1`` at the same ``shape scale``.

    Parameters
    ----------
    scale : float
        Scale of the coefficient (per standard deviation of its column), > 0.
    shape : float
        Tail index, > 1e-6; 1 for tails as heavy as the Cauchy's, large for `Laplace`.
    weights, positive
        As in `L1`.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the scale is absolute; "sigma": it is in units of sigma.
    limits : None
        Not available here.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Armagan, Dunson and Lee (2013), Generalized double Pareto shrinkage.

    Examples
    --------
    >>> import bayesreg as br
    >>> loss = br.GeneralizedDoublePareto(0.5, shape=3.0).to_penalty(dispersion=2.0)
    >>> loss.lam, loss.eta
    (8.0, 1.5)
    """

    prior_units = True
    strength_powers = (("scale", -1.0),)
    scale: float
    shape: float

    def _check(self) -> None:
        check_positive("shape", self.shape, above=LEAST_SHAPE)

    def _multiplied(self, factor: float) -> dict[str, float]:
        """Return another shape with the same ``shape scale``; one that is not proper has a shape below 0."""
        start = self.scale if is_number(self.scale) else 1.0
        shape = factor * (self.shape + 1.0) - 1.0
        shape = shape if abs(shape) > np.finfo(float).eps else -np.finfo(float).eps
        return {"scale": float(start * self.shape / shape), "shape": float(shape)}

    @property
    def other_face(self) -> str:
        if self.shape <= 0.0:
            return ""
        lam = f"{rounded(self.shape + 1.0)} * phi"
        eta = repr(rounded(self.shape * self.scale)) if is_number(self.scale) else f"{self.shape!r} * scale"
        eta += " * sqrt(phi)" if self.relative_to == "sigma" else ""
        return face("LogPenalty", {"lam": lam, "eta": eta}, self, self.relative_to)

    @property
    def written(self) -> str:
        """As it was written; on a path to strengths that leave no distribution, as the `LogPenalty` that it is."""
        if self.shape > 0.0:
            return super().written
        sigma = " * sqrt(phi)" if self.relative_to == "sigma" else ""
        return f"LogPenalty(lam={rounded(self.shape + 1.0)} * phi, eta={rounded(self.shape * self.scale)}{sigma})"

    def strength(self, dispersion: float) -> Strength:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        unit = self.shape * self.scale * sigma
        rate = (self.shape + 1.0) / unit
        return Strength(float(rate), float(rate / unit))

    def to_prior(self, dispersion: float) -> GeneralizedDoublePareto:
        return self

    def to_penalty(self, dispersion: float) -> LogPenalty:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        lam, eta = dispersion * (self.shape + 1.0), self.shape * self.scale * sigma
        return LogPenalty(float(lam), float(eta), relative_to=relative_to, **fields_of(self))
