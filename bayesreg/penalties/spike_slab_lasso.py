"""Spike-and-slab lasso: minus the log of a mixture of a wide and a narrow Laplace density, an adaptive L1 penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, final

import numpy as np
from scipy.special import expit

from bayesreg.errors import InputError
from bayesreg.penalties.base import Strength, Traits
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.penalties.other_face import in_units
from bayesreg.penalties.separable import Separable
from bayesreg.xp import NUMPY, Array, Namespace

NEWTON_STEPS = 60


@final
@dataclass(frozen=True, repr=False)
class SpikeSlabLasso(Separable):
    r"""The spike-and-slab lasso prior: a mixture of two Laplace densities, in prior units.

    ``p(b_j) = inclusion Laplace(b_j; slab_scale) + (1 - inclusion) Laplace(b_j; spike_scale)``, both scales over
    ``w_j s_j``. Unlike a spike at 0 it has a density, and its modes are sparse: as a penalty it is an L1 whose slope
    falls from nearly ``1 / spike_scale`` at 0 to ``1 / slab_scale`` for large coefficients. It is not convex: a fit
    is a local mode.

    Parameters
    ----------
    slab_scale : float
        Scale of the coefficients that matter (per standard deviation of their columns), > 0.
    spike_scale : float
        Scale of the others, > 0 and below ``slab_scale``.
    inclusion : float
        Prior probability of the slab, strictly between 0 and 1.
    weights : array or mapping, optional
        Factors ``w_j >= 0`` that divide both scales; 0 leaves a coefficient free, infinity forces it to 0.
    positive
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
    Rockova and George (2018), The spike-and-slab lasso.

    Examples
    --------
    >>> import bayesreg as br
    >>> law = br.SpikeSlabLasso(slab_scale=1.0, spike_scale=0.05, inclusion=0.2)
    >>> strength = law.strength(1.0)
    >>> [round(float(law.slope(size, strength)), 2) for size in (0.0, 0.3, 3.0)]
    [19.77, 5.01, 1.0]
    """

    law = "SpikeSlabLasso"
    prior_units = True
    strength_powers = (("slab_scale", -1.0), ("spike_scale", -1.0))
    slab_scale: float
    spike_scale: float
    inclusion: float = 0.5

    def _check(self) -> None:
        if not 0.0 < self.spike_scale < self.slab_scale:
            raise InputError(
                f"spike_scale={self.spike_scale!r} is not allowed: it must be > 0 and below "
                f"slab_scale={self.slab_scale!r}."
            )
        if isinstance(self.inclusion, bool | str) or not 0.0 < self.inclusion < 1.0:
            raise InputError(f"inclusion={self.inclusion!r} is not allowed: it must lie strictly between 0 and 1.")

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=False, smooth=False, separable=True, sparse=True, proper=True, has_mode=True, scales_columns=True
        )

    @property
    def ratio(self) -> float:
        """The slab's scale over the spike's."""
        return float(self.slab_scale / self.spike_scale)

    @property
    def slab_odds(self) -> float:
        """The log odds of the slab at 0."""
        return float(np.log(self.inclusion) - np.log1p(-self.inclusion) - np.log(self.ratio))

    @property
    def other_face(self) -> str:
        slab, spike = (f"Laplace(b; {in_units(scale, self)})" for scale in (self.slab_scale, self.spike_scale))
        return f"-phi * log({self.inclusion:g} {slab} + {1.0 - self.inclusion:g} {spike})"

    def strength(self, dispersion: float) -> Strength:
        sigma = np.sqrt(dispersion) if self.relative_to == "sigma" else 1.0
        return Strength(float(1.0 / (self.slab_scale * sigma)), 0.0)

    def lam_of(self, strength: Strength, dispersion: float) -> np.ndarray:
        return np.full(np.shape(strength.rate), np.nan)

    def to_prior(self, dispersion: float) -> Self:
        """Return the same object: it is in prior units."""
        return self

    def to_penalty(self, dispersion: float) -> Self:
        """Return the same object: a mixture has no strength in loss units."""
        return self

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        """``rate |b| - log(q + (1 - q) exp(-fall))``, ``q`` the share of the slab at 0; for small falls by log1p."""
        slab, spike = np.float64(expit(self.slab_odds)), np.float64(expit(-self.slab_odds))
        size = strength.rate * xp.abs(beta)
        fall = np.float64(self.ratio - 1.0) * size
        near = xp.log1p(spike * xp.expm1(xp.maximum(-fall, -1.0)))
        far = xp.log(slab + spike * xp.exp(-fall))
        return size - xp.where(fall < 1.0, near, far)

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        free = strength.rate <= 0.0
        height = np.log(self.inclusion + (1.0 - self.inclusion) * self.ratio)
        return xp.where(free, 0.0, np.log(2.0) - height - xp.log(xp.where(free, 1.0, strength.rate)))

    def spike_share(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        """Return the probability of the spike given ``|b| = size``."""
        return expit(-self.slab_odds - (self.ratio - 1.0) * np.asarray(strength.rate) * size)

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        return strength.rate * (1.0 + (self.ratio - 1.0) * self.spike_share(size, strength))

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        share = self.spike_share(size, strength)
        return -((np.asarray(strength.rate) * (self.ratio - 1.0)) ** 2) * share * (1.0 - share)

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        """Return the best of 0 and of the stationary points on both sides of where the objective is concave."""
        size = np.abs(z)
        rate = np.broadcast_to(np.asarray(strength.rate, dtype=float), size.shape)
        fixed = Strength(rate, np.zeros(size.shape))
        first, last = self._concave_part(rate, step)
        points = [np.zeros(size.shape)]
        for start, lower, upper in ((np.zeros(size.shape), 0.0 * size, first), (size, last, size)):
            points.append(self._stationary(start, lower, upper, size, fixed, step))
        costs = [0.5 * x * x - size * x + step * self._value(x, fixed, NUMPY) for x in points]
        best = np.argmin(costs, axis=0)
        return np.sign(z) * np.take_along_axis(np.array(points), best[None], axis=0)[0]

    def _concave_part(self, rate: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the sizes between which the objective is concave; where nowhere, twice that of its least curvature."""
        unit = (self.ratio - 1.0) * np.where(rate > 0.0, rate, 1.0)
        spread = np.sqrt(np.maximum(0.25 - 1.0 / (step * unit * unit), 0.0))
        ends = []
        for share in (0.5 + spread, 0.5 - spread):
            odds = np.log(np.maximum(share, np.finfo(float).tiny)) - np.log(
                np.maximum(1.0 - share, np.finfo(float).tiny)
            )
            ends.append(np.maximum((-self.slab_odds - odds) / unit, 0.0))
        return ends[0], ends[1]

    def _stationary(
        self, start: np.ndarray, lower: np.ndarray, upper: np.ndarray, size: np.ndarray, strength: Strength, step: float
    ) -> np.ndarray:
        """Return the stationary point in an interval where the objective is convex, by Newton steps from an end."""
        x = np.clip(start, lower, np.maximum(lower, upper))
        for _ in range(NEWTON_STEPS):
            bend = 1.0 + step * self.curvature(x, strength)
            move = np.where(
                bend > 0.0, (x - size + step * self.slope(x, strength)) / np.where(bend > 0.0, bend, 1.0), 0.0
            )
            new = np.clip(x - move, lower, np.maximum(lower, upper))
            if np.all(np.abs(new - x) <= 4.0 * np.finfo(float).eps * size):
                return new
            x = new
        return x

    def _mixture(self) -> Mixture:
        """Return the mixture over a choice of slab or spike and an exponential variance."""
        spike, more = 1.0 / self.ratio, 1.0 - 1.0 / self.ratio
        choice = Latent("slab", "bernoulli", {"prob": float(self.inclusion)})
        return Mixture(
            (choice, Latent("s", "exponential", {"rate": 1.0})),
            lambda values, strength, xp: (spike + more * values["slab"]) * xp.sqrt(2.0 * values["s"]) / strength.rate,
        )

    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        scale = np.where(rng.random(size) < self.inclusion, 1.0, 1.0 / self.ratio) / np.asarray(strength.rate)
        return rng.laplace(0.0, scale)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        scale, share, narrow = 1.0 / np.asarray(strength.rate, dtype=float), self.inclusion, 1.0 / self.ratio
        return scale * (share + (1.0 - share) * narrow), 2.0 * scale**2 * (share + (1.0 - share) * narrow**2)

    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        """Newton steps on the log tail, which is convex: they come up from 0."""
        x, target = 0.0, np.log1p(-prob)
        for _ in range(NEWTON_STEPS):
            wide, narrow = self.inclusion * np.exp(-x), (1.0 - self.inclusion) * np.exp(-self.ratio * x)
            tail = wide + narrow
            new = x + (np.log(tail) - target) * tail / (wide + self.ratio * narrow)
            if abs(new - x) <= 4.0 * np.finfo(float).eps * abs(new):
                break
            x = new
        return x / np.asarray(strength.rate, dtype=float)
