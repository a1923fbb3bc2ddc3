"""Minimax concave penalty: ``rate |b| - precision b^2 / 2`` up to its top, then constant. It is no prior."""

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
class MCP(FlatTailed):
    r"""The minimax concave penalty ``sum_j lam w_j |b_j| - bend b_j^2 / (2 gamma)``, in loss units.

    It holds up to ``|b_j| = gamma lam w_j / bend`` and is constant, ``gamma (lam w_j)^2 / (2 bend)``, from there on:
    large coefficients are not shrunk. On standardised columns ``s_j b_j`` takes the place of ``b_j``. A weight
    multiplies ``lam`` and leaves the bend, as ncvreg's ``penalty.factor`` does.

    **From ncvreg or skglm use** ``bend="rows"``. Their loss is a mean over rows, and ``gamma`` is relative to it:
    ``MCP(n * lambda, gamma, bend="rows")`` is their penalty. With the default ``bend=1.0`` the penalty is the literal
    formula, in units of the whole data set: with n rows it bends n times as far out, at ``gamma lam``, and the fit
    is nearly a lasso.

    Constant tails have no finite integral: it is no prior, `to_prior` refuses, and a posterior exists only where the
    likelihood alone makes one. The objective is convex only where every eigenvalue of ``X'WX`` is at least
    ``bend / gamma``; elsewhere a fit is a local mode.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    gamma : float
        How slowly the slope falls, > 0; large: `L1`.
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
    Zhang (2010), Nearly unbiased variable selection under minimax concave penalty. Breheny and Huang (2011),
    Coordinate descent algorithms for nonconvex penalized regression.

    Examples
    --------
    >>> import bayesreg as br
    >>> law = br.MCP(2.0, gamma=3.0)
    >>> law.value([1.0, 6.0, 100.0], law.strength(1.0)).tolist()
    [1.8333333333333333, 6.0, 6.0]
    """

    law = "MCP"
    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    gamma: float = 3.0
    bend: Bend = field(default=1.0, kw_only=True)
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    def _check(self) -> None:
        check_positive("gamma", self.gamma)
        check_bend(self.bend)

    def strength(self, dispersion: float) -> Strength:
        rate = self.given(self.lam) / dispersion
        return Strength(rate, self.bend_of(self.bend) / (self.gamma * dispersion) if rate > 0.0 else 0.0)

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        free = strength.rate <= 0.0
        end = xp.where(free, 0.0, strength.rate) / xp.where(free, 1.0, strength.precision)
        size = xp.abs(beta)
        inner = xp.where(size < end, size, end)
        return inner * (strength.rate - 0.5 * strength.precision * inner)

    def slope(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        return np.maximum(strength.rate - strength.precision * size, 0.0)

    def curvature(self, size: np.ndarray, strength: Strength) -> np.ndarray:
        return np.where(strength.precision * size < strength.rate, -np.asarray(strength.precision), 0.0)

    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        """Firm thresholding where the step is short, else hard thresholding."""
        rate, precision, free = safe_arrays(strength)
        size, fall = np.abs(z), step * precision
        firm = (size - step * rate) / np.where(fall < 1.0, 1.0 - fall, 1.0)
        edge = np.where(fall < 1.0, step * rate, rate * np.sqrt(step / precision))
        bent = (fall < 1.0) & (size * precision <= rate)
        return np.where(free, z, np.where(size <= edge, 0.0, np.where(bent, np.sign(z) * firm, z)))
