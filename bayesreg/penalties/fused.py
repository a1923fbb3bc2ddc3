"""Fused lasso, total variation = Laplace prior on differences: ``value = rate (sum |b_j - b_{j-1}| + a sum |b_j|)``."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, final

import numpy as np
from scipy import sparse

from bayesreg.errors import InputError
from bayesreg.hyperpriors import Hyperprior
from bayesreg.penalties.base import Face, RelativeTo, Strength, Traits, fields_of
from bayesreg.penalties.chain import (
    chain_dual_norm,
    chain_gradient,
    chain_residual,
    first_meeting,
    prox_chain,
    segments,
)
from bayesreg.penalties.chain_law import chain_law
from bayesreg.penalties.homogeneous import FEASIBLE, Homogeneous, face_text, loss_rate, prior_rate, unit_of
from bayesreg.xp import NUMPY, Array, Namespace

SUM_TOLERANCE = 1e-10


@dataclass(frozen=True, repr=False)
class _ChainLaw(Homogeneous):
    """The law that `FusedLasso` and `FusedLaplace` name in their two units."""

    law = "FusedLaplace"

    @property
    @abstractmethod
    def ratio(self) -> float:
        """The rate of the absolute values over that of the differences."""

    @property
    def traits(self) -> Traits:
        proper = self.ratio > 0.0
        return Traits(
            convex=True,
            smooth=False,
            separable=False,
            sparse=True,
            proper=proper,
            has_mode=True,
            scales_columns=False,
        )

    @property
    def rank(self) -> int:
        return self.size if self.ratio > 0.0 else self.size - 1

    def null_space(self) -> np.ndarray | None:
        """Return the constant vector, along which total variation alone is flat."""
        return None if self.ratio > 0.0 else np.full((self.size, 1), self.size**-0.5)

    def fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        """Return the gap; without absolute values the sum of ``dual`` must be 0, to rounding, and is made so."""
        rate, beta, dual = float(strength.rate), np.asarray(beta, dtype=float), np.asarray(dual, dtype=float)
        feasible = not np.any(dual)
        if rate > 0.0:
            feasible = True
            if self.ratio == 0.0:
                feasible = bool(abs(dual.sum()) <= SUM_TOLERANCE * max(float(np.abs(dual).sum()), rate))
                dual = dual - dual.mean()
            feasible = feasible and self._dual_norm(dual / rate) <= FEASIBLE
        gap = np.maximum(self.value(beta, strength, NUMPY) - dual @ beta, 0.0)
        return np.asarray(gap if feasible else np.inf)

    def _norm(self, beta: Array, xp: Namespace) -> Array:
        variation = xp.sum(xp.abs(beta[..., 1:] - beta[..., :-1]), axis=-1)
        return variation + np.float64(self.ratio) * xp.sum(xp.abs(beta), axis=-1) if self.ratio else variation

    def _log_mass(self) -> float:
        if self.ratio > 0.0:
            return chain_law(self.size, self.ratio).log_mass
        return float((self.size - 1) * np.log(2.0))

    def _shrink(self, z: np.ndarray, t: float) -> np.ndarray:
        return prox_chain(z, t, t * self.ratio)

    def _residual(self, beta: np.ndarray, dual: np.ndarray) -> np.ndarray:
        return chain_residual(beta, dual, 1.0, self.ratio)

    def _dual_norm(self, dual: np.ndarray) -> float:
        return chain_dual_norm(dual, 1.0, self.ratio)

    def _face(self, beta: np.ndarray) -> Face:
        moving = [run for run in segments(beta) if self.ratio == 0.0 or beta[run[0]] != 0.0]
        counts = np.array([run.size for run in moving], dtype=int)
        places = np.concatenate([np.zeros(0, int), *moving])
        entries, ends = np.repeat(counts**-0.5, counts), np.append(0, np.cumsum(counts))
        basis = sparse.csc_array((entries, places, ends), shape=(beta.size, counts.size))
        return Face(basis, chain_gradient(beta, 1.0, self.ratio), None)

    def first_change(self, beta: np.ndarray, direction: np.ndarray) -> float:
        return first_meeting(beta, direction, zero=self.ratio > 0.0)

    def _draw_unit(self, rng: np.random.Generator, count: int) -> np.ndarray:
        return chain_law(self.size, self.ratio).draw(rng, count)

    def _moments_unit(self) -> tuple[np.ndarray, np.ndarray]:
        infinite = np.full(self.size, np.inf)
        return chain_law(self.size, self.ratio).moments() if self.ratio > 0.0 else (infinite, infinite)

    def _quantile_unit(self, prob: float) -> np.ndarray:
        return chain_law(self.size, self.ratio).quantile(prob) if self.ratio > 0.0 else np.full(self.size, np.inf)


def _is_number(value: Any, *, zero: bool) -> bool:
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and 0.0 <= float(value) < np.inf and (zero or float(value) > 0.0)


@final
@dataclass(frozen=True, repr=False)
class FusedLasso(_ChainLaw):
    r"""The fused lasso ``lam * sum_j |b_j - b_{j-1}| + l1 * sum_j |b_j|``, in loss units: piecewise constant.

    The chain is the order of the columns under the penalty's key. It acts on raw coefficients: neighbours are compared
    on the user's scale, whatever ``standardize`` says. With ``l1=0`` (total variation) it is flat along the constant
    vector: the prior is a Laplace distribution of scale ``phi / lam`` on the differences times a flat level, improper,
    with log density ``(d - 1) log(lam / (2 phi)) - value``. With ``l1 > 0`` it is proper.

    Parameters
    ----------
    lam : float, optional
        Strength of the differences in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    l1 : float
        Strength of the absolute values in loss units, >= 0. When the strength moves, along a path or learned, ``l1``
        moves with ``lam`` in the same ratio; where ``lam`` is open it is the strength for each unit of ``lam``.
    weights : None
        Factors by coefficient have no meaning here: it acts on its coefficients together.
    relative_to : {"dispersion", None, "sigma"}
        As in `L1`.

    Raises
    ------
    InputError
        If an argument is outside its range, or ``lam`` is 0 and ``l1`` is not.

    References
    ----------
    Tibshirani, Saunders, Rosset, Zhu and Knight (2005), Sparsity and smoothness via the fused lasso. Condat (2013), A
    direct algorithm for 1-D total variation denoising.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.FusedLasso(4.0, l1=1.0)
    FusedLasso(lam=4.0, l1=1.0) = FusedLaplace(scale=phi / 4.0, l1_scale=phi / 1.0)
    """

    strength_powers = (("lam", 1.0),)
    tied_powers = (("l1", 1.0),)
    lam: float | None = None
    l1: float = 0.0
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    def _check(self) -> None:
        if not _is_number(self.l1, zero=True):
            raise InputError(f"l1={self.l1!r} is not a strength: it must be a finite number >= 0.")
        if self.l1 > 0.0 and self.lam == 0.0:
            raise InputError(f"lam=0 leaves only l1={self.l1!r} on the absolute values; use br.L1({self.l1!r}).")

    @property
    def ratio(self) -> float:
        lam = 1.0 if self.lam is None or isinstance(self.lam, Hyperprior) else float(self.lam)
        return float(self.l1) / lam if self.l1 else 0.0

    @property
    def other_face(self) -> str:
        return face_text(self, "FusedLaplace", {"scale": self.lam, "l1_scale": self.l1})

    def strength(self, dispersion: float) -> Strength:
        return loss_rate(self, self.lam, dispersion)

    def to_prior(self, dispersion: float) -> FusedLaplace:
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        unit = unit_of(self, dispersion)
        own = float(unit / self.l1) if self.l1 else None
        scale = unit / self.positive_strength(self.lam)
        return FusedLaplace(scale, own, relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> FusedLasso:
        return self


@final
@dataclass(frozen=True, repr=False)
class FusedLaplace(_ChainLaw):
    """A Laplace prior on the differences of neighbouring coefficients: `FusedLasso` in prior units.

    ``p(b) = exp(-sum_j |b_j - b_{j-1}| / scale - sum_j |b_j| / l1_scale) / Z``. Without ``l1_scale`` it is improper:
    the level of the chain is flat.

    Parameters
    ----------
    scale : float
        Laplace scale of a difference, > 0.
    l1_scale : float, optional
        Scale of the absolute values, > 0. None: there are none.
    weights : None
        Factors by coefficient have no meaning here: it acts on its coefficients together.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the scales are absolute; "sigma": they are in units of sigma.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Kyung, Gill, Ghosh and Casella (2010), Penalized regression, standard errors, and Bayesian lassos.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.FusedLaplace(0.5, l1_scale=2.0).to_penalty(dispersion=2.0)
    FusedLasso(lam=4.0, l1=1.0) = FusedLaplace(scale=phi / 4.0, l1_scale=phi / 1.0)
    """

    strength_powers = (("scale", -1.0),)
    tied_powers = (("l1_scale", -1.0),)
    prior_units = True
    scale: float
    l1_scale: float | None = None

    def _check(self) -> None:
        if self.l1_scale is not None and not _is_number(self.l1_scale, zero=False):
            raise InputError(f"l1_scale={self.l1_scale!r} is not a scale: it must be a finite number > 0, or None.")

    @property
    def ratio(self) -> float:
        scale = 1.0 if isinstance(self.scale, Hyperprior) else float(self.scale)
        return 0.0 if self.l1_scale is None else scale / float(self.l1_scale)

    @property
    def other_face(self) -> str:
        l1 = {} if self.l1_scale is None else {"l1": self.l1_scale}
        return face_text(self, "FusedLasso", {"lam": self.scale, **l1})

    def strength(self, dispersion: float) -> Strength:
        return prior_rate(self, self.scale, dispersion)

    def to_prior(self, dispersion: float) -> FusedLaplace:
        return self

    def to_penalty(self, dispersion: float) -> FusedLasso:
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        unit = unit_of(self, dispersion)
        l1 = 0.0 if self.l1_scale is None else float(unit / self.l1_scale)
        return FusedLasso(float(unit / self.given(self.scale)), l1, relative_to=relative_to, **fields_of(self))
