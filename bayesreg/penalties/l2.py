"""L2 penalty = Gaussian prior: ``value = precision b^2 / 2``, ``log p(b) = log(precision / 2 pi) / 2 - value``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy.special import ndtri

from bayesreg.penalties.base import RelativeTo, Strength, Traits, fields_of
from bayesreg.penalties.mixture import Mixture
from bayesreg.penalties.other_face import face, shown
from bayesreg.penalties.scale_family import ScaleFamily
from bayesreg.penalties.separable import Plain
from bayesreg.xp import Array, Namespace


@dataclass(frozen=True, repr=False)
class _NormalLaw(Plain):
    """The law that `L2` and `Normal` name in their two units."""

    law = "Normal"

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=True,
            smooth=not self.is_cut,
            separable=True,
            sparse=self.ends_at_zero,
            proper=True,
            has_mode=True,
            scales_columns=True,
        )

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        return 0.5 * strength.precision * beta * beta

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        free = strength.precision <= 0.0
        return xp.where(free, 0.0, 0.5 * (np.log(2.0 * np.pi) - xp.log(xp.where(free, 1.0, strength.precision))))

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        return z / (1.0 + step * strength.precision)

    def _mixture(self) -> Mixture:
        return Mixture((), lambda values, strength, xp: 1.0 / xp.sqrt(strength.precision))

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.normal(0.0, 1.0 / np.sqrt(strength.precision), size)

    def _moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        variance = 1.0 / np.asarray(strength.precision, dtype=float)
        return np.sqrt(2.0 * variance / np.pi), variance

    def _size_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return ndtri(0.5 * (1.0 + prob)) / np.sqrt(np.asarray(strength.precision, dtype=float))


@final
@dataclass(frozen=True, repr=False)
class L2(_NormalLaw):
    r"""The ridge penalty ``(lam / 2) * sum_j w_j b_j^2``, in loss units.

    `Model.fit` minimises ``sum_i w_i d_i / 2 + (lam / 2) sum_j w_j s_j^2 b_j^2`` (``d_i`` the unit
    deviance, ``s_j`` the column's scale under ``standardize=True``). As a prior it is a Gaussian of
    variance ``phi / (lam w_j s_j^2)`` on ``b_j``, ``phi`` the model's dispersion.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    weights : array or mapping, optional
        Factors ``w_j >= 0``; 0 leaves a coefficient free, infinity forces it to 0.
    relative_to : {"dispersion", None, "sigma"}
        "dispersion" and None: the prior variance is fixed at ``phi / lam`` before anything is sampled;
        "sigma": it is ``sigma^2 / lam``, and moves with sigma when sigma is sampled. Same mode.
    positive : bool
        Restrict to ``b_j >= 0``: a half-normal prior.
    limits : (float, float), optional
        Restrict each coefficient, on the user's scale, to ``lower <= b_j <= upper`` (``lower <= 0 <= upper``): the
        prior is cut there and normalised again.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Hoerl and Kennard (1970), Ridge regression: biased estimation for nonorthogonal problems.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.L2(8.0).to_prior(dispersion=2.0).scale
    0.5
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    @property
    def other_face(self) -> str:
        if self.lam == 0.0:
            return face("Flat", {}, self)
        unit = "1" if self.relative_to == "sigma" else "phi"
        return face("Normal", {"scale": f"sqrt({unit} / {shown(self.lam, 'lam')})"}, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        return Strength(0.0, self.given(self.lam) / dispersion)

    def to_prior(self, dispersion: float) -> Normal:
        unit = 1.0 if self.relative_to == "sigma" else dispersion
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        scale = np.sqrt(unit / self.positive_strength(self.lam))
        return Normal(float(scale), relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> L2:
        return self


@final
@dataclass(frozen=True, repr=False)
class Normal(ScaleFamily, _NormalLaw):
    """A Gaussian prior of the given standard deviation on each coefficient: the L2 penalty in prior units.

    ``p(b_j) = N(0, scale^2 / (w_j s_j^2))``, with ``s_j`` the column's scale under ``standardize=True``.

    Parameters
    ----------
    scale : float
        Standard deviation of the coefficient (per standard deviation of its column), > 0.
    weights, positive, limits
        As in `L2`.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the scale is absolute; "sigma": it is in units of sigma.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Normal(0.5).to_penalty(dispersion=2.0).lam
    8.0
    """

    strength_powers = (("scale", -0.5),)
    prior_units = True
    scale: float

    @property
    def other_face(self) -> str:
        unit = "1" if self.relative_to == "sigma" else "phi"
        return face("L2", {"lam": f"{unit} / {shown(self.scale, 'scale')}**2"}, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        variance = dispersion if self.relative_to == "sigma" else 1.0
        return Strength(0.0, float(1.0 / (self.scale**2 * variance)))

    def to_prior(self, dispersion: float) -> Normal:
        return self

    def to_penalty(self, dispersion: float) -> L2:
        unit = 1.0 if self.relative_to == "sigma" else dispersion
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        return L2(float(unit / self.scale**2), relative_to=relative_to, **fields_of(self))
