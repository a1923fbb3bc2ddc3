r"""The joint posterior density of strengths and sigma, coefficients integrated out.

Coordinates are ``x_k = log v_k``, the log of a learned scale's square, over ``sigma^2`` where the law is absolute, and
``s = log sigma``, relative to about its middle given ``x``. The coefficients' part does not depend on sigma given
``x`` unless a prior that is given is absolute; sigma is then among the outer coordinates, at each of which a
factorisation is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

import numpy as np

from bayesreg.learned import log_hyperprior
from bayesreg.posterior.evidence.factors import Factor, make_factor
from bayesreg.posterior.evidence.reduction import Reduction
from bayesreg.resolved import Resolved

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

TINY = float(np.finfo(float).tiny)
SPAN, KNOTS, ROUNDS = 20.0, 41, 3


@final
@dataclass(frozen=True, eq=False)
class StrengthDensity:
    """``log p(y, x, s)``, normalised so that its integral is the evidence.

    Attributes
    ----------
    resolved : Resolved
    reduction : Reduction
    factor : Factor
    coupled : bool
        Whether sigma is an outer coordinate, the last one.
    middle : CubicSpline or None
        About the middle of log sigma by ``x`` of the only strength, where sigma is an outer coordinate.
    """

    resolved: Resolved
    reduction: Reduction
    factor: Factor
    coupled: bool
    middle: CubicSpline | None = None

    @property
    def strengths(self) -> int:
        """The number of learned strengths ``L``."""
        return len(self.resolved.learned)

    @property
    def outer(self) -> int:
        """The number of coordinates that need a factorisation at each value."""
        return self.strengths + int(self.coupled)

    @property
    def inner(self) -> bool:
        """Whether sigma is sampled and not among the outer coordinates."""
        return self.resolved.sigma_prior is not None and not self.coupled

    @property
    def power(self) -> float:
        """The power of sigma that the evidence falls with."""
        return self.reduction.freedom + self.reduction.surplus

    def centre(self) -> np.ndarray:
        """Return outer coordinates about where a group's columns matter as much as the noise, and a width of 1."""
        T, group = self.reduction.T, self.reduction.split.group
        found = np.zeros(self.outer)
        for k in range(self.strengths):
            own = T[:, group == k]
            found[k] = -np.log(max(float((own**2).sum()) / max(min(own.shape), 1), TINY))
        return found

    def outer_sigma(self, o: np.ndarray) -> np.ndarray:
        """Return log sigma (s,) where it is fixed or an outer coordinate."""
        s = np.full(len(o), 0.5 * np.log(self.resolved.phi))
        if self.middle is not None:
            s = self.middle(np.clip(o[:, 0], self.middle.x[0], self.middle.x[-1]))
        return np.asarray(s + o[:, -1] if self.coupled else s)

    def variances(self, o: np.ndarray) -> np.ndarray:
        """Return ``v`` (s, L + 2) at outer coordinates (s, D)."""
        ends = np.stack([np.ones(len(o)), np.exp(-2.0 * self.outer_sigma(o))], axis=1)
        return np.concatenate([np.exp(o[:, : self.strengths]), ends], axis=1)

    def evidence(self, o: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``log det`` and misfit (s,) at outer coordinates."""
        return self.factor.evidence(self.variances(o))

    def log_sigma(self, misfit: np.ndarray) -> np.ndarray:
        """Return about the middle of log sigma given the misfit, which inner coordinates are relative to."""
        return np.asarray(0.5 * np.log(np.maximum(np.nan_to_num(misfit), TINY) / max(self.power, 1.0)))

    def sigma_of(self, o: np.ndarray, misfit: np.ndarray, z: np.ndarray | None) -> np.ndarray:
        """Return log sigma (s,) from outer coordinates, the misfit there, and inner coordinates."""
        return self.outer_sigma(o) if z is None else np.asarray(self.log_sigma(misfit) + z)

    def scales(self, x: np.ndarray, s: np.ndarray) -> list[np.ndarray]:
        """Return the learned scales, each of the shape of ``s`` (s, ...), from ``x`` (s, L)."""
        found = []
        for k, one in enumerate(self.resolved.learned):
            half = 0.5 * x[:, k].reshape(-1, *(1,) * (s.ndim - 1))
            found.append(np.exp(np.broadcast_to(half if one.relative else half + s, s.shape)))
        return found

    def log_density(self, x: np.ndarray, s: np.ndarray, known: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return the log density at ``x`` (s, L) and ``s`` (s, ...), from what `evidence` returned there."""
        shape = (-1, *(1,) * (s.ndim - 1))
        determinant, misfit = (part.reshape(shape) for part in known)
        prior, scales = self.resolved.sigma_prior, self.scales(x, s)
        shift = self.reduction.surplus * 0.5 * np.log(self.resolved.phi)
        with np.errstate(all="ignore"):
            value = self.reduction.log_constant - 0.5 * determinant - self.power * s + shift
            value = value - 0.5 * misfit * np.exp(-2.0 * s)
            if scales:
                value = value + log_hyperprior(self.resolved.learned, scales) - len(scales) * np.log(2.0)
            for scale in scales:
                value = value + np.log(scale)
            if prior is not None:
                value = value + prior.log_density(np.exp(s)) + s
        return np.where(np.isfinite(value), value, -np.inf)

    def profile(self, o: np.ndarray) -> np.ndarray:
        """Return the log density (s,) at outer coordinates, the inner one at its middle."""
        known = self.evidence(o)
        s = self.sigma_of(o, known[1], np.zeros(len(o)) if self.inner else None)
        return self.log_density(o[:, : self.strengths], s, known)


def strength_density(resolved: Resolved, reduction: Reduction) -> StrengthDensity:
    """Return the density of a reduced model."""
    from scipy.interpolate import CubicSpline

    absolute = bool(np.any(reduction.split.group == len(resolved.learned) + 1))
    coupled = absolute and resolved.sigma_prior is not None
    found = StrengthDensity(resolved, reduction, make_factor(reduction), coupled)
    if not coupled or len(resolved.learned) != 1:
        return found
    x = found.centre()[0] + np.linspace(-SPAN, SPAN, KNOTS)
    s = np.zeros(KNOTS)
    for _ in range(ROUNDS):
        misfit = found.evidence(np.column_stack([x, s]))[1]
        s = np.where(np.isfinite(misfit), found.log_sigma(misfit) - 0.5 * np.log(resolved.phi), 0.0)
    return replace(found, middle=CubicSpline(x, s + 0.5 * np.log(resolved.phi)))
