r"""The variance that the coefficients of a group share: group priors as mixtures over it.

``exp(-l2 ||b||) = int l2 (2 pi s)^(-1/2) exp(-l2^2 s / 2 - ||b||^2 / (2 s)) ds``, so under the density
``exp(-l1 |b|_1 - l2 ||b||) / Z`` the coefficients are independent given ``s``, each with the elastic-net prior of
rate ``l1`` and precision ``1 / s``, and with ``u = log s``

    ``log q(u) = log l2 + (d - 1) / 2 log(2 pi s) + d log erfcx(l1 sqrt(s / 2)) - l2^2 s / 2 + u``

is log-concave and integrates to ``Z``. The trapezoidal rule in ``u`` converges geometrically.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import final

import numpy as np
from scipy.special import erfcx

from bayesreg.penalties.log_concave import draw_log_concave, falls_by, find_mode

DEPTH = 42.0
ACROSS = 0.14


@final
@dataclass(frozen=True)
class BlockScale:
    """The law of the shared variance ``s`` of ``d`` coefficients with rates ``l1`` >= 0 and ``l2`` > 0.

    Attributes
    ----------
    d : int
    l1, l2 : float
        Rates of the absolute values and of the length.
    """

    d: int
    l1: float
    l2: float

    def log_density(self, u: np.ndarray) -> np.ndarray:
        """Return ``log q`` at ``u = log s``; ``q`` integrates to ``Z``."""
        s = np.exp(u)
        each = np.log(erfcx(self.l1 * np.sqrt(0.5 * s)))
        return (
            np.log(self.l2) + 0.5 * (self.d - 1) * (np.log(2.0 * np.pi) + u) + self.d * each - _square(self.l2, s) + u
        )

    def slope(self, u: float) -> float:
        """Return the derivative of ``log q``."""
        s = float(np.exp(u))
        at = self.l1 * np.sqrt(0.5 * s)
        return 0.5 * (self.d + 1) + self.d * _erfcx_slope(at) - float(_square(self.l2, s))

    @property
    def mode(self) -> float:
        """Where ``log q`` is largest."""
        return find_mode(self.slope, float(np.log(self.d + 1.0) - 2.0 * np.log(self.l2 + self.l1)))

    def grid(self) -> tuple[np.ndarray, np.ndarray, float]:
        """Return nodes ``s`` (m,), their weights (m,), which sum to 1, and ``log Z``."""
        return _grid(self)

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Return exact draws of ``s`` (count,)."""
        mode = self.mode
        left, right = (falls_by(self.log_density, mode, 1.0, side) for side in (-1.0, 1.0))
        points = np.array([left, mode, right])
        slopes = np.array([self.slope(left), 0.0, self.slope(right)])
        heights = self.log_density(points)
        return np.exp(draw_log_concave(self.log_density, points, heights, slopes, rng, count))

    def log_tail(self, x: float) -> float:
        """Return ``log P(|b_j| > x)``."""
        s, weight, _ = self.grid()
        root = np.sqrt(s)
        beyond = erfcx((self.l1 * root + x / root) / np.sqrt(2.0)) / erfcx(self.l1 * root / np.sqrt(2.0))
        powers = np.log(weight) + np.log(beyond) - self.l1 * x - 0.5 * x * x / s
        top = float(powers.max())
        return top + float(np.log(np.exp(powers - top).sum()))

    def quantile(self, prob: float) -> float:
        """Return the ``x`` with ``P(|b_j| <= x) = prob``."""
        from scipy.optimize import brentq

        if prob <= 0.0:
            return 0.0
        log_tail = np.log1p(-prob)
        upper = 1.0 / (self.l1 + self.l2)
        while self.log_tail(upper) > log_tail:
            upper *= 2.0
        return float(brentq(lambda x: self.log_tail(x) - log_tail, 0.0, upper, xtol=1e-15 * upper, rtol=1e-14))


@cache
def _grid(scale: BlockScale) -> tuple[np.ndarray, np.ndarray, float]:
    mode = scale.mode
    lower, upper = (falls_by(scale.log_density, mode, DEPTH, side) for side in (-1.0, 1.0))
    bend = (scale.slope(mode - 1e-4) - scale.slope(mode + 1e-4)) / 2e-4
    step = min(ACROSS, 0.35 / np.sqrt(bend))
    u = mode + step * np.arange(np.floor((lower - mode) / step), np.ceil((upper - mode) / step) + 1.0)
    height = scale.log_density(u)
    weight = np.exp(height - height.max())
    total = float(weight.sum())
    return np.exp(u), weight / total, float(height.max() + np.log(step * total))


def _square(l2: float, s: np.ndarray | float) -> np.ndarray:
    return np.asarray(0.5 * (l2 * np.sqrt(s)) ** 2)


def _erfcx_slope(x: float) -> float:
    """Return the derivative of ``log erfcx(x)`` in ``2 log x``: ``x^2 - x / (sqrt(pi) erfcx(x))``, in (-1/2, 0]."""
    if x > 1e3:
        return -0.5 + 0.5 / x**2
    return float(x * x - x / (np.sqrt(np.pi) * erfcx(x)))
