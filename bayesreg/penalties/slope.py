"""SLOPE = a prior on the sorted absolute values: ``value = rate sum_i w_i |b|_(i)``, ``|b|_(1) >= |b|_(2) >= ...``."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.penalties.base import BlockData, Bound, Face, RelativeTo, Strength, fields_of
from bayesreg.penalties.homogeneous import Homogeneous, face_text, loss_rate, prior_rate, unit_of
from bayesreg.penalties.sorted import (
    draw_sorted,
    first_tie,
    log_mass,
    normal_sequence,
    prox_sorted,
    sorted_dual_norm,
    sorted_face,
    sorted_moments,
    sorted_quantile,
    sorted_residual,
)
from bayesreg.xp import NUMPY, Array, Namespace


@dataclass(frozen=True, repr=False)
class _SortedLaw(Homogeneous):
    """The law that `SLOPE` and `SortedLaplace` name in their two units."""

    law = "SortedLaplace"
    q = 0.1  # fields of both faces
    sequence: Any = field(default=None, kw_only=True)

    def _check(self) -> None:
        if not (isinstance(self.q, Real) and not isinstance(self.q, bool) and 0.0 < float(self.q) < 1.0):
            raise InputError(f"q={self.q!r} is not a false discovery rate; it must lie between 0 and 1, both excluded.")
        if self.sequence is not None:
            object.__setattr__(self, "sequence", _checked(self.sequence))

    def _options(self) -> tuple[str, ...]:
        given = () if self.sequence is None else (f"sequence={self.sequence!r}",)
        return (f"q={self.q!r}", *given)

    def weights_of(self, d: int) -> np.ndarray:
        """Return the weights (d,) of the sorted sizes at rate 1.

        Raises
        ------
        InputError
            If a sequence was given whose length is not ``d``.
        """
        if self.sequence is None:
            return normal_sequence(d, self.q)
        if len(self.sequence) != d:
            raise InputError(
                f"sequence= has {len(self.sequence)} weights, but the penalty acts on {d} coefficients. Give one "
                "weight for each, or q= for a sequence of any length."
            )
        return np.array(self.sequence)

    def bind(self, data: BlockData) -> Bound:
        """Return the law of the block, whose size must be that of a given sequence."""
        self.weights_of(len(data.names))
        return Bound(self.sized(len(data.names)))

    def _norm(self, beta: Array, xp: Namespace) -> Array:
        weights = self.weights_of(np.shape(beta)[-1] if xp is NUMPY else self.size)
        return xp.sum(xp.sort(xp.abs(beta), axis=-1) * weights[::-1].copy(), axis=-1)

    def _log_mass(self) -> float:
        return log_mass(self.weights_of(self.size))

    def _shrink(self, z: np.ndarray, t: float) -> np.ndarray:
        return prox_sorted(z, t * self.weights_of(z.size))

    def _residual(self, beta: np.ndarray, dual: np.ndarray) -> np.ndarray:
        return sorted_residual(beta, dual, self.weights_of(beta.size))

    def _dual_norm(self, dual: np.ndarray) -> float:
        return sorted_dual_norm(dual, self.weights_of(dual.size))

    def _face(self, beta: np.ndarray) -> Face:
        return Face(*sorted_face(beta, self.weights_of(beta.size)), None)

    def first_change(self, beta: np.ndarray, direction: np.ndarray) -> float:
        return first_tie(beta, direction)

    def _draw_unit(self, rng: np.random.Generator, count: int) -> np.ndarray:
        return draw_sorted(self.weights_of(self.size), rng, count)

    def _moments_unit(self) -> tuple[np.ndarray, np.ndarray]:
        first, second = sorted_moments(self.weights_of(self.size))
        return np.full(self.size, first), np.full(self.size, second)

    def _quantile_unit(self, prob: float) -> np.ndarray:
        return np.full(self.size, sorted_quantile(prob, self.weights_of(self.size)))


def _checked(sequence: Any) -> tuple[float, ...]:
    """Return a sequence of weights as a tuple.

    Raises
    ------
    InputError
        If it is not a sequence of finite numbers >= 0 that does not increase and starts above 0.
    """
    try:
        numbers = np.array(sequence, dtype=float)
    except (TypeError, ValueError):
        numbers = np.zeros(0)
    ok = numbers.ndim == 1 and numbers.size > 0 and bool(np.isfinite(numbers).all())
    if not ok or numbers[0] <= 0.0 or numbers[-1] < 0.0 or np.any(np.diff(numbers) > 0.0):
        raise InputError(
            f"sequence={sequence!r} is not a sequence of weights; allowed: finite numbers >= 0 that do not increase, "
            "the first > 0, one for each coefficient."
        )
    return tuple(numbers.tolist())


@final
@dataclass(frozen=True, repr=False)
class SLOPE(_SortedLaw):
    r"""The sorted L1 penalty ``lam * sum_i w_i |s b|_(i)``, in loss units: larger coefficients are penalised more.

    ``|s b|_(1) >= |s b|_(2) >= ...`` are the sorted sizes on standardised columns. Equal coefficients form clusters
    that move together. As a prior its normaliser is ``2^d d! / prod_k (rate W_k)`` with
    ``W_k = w_1 + ... + w_k``.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    q : float
        Makes the weights ``w_i = Phi^-1(1 - i q / (2 d))``, divided by the first: the thresholds of the
        Benjamini-Hochberg rule at false discovery rate ``q``.
    sequence : array, optional
        The weights ``w_i`` themselves, one for each coefficient: not increasing, >= 0, the first > 0.
    weights : None
        Factors by coefficient have no meaning here: it acts on its coefficients together.
    relative_to : {"dispersion", None, "sigma"}
        As in `L1`.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Bogdan, van den Berg, Sabatti, Su and Candes (2015), SLOPE: adaptive variable selection via convex optimization.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.SLOPE(4.0, q=0.05)
    SLOPE(lam=4.0, q=0.05) = SortedLaplace(scale=phi / 4.0, q=0.05)
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    q: float = 0.1
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    @property
    def other_face(self) -> str:
        return face_text(self, "SortedLaplace", {"scale": self.lam}, *self._options())

    def strength(self, dispersion: float) -> Strength:
        return loss_rate(self, self.lam, dispersion)

    def to_prior(self, dispersion: float) -> SortedLaplace:
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        scale = unit_of(self, dispersion) / self.positive_strength(self.lam)
        return SortedLaplace(scale, self.q, sequence=self.sequence, relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> SLOPE:
        return self


@final
@dataclass(frozen=True, repr=False)
class SortedLaplace(_SortedLaw):
    """The prior of SLOPE: `SLOPE` in prior units.

    ``p(b) = prod_k W_k / ((2 scale)^d d!) exp(-sum_i w_i |b|_(i) / scale)``: the spacings of the sorted sizes are
    independent exponentials of rates ``W_k / scale``, the signs and the order are uniform.

    Parameters
    ----------
    scale : float
        > 0.
    q, sequence
        As in `SLOPE`.
    weights : None
        Factors by coefficient have no meaning here: it acts on its coefficients together.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the scale is absolute; "sigma": it is in units of sigma.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Bogdan, van den Berg, Sabatti, Su and Candes (2015), SLOPE: adaptive variable selection via convex optimization.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.SortedLaplace(0.5).to_penalty(dispersion=2.0).lam
    4.0
    """

    strength_powers = (("scale", -1.0),)
    prior_units = True
    scale: float
    q: float = 0.1

    @property
    def other_face(self) -> str:
        return face_text(self, "SLOPE", {"lam": self.scale}, *self._options())

    def strength(self, dispersion: float) -> Strength:
        return prior_rate(self, self.scale, dispersion)

    def to_prior(self, dispersion: float) -> SortedLaplace:
        return self

    def to_penalty(self, dispersion: float) -> SLOPE:
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        lam = unit_of(self, dispersion) / self.given(self.scale)
        return SLOPE(float(lam), self.q, sequence=self.sequence, relative_to=relative_to, **fields_of(self))
