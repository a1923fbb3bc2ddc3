"""Horseshoe prior: ``p(b) = rate (2 pi^3)^(-1/2) e^z E1(z)`` with ``z = (rate b)^2 / 2``, infinite at 0."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import factorial
from numbers import Real
from typing import final

import numpy as np
from scipy.special import exp1

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties.base import RelativeTo, Strength, Traits
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.penalties.mixture_integrals import Grid
from bayesreg.penalties.other_face import in_units
from bayesreg.penalties.separable import Separable
from bayesreg.xp import Array, Namespace

SERIES_ABOVE = 50.0
TERMS = 21
TINY = 1e-150
FACTORIALS = np.array([(-1.0) ** k * factorial(k) for k in range(TERMS)])
POLE = "The density of a horseshoe prior is infinite at 0"


@final
@dataclass(frozen=True, repr=False)
class Horseshoe(Separable):
    r"""The horseshoe prior: ``b_j ~ N(0, tau^2 l_j^2)`` with ``l_j`` half-Cauchy of scale 1.

    Small effects are shrunk strongly and large ones hardly at all. Its density has the closed form
    ``(2 pi^3)^(-1/2) e^z E1(z) / tau`` with ``z = b^2 / (2 tau^2)``. It is infinite at 0, so there is no posterior
    mode: use the mean or median of `Model.sample`. ``E|b|`` is infinite. A weight multiplies ``1 / tau``. There is no
    strength in loss units.

    Parameters
    ----------
    tau : float, Hyperprior or None
        Scale of the coefficients (per standard deviation of the column under ``standardize=True``), > 0; None (the
        default) or a prior: it is learned by `Model.sample`.
    weights, positive
        As in `L1`.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": ``tau`` is absolute; "sigma": it is in units of sigma.
    limits : None
        Not available here.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Carvalho, Polson and Scott (2010), The horseshoe estimator for sparse signals. Piironen and Vehtari (2017),
    Sparsity information and regularization in the horseshoe and other shrinkage priors.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Horseshoe(0.1).traits.has_mode
    False
    """

    law = "Horseshoe"
    strength_powers = (("tau", -1.0),)
    prior_units = True
    may_be_open = True
    no_mode = (
        f"{POLE}: the posterior density is infinite wherever a coefficient is 0, whatever the data, and has no mode. "
        "Use the posterior mean or median of sample(), or a penalty that has a mode, such as br.LogPenalty or "
        "br.SpikeSlabLasso."
    )
    no_density = f"{POLE}, where a sampler can not move. Use the non-centred representation, b = tau l z."
    tau: float | None = None

    @classmethod
    def from_signals(
        cls, p0: float, p: int, n: int, sigma: float = 1.0, *, relative_to: RelativeTo = None
    ) -> Horseshoe:
        r"""Return the horseshoe under which ``p0`` of ``p`` coefficients are expected to matter.

        On orthogonal standardised columns ``m = sum_j (1 - kappa_j)``, ``kappa_j`` the share by which coefficient j
        is shrunk, counts the effective coefficients; ``tau = p0 / (p - p0) sigma / sqrt(n)`` makes its prior mean p0.

        Parameters
        ----------
        p0 : float
            Expected number of effective coefficients, ``0 < p0 < p``.
        p, n : int
            Number of coefficients, and of observations.
        sigma : float
            Residual standard deviation; for other families the inverse root of one row's information.
        relative_to : {None, "dispersion", "sigma"}
            With "sigma" leave ``sigma`` at 1: ``tau`` is in its units.

        Returns
        -------
        Horseshoe

        Raises
        ------
        InputError
            If a number is outside its range.

        Examples
        --------
        >>> import bayesreg as br
        >>> br.Horseshoe.from_signals(p0=5, p=105, n=100, sigma=2.0).tau
        0.01
        """
        numbers = (p0, p, n, sigma)
        if not all(isinstance(one, Real) and not isinstance(one, bool) and 0.0 < one < np.inf for one in numbers):
            raise InputError(f"p0, p, n, sigma = {numbers!r} are not all finite numbers > 0.")
        if p0 >= p:
            raise InputError(f"p0={p0!r} of p={p!r} coefficients would be all of them; give 0 < p0 < p.")
        return cls(float(p0 / (p - p0) * sigma / np.sqrt(n)), relative_to=relative_to)

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=False,
            smooth=False,
            separable=True,
            sparse=self.positive,
            proper=True,
            has_mode=False,
            scales_columns=True,
        )

    @property
    def other_face(self) -> str:
        tau = in_units(self.tau, self) if self.is_given else "tau"
        return f"-phi * log(exp(z) E1(z)), z = (b / {tau})^2 / 2"

    def strength(self, dispersion: float) -> Strength:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        return Strength(float(1.0 / (self.given(self.tau) * sigma)), 0.0)

    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        return np.full(np.shape(strength.rate), np.nan)

    def to_prior(self, dispersion: float) -> Horseshoe:
        return self

    def to_penalty(self, dispersion: float) -> Horseshoe:
        """Return the same object: a horseshoe has no strength in loss units."""
        return self

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        if xp.name != "numpy":
            raise UnsupportedError(self.no_density)
        with np.errstate(divide="ignore"):
            return -_log_scaled(np.abs(strength.rate * np.asarray(beta, dtype=float)))

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        free = strength.rate <= 0.0
        return xp.where(free, 0.0, 0.5 * np.log(2.0 * np.pi**3) - xp.log(xp.where(free, 1.0, strength.rate)))

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        z, scaled, rest, _ = _parts(size, strength.rate)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(z > 0.0, strength.rate**2 * size * rest / scaled, np.inf)

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        _, scaled, rest, bend = _parts(size, strength.rate)
        return strength.rate**2 * (rest / scaled - 2.0 * bend / scaled**2)

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        raise UnsupportedError(self.no_mode)

    def _mixture(self) -> Mixture:
        return Mixture(
            (Latent("local", "half_cauchy", {"scale": 1.0}),),
            lambda values, strength, xp: values["local"] / strength.rate,
        )

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.standard_cauchy(size) * rng.standard_normal(size) / np.asarray(strength.rate)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        infinite = np.full(np.shape(strength.rate), np.inf)
        return infinite, infinite

    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return _unit_quantile(float(prob)) / np.asarray(strength.rate, dtype=float)


@lru_cache(maxsize=256)
def _unit_quantile(prob: float) -> float:
    """Return the quantile of ``|b|`` at ``tau = 1``."""
    mixture = Horseshoe(1.0).mixture()
    assert mixture is not None
    return Grid.of(mixture, Strength(1.0, 0.0)).quantile(prob)


def _series(z: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Return ``sum_k coefficients_k / z^k``, the asymptotic series for large ``z``."""
    total = np.zeros_like(z)
    for coefficient in coefficients[::-1]:
        total = total / z + coefficient
    return total


