"""L1 penalty = Laplace prior: ``value = rate |b|``, ``log p(b) = log(rate / 2) - rate |b|``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

import numpy as np

from bayesreg.penalties.base import RelativeTo, Strength, Traits, fields_of
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.penalties.other_face import face, shown, unit_of
from bayesreg.penalties.scale_family import ScaleFamily
from bayesreg.penalties.separable import Plain
from bayesreg.xp import Array, Namespace


@dataclass(frozen=True, repr=False)
class _LaplaceLaw(Plain):
    """The law that `L1` and `Laplace` name in their two units."""

    law = "Laplace"

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=True, smooth=False, separable=True, sparse=True, proper=True, has_mode=True, scales_columns=True
        )

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        return strength.rate * xp.abs(beta)

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        free = strength.rate <= 0.0
        return xp.where(free, 0.0, np.log(2.0) - xp.log(xp.where(free, 1.0, strength.rate)))

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        return np.sign(z) * np.maximum(np.abs(z) - step * strength.rate, 0.0)

    def _mixture(self) -> Mixture:
        return Mixture((Latent("s", "exponential", {"rate": 1.0}),), _root)

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.laplace(0.0, 1.0 / np.asarray(strength.rate), size)

    def _moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        scale = 1.0 / np.asarray(strength.rate, dtype=float)
        return scale, 2.0 * scale**2

    def _size_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return -np.log1p(-prob) / np.asarray(strength.rate, dtype=float)


def _root(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
    """Return ``sqrt(2 s) / rate``: the variance is exponential of rate ``rate^2 / 2``."""
    return xp.sqrt(2.0 * values["s"]) / strength.rate


@final
@dataclass(frozen=True, repr=False)
class L1(_LaplaceLaw):
    r"""The lasso penalty ``lam * sum_j w_j |b_j|``, in loss units.

    `Model.fit` minimises ``sum_i w_i d_i / 2 + lam sum_j w_j s_j |b_j|`` (``d_i`` the unit deviance,
    ``s_j`` the column's scale under ``standardize=True``). As a prior it is a Laplace distribution of
    scale ``phi / (lam w_j s_j)`` on ``b_j``, ``phi`` the model's dispersion.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    weights : array or mapping, optional
        Factors ``w_j >= 0``; 0 leaves a coefficient free, infinity forces it to 0.
    relative_to : {"dispersion", None, "sigma"}
        "dispersion" and None: the Laplace scale is fixed at ``phi / lam`` before anything is sampled;
        "sigma": it is ``sqrt(phi) / lam`` times sigma, and moves with sigma when sigma is sampled.
        The three have the same mode.
    positive : bool
        Restrict to ``b_j >= 0``: an exponential prior.
    limits : (float, float), optional
        Restrict each coefficient, on the user's scale, to ``lower <= b_j <= upper`` (``lower <= 0 <= upper``): the
        prior is cut there and normalised again.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Tibshirani (1996), Regression shrinkage and selection via the lasso. Park and Casella (2008), The
    Bayesian lasso.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.L1(4.0).to_prior(dispersion=2.0).scale
    0.5
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    @property
    def other_face(self) -> str:
        if self.lam == 0.0:
            return face("Flat", {}, self)
        return face("Laplace", {"scale": f"{unit_of(self)} / {shown(self.lam, 'lam')}"}, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        return Strength(self.given(self.lam) / dispersion, 0.0)

    def to_prior(self, dispersion: float) -> Laplace:
        unit = np.sqrt(dispersion) if self.relative_to == "sigma" else dispersion
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        return Laplace(float(unit / self.positive_strength(self.lam)), relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> L1:
        return self


@final
@dataclass(frozen=True, repr=False)
class Laplace(ScaleFamily, _LaplaceLaw):
    """A Laplace prior of the given scale on each coefficient: the L1 penalty in prior units.

    ``p(b_j) = (rate_j / 2) exp(-rate_j |b_j|)`` with ``rate_j = w_j s_j / scale``; at weight and column
    scale 1 its standard deviation is ``sqrt(2) scale``.

    Parameters
    ----------
    scale : float
        Scale of the coefficient (per standard deviation of its column under ``standardize=True``), > 0.
    weights, positive, limits
        As in `L1`.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the scale is absolute; "sigma": it is in units of sigma.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Laplace(0.5).to_penalty(dispersion=2.0).lam
    4.0
    """

    strength_powers = (("scale", -1.0),)
    prior_units = True
    scale: float

    @property
    def other_face(self) -> str:
        return face("L1", {"lam": f"{unit_of(self)} / {shown(self.scale, 'scale')}"}, self, self.relative_to)

    def strength(self, dispersion: float) -> Strength:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        return Strength(float(1.0 / (self.scale * sigma)), 0.0)

    def to_prior(self, dispersion: float) -> Laplace:
        return self

    def to_penalty(self, dispersion: float) -> L1:
        unit = np.sqrt(dispersion) if self.relative_to == "sigma" else dispersion
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        return L1(float(unit / self.scale), relative_to=relative_to, **fields_of(self))
