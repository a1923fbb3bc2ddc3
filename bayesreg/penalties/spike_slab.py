"""Spike and slab of two normals: ``p(b) = (1 - inclusion) N(0, spike^2) + inclusion N(0, slab^2)``."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import final

import numpy as np
from scipy.special import erf, erfc, expit, ndtri

from bayesreg.errors import InputError
from bayesreg.penalties.base import Strength, Traits
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.penalties.other_face import in_units
from bayesreg.penalties.separable import Separable
from bayesreg.xp import NUMPY, Array, Namespace

MONOTONE_STEPS = 60
NEWTON_STEPS = 8


@final
@dataclass(frozen=True, repr=False)
class SpikeSlab(Separable):
    r"""A mixture of a narrow and a wide normal on each coefficient: small effects, or real ones.

    ``p(b_j) = (1 - inclusion) N(b_j; 0, spike_scale^2) + inclusion N(b_j; 0, slab_scale^2)``. The penalty is smooth
    and not convex: a posterior can have several modes, and none is exactly 0. For exact zeros see `L1`. A weight
    multiplies both precisions. There is no strength in loss units.

    Parameters
    ----------
    inclusion : float
        Prior probability of the slab, between 0 and 1.
    slab_scale, spike_scale : float
        Standard deviations of the coefficient (per standard deviation of its column under ``standardize=True``) if it
        matters and if it does not; ``0 < spike_scale < slab_scale``.
    weights, positive
        As in `L1`.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the scales are absolute; "sigma": they are in units of sigma.
    limits : None
        Not available here.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    George and McCulloch (1993), Variable selection via Gibbs sampling.

    Examples
    --------
    >>> import bayesreg as br
    >>> law = br.SpikeSlab(inclusion=0.5, slab_scale=1.0, spike_scale=0.05)
    >>> law.inclusion_probability([0.0, 0.1, 0.2], law.strength(1.0)).round(3)
    array([0.048, 0.269, 0.993])
    """

    law = "SpikeSlab"
    strength_powers = (("slab_scale", -0.5), ("spike_scale", -0.5))
    prior_units = True
    inclusion: float = 0.5
    slab_scale: float = 1.0
    spike_scale: float = 0.05

    def _check(self) -> None:
        share = self.inclusion
        if not (isinstance(share, Real) and not isinstance(share, bool) and 0.0 < float(share) < 1.0):
            raise InputError(
                f"inclusion={share!r} is not a prior probability between 0 and 1. For the slab or the spike alone use "
                "br.Normal(scale)."
            )
        if not self.is_given or not 0.0 < float(self.spike_scale) < float(self.slab_scale):
            raise InputError(
                f"spike_scale={self.spike_scale!r} and slab_scale={self.slab_scale!r} are not a spike and a slab; give "
                "two numbers with 0 < spike_scale < slab_scale."
            )

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
        spike, slab = (f"N(b; 0, {in_units(scale, self)}^2)" for scale in (self.spike_scale, self.slab_scale))
        return f"-phi * log({1.0 - self.inclusion:g} {spike} + {self.inclusion:g} {slab})"

    @property
    def _ratio(self) -> float:
        return float(self.spike_scale) / float(self.slab_scale)

    @property
    def _gain(self) -> float:
        """What the spike has more of precision than the slab, as a share of its own."""
        return (1.0 - self._ratio) * (1.0 + self._ratio)

    @property
    def _log_odds(self) -> float:
        """Log odds of the spike at ``b = 0``."""
        return float(np.log((1.0 - self.inclusion) / (self.inclusion * self._ratio)))

    def strength(self, dispersion: float) -> Strength:
        variance = dispersion if self.relative_to == "sigma" else 1.0
        return Strength(0.0, float(1.0 / (self.spike_scale**2 * variance)))

    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        return np.full(np.shape(strength.precision), np.nan)

    def to_prior(self, dispersion: float) -> SpikeSlab:
        return self

    def to_penalty(self, dispersion: float) -> SpikeSlab:
        """Return the same object: it has no strength in loss units."""
        return self

    def inclusion_probability(self, beta: Array, strength: Strength, xp: Namespace = NUMPY) -> Array:
        """Return the probability, given its coefficient, that each coefficient comes from the slab.

        Averaged over posterior draws of ``beta`` it is the posterior inclusion probability.

        Parameters
        ----------
        beta : array
            Coefficients, or draws of them.
        strength : Strength
            Canonical strength, as `strength` returns it.
        xp : Namespace
            NumPy or PyTensor.
        """
        size = np.asarray(beta, dtype=float) if xp is NUMPY else beta
        return xp.expit(0.5 * self._gain * strength.precision * size * size - self._log_odds)

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        """Return minus the log density relative to that at 0, without cancellation near 0."""
        spike = 0.5 * strength.precision * beta * beta
        odds, gain = np.float64(self._log_odds), np.float64(self._gain) * spike
        near = -xp.log1p(expit(odds) * xp.expm1(-xp.where(gain < 1.0, gain, 0.0)))
        return np.float64(self._ratio**2) * spike + xp.where(
            gain < 1.0, near, np.logaddexp(0.0, odds) - xp.softplus(odds - gain)
        )

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        """Return ``log(1 / p(0))``."""
        at_zero = np.log(1.0 - self.inclusion + self.inclusion * self._ratio)
        free = strength.precision <= 0.0
        safe = xp.where(free, 1.0, strength.precision)
        return xp.where(free, 0.0, 0.5 * (np.log(2.0 * np.pi) - xp.log(safe)) - at_zero)

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        return size * self._stiffness(size, strength.precision)

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        slab = self.inclusion_probability(size, strength)
        bend = (strength.precision * self._gain * size) ** 2 * slab * (1.0 - slab)
        return self._stiffness(size, strength.precision) - bend

    def _stiffness(self, size: np.ndarray, precision: Array) -> np.ndarray:
        """Return the mean precision of the two normals given the coefficient: slope over size."""
        spike = expit(self._log_odds - 0.5 * self._gain * precision * size * size)
        return precision * (self._ratio**2 + self._gain * spike)

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        """Return the better of the least and the largest stationary point; monotone iterations lead to them."""
        size, pull = np.abs(z), step + 0.0 * np.abs(z)
        both = [self._stationary(start, size, pull, strength) for start in (np.zeros_like(size), size)]
        cost = [0.5 * (x - size) ** 2 + pull * self._value(x, strength, NUMPY) for x in both]
        return np.sign(z) * np.where(cost[0] <= cost[1], both[0], both[1])

    def _stationary(self, x: np.ndarray, size: np.ndarray, pull: np.ndarray, strength: Strength) -> np.ndarray:
        for _ in range(MONOTONE_STEPS):
            x = size / (1.0 + pull * self._stiffness(x, strength.precision))
        for _ in range(NEWTON_STEPS):
            error = x - size + pull * self.slope(x, strength)
            bend = 1.0 + pull * self.curvature(x, strength)
            trial = np.clip(x - error / np.where(bend > 0.0, bend, np.inf), 0.0, size)
            better = np.abs(trial - size + pull * self.slope(trial, strength)) < np.abs(error)
            x = np.where(better, trial, x)
        return x

    def _mixture(self) -> Mixture:
        more = 1.0 / self._ratio - 1.0
        return Mixture(
            (Latent("slab", "bernoulli", {"prob": float(self.inclusion)}),),
            lambda values, strength, xp: (1.0 + more * values["slab"]) / xp.sqrt(strength.precision),
        )

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        scale = np.where(rng.random(size) < self.inclusion, 1.0 / self._ratio, 1.0)
        return scale * rng.standard_normal(size) / np.sqrt(strength.precision)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        variance = 1.0 / np.asarray(strength.precision, dtype=float)
        first = self.inclusion / self._ratio + 1.0 - self.inclusion
        second = self.inclusion / self._ratio**2 + 1.0 - self.inclusion
        return np.sqrt(2.0 * variance / np.pi) * first, variance * second

    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        from scipy.optimize import brentq

        slab, spike, root = self.inclusion, 1.0 - self.inclusion, np.sqrt(2.0)

        def excess(x: float) -> float:
            if prob <= 0.5:
                return float(slab * erf(self._ratio * x / root) + spike * erf(x / root)) - prob
            return 1.0 - prob - float(slab * erfc(self._ratio * x / root) + spike * erfc(x / root))

        low = float(-ndtri(0.5 * (1.0 - prob)))
        inside = 0.0 < low < np.inf
        at_one = float(brentq(excess, low, low / self._ratio, xtol=1e-300, rtol=1e-15)) if inside else low
        return at_one / np.sqrt(np.asarray(strength.precision, dtype=float))
