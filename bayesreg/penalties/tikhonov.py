"""Tikhonov penalty = multivariate normal prior: ``value = precision b'S b / 2`` with a matrix ``S`` of the user's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.penalties.base import BlockData, Bound, RelativeTo, Strength, fields_of
from bayesreg.penalties.quadratic import Form, QuadraticForm, form_of_root


@dataclass(frozen=True, eq=False, repr=False)
class _MatrixLaw(QuadraticForm):
    """The law that `Tikhonov` and `MultivariateNormal` name in their two units."""

    precision: Any

    def _check(self) -> None:
        matrix = checked_precision(self.precision)
        object.__setattr__(self, "precision", matrix)
        object.__setattr__(self, "size", matrix.shape[0])

    @cached_property
    def form(self) -> Form:
        values, vectors = np.linalg.eigh(self.precision)
        kept = values > values.size * np.finfo(float).eps * values.max(initial=0.0)
        return form_of_root(np.sqrt(values[kept])[:, None] * vectors[:, kept].T)

    def _is_proper(self) -> bool:
        return self.form.null.shape[1] == 0

    @property
    def written(self) -> str:
        d = self.precision.shape[0]
        name = self.strength_names[0]
        return f"{type(self).__name__}(<{d} x {d} matrix>, {name}={getattr(self, name)!r}{self._sigma})"

    @property
    def _sigma(self) -> str:
        return ", relative_to='sigma'" if self.relative_to == "sigma" else ""

    @final
    def bind(self, data: BlockData) -> Bound:
        """Return the law of the block; see `Penalty.bind`.

        Raises
        ------
        InputError
            If the matrix is not of the block's size.
        """
        d = self.precision.shape[0]
        if d != len(data.names):
            raise InputError(
                f"The precision matrix is {d} x {d}, and the penalty acts on {len(data.names)} coefficients: "
                f"{', '.join(data.names)}. Give one row and column to each, in this order."
            )
        return Bound(self)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Tikhonov(_MatrixLaw):
    r"""The generalised ridge penalty ``(lam / 2) b'S b``, in loss units.

    As a prior it is ``N(0, (phi / lam) S^-1)`` with ``phi`` the model's dispersion. A singular ``S`` gives an
    intrinsic prior: normal across the null space of ``S`` and flat along it. It acts on raw coefficients, in the
    order of the design's columns.

    Parameters
    ----------
    precision : array (d, d)
        ``S``: symmetric and positive semi-definite. It is copied.
    lam : float
        Strength in loss units, per data set, >= 0.
    relative_to : {"dispersion", None, "sigma"}
        As in `L2`.
    weights : None
        Not taken: the coefficients are penalised together; anything else is an error.

    Raises
    ------
    InputError
        If the matrix is not square, symmetric, finite and positive semi-definite.

    References
    ----------
    Rue and Held (2005), Gaussian Markov random fields, chapter 3.

    Examples
    --------
    >>> import bayesreg as br
    >>> law = br.Tikhonov([[2.0, -1.0], [-1.0, 2.0]], lam=8.0)
    >>> law
    Tikhonov(<2 x 2 matrix>, lam=8.0) = MultivariateNormal(precision, scale=sqrt(phi / 8.0))
    >>> law.traits.proper, br.Tikhonov([[1.0, -1.0], [-1.0, 1.0]]).traits.proper
    (True, False)
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = 1.0
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    @property
    def other_face(self) -> str:
        unit = "1" if self.relative_to == "sigma" else "phi"
        scale = f"sqrt({unit} / {self.lam!r})"
        return f"MultivariateNormal(precision, scale={scale}{self._sigma})" if self.is_given and self.lam else ""

    def strength(self, dispersion: float) -> Strength:
        return Strength(0.0, self.given(self.lam) / dispersion)

    def to_prior(self, dispersion: float) -> MultivariateNormal:
        unit = 1.0 if self.relative_to == "sigma" else dispersion
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        scale = float(np.sqrt(unit / self.positive_strength(self.lam)))
        return MultivariateNormal(self.precision, scale, relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> Tikhonov:
        return self


@final
@dataclass(frozen=True, eq=False, repr=False)
class MultivariateNormal(_MatrixLaw):
    """A multivariate normal prior ``N(0, scale^2 S^-1)`` on a block: the Tikhonov penalty in prior units.

    Parameters
    ----------
    precision : array (d, d)
        ``S``, the precision matrix at ``scale=1``, as in `Tikhonov`.
    scale : float
        > 0, in the units of the coefficients.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the scale is absolute; "sigma": it is in units of sigma.
    weights : None
        Not taken: the coefficients are penalised together; anything else is an error.

    Raises
    ------
    InputError
        If the matrix is not square, symmetric, finite and positive semi-definite.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.MultivariateNormal([[2.0, -1.0], [-1.0, 2.0]], scale=0.5).to_penalty(dispersion=2.0).lam
    8.0
    """

    strength_powers = (("scale", -0.5),)
    prior_units = True
    scale: float = 1.0

    @property
    def other_face(self) -> str:
        unit = "1" if self.relative_to == "sigma" else "phi"
        return f"Tikhonov(precision, lam={unit} / {self.scale!r}**2{self._sigma})" if self.is_given else ""

    def strength(self, dispersion: float) -> Strength:
        variance = dispersion if self.relative_to == "sigma" else 1.0
        return Strength(0.0, float(1.0 / (self.scale**2 * variance)))

    def to_prior(self, dispersion: float) -> MultivariateNormal:
        return self

    def to_penalty(self, dispersion: float) -> Tikhonov:
        unit = 1.0 if self.relative_to == "sigma" else dispersion
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        return Tikhonov(self.precision, float(unit / self.scale**2), relative_to=relative_to, **fields_of(self))


def checked_precision(value: Any) -> np.ndarray:
    """Return a read-only copy of a precision matrix.

    Raises
    ------
    InputError
        If it is not square, symmetric, finite and positive semi-definite.
    """
    try:
        matrix = np.array(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"precision={value!r} is not a matrix of numbers; give an array (d, d).") from error
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise InputError(f"The precision matrix has shape {matrix.shape}; it must be square, (d, d) with d >= 1.")
    if not np.isfinite(matrix).all():
        raise InputError("The precision matrix has values that are not finite; give finite numbers.")
    largest = float(np.abs(matrix).max())
    skew = float(np.abs(matrix - matrix.T).max())
    if skew > 1e-10 * largest:
        raise InputError(
            f"The precision matrix is not symmetric: entries differ from their mirror image by up to {skew:.3g}. "
            "Give (S + S.T) / 2."
        )
    matrix = 0.5 * (matrix + matrix.T)
    values = np.linalg.eigvalsh(matrix)
    if values[0] < -1e-10 * largest or values[-1] <= 0.0:
        raise InputError(
            f"The precision matrix has eigenvalues from {values[0]:.3g} to {values[-1]:.3g}; none may be negative and "
            "one must be positive. Check its signs; for a covariance matrix give its inverse."
        )
    matrix.setflags(write=False)
    return matrix
