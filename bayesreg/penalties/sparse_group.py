"""Sparse group lasso and its prior: ``value = rate (a |b|_1 + (1 - a) sqrt(rank) ||b||)``.

The normaliser is a one-dimensional integral over the variance that the group shares; see `BlockScale`.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, final

import numpy as np
from scipy.special import gammaln

from bayesreg.errors import InputError
from bayesreg.penalties.base import BlockData, Bound, Face, RelativeTo, Strength, fields_of
from bayesreg.penalties.block_scale import BlockScale
from bayesreg.penalties.elastic_net import ElasticNetPrior
from bayesreg.penalties.grouping import geometry
from bayesreg.penalties.homogeneous import Homogeneous, face_text, loss_rate, prior_rate, soft, soft_block, unit_of
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.xp import Array, Namespace


@dataclass(frozen=True, repr=False)
class _SparseGroupLaw(Homogeneous):
    """The law that `SparseGroupLasso` and `SparseGroupLaplace` name in their two units."""

    law = "SparseGroupLaplace"
    by_term = True
    l1_ratio = 0.5  # a field of both faces
    rank_of_columns = 0  # not a field: the rank of the group's columns, 0 before they are known

    def _check(self) -> None:
        share = self.l1_ratio
        if not (isinstance(share, Real) and not isinstance(share, bool) and 0.0 <= float(share) <= 1.0):
            raise InputError(f"l1_ratio={share!r} is not a share: it must lie between 0 (group lasso) and 1 (lasso).")

    @property
    def rates(self) -> tuple[float, float]:
        """Rates of the absolute values and of the length, at rate 1."""
        return float(self.l1_ratio), float((1.0 - self.l1_ratio) * np.sqrt(self.rank_of_columns or self.size))

    def lengths(self) -> tuple[float, float]:
        """Return the shares of absolute values and length at rate 1; see `Joint.lengths`."""
        return self.rates

    @property
    def _scale(self) -> BlockScale:
        return BlockScale(self.size, *self.rates)

    def bind(self, data: BlockData) -> Bound:
        """Return the law of the group, which takes the root of the rank of its columns."""
        law = copy(self.sized(len(data.names)))
        rank = geometry(data.columns(), data.weights).rank if len(data.names) > 1 else 1
        object.__setattr__(law, "rank_of_columns", rank)
        return Bound(law)

    def mixture(self) -> Mixture | None:
        """Return ``b_j | s, t_j ~ N(0, 1 / (1 / s + 1 / t_j))`` in units of ``1 / rate``; None for the pure cases.

        The density of ``(s, t)`` is ``Gamma(s) prod_j Exp(t_j)`` tilted by ``prod_j (s + t_j)^(-1/2)``.
        """
        l1, l2 = self.rates
        if l1 == 0.0 or l2 == 0.0:
            return None
        d = self.size
        shared = Latent("variance", "gamma", {"shape": 0.5 * (d + 1), "rate": 0.5 * l2 * l2}, "block")
        own = Latent("own_variance", "exponential", {"rate": 0.5 * l1 * l1})
        group = d * np.log(2.0) + 0.5 * (d - 1) * np.log(np.pi) + gammaln(0.5 * (d + 1)) - d * np.log(l2)
        each = np.float64(np.log(2.0 / l1) - 0.5 * np.log(2.0 * np.pi) + (group - self._log_mass()) / d)

        def deviation(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
            s, t = values["variance"], values["own_variance"]
            return xp.sqrt(s * t / (s + t)) / strength.rate

        def tilt(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
            return each - 0.5 * xp.log(values["variance"] + values["own_variance"])

        return Mixture((shared, own), deviation, tilt, self._draw_latents)

    def _draw_latents(self, strength: Any, rng: np.random.Generator, size: tuple[int, ...]) -> dict[str, np.ndarray]:
        """Return draws of ``s`` and of ``t_j`` given ``b_j``: ``1 / t_j`` is inverse Gaussian."""
        s, draws = self._draw_both(rng, int(np.prod(size[:-1], dtype=int)))
        l1 = self.rates[0]
        own = 1.0 / rng.wald(l1 / np.abs(draws), l1 * l1)
        return {"variance": s.reshape((*size[:-1], 1)), "own_variance": own.reshape(size)}

    def _norm(self, beta: Array, xp: Namespace) -> Array:
        l1, l2 = self.rates
        square = xp.sum(beta * beta, axis=-1)
        zero = square <= 0.0
        length = xp.where(zero, 0.0, xp.sqrt(xp.where(zero, 1.0, square)))
        return np.float64(l1) * xp.sum(xp.abs(beta), axis=-1) + np.float64(l2) * length

    def _log_mass(self) -> float:
        l1, l2 = self.rates
        return float(self.size * np.log(2.0 / l1)) if l2 == 0.0 else self._scale.grid()[2]

    def _shrink(self, z: np.ndarray, t: float) -> np.ndarray:
        l1, l2 = self.rates
        return soft_block(soft(z, t * l1), t * l2)

    def _residual(self, beta: np.ndarray, dual: np.ndarray) -> np.ndarray:
        (l1, l2), length = self.rates, np.linalg.norm(beta)
        if length == 0.0:
            return soft_block(soft(dual, l1), l2)
        return np.where(beta == 0.0, soft(dual, l1), dual - l1 * np.sign(beta) - l2 * beta / length)

    def _dual_norm(self, dual: np.ndarray) -> float:
        """Return the root ``t`` of ``||soft(dual, l1 t)|| = l2 t``."""
        from scipy.optimize import brentq

        (l1, l2), largest = self.rates, float(np.abs(dual).max(initial=0.0))
        if largest == 0.0 or l2 == 0.0:
            return largest / l1 if largest else 0.0
        unit = dual / largest
        if l1 == 0.0:
            return float(np.linalg.norm(dual)) / l2
        upper = min(1.0 / l1, float(np.linalg.norm(unit)) / l2)
        root = brentq(lambda t: float(np.linalg.norm(soft(unit, l1 * t))) - l2 * t, 0.0, upper, xtol=1e-300, rtol=1e-15)
        return float(root) * largest

    def _face(self, beta: np.ndarray) -> Face:
        (l1, l2), d, length = self.rates, beta.size, np.linalg.norm(beta)
        if length == 0.0:
            return Face(np.zeros((d, 0)), np.zeros(d), np.zeros((d, d)))
        active, unit = (beta != 0.0) | (l1 == 0.0), beta / length
        bend = (np.diag(active.astype(float)) - np.outer(unit, unit)) * (l2 / length)
        return Face(np.eye(d)[:, active], l1 * np.sign(beta) + l2 * unit, bend)

    def _draw_unit(self, rng: np.random.Generator, count: int) -> np.ndarray:
        return self._draw_both(rng, count)[1]

    def _draw_both(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return draws of the shared variance and of the coefficients (count, d), which are independent given it."""
        (l1, l2), shape = self.rates, (count, self.size)
        if l2 == 0.0:
            return np.full(count, np.inf), rng.laplace(0.0, 1.0 / l1, shape)
        s = self._scale.draw(rng, count)
        if l1 == 0.0:
            return s, np.sqrt(s)[:, None] * rng.standard_normal(shape)
        given = Strength(np.full(shape, l1), np.broadcast_to(1.0 / s[:, None], shape))
        return s, ElasticNetPrior(1.0, 1.0).draw(given, rng, shape)

    def _moments_unit(self) -> tuple[np.ndarray, np.ndarray]:
        (l1, l2), d = self.rates, self.size
        if l2 == 0.0:
            return np.full(d, 1.0 / l1), np.full(d, 2.0 / l1**2)
        s, weight, _ = self._scale.grid()
        first, second = ElasticNetPrior(1.0, 1.0).absolute_moments(Strength(np.full(s.size, l1), 1.0 / s))
        return np.full(d, weight @ first), np.full(d, weight @ second)

    def _quantile_unit(self, prob: float) -> np.ndarray:
        l1, l2 = self.rates
        return np.full(self.size, -np.log1p(-prob) / l1 if l2 == 0.0 else self._scale.quantile(prob))


