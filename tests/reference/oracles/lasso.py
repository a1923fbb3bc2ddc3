"""The lasso (and elastic-net) posterior of one coefficient in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import erfcx, log_ndtr

TERMS = 12
SMALL = 5e-3


@final
@dataclass(frozen=True, eq=False)
class HalfLine:
    """``exp(-a b^2 / 2 - rate b)`` on ``b > 0``; arrays broadcast.

    Attributes
    ----------
    log_mass, mean, second : ndarray
        Its log integral, and the first two moments of the distribution.
    """

    log_mass: np.ndarray
    mean: np.ndarray
    second: np.ndarray

    @classmethod
    def of(cls, a: np.ndarray, rate: np.ndarray):
        """Return the integrals; where ``a`` is small beside ``rate^2`` by the asymptotic series of ``erfcx``."""
        a, rate = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(rate, dtype=float))
        series = (rate > 0.0) & (a < SMALL * rate**2)
        safe = np.where(series, 0.0, rate)
        log_mass = log_half_line(a, safe)
        mean = (np.exp(-log_mass) - safe) / a
        second = (1.0 - safe * mean) / a
        if series.any():
            l = np.where(series, rate, 1.0)  # noqa: E741
            u = np.where(series, a / l**2, 0.0)
            powers = np.array([(-1.0) ** k * np.prod(np.arange(1.0, 2 * k, 2)) for k in range(TERMS)])
            S = np.polynomial.polynomial.polyval(u, powers)
            slope = np.polynomial.polynomial.polyval(u, powers[1:] * np.arange(1, TERMS))
            log_mass = np.where(series, np.log(S / l), log_mass)
            mean = np.where(series, (1.0 + 2.0 * u * slope / S) / l, mean)
            second = np.where(series, -2.0 * slope / (S * l**2), second)
        return cls(log_mass, mean, second)


def log_half_line(a: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Return the log of the integral of ``exp(-a b^2 / 2 - rate b)`` over ``b > 0``."""
    x = rate / np.sqrt(2.0 * a)
    far = x < -5.0
    positive = np.log(erfcx(np.where(far, 0.0, x)))
    negative = x**2 + np.log(2.0) + log_ndtr(-np.sqrt(2.0) * np.where(far, x, 0.0))
    return 0.5 * np.log(0.5 * np.pi / a) + np.where(far, negative, positive)


@final
@dataclass(frozen=True, eq=False)
class OneLasso:
    """The density proportional to ``exp(-a b^2 / 2 + c b - rate |b|)``; arrays broadcast.

    References
    ----------
    Hans (2009), Bayesian lasso regression.
    """

    a: np.ndarray
    c: np.ndarray
    rate: np.ndarray

    @property
    def sides(self) -> tuple[HalfLine, HalfLine]:
        """The parts of ``b > 0`` and of ``b < 0``, the latter mirrored."""
        return HalfLine.of(self.a, self.rate - self.c), HalfLine.of(self.a, self.rate + self.c)

    @property
    def log_mass(self) -> np.ndarray:
        """The log of the integral of the density as it is written above."""
        right, left = self.sides
        return np.logaddexp(right.log_mass, left.log_mass)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ``E b`` and ``E b^2``."""
        right, left = self.sides
        share = 1.0 / (1.0 + np.exp(left.log_mass - right.log_mass))
        return share * right.mean - (1.0 - share) * left.mean, share * right.second + (1.0 - share) * left.second

    def below(self, x: float) -> np.ndarray:
        """Return ``P(b < x)``."""
        sign = 1.0 if x > 0.0 else -1.0
        slope = self.rate - sign * self.c
        tail = log_half_line(self.a, slope + self.a * abs(x)) - 0.5 * self.a * x * x - slope * abs(x)
        beyond = np.exp(tail - self.log_mass)
        return 1.0 - beyond if x > 0.0 else beyond
