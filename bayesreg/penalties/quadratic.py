"""Quadratic forms of a block: ``value = precision b'S b / 2``, a normal law with precision matrix ``precision S``.

With ``r`` the rank of ``S`` and ``|S|_+`` the product of its non-zero eigenvalues,

    log p(b) = (r / 2) log(precision / 2 pi) + log|S|_+ / 2 - value,

which for a singular ``S`` is a proper density across the null space times a flat one of height 1 along it.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self, final

import numpy as np
from scipy.linalg import qr, solve_triangular
from scipy.special import ndtri

from bayesreg.errors import UnsupportedError
from bayesreg.penalties.base import Face, Strength, Traits
from bayesreg.penalties.joint import Joint
from bayesreg.xp import Array, Namespace

ROUNDING = 1e-10  # a dual point this share off the range of S is on it
NEGLIGIBLE = 1e-12  # and so is one that changes no value by more than this, in nats


@final
@dataclass(frozen=True, eq=False)
class Form:
    """A positive semi-definite matrix ``S = root' root`` of a block.

    Attributes
    ----------
    root : ndarray (k, d)
        Of full row rank.
    inverse : ndarray (d, k)
        Its pseudo-inverse: ``root @ inverse = I``.
    null : ndarray (d, d - k)
        An orthonormal basis of the directions in which ``root`` is zero.
    rank : int
        The ``r`` of the density.
    log_determinant : float
        ``log|S|_+``.
    spread : ndarray (d, r)
        A square root of the pseudo-inverse of ``S``: the covariance at precision 1.
    """

    root: np.ndarray
    inverse: np.ndarray
    null: np.ndarray
    rank: int
    log_determinant: float
    spread: np.ndarray


def form_of_root(root: np.ndarray) -> Form:
    """Return the form ``root' root`` of a matrix (k, d) of full row rank."""
    rank = root.shape[0]
    basis, triangle = qr(root.T, check_finite=False)
    triangle = triangle[:rank]
    inverse = solve_triangular(triangle, basis[:, :rank].T, check_finite=False).T
    log_determinant = 2.0 * float(np.log(np.abs(np.diag(triangle))).sum())
    return Form(root, inverse, basis[:, rank:], rank, log_determinant, inverse)


def form_of_eigen(values: np.ndarray, vectors: np.ndarray, kept: np.ndarray) -> Form:
    """Return the form of full rank with eigenvalues ``exp(values)`` and eigenvectors ``vectors`` (d, d).

    Those that are not ``kept`` (d,), being too small to matter, leave the root and stay in the density.
    """
    half = np.exp(0.5 * values[kept])
    with np.errstate(over="ignore"):
        spread = vectors * np.exp(np.minimum(-0.5 * values, 350.0))
    return Form(
        root=half[:, None] * vectors[:, kept].T,
        inverse=vectors[:, kept] / half,
        null=vectors[:, ~kept],
        rank=values.size,
        log_determinant=float(values.sum()),
        spread=spread,
    )


@dataclass(frozen=True, repr=False)
class QuadraticForm(Joint):
    """A law ``precision b'S b / 2``; a subclass says what ``S`` is and in which units its strength is given."""

    law = "multivariate Normal"
    standardised: ClassVar[bool] = False
    """Whether it acts on ``s_j b_j`` under ``standardize=True``."""
    _bound: ClassVar[Form | None] = None  # an instance of a law that depends on the design has its own

    @property
    @abstractmethod
    def form(self) -> Form:
        """The matrix ``S`` (d, d), taken apart."""

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=True,
            smooth=True,
            separable=False,
            sparse=False,
            proper=self._is_proper(),
            has_mode=True,
            scales_columns=self.standardised,
        )

    def _is_proper(self) -> bool:
        """Return whether ``S`` has full rank, by definition of the law."""
        return True

    @final
    def with_form(self, form: Form) -> Self:
        """Return the law bound to a design that its form comes from."""
        other = self.sized(form.root.shape[1])
        object.__setattr__(other, "_bound", form)
        return other

    @final
    def bound_form(self) -> Form:
        """Return the form that `with_form` has set.

        Raises
        ------
        UnsupportedError
            If the law has met no design.
        """
        if self._bound is None:
            raise UnsupportedError(
                f"{type(self).__name__} is a prior only for a given design: its matrix comes from the columns. Give it "
                "to br.Model as penalty=."
            )
        return self._bound

    @final
    def root(self, strength: Strength) -> np.ndarray:
        return np.sqrt(strength.precision) * self.form.root

    @final
    def null_space(self) -> np.ndarray | None:
        null = self.form.null
        return null if null.shape[1] else None

    @final
    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        along = beta @ self.form.root.T
        return 0.5 * strength.precision * xp.sum(along * along, axis=-1)

    @final
    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        form, precision = self.form, xp.maximum(strength.precision, np.float64(0.0))
        free = precision <= 0.0
        safe = xp.where(free, 1.0, precision)
        whole = 0.5 * form.rank * (np.log(2.0 * np.pi) - xp.log(safe)) - 0.5 * np.float64(form.log_determinant)
        return xp.where(free, 0.0, whole)

    @final
    def _prox(self, z: np.ndarray, strength: Strength, step: float) -> np.ndarray:
        root = self.root(strength)
        return np.asarray(np.linalg.solve(np.eye(z.shape[-1]) + step * root.T @ root, z))

    @final
    def _draw(self, strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        spread = self.form.spread
        return rng.standard_normal((*size[:-1], spread.shape[1])) @ spread.T / np.sqrt(strength.precision)

    @final
    def _variance(self) -> np.ndarray:
        """Return the variances (d,) at precision 1, infinite along flat directions."""
        form = self.form
        with np.errstate(over="ignore"):
            variance = np.einsum("ij,ij->i", form.spread, form.spread)
        flat = np.linalg.norm(form.null, axis=1) > ROUNDING
        return np.where(flat & (form.rank < form.root.shape[1]), np.inf, variance)

    @final
    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        variance = self._variance() / np.asarray(strength.precision, dtype=float)
        return np.sqrt(2.0 * variance / np.pi), variance

    @final
    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        return np.asarray(ndtri(0.5 * (1.0 + prob)) * np.sqrt(self._variance() / np.asarray(strength.precision)))

    @final
    def subdifferential_distance(self, beta: np.ndarray, score: np.ndarray, strength: Strength) -> np.ndarray:
        root = self.root(strength)
        return np.abs(score - root.T @ (root @ beta))

    @final
    def fenchel_gap(self, beta: np.ndarray, dual: np.ndarray, strength: Strength) -> np.ndarray:
        """Return ``(Qb - g)' Q^+ (Qb - g) / 2``; infinite where ``g`` is off the range of ``Q``."""
        form, precision = self.form, strength.precision
        off = np.linalg.norm(form.null.T @ dual)
        reach = np.linalg.norm(beta) + np.linalg.norm(form.inverse) / np.sqrt(precision)
        if off > ROUNDING * np.linalg.norm(dual) and off * reach > NEGLIGIBLE:
            return np.asarray(np.inf)
        along = precision * (form.root @ beta) - form.inverse.T @ dual
        return np.asarray(0.5 * (along @ along) / precision)

    @final
    def gauge(self, dual: np.ndarray, strength: Strength, slack: np.ndarray) -> float:
        return 0.0

    @final
    def face(self, beta: np.ndarray, strength: Strength) -> Face:
        root = self.root(strength)
        return Face(np.eye(beta.size), root.T @ (root @ beta), root.T @ root)
