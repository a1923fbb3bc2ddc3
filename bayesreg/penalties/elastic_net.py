"""Elastic net = its prior: ``value = rate |b| + precision b^2 / 2``.

The normaliser is ``Z = sqrt(2 pi / precision) erfcx(rate / sqrt(2 precision))``; see `half_line` for small
``u = precision / rate^2``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy.special import erfcx

from bayesreg.errors import InputError
from bayesreg.penalties.base import RelativeTo, Strength, Traits, fields_of
from bayesreg.penalties.elastic_net_mixture import elastic_net_mixture
from bayesreg.penalties.half_line import SERIES, SERIES_BELOW, horner, log_half_line, upper_quantile
from bayesreg.penalties.mixture import Mixture
from bayesreg.penalties.other_face import face, is_number, rounded, unit_of
from bayesreg.penalties.separable import Plain
from bayesreg.penalties.validation import check_share
from bayesreg.xp import Array, Namespace


@dataclass(frozen=True, repr=False)
class _ElasticNetLaw(Plain):
    """The law that `ElasticNet` and `ElasticNetPrior` name in their two units."""

    law = "ElasticNet"

    @property
    def traits(self) -> Traits:
        sparse = self.strength(1.0).rate > 0.0 if self.is_given else True
        return Traits(
            convex=True,
            smooth=not (sparse or self.is_cut),
            separable=True,
            sparse=sparse or self.ends_at_zero,
            proper=True,
            has_mode=True,
            scales_columns=True,
        )

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        return strength.rate * xp.abs(beta) + 0.5 * strength.precision * beta * beta

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        free = strength.rate + strength.precision <= 0.0
        return xp.where(free, 0.0, np.log(2.0) + log_half_line(strength.rate, strength.precision, xp))

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        soft = np.sign(z) * np.maximum(np.abs(z) - step * strength.rate, 0.0)
        return soft / (1.0 + step * strength.precision)

    def _mixture(self) -> Mixture:
        return elastic_net_mixture()

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        magnitude = upper_quantile(1.0 - rng.random(size), *_arrays(strength))
        return np.where(rng.random(size) < 0.5, -magnitude, magnitude)

    def _moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        rate, precision = _arrays(strength)
        series = precision < SERIES_BELOW * rate**2
        safe_rate = np.where(series, rate, 1.0)
        u = np.where(series, precision, 0.0) / safe_rate**2
        total, slope = horner(SERIES, u), horner(SERIES[1:] * np.arange(1, SERIES.size), u)
        safe_precision = np.where(series, 1.0, precision)
        at = np.where(series, 0.0, rate)
        z = np.sqrt(2.0 * np.pi / safe_precision) * erfcx(at / np.sqrt(2.0 * safe_precision))
        first = 2.0 / (safe_precision * z) - at / safe_precision
        second = 1.0 / safe_precision - at / safe_precision * first
        return (
            np.where(series, 1.0 / safe_rate + 2.0 * u * slope / (safe_rate * total), first),
            np.where(series, -2.0 * slope / (total * safe_rate**2), second),
        )

    def _size_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return upper_quantile(np.asarray(1.0 - prob), *_arrays(strength))


def _arrays(strength: Strength) -> tuple[np.ndarray, np.ndarray]:
    rate, precision = np.broadcast_arrays(strength.rate, strength.precision)
    return np.asarray(rate, dtype=float), np.asarray(precision, dtype=float)


@final
@dataclass(frozen=True, repr=False)
class ElasticNet(_ElasticNetLaw):
    r"""The elastic net ``lam * sum_j w_j (l1_ratio |b_j| + (1 - l1_ratio) / 2 b_j^2)``, in loss units.

    On standardised columns ``s_j b_j`` takes the place of ``b_j`` (the weight multiplies afterwards). The
    matching prior has ``rate = lam l1_ratio w_j s_j / phi`` and
    ``precision = lam (1 - l1_ratio) w_j s_j^2 / phi``; see `ElasticNetPrior`.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    l1_ratio : float
        Share of the absolute value, between 0 (`L2`) and 1 (`L1`).
    weights, positive, limits
        As in `L1`.
    relative_to : {"dispersion", None, "sigma"}
        As in `L1`.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Zou and Hastie (2005), Regularization and variable selection via the elastic net.

    Examples
    --------
    >>> import bayesreg as br
    >>> prior = br.ElasticNet(4.0, l1_ratio=0.75).to_prior(dispersion=2.0)
    >>> prior.rate, prior.precision
    (1.5, 0.5)
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    l1_ratio: float = 0.5
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    def _check(self) -> None:
        check_share("l1_ratio", self.l1_ratio)

    @property
    def other_face(self) -> str:
        if self.lam == 0.0:
            return face("Flat", {}, self)
        shares = self.l1_ratio, 1.0 - self.l1_ratio
        given = [
            f"{rounded(self.given(self.lam) * s)}" if is_number(self.lam) else f"lam * {rounded(s)}" for s in shares
        ]
        bend = "" if self.relative_to == "sigma" else " / phi"
        arguments = {"rate": f"{given[0]} / {unit_of(self)}", "precision": given[1] + bend}
        return face("ElasticNetPrior", arguments, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        lam = self.given(self.lam) / dispersion
        return Strength(lam * self.l1_ratio, lam * (1.0 - self.l1_ratio))

    def to_prior(self, dispersion: float) -> ElasticNetPrior:
        lam, sigma = self.positive_strength(self.lam), self.relative_to == "sigma"
        rate = lam * self.l1_ratio / (np.sqrt(dispersion) if sigma else dispersion)
        precision = lam * (1.0 - self.l1_ratio) / (1.0 if sigma else dispersion)
        relative_to: RelativeTo = "sigma" if sigma else None
        return ElasticNetPrior(float(rate), float(precision), relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> ElasticNet:
        return self


@final
@dataclass(frozen=True, repr=False)
class ElasticNetPrior(_ElasticNetLaw):
    """The elastic-net prior ``p(b) = exp(-rate |b| - precision b^2 / 2) / Z``: `ElasticNet` in prior units.

    Parameters
    ----------
    rate : float
        Rate of the absolute value (the Laplace part has scale ``1 / rate``), >= 0.
    precision : float
        Precision of the square (the Gaussian part has standard deviation ``precision**-0.5``), >= 0;
        not both 0.
    weights, positive, limits
        As in `L1`.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": absolute; "sigma": ``rate / sigma`` and ``precision / sigma^2``.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Zou and Hastie (2005). Hans (2011), Elastic net regression modeling with the orthant normal prior.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.ElasticNetPrior(rate=1.5, precision=0.5)
    ElasticNetPrior(rate=1.5, precision=0.5) = ElasticNet(lam=2.0 * phi, l1_ratio=0.75)
    >>> br.ElasticNetPrior(rate=1.5, precision=0.5).to_penalty(dispersion=2.0).lam
    4.0
    """

    strength_powers = (("rate", 1.0), ("precision", 1.0))
    prior_units = True
    rate: float
    precision: float

    def _check(self) -> None:
        if self.rate + self.precision <= 0.0:
            raise InputError("rate=0 and precision=0 is no prior; give one of them a positive value, or use br.Flat().")

    @property
    def other_face(self) -> str:
        rate, precision, total = (rounded(part) for part in (self.rate, self.precision, self.rate + self.precision))
        given = {"lam": f"{total} * phi", "l1_ratio": f"{rounded(self.rate / total)}"}
        if self.relative_to == "sigma":
            lam = f"{rate} * sqrt(phi) + {precision}"
            given = {"lam": lam, "l1_ratio": f"{rate} * sqrt(phi) / ({lam})"}
        return face("ElasticNet", given, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        return Strength(float(self.rate / sigma), float(self.precision / sigma**2))

    def to_prior(self, dispersion: float) -> ElasticNetPrior:
        return self

    def to_penalty(self, dispersion: float) -> ElasticNet:
        sigma = self.relative_to == "sigma"
        l1 = self.rate * (np.sqrt(dispersion) if sigma else dispersion)
        l2 = self.precision * (1.0 if sigma else dispersion)
        relative_to: RelativeTo = "sigma" if sigma else "dispersion"
        return ElasticNet(float(l1 + l2), float(l1 / (l1 + l2)), relative_to=relative_to, **fields_of(self))
