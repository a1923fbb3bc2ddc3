"""Student-t penalty = t prior: ``value = (df + 1) / 2 log(1 + precision b^2 / df)``, smooth and not convex."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Self, final

import numpy as np
from scipy.special import betaln, stdtrit

from bayesreg.errors import InputError
from bayesreg.penalties.base import Strength, Traits
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.penalties.other_face import in_units
from bayesreg.penalties.scale_family import ScaleFamily
from bayesreg.penalties.separable import Separable
from bayesreg.xp import Array, Namespace

NEWTON_STEPS = 10
SERIES_ABOVE = 50.0
SETTLED = 1e-15


@dataclass(frozen=True, kw_only=True, init=False, repr=False)
class _TLaw(ScaleFamily, Separable):
    """The law of `StudentT` and `Cauchy`: a t distribution of `freedom` degrees of freedom."""

    law = "Student-t"
    strength_powers = (("scale", -0.5),)
    prior_units = True

    freedom = 1.0  # not a field here: degrees of freedom

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=False,
            smooth=not self.positive,
            separable=True,
            sparse=self.positive,
            proper=True,
            has_mode=True,
            scales_columns=True,
        )

    @property
    def other_face(self) -> str:
        scale = in_units(getattr(self, self.strength_names[0]), self)
        return f"phi * {(self.freedom + 1.0) / 2.0:g} log(1 + (b / {scale})^2 / {self.freedom:g})"

    def strength(self, dispersion: float) -> Strength:
        variance = dispersion if self.relative_to == "sigma" else 1.0
        scale = self.given(getattr(self, self.strength_names[0]))
        return Strength(0.0, float(1.0 / (scale**2 * variance)))

    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        return np.full(np.shape(strength.precision), np.nan)

    def to_prior(self, dispersion: float) -> Self:
        return self

    def to_penalty(self, dispersion: float) -> Self:
        """Return the same object: a t prior has no strength in loss units."""
        return self

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        df = np.float64(self.freedom)
        return 0.5 * (df + 1.0) * xp.log1p(strength.precision * beta * beta / df)

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        df = np.float64(self.freedom)
        constant = 0.5 * np.log(df) + _log_beta(0.5 * df)
        free = strength.precision <= 0.0
        return xp.where(free, 0.0, constant - 0.5 * xp.log(xp.where(free, 1.0, strength.precision)))

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        scaled = strength.precision / self.freedom
        return (self.freedom + 1.0) * scaled * size / (1.0 + scaled * size * size)

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        scaled = strength.precision / self.freedom
        square = scaled * size * size
        return (self.freedom + 1.0) * scaled * (1.0 - square) / (1.0 + square) ** 2

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        scaled = np.broadcast_to(np.asarray(strength.precision / self.freedom, dtype=float), z.shape)
        flat = scaled <= 0.0
        root = np.sqrt(np.where(flat, 1.0, scaled))
        shrunk = _shrink(np.abs(z) * root, step * (self.freedom + 1.0) * root * root) / root
        return np.where(flat, z, np.sign(z) * shrunk)

    def _mixture(self) -> Mixture:
        half = 0.5 * self.freedom
        latent = Latent("v", "inverse_gamma", {"shape": half, "scale": half})
        return Mixture((latent,), lambda values, strength, xp: xp.sqrt(values["v"] / strength.precision))

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.standard_t(self.freedom, size) / np.sqrt(strength.precision)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        df, scale = self.freedom, 1.0 / np.sqrt(np.asarray(strength.precision, dtype=float))
        first = 2.0 * np.sqrt(df) * np.exp(-_log_beta(0.5 * df)) / (df - 1.0) if df > 1.0 else np.inf
        second = df / (df - 2.0) if df > 2.0 else np.inf
        return first * scale, second * scale**2

    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        at_one = -stdtrit(self.freedom, 0.5 * (1.0 - prob)) if prob > 0.0 else 0.0
        return at_one / np.sqrt(np.asarray(strength.precision, dtype=float))


def _log_beta(half: float) -> float:
    """Return ``log B(1/2, half)``; where ``half`` is large by a series, because differences of ``gammaln`` cancel."""
    if half < SERIES_ABOVE:
        return float(betaln(0.5, half))
    u = 1.0 / half
    return float(0.5 * np.log(np.pi * u) + u / 8.0 - u**3 / 192.0 + u**5 / 640.0 - 17.0 * u**7 / 14336.0)


def _shrink(size: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Return ``argmin_y (y - size)^2 / 2 + (pull / 2) log(1 + y^2)`` over ``y >= 0``.

    A stationary point is a real root of ``y^3 - size y^2 + (1 + pull) y - size``, of which there are up to three: the
    one with the smallest objective is taken.
    """
    size, pull = np.broadcast_arrays(size, pull)
    y = np.clip(_cubic_roots(size, pull), 0.0, size[..., None])
    size, pull = size[..., None], pull[..., None]
    for _ in range(NEWTON_STEPS):
        square = y * y
        below = 1.0 + square
        bend = 1.0 + pull * (1.0 - square) / (below * below)
        error = y - size + pull * y / below
        usable = bend > 0.0
        last, y = y, np.where(usable, np.clip(y - error / np.where(usable, bend, 1.0), 0.0, size), y)
        if np.all(np.abs(y - last) <= SETTLED * y):
            break
    objective = 0.5 * (y - size) ** 2 + 0.5 * pull * np.log1p(y * y)
    best = np.argmin(objective, axis=-1)
    return np.take_along_axis(y, best[..., None], axis=-1)[..., 0]