def _log_scaled(size: np.ndarray) -> np.ndarray:
    """Return ``log(e^z E1(z))``, ``z = size^2 / 2``: directly up to 50, by its asymptotic series above.

    Sizes whose squares underflow take ``E1(z) = -gamma - log z``.
    """
    tiny, far = size < TINY, size >= np.sqrt(2.0 * SERIES_ABOVE)
    z = 0.5 * np.clip(size, TINY, 1.0 / TINY) ** 2
    near_z, far_z = np.where(far, 1.0, z), np.where(far, z, SERIES_ABOVE)
    log_z = 2.0 * np.log(size) - np.log(2.0)
    beyond = np.log(_series(far_z, FACTORIALS)) - np.where(far, log_z, 0.0)
    pole = np.log(-np.euler_gamma - np.where(tiny, log_z, -1.0))
    return np.where(far, beyond, np.where(tiny, pole, near_z + np.log(exp1(near_z))))


def _parts(size: np.ndarray, rate: Array) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return ``z``, and with ``F = e^z E1(z)``: ``z F``, ``1 - z F`` and ``z (F + z F - 1)``, none by cancellation."""
    z = 0.5 * (rate * np.asarray(size, dtype=float)) ** 2
    far = z >= SERIES_ABOVE
    near, far_z = np.where(far | (z <= 0.0), 1.0, z), np.where(far, z, SERIES_ABOVE)
    direct = near * np.exp(near) * exp1(near)
    k = np.arange(TERMS)
    scaled = np.where(far, _series(far_z, FACTORIALS), direct)
    rest = np.where(far, -_series(far_z, np.r_[0.0, FACTORIALS[1:]]), 1.0 - direct)
    bend = np.where(far, -_series(far_z, k * FACTORIALS), direct - near * (1.0 - direct))
    return z, scaled, rest, bend
