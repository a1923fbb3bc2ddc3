"""Smoothly clipped absolute deviation: ``rate |b|``, then a slope that falls to 0, then constant. It is no prior."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np

from bayesreg.penalties.base import RelativeTo, Strength
from bayesreg.penalties.flat_tails import Bend, FlatTailed, check_bend, safe_arrays
from bayesreg.penalties.validation import check_positive
from bayesreg.xp import Array, Namespace


@final
@dataclass(frozen=True, repr=False)
class SCAD(FlatTailed):
    r"""The smoothly clipped absolute deviation penalty, in loss units.

    Its slope is ``lam w_j`` up to ``|b_j| = lam w_j / bend``, then ``(a lam w_j - bend |b_j|) / (a - 1)`` up to
    ``a lam w_j / bend``, then 0: large coefficients are not shrunk. On standardised columns ``s_j b_j`` takes the
    place of ``b_j``. A weight multiplies ``lam`` and leaves the bend, as ncvreg's ``penalty.factor`` does.

    **From ncvreg or skglm use** ``bend="rows"``. Their loss is a mean over rows, and ``a`` is relative to it:
    ``SCAD(n * lambda, a, bend="rows")`` is their penalty. With the default ``bend=1.0`` the penalty is the literal
    formula, in units of the whole data set: with n rows it bends n times as far out, at ``lam``, and the fit is
    nearly a lasso.

    Constant tails have no finite integral: it is no prior, `to_prior` refuses, and a posterior exists only where the
    likelihood alone makes one. The objective is convex only where every eigenvalue of ``X'WX`` is at least
    ``bend / (a - 1)``; elsewhere a fit is a local mode.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    a : float
        How slowly the slope falls, > 1 (2 in the paper); large: `L1`.
    bend : float or "rows"
        Unit of the fall, in loss units per squared unit of the coefficient, > 0; "rows": the sum of case weights.
    weights, positive
        As in `L1`, but for the bend.
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
    Fan and Li (2001), Variable selection via nonconcave penalized likelihood and its oracle properties.

    Examples
    --------
    >>> import bayesreg as br
    >>> law = br.SCAD(2.0, a=3.0)
    >>> law.value([1.0, 6.0, 100.0], law.strength(1.0)).tolist()
    [2.0, 8.0, 8.0]
    """

    law = "SCAD"
    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    a: float = 3.7
    bend: Bend = field(default=1.0, kw_only=True)
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    def _check(self) -> None:
        check_positive("a", self.a, above=1.0)
        check_bend(self.bend)

    def strength(self, dispersion: float) -> Strength:
        rate = self.given(self.lam) / dispersion
        return Strength(rate, self.bend_of(self.bend) / dispersion if rate > 0.0 else 0.0)

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        free = strength.rate <= 0.0
        knot = xp.where(free, 0.0, strength.rate) / xp.where(free, 1.0, strength.precision)
        beyond = xp.maximum(xp.abs(beta) - knot, 0.0)
        fall = np.float64(self.a - 1.0)
        beyond = xp.where(beyond < fall * knot, beyond, fall * knot)
        inner = xp.where(xp.abs(beta) < knot, xp.abs(beta), knot)
        return strength.rate * (inner + beyond) - 0.5 * strength.precision * beyond * beyond / fall

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        falling = (self.a * np.asarray(strength.rate) - strength.precision * size) / (self.a - 1.0)
        return np.clip(falling, 0.0, strength.rate)

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        reach = strength.precision * size
        falling = (reach > strength.rate) & (reach < self.a * np.asarray(strength.rate))
        return np.where(falling, -np.asarray(strength.precision) / (self.a - 1.0), 0.0)

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        rate, precision, free = safe_arrays(strength)
        scaled = np.abs(z) * precision
        shrunk = _shrink(scaled, step * precision, rate, self.a)
        return np.where(free | (shrunk == scaled), z, np.sign(z) * shrunk / precision)


def _shrink(size: np.ndarray, step: np.ndarray, rate: np.ndarray, a: float) -> np.ndarray:
    """Return ``argmin_u (u - size)^2 / 2 + step SCAD(u)`` over ``u >= 0``, of knots ``rate`` and ``a rate``.

    Where a step is so long that the falling part is concave, the two convex parts each have a minimum to compare.
    """
    short = step < a - 1.0
    soft = np.maximum(size - step * rate, 0.0)
    falling = ((a - 1.0) * size - step * a * rate) / np.where(short, a - 1.0 - step, 1.0)
    firm = np.where(size <= (1.0 + step) * rate, soft, np.where(size <= a * rate, falling, size))
    near, far = np.minimum(soft, rate), np.maximum(size, a * rate)
    cost_near = 0.5 * (near - size) ** 2 + step * rate * near
    cost_far = 0.5 * (far - size) ** 2 + 0.5 * step * rate * rate * (a + 1.0)
    return np.where(short, firm, np.where(cost_near <= cost_far, near, far))