def _cubic_roots(size: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Return the real roots (..., 3) of ``y^3 - size y^2 + (1 + pull) y - size``, to few digits where they cancel.

    Where there is one alone it stands three times.
    """
    third = size / 3.0
    linear, constant = (1.0 + pull) / 3.0 - third**2, 0.5 * third * (pull - 2.0) - third**3
    inside = constant**2 + linear**3
    root = np.sqrt(np.maximum(inside, 0.0))
    larger = np.cbrt(-constant - np.where(constant > 0.0, root, -root))
    single = larger - np.where(larger == 0.0, 0.0, linear / np.where(larger == 0.0, 1.0, larger))
    radius = np.sqrt(np.maximum(-linear, 0.0))
    angle = np.arccos(np.clip(-constant / np.where(radius > 0.0, radius, 1.0) ** 3, -1.0, 1.0)) / 3.0
    turns = 2.0 * np.pi / 3.0 * np.arange(3)
    triple = 2.0 * radius[..., None] * np.cos(angle[..., None] - turns)
    return np.asarray(np.where(inside[..., None] < 0.0, triple, single[..., None]) + third[..., None])


@final
@dataclass(frozen=True, repr=False)
class StudentT(_TLaw):
    r"""A Student-t prior on each coefficient: the smooth penalty ``(df + 1) / 2 log(1 + b^2 / (df scale^2))``.

    ``p(b_j) = t(df, scale_j)`` with ``scale_j = scale / (sqrt(w_j) s_j)``: a weight multiplies the precision
    ``1 / scale^2``. The penalty is not convex, so that a posterior can have several modes; none is exactly 0.
    Moments of order ``df`` and above are infinite.

    Parameters
    ----------
    df : float
        Degrees of freedom, > 0; 1 is the Cauchy prior.
    scale : float or Hyperprior
        Scale of the coefficient (per standard deviation of its column under ``standardize=True``), > 0, or a prior of
        it, under which it is learned.
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
    Gelman, Jakulin, Pittau and Su (2008), A weakly informative default prior distribution for logistic and other
    regression models.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.StudentT(3.0, 2.0)
    StudentT(df=3.0, scale=2.0) = phi * 2 log(1 + (b / 2.0)^2 / 3)
    """

    df: float
    scale: float

    @property
    def freedom(self) -> float:  # type: ignore[override]
        """Degrees of freedom."""
        return self.df

    def _check(self) -> None:
        if not (isinstance(self.df, Real) and not isinstance(self.df, bool) and 0.0 < float(self.df) < np.inf):
            raise InputError(
                f"df={self.df!r} is not a number of degrees of freedom; it must be finite and > 0. For the limit of "
                "many use br.Normal(scale)."
            )


@final
@dataclass(frozen=True, repr=False)
class Cauchy(_TLaw):
    """A Cauchy prior on each coefficient: `StudentT` with one degree of freedom, which has no moments.

    Parameters
    ----------
    scale : float or Hyperprior
        Half of the prior lies within it (per standard deviation of the column under ``standardize=True``), > 0.
    weights, positive, relative_to
        As in `StudentT`.
    limits : None
        Not available here.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Gelman, Jakulin, Pittau and Su (2008), A weakly informative default prior distribution for logistic and other
    regression models.

    Examples
    --------
    >>> import bayesreg as br
    >>> round(float(br.Cauchy(2.5).absolute_quantile(0.5, br.Cauchy(2.5).strength(1.0))), 12)
    2.5
    """

    law = "Cauchy"
    scale: float
