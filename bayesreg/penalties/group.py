"""Group lasso = multivariate Laplace prior: ``value = rate ||b||``, ``p(b) = c_d rate^d exp(-rate ||b||)``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, final

import numpy as np
from scipy.special import gammaln

from bayesreg.errors import InputError
from bayesreg.penalties.base import BlockData, Bound, CoefficientWeights, Face, RelativeTo, Strength, fields_of
from bayesreg.penalties.block_scale import BlockScale
from bayesreg.penalties.grouping import geometry
from bayesreg.penalties.homogeneous import Homogeneous, face_text, loss_rate, prior_rate, soft_block, unit_of
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.xp import Array, Namespace


@dataclass(frozen=True, repr=False)
class _GroupLaw(Homogeneous):
    """The law that `GroupLasso` and `GroupLaplace` name in their two units."""

    law = "GroupLaplace"
    by_term = True
    weight_names = ("sqrt", "one")

    def _set(self, name: str, value: Any, weights: CoefficientWeights, relative_to: RelativeTo) -> None:
        """Set the fields: dataclasses order them by class, which would put ``weights`` before the strength."""
        for key, given in ((name, value), ("weights", weights), ("relative_to", relative_to)):
            object.__setattr__(self, key, given)
        self.__post_init__()

    def _check(self) -> None:
        plain_one = isinstance(self.weights, Real) and not isinstance(self.weights, bool) and float(self.weights) == 1.0
        if self.weights is None or plain_one:
            object.__setattr__(self, "weights", "one")

    def _check_joint_weights(self) -> None:
        if not isinstance(self.weights, Mapping):
            raise InputError(
                f"weights={self.weights!r} are not factors of groups; allowed: 'sqrt' (the root of a group's rank), 1 "
                "(none), or a mapping from term to a factor."
            )

    def bind(self, data: BlockData) -> Bound:
        """Return the law with the coordinates in which the group is orthonormal, and ``sqrt(rank)``."""
        law, d = self.sized(len(data.names)), len(data.names)
        if d == 1:
            return Bound(law)
        metric, rank = geometry(data.columns(), data.weights)
        return Bound(law, metric if data.standardize else np.eye(d), np.sqrt(rank) if self.weights == "sqrt" else 1.0)

    def lengths(self) -> tuple[float, float]:
        """Return the shares of absolute values and length at rate 1; see `Joint.lengths`."""
        return 0.0, 1.0

    def mixture(self) -> Mixture:
        """Return ``b | s ~ N(0, s / rate^2 I)``, ``s ~ Gamma((d + 1) / 2, 1 / 2)``."""
        d = self.size
        shared = Latent("variance", "gamma", {"shape": 0.5 * (d + 1), "rate": 0.5}, "block")
        return Mixture((shared,), lambda values, strength, xp: xp.sqrt(values["variance"]) / strength.rate * np.ones(d))

    def _norm(self, beta: Array, xp: Namespace) -> Array:
        square = xp.sum(beta * beta, axis=-1)
        zero = square <= 0.0
        return xp.where(zero, 0.0, xp.sqrt(xp.where(zero, 1.0, square)))

    def _log_mass(self) -> float:
        d = self.size
        return float(d * np.log(2.0) + 0.5 * (d - 1) * np.log(np.pi) + gammaln(0.5 * (d + 1)))

    def _shrink(self, z: np.ndarray, t: float) -> np.ndarray:
        return soft_block(z, t)

    def _residual(self, beta: np.ndarray, dual: np.ndarray) -> np.ndarray:
        length = np.linalg.norm(beta)
        return dual - beta / length if length > 0.0 else soft_block(dual, 1.0)

    def _dual_norm(self, dual: np.ndarray) -> float:
        return float(np.linalg.norm(dual))

    def _face(self, beta: np.ndarray) -> Face:
        d, length = beta.size, np.linalg.norm(beta)
        if length == 0.0:
            return Face(np.zeros((d, 0)), np.zeros(d), np.zeros((d, d)))
        unit = beta / length
        return Face(np.eye(d), unit, (np.eye(d) - np.outer(unit, unit)) / length)

    def _draw_unit(self, rng: np.random.Generator, count: int) -> np.ndarray:
        direction = rng.standard_normal((count, self.size))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        return rng.gamma(self.size, size=(count, 1)) * direction

    def _moments_unit(self) -> tuple[np.ndarray, np.ndarray]:
        d = self.size
        first = d * np.exp(gammaln(0.5 * d) - gammaln(0.5 * (d + 1))) / np.sqrt(np.pi)
        return np.full(d, first), np.full(d, d + 1.0)

    def _quantile_unit(self, prob: float) -> np.ndarray:
        return np.full(self.size, BlockScale(self.size, 0.0, 1.0).quantile(prob))


@final
@dataclass(frozen=True, repr=False, init=False)
class GroupLasso(_GroupLaw):
    r"""The group lasso ``lam * sum_g w_g ||R_g b_g||``, in loss units: whole groups are zero or not.

    Standing for the rest of the terms every term is a group; under a key, the key's coefficients are one group. With
    ``standardize`` (also "numeric") the columns of a group are orthonormalised: ``R_g'R_g`` is their weighted
    covariance, so the fit does not depend on the coding or the reference level of a factor. Where the columns are
    linearly dependent (indicators of all levels) the null space of the covariance is filled up with the mean of its
    other eigenvalues, so that the prior is proper. Without ``standardize`` ``R_g`` is the identity. A group of one
    column is `L1`.

    As a prior it is the multivariate Laplace distribution of Kotz type of ``R_g b_g``,
    ``p = c_d rate^d exp(-rate ||.||)`` with ``rate = lam w_g / phi`` and
    ``1 / c_d = 2^d pi^((d-1)/2) Gamma((d+1)/2)``.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    weights : {"sqrt", 1, None} or mapping
        Factor ``w_g`` of a group: the square root of the rank of its (centred) columns; none (1 or None); or a
        mapping from term to a factor, 1 where it names none. A factor 0 leaves a group free, infinity forces it to 0.
    relative_to : {"dispersion", None, "sigma"}
        As in `L1`.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Yuan and Lin (2006), Model selection and estimation in regression with grouped variables. Kyung, Gill, Ghosh and
    Casella (2010), Penalized regression, standard errors, and Bayesian lassos. Simon and Tibshirani (2012),
    Standardization and the group lasso penalty.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.GroupLasso(4.0)
    GroupLasso(lam=4.0) = GroupLaplace(scale=phi / 4.0)
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    weights: CoefficientWeights = field(default="sqrt", kw_only=True)
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    def __init__(
        self, lam: float | None = None, weights: CoefficientWeights = "sqrt", *, relative_to: RelativeTo = "dispersion"
    ) -> None:
        self._set("lam", lam, weights, relative_to)

    @property
    def other_face(self) -> str:
        return face_text(self, "GroupLaplace", {"scale": self.lam})

    def strength(self, dispersion: float) -> Strength:
        return loss_rate(self, self.lam, dispersion)

    def to_prior(self, dispersion: float) -> GroupLaplace:
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        scale = unit_of(self, dispersion) / self.positive_strength(self.lam)
        return GroupLaplace(scale, relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> GroupLasso:
        return self


@final
@dataclass(frozen=True, repr=False, init=False)
class GroupLaplace(_GroupLaw):
    """A multivariate Laplace prior (Kotz type) of the given scale on each group: `GroupLasso` in prior units.

    ``p(b) = c_d rate^d exp(-rate ||R b||)`` with ``rate = w_g / scale``: the length of ``R b`` has a Gamma
    distribution of shape d and its direction is uniform. Its covariance is ``(d + 1) / rate^2`` times the identity.

    Parameters
    ----------
    scale : float
        Scale of the length, before the factor of the group, > 0.
    weights
        As in `GroupLasso`.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the scale is absolute; "sigma": it is in units of sigma.

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
    >>> br.GroupLaplace(0.5).to_penalty(dispersion=2.0).lam
    4.0
    """

    strength_powers = (("scale", -1.0),)
    prior_units = True
    scale: float
    weights: CoefficientWeights = field(default="sqrt", kw_only=True)

    def __init__(self, scale: float, weights: CoefficientWeights = "sqrt", *, relative_to: RelativeTo = None) -> None:
        self._set("scale", scale, weights, relative_to)

    @property
    def other_face(self) -> str:
        return face_text(self, "GroupLasso", {"lam": self.scale})

    def strength(self, dispersion: float) -> Strength:
        return prior_rate(self, self.scale, dispersion)

    def to_prior(self, dispersion: float) -> GroupLaplace:
        return self

    def to_penalty(self, dispersion: float) -> GroupLasso:
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        lam = unit_of(self, dispersion) / self.given(self.scale)
        return GroupLasso(float(lam), relative_to=relative_to, **fields_of(self))
