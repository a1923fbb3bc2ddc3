"""Bridge penalty = generalised normal prior: ``value = (rate |b|)^q``, ``Z = 2 Gamma(1 + 1/q) / rate``."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy.special import gammaincinv, gammaln

from bayesreg.penalties.base import RelativeTo, Strength, Traits, fields_of
from bayesreg.penalties.bridge_prox import shrink
from bayesreg.penalties.mixture import Mixture
from bayesreg.penalties.other_face import face, is_number, rounded, shown
from bayesreg.penalties.scale_family import ScaleFamily
from bayesreg.penalties.separable import Separable
from bayesreg.penalties.stable import bridge_mixture
from bayesreg.penalties.validation import check_positive
from bayesreg.xp import Array, Namespace


@dataclass(frozen=True, repr=False)
class _BridgeLaw(Separable):
    """The law that `Bridge` and `GeneralizedNormal` name in their two units."""

    law = "GeneralizedNormal"

    @property
    @abstractmethod
    def power(self) -> float:
        """The exponent q."""

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=self.power >= 1.0,
            smooth=self.power > 1.0 and not self.is_cut,
            separable=True,
            sparse=self.power <= 1.0 or self.ends_at_zero,
            proper=True,
            has_mode=True,
            scales_columns=True,
        )

    def weighted(self, strength: Strength, factor: Array) -> Strength:
        return Strength(strength.rate * factor ** (1.0 / self.power), strength.precision)

    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        return dispersion * np.asarray(strength.rate, dtype=float) ** self.power

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        size = strength.rate * xp.abs(beta)
        some = size > 0.0
        return xp.where(some, xp.where(some, size, 1.0) ** np.float64(self.power), 0.0 * size)

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        free = strength.rate <= 0.0
        constant = np.log(2.0) + gammaln(1.0 + 1.0 / self.power)
        return xp.where(free, 0.0, constant - xp.log(xp.where(free, 1.0, strength.rate)))

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        q, rate = self.power, np.asarray(strength.rate, dtype=float)
        if q == 1.0:
            return rate + 0.0 * size
        with np.errstate(divide="ignore"):
            safe = np.where(rate > 0.0, rate, 1.0)
            return np.where(rate > 0.0, q * safe * (safe * size) ** (q - 1.0), 0.0)

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        q, rate = self.power, np.asarray(strength.rate, dtype=float)
        if q == 1.0:
            return 0.0 * size * rate
        with np.errstate(divide="ignore", over="ignore"):
            safe = np.where(rate > 0.0, rate, 1.0)
            return np.where(rate > 0.0, q * (q - 1.0) * safe**2 * (safe * size) ** (q - 2.0), 0.0)

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        return np.sign(z) * shrink(np.abs(z), step * np.asarray(strength.rate, dtype=float) ** self.power, self.power)

    def _fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        rate = np.broadcast_to(np.asarray(strength.rate, dtype=float), np.shape(dual))
        pull, free, q = np.maximum(dual, 0.0) if self.positive else np.abs(dual), rate <= 0.0, self.power
        relative = pull / (q * np.where(free, 1.0, rate))
        hard = np.where(relative <= 1.0, 0.0, np.inf)
        conjugate = hard if q == 1.0 else (q - 1.0) * relative ** (q / (q - 1.0))
        conjugate = np.where(free, np.where(pull > 0.0, np.inf, 0.0), conjugate)
        return np.maximum((rate * np.abs(beta)) ** q + conjugate - beta * dual, 0.0)

    def _gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        if self.power > 1.0:
            return 0.0
        rate = np.broadcast_to(np.asarray(strength.rate, dtype=float), np.shape(dual))
        size = dual if self.positive else np.abs(dual)
        hard = (rate > 0.0) & (size > rate + slack)
        return float((size[hard] / rate[hard]).max(initial=0.0))

    def _mixture(self) -> Mixture | None:
        """Return the mixture over a positive stable variable; above the square there is none."""
        if self.power >= 2.0:
            return None if self.power > 2.0 else Mixture((), lambda values, strength, xp: np.sqrt(0.5) / strength.rate)
        return bridge_mixture(self.power)

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        magnitude = rng.gamma(1.0 / self.power, 1.0, size) ** (1.0 / self.power) / np.asarray(strength.rate)
        return np.where(rng.random(size) < 0.5, -magnitude, magnitude)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        scale, shape = 1.0 / np.asarray(strength.rate, dtype=float), 1.0 / self.power
        first, second = (np.exp(gammaln((k + 1.0) * shape) - gammaln(shape)) for k in (1.0, 2.0))
        return first * scale, second * scale**2

    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return gammaincinv(1.0 / self.power, prob) ** (1.0 / self.power) / np.asarray(strength.rate, dtype=float)


@final
@dataclass(frozen=True, repr=False)
class Bridge(_BridgeLaw):
    r"""The bridge penalty ``lam * sum_j w_j |b_j|^q``, in loss units.

    On standardised columns ``s_j b_j`` takes the place of ``b_j``. As a prior it is a generalised normal of scale
    ``(phi / (lam w_j))^(1/q) / s_j``, ``phi`` the model's dispersion. With q = 1 it is `L1`, with q = 2 it is
    ``L2(2 lam)``. Below 1 it is not convex and its slope at 0 is infinite: 0 is a local mode in every coordinate,
    whatever the data, and a fit is a local mode.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    q : float
        Exponent, > 0.
    weights, positive
        As in `L1`.
    relative_to : {"dispersion", None, "sigma"}
        As in `L1`.
    limits : None
        Not available here.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Frank and Friedman (1993), A statistical view of some chemometrics regression tools. Polson, Scott and
    Windle (2014), The Bayesian bridge. Xu, Chang, Xu and Zhang (2012), L1/2 regularization.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Bridge(4.0, q=0.5)
    Bridge(lam=4.0, q=0.5) = GeneralizedNormal(scale=(phi / 4.0)**2.0, q=0.5)
    >>> br.Bridge(4.0, q=0.5).to_prior(dispersion=2.0).scale
    0.25
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    q: float = 0.5
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    def _check(self) -> None:
        check_positive("q", self.q)

    @property
    def power(self) -> float:
        return float(self.q)

    @property
    def other_face(self) -> str:
        if self.lam == 0.0:
            return face("Flat", {}, self)
        scale = f"(phi / {shown(self.lam, 'lam')})**{rounded(1.0 / self.q)}"
        scale += " / sqrt(phi)" if self.relative_to == "sigma" else ""
        return face("GeneralizedNormal", {"scale": scale, "q": repr(self.q)}, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        return Strength(float((self.given(self.lam) / dispersion) ** (1.0 / self.q)), 0.0)

    def to_prior(self, dispersion: float) -> GeneralizedNormal:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        scale = (dispersion / self.positive_strength(self.lam)) ** (1.0 / self.q) / sigma
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        return GeneralizedNormal(float(scale), self.q, relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> Bridge:
        return self


@final
@dataclass(frozen=True, repr=False)
class GeneralizedNormal(ScaleFamily, _BridgeLaw):
    """A generalised normal (exponential power) prior ``p(b) ~ exp(-|b / scale|^q)``: `Bridge` in prior units.

    The scale of ``b_j`` is ``scale / (w_j^(1/q) s_j)``, with ``s_j`` the column's scale under ``standardize=True``.
    With q = 1 it is `Laplace`, with q = 2 ``Normal(scale / sqrt(2))``; below 1 its tails are heavier than
    exponential and its density has a cusp at 0.

    Parameters
    ----------
    scale : float
        Scale of the coefficient (per standard deviation of its column), > 0.
    q : float
        Exponent, > 0.
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
    Box and Tiao (1973), Bayesian inference in statistical analysis, section 3.2. Polson, Scott and Windle (2014),
    The Bayesian bridge.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.GeneralizedNormal(0.25, q=0.5).to_penalty(dispersion=2.0).lam
    4.0
    """

    prior_units = True
    strength_powers = (("scale", -1.0),)
    scale: float
    q: float

    def _check(self) -> None:
        check_positive("q", self.q)

    @property
    def power(self) -> float:
        return float(self.q)

    def _multiplied(self, factor: float) -> dict[str, float]:
        start = self.scale if is_number(self.scale) else 1.0
        return {"scale": float(start * factor ** (-1.0 / self.q))}

    @property
    def other_face(self) -> str:
        unit = "(sqrt(phi) * {})" if self.relative_to == "sigma" else "{}"
        lam = f"phi / {unit.format(shown(self.scale, 'scale'))}**{self.q!r}"
        return face("Bridge", {"lam": lam, "q": repr(self.q)}, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        return Strength(float(1.0 / (self.scale * sigma)), 0.0)

    def to_prior(self, dispersion: float) -> GeneralizedNormal:
        return self

    def to_penalty(self, dispersion: float) -> Bridge:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        lam = dispersion * (self.scale * sigma) ** -self.q
        return Bridge(float(lam), self.q, relative_to=relative_to, **fields_of(self))