@final
@dataclass(frozen=True, repr=False)
class SparseGroupLasso(_SparseGroupLaw):
    r"""The sparse group lasso ``lam * (a sum_j s_j |b_j| + (1 - a) sqrt(rank) ||s b||)``, in loss units.

    ``a = l1_ratio``. Groups are zero or not, and coefficients within a group too. Standing for the rest of the terms
    every term is a group; under a key, the key's coefficients are one group. It acts on standardised columns
    ``s_j b_j`` and not on orthonormalised ones as `GroupLasso` does, because absolute values belong to coefficients;
    so the fit depends on the coding of a factor. ``rank`` is that of the group's (centred) columns.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    l1_ratio : float
        Share of the absolute values, between 0 (a group lasso) and 1 (the lasso).
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
    Simon, Friedman, Hastie and Tibshirani (2013), A sparse-group lasso.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.SparseGroupLasso(4.0, l1_ratio=0.25)
    SparseGroupLasso(lam=4.0, l1_ratio=0.25) = SparseGroupLaplace(scale=phi / 4.0, l1_ratio=0.25)
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    l1_ratio: float = 0.5
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    @property
    def other_face(self) -> str:
        return face_text(self, "SparseGroupLaplace", {"scale": self.lam}, f"l1_ratio={self.l1_ratio!r}")

    def strength(self, dispersion: float) -> Strength:
        return loss_rate(self, self.lam, dispersion)

    def to_prior(self, dispersion: float) -> SparseGroupLaplace:
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        scale = unit_of(self, dispersion) / self.positive_strength(self.lam)
        return SparseGroupLaplace(scale, self.l1_ratio, relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> SparseGroupLasso:
        return self


@final
@dataclass(frozen=True, repr=False)
class SparseGroupLaplace(_SparseGroupLaw):
    """The prior of the sparse group lasso: `SparseGroupLasso` in prior units.

    ``p(b) = exp(-(a |b|_1 + (1 - a) sqrt(rank) ||b||) / scale) / Z`` with ``a = l1_ratio``; ``Z`` is
    ``scale^d`` times a one-dimensional integral, computed to rounding. It acts on ``s_j b_j`` as the penalty does.

    Parameters
    ----------
    scale : float
        > 0.
    l1_ratio
        As in `SparseGroupLasso`.
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
    Xu and Ghosh (2015), Bayesian variable selection and estimation for group lasso.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.SparseGroupLaplace(0.5, l1_ratio=0.25).to_penalty(dispersion=2.0).lam
    4.0
    """

    strength_powers = (("scale", -1.0),)
    prior_units = True
    scale: float
    l1_ratio: float = 0.5

    @property
    def other_face(self) -> str:
        return face_text(self, "SparseGroupLasso", {"lam": self.scale}, f"l1_ratio={self.l1_ratio!r}")

    def strength(self, dispersion: float) -> Strength:
        return prior_rate(self, self.scale, dispersion)

    def to_prior(self, dispersion: float) -> SparseGroupLaplace:
        return self

    def to_penalty(self, dispersion: float) -> SparseGroupLasso:
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        lam = unit_of(self, dispersion) / self.given(self.scale)
        return SparseGroupLasso(float(lam), self.l1_ratio, relative_to=relative_to, **fields_of(self))
