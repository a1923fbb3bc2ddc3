"""R2D2 prior: a Beta prior on the share of variance explained, divided among the coefficients by a Dirichlet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from numbers import Real
from typing import final

import numpy as np
from scipy.special import betaln

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties.base import RelativeTo, Strength
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.penalties.mixture_integrals import Grid
from bayesreg.penalties.mixture_only import MixtureOnly
from bayesreg.penalties.validation import check_positive
from bayesreg.xp import Array, Namespace

NO_DENSITY = (
    "The density of an R2D2 prior of several coefficients has no closed form: the Dirichlet shares can not be "
    "integrated out."
)


@final
@dataclass(frozen=True, repr=False)
class R2D2(MixtureOnly):
    r"""A prior stated as the share of variance that a block of coefficients explains.

    ``b_j ~ N(0, sigma^2 tau^2 phi_j)`` on standardised columns, with ``tau^2 = R2 / (1 - R2)``,
    ``R2 ~ Beta(mean precision, (1 - mean) precision)``, shares ``phi ~ Dirichlet(concentration, ..., concentration)``.

    What is exactly Beta is ``tau^2 / (1 + tau^2)``, where ``sigma^2 tau^2`` is the variance that the linear predictor
    has on average over ``b`` given ``R2``: for uncorrelated columns ``E[b'b | R2] = sigma^2 tau^2``. The share
    ``b'b / (b'b + sigma^2)`` of one draw varies about it, and correlated columns change it.

    There is no strength to choose, and no mode: the density of one coefficient is infinite at 0 for
    ``concentration <= 1/2``, that of the block at 0 for ``mean precision <= d / 2``.

    Parameters
    ----------
    mean : float
        Prior mean of R2, between 0 and 1.
    precision : float
        ``a + b`` of its Beta(a, b), > 0; the default, 2 at mean 0.5, is uniform. ``E b_j^2`` is finite only where
        ``(1 - mean) precision > 1``.
    concentration : float
        Of the Dirichlet, > 0: small values let few coefficients have most of the variance.
    weights : None
        Not available here.
    relative_to : {"sigma", None, "dispersion"}
        "sigma": as above. Otherwise ``sigma^2`` is left out, for families without a dispersion.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Zhang, Naughton, Bondell and Reich (2022), Bayesian regression using a prior on the model fit: the R2-D2 shrinkage
    prior.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.R2D2(mean=0.3, precision=5.0)
    R2D2(mean=0.3, precision=5.0, concentration=0.5) = R2 ~ Beta(1.5, 3.5), shares ~ Dirichlet(0.5)
    """

    law = "R2D2"
    prior_units = True
    no_mode = (
        f"{NO_DENSITY} It is infinite at 0 unless concentration > 1/2 and mean * precision > d / 2, so often there "
        "is no mode. Use the posterior mean or median of sample(), or a penalty that has a mode, such as br.L2."
    )
    no_density = f"{NO_DENSITY} Use the non-centred representation, b = sigma tau sqrt(phi) z."
    mean: float = 0.5
    precision: float = 2.0
    concentration: float = 0.5
    relative_to: RelativeTo = field(default="sigma", kw_only=True)

    def _check(self) -> None:
        if not (isinstance(self.mean, Real) and 0.0 < self.mean < 1.0):
            raise InputError(f"mean={self.mean!r} is not a prior mean of R^2; it must lie between 0 and 1.")
        check_positive("precision", self.precision)
        check_positive("concentration", self.concentration)

    @property
    def shapes(self) -> tuple[float, float]:
        """The two shapes of the Beta prior of R2."""
        a = float(self.mean * self.precision)
        return a, float(self.precision - a)

    @property
    def other_face(self) -> str:
        a, b = self.shapes
        return f"R2 ~ Beta({a:g}, {b:g}), shares ~ Dirichlet({self.concentration:g})"

    def strength(self, dispersion: float) -> Strength:
        return Strength(0.0, 1.0 / dispersion if self.relative_to == "sigma" else 1.0)

    def mixture(self) -> Mixture:
        """Return the mixture; its ``odds`` are ``tau^2 = R2 / (1 - R2)``."""
        a, b = self.shapes
        shares = {"concentration": float(self.concentration), "size": float(self.size)}
        return Mixture(
            (Latent("odds", "beta_prime", {"a": a, "b": b}, "block"), Latent("phi", "dirichlet", shares)), _sd
        )

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        raise UnsupportedError(self.no_density)

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        raise UnsupportedError(self.no_density)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        variance = 1.0 / np.asarray(strength.precision, dtype=float)
        return np.sqrt(2.0 * variance / np.pi) * self._power(0.5), variance * self._power(1.0)

    def _power(self, k: float) -> float:
        """Return ``E (tau^2 phi_j)^k``."""
        (a, b), c, rest = self.shapes, self.concentration, (self.size - 1.0) * self.concentration
        if b <= k:
            return np.inf
        of_share = betaln(c + k, rest) - betaln(c, rest) if rest > 0.0 else 0.0
        return float(np.exp(betaln(a + k, b - k) - betaln(a, b) + of_share))

    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        at_one = _unit_quantile(*self.shapes, float(self.concentration), self.size, float(prob))
        return at_one / np.sqrt(np.asarray(strength.precision, dtype=float))


def _sd(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
    return xp.sqrt(values["odds"] * values["phi"] / strength.precision)


@lru_cache(maxsize=256)
def _unit_quantile(a: float, b: float, concentration: float, size: int, prob: float) -> float:
    """Return the quantile of ``|b_j|`` at ``sigma = 1``."""
    law = R2D2(a / (a + b), a + b, concentration).sized(size)
    return Grid.of(law.mixture(), Strength(0.0, 1.0)).quantile(prob)
