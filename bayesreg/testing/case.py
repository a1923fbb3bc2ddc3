"""A penalty with the strengths and points at which its laws are checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.penalties import Separable, Strength
from bayesreg.xp import pytensor_namespace

STEPS = np.array([1e-6, 0.1, 0.5, 1.0, 3.0, 30.0])
"""Points in units of the prior's natural scale."""


@final
@dataclass(frozen=True, eq=False)
class PenaltyCase:
    """What the laws of penalties are checked on.

    Attributes
    ----------
    penalty : Penalty
        With its strength given.
    strengths : tuple of Strength
        Scalars: its own at dispersion 1, in other units of the coefficient, and much weaker.
    seed : int
    """

    penalty: Separable
    strengths: tuple[Strength, ...]
    seed: int

    @property
    def proper(self) -> bool:
        """Whether the penalty says that it is a distribution."""
        return self.penalty.traits.proper

    @property
    def convex(self) -> bool:
        """Whether the penalty says that it is convex."""
        return self.penalty.traits.convex

    @property
    def has_limits(self) -> bool:
        """Whether coefficients are cut on their own scale, so that other units are another law."""
        return self.penalty.bounds not in ((-np.inf, np.inf), (0.0, np.inf))

    @property
    def breaks(self) -> list[float]:
        """Sizes at which the density ends on one side."""
        return [abs(end) for end in self.penalty.bounds if np.isfinite(end) and end != 0.0]

    def points(self, strength: Strength, *, zero: bool = True) -> np.ndarray:
        """Return coefficients (m,) in the domain of the penalty, increasing."""
        size = unit(strength) * STEPS
        points = np.concatenate([-size[::-1], [0.0] if zero else [], size])
        lower, upper = self.penalty.bounds
        return points[(points >= lower) & (points <= upper)]

    def interior(self, strength: Strength) -> np.ndarray:
        """Return coefficients (m,) that are neither 0 nor at a bound."""
        lower, upper = self.penalty.bounds
        points = self.points(strength, zero=False)
        return points[(points > lower) & (points < upper)]

    def curve(self, strength: Strength) -> Callable[[Any], np.ndarray]:
        """Return the penalty as a function of one coefficient."""
        return lambda beta: self.penalty.value(np.asarray(beta, dtype=float), strength)

    def density(self, strength: Strength) -> Callable[[Any], np.ndarray]:
        """Return ``exp(log_prior)`` of the size ``|b|``."""
        sides = [sign for sign, end in zip((-1.0, 1.0), self.penalty.bounds, strict=True) if end != 0.0]
        return lambda b: sum(np.exp(self.penalty.log_prior(sign * np.float64(b), strength)) for sign in sides)

    @cached_property
    def graph(self) -> Callable[..., list[np.ndarray]]:
        """Value, log normaliser, their gradients and the energy ``-d log Z(t strength) / dt``, through PyTensor.

        It runs as Python without rewrites: the formulas are compared, not a compiler.
        """
        import pytensor
        import pytensor.tensor as pt

        xp = pytensor_namespace()
        beta, rate, precision, t = pt.vector("beta"), pt.scalar("rate"), pt.scalar("precision"), pt.scalar("t")
        strength = Strength(rate, precision)
        value = pt.as_tensor(self.penalty.value(beta, strength, xp))
        stretched = self.penalty.log_normalizer(Strength(t * rate, t * precision), xp)
        gradient = pytensor.gradient.grad(self.penalty.log_prior(beta, strength, xp).sum(), beta)
        energy = -pytensor.gradient.grad(pt.as_tensor(stretched), t, disconnected_inputs="ignore")
        outputs = [value, pt.as_tensor(self.penalty.log_normalizer(strength, xp)), gradient, energy]
        mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
        call = pytensor.function([beta, rate, precision, t], outputs, mode=mode, on_unused_input="ignore")
        return lambda points, at: call(points, float(at.rate), float(at.precision), 1.0)


def unit(strength: Strength) -> float:
    """Return the natural scale of a prior, ``1 / (rate + sqrt(precision))``; 1 for a flat one."""
    slope = float(strength.rate) + float(strength.precision) ** 0.5
    return 1.0 / slope if slope > 0.0 else 1.0


def show(strength: Strength) -> str:
    """Return a strength as text."""
    return f"at rate={float(strength.rate):.6g}, precision={float(strength.precision):.6g}"


def penalty_case(penalty: Separable, seed: int) -> PenaltyCase:
    """Return the case of a penalty; an open strength is checked at 1.

    Raises
    ------
    InputError
        If its strength is 0, at which it is flat.
    """
    given = penalty if penalty.is_given else penalty.multiplied(1.0)
    own = given.strength(1.0)
    if given.is_flat:
        return PenaltyCase(given, (own,), seed)  # type: ignore[arg-type]
    if own.rate + own.precision <= 0.0:
        raise InputError(f"{penalty.written} has strength 0 and is flat; give a strength > 0 to check its laws.")
    weaker = given.weighted(own, 0.05) if given.plain else own.scaled(0.05)
    return PenaltyCase(given, (own, own.scaled(30.0), weaker), seed)  # type: ignore[arg-type]
