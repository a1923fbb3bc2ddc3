"""The dispersion: its one estimate per model, and the priors on sigma used when it is sampled."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import brentq
from scipy.special import gammaln, stdtrit

from bayesreg.errors import DataError, UnsupportedError
from bayesreg.hyperpriors import Hyperprior, check_parameters
from bayesreg.hyperpriors.base import Quantity
from bayesreg.xp import NUMPY, Array, Namespace


@dataclass(frozen=True)
class SigmaPrior(ABC):
    """A prior density for sigma; `log_density` is with respect to sigma and normalised where it can be."""

    proper: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_parameters(self)

    @abstractmethod
    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``log p(sigma)``, elementwise."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        """Return draws of sigma."""


@final
@dataclass(frozen=True)
class HalfT(SigmaPrior, Hyperprior):
    """Half-t prior on sigma, or on the scale of a penalty's law.

    The absolute value of a Student t with ``df`` degrees of freedom times ``scale``.

    Parameters
    ----------
    df : float
        Degrees of freedom, > 0.
    scale : float
        Scale, > 0: of sigma in units of the response, of a law's scale as in `Hyperprior`.

    Raises
    ------
    InputError
        If a parameter is not a finite number > 0.

    References
    ----------
    Gelman (2006), Prior distributions for variance parameters in hierarchical models.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.HalfT(df=3, scale=2.5)
    HalfT(df=3, scale=2.5)
    """

    df: float
    scale: float

    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        half = np.float64(self.df + 1.0) / 2.0
        constant = np.log(2.0) + gammaln(half) - gammaln(self.df / 2.0) - 0.5 * np.log(self.df * np.pi)
        return constant - np.log(self.scale) - half * xp.log(1.0 + (sigma / np.float64(self.scale)) ** 2 / self.df)

    @property
    def quantity(self) -> Quantity:
        return "scale"

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return self.scale * np.abs(rng.standard_t(self.df, size))

    def quantile(self, prob: float) -> float:
        return float(self.scale * stdtrit(self.df, 0.5 * (1.0 + prob)))


@final
@dataclass(frozen=True)
class Exponential(SigmaPrior, Hyperprior):
    """Exponential prior on sigma, ``p(sigma) = rate exp(-rate sigma)``, or on the scale of a penalty's law.

    Parameters
    ----------
    rate : float
        Rate, > 0: of sigma in 1 / (units of the response).

    Raises
    ------
    InputError
        If the rate is not a finite number > 0.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Exponential(rate=0.1)
    Exponential(rate=0.1)
    """

    rate: float

    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        return np.log(self.rate) - np.float64(self.rate) * sigma

    @property
    def quantity(self) -> Quantity:
        return "scale"

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return rng.exponential(1.0 / self.rate, size)

    def quantile(self, prob: float) -> float:
        return float(-np.log1p(-prob) / self.rate)


@final
@dataclass(frozen=True)
class InverseGamma(SigmaPrior):
    """Inverse-gamma prior on sigma^2: ``p(sigma^2) ~ (sigma^2)^(-a - 1) exp(-b / sigma^2)``.

    Parameters
    ----------
    a : float
        Shape, > 0.
    b : float
        Scale, in squared units of the response, > 0.

    Raises
    ------
    InputError
        If a parameter is not a finite number > 0.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.InverseGamma(a=2.0, b=3000.0)
    InverseGamma(a=2.0, b=3000.0)
    """

    a: float
    b: float

    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        constant = np.log(2.0) + self.a * np.log(self.b) - gammaln(self.a)
        return constant - (2.0 * np.float64(self.a) + 1.0) * xp.log(sigma) - np.float64(self.b) / sigma**2

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return np.sqrt(self.b / rng.gamma(self.a, 1.0, size))


@final
@dataclass(frozen=True)
class Jeffreys(SigmaPrior):
    """The improper prior ``p(sigma) ~ 1 / sigma``, asked for with ``dispersion="jeffreys"``."""

    proper = False

    def log_density(self, sigma: Array, xp: Namespace = NUMPY) -> Array:
        return -xp.log(sigma)

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        raise UnsupportedError(
            "dispersion='jeffreys' is the improper prior 1 / sigma: it is not a distribution and has no draws. Give "
            "a proper prior such as dispersion=br.HalfT(df, scale), or a number."
        )


@final
@dataclass(frozen=True, eq=False)
class Rotated:
    """A weighted, centred least-squares problem in the eigenbasis of its penalised columns.

    Attributes
    ----------
    squares : ndarray (r,)
        Eigenvalues ``d_i^2 > 0`` of ``Z'Z``.
    projections : ndarray (r,)
        ``u_i``: the response along the left singular vectors.
    rest : float
        Sum of squares of the response outside them.
    dof : float
        Dimension of the whole: observations less the free columns.
    """

    squares: np.ndarray
    projections: np.ndarray
    rest: float
    dof: float


def rotate(Z: np.ndarray, y: np.ndarray, free: np.ndarray, observations: float) -> Rotated:
    """Project the ``free`` columns (n, f) out of ``Z`` (n, p) and ``y`` (n,), and diagonalise what is left."""
    basis = np.linalg.qr(free)[0] if free.shape[1] else np.zeros((y.size, 0))
    y = y - basis @ (basis.T @ y)
    Z = Z - basis @ (basis.T @ Z)
    wide = Z.shape[1] > Z.shape[0]
    squares, vectors = eigh(Z @ Z.T if wide else Z.T @ Z) if Z.shape[1] else (np.zeros(0), np.zeros((0, 0)))
    keep = squares > 1e-12 * max(squares.max(initial=0.0), np.finfo(float).tiny)
    squares, vectors = squares[keep], vectors[:, keep]
    projections = vectors.T @ y if wide else (vectors.T @ (Z.T @ y)) / np.sqrt(squares)
    saturated = squares.size >= y.size - basis.shape[1]
    rest = 0.0 if saturated else max(float(y @ y - projections @ projections), 0.0)
    return Rotated(squares, projections, rest, observations - basis.shape[1])


def reml_dispersion(
    X: np.ndarray,
    y: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    frequency: bool = False,
    intercept: bool = True,
    free: np.ndarray | None = None,
) -> float:
    r"""Return the evidence (REML) ridge estimate of ``sigma^2`` on standardised columns.

    With ``k = sigma^2 / tau^2``, ``s_i = k / (k + d_i^2)`` and the intercept (and other free columns)
    integrated out, the profile of minus twice the log evidence is
    ``N log(sum u_i^2 s_i + rest) - sum log s_i``; its minimiser gives
    ``sigma^2 = (sum u_i^2 s_i + rest) / N``. It needs no ``n > p``; where the columns can explain all of
    the response and the evidence does not bound sigma below, a uniform prior on
    ``R^2 = mean(d^2) / (mean(d^2) + k)`` decides. Where nothing is penalised it is ``RSS / (n - rank)``.

    Parameters
    ----------
    X : ndarray (n, p)
        Design columns without the intercept.
    y : ndarray (n,)
        Response, less the offset.
    weights : ndarray (n,), optional
        Case weights.
    frequency : bool
        The weights count copies: ``n`` is their sum. Else it is the number of positive weights.
    intercept : bool
        Whether the model has a flat intercept.
    free : ndarray (p,) of bool, optional
        Columns without a penalty.

    Returns
    -------
    float
        ``sigma^2``, in squared units of the response.

    Raises
    ------
    DataError
        If the residual variance is zero: the response is constant or perfectly explained.

    References
    ----------
    MacKay (1992), Bayesian interpolation. Patterson and Thompson (1971), Recovery of inter-block
    information when block sizes are unequal.
    """
    return estimate_dispersion(X, y, weights=weights, frequency=frequency, intercept=intercept, free=free)[0]


def estimate_dispersion(
    X: np.ndarray,
    y: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    frequency: bool = False,
    intercept: bool = True,
    free: np.ndarray | None = None,
) -> tuple[float, str]:
    """Return the estimate of `reml_dispersion` and the rule it came from, as a phrase."""
    n, p = X.shape
    w = np.ones(n) if weights is None else weights
    free = np.zeros(p, dtype=bool) if free is None else free
    root = np.sqrt(w)
    center = w @ X / w.sum() if intercept else np.zeros(p)
    Z = (X - center) * root[:, None]
    size = np.sqrt(np.einsum("ij,ij->j", Z, Z) / w.sum())
    Z = Z / np.where(size > 0.0, size, 1.0)
    ones = root[:, None] if intercept else np.zeros((n, 0))
    observations = float(w.sum()) if frequency else float(np.count_nonzero(w))
    problem = rotate(Z[:, ~free], root * y, np.column_stack([ones, Z[:, free]]), observations)
    return _profile_reml(problem, float(root @ (root * y * y)))


PERFECT = 1e-13  # a residual share below what rounding leaves
REML = "REML ridge estimate of sigma^2"
UNDECIDED = (
    "REML ridge estimate of sigma^2 under a uniform prior on R^2, as the columns can explain all of the response"
)
UNPENALISED = "RSS / (n - rank): nothing is penalised"


def _profile_reml(problem: Rotated, total: float) -> tuple[float, str]:
    u2, d2, dof = problem.projections**2, problem.squares, problem.dof
    remaining = u2.sum() + problem.rest
    if dof <= 0 or remaining <= 1e-24 * total or remaining == 0.0:
        raise DataError(
            "The dispersion can not be estimated: the response is constant or perfectly explained by unpenalised "
            "columns. Give dispersion=<number>, or remove columns."
        )
    if d2.size == 0:
        return float(remaining / dof), UNPENALISED
    if d2.size < dof and problem.rest <= PERFECT * remaining:
        raise DataError(
            "The dispersion can not be estimated: the columns explain every row perfectly (is one a copy of the "
            "response, or are there more columns than distinct rows?). Give dispersion=<number>, or remove columns."
        )

    def shrinkage(log_k: float) -> np.ndarray:
        return 1.0 / (1.0 + d2 * np.exp(-log_k))

    def slope(log_k: float) -> float:
        s = shrinkage(log_k)
        return float(dof * (u2 @ (s * (1.0 - s))) / (u2 @ s + problem.rest) - (1.0 - s).sum())

    def profile(log_k: float) -> float:
        s = shrinkage(log_k)
        return float(dof * np.log(u2 @ s + problem.rest) - np.log(s).sum())

    def prior_slope(log_k: float) -> float:
        return 2.0 * (2.0 / (1.0 + d2.sum() / dof * np.exp(-log_k)) - 1.0)

    grid = np.linspace(np.log(d2.min()) - 20.0, np.log(d2.max()) + 25.0, 240)
    values = np.array([profile(at) for at in grid])
    best = int(np.argmin(values))
    if values[0] <= values[best] + 1e-6:
        log_k = brentq(lambda at: slope(at) + prior_slope(at), grid[0], grid[-1], xtol=1e-13, rtol=1e-14)
        return float((u2 @ shrinkage(log_k) + problem.rest) / dof), UNDECIDED
    if best == grid.size - 1:
        return float(remaining / dof), REML
    low, high = grid[best - 1], grid[best + 1]
    log_k = grid[best] if slope(low) >= 0.0 or slope(high) <= 0.0 else brentq(slope, low, high, xtol=1e-13, rtol=1e-14)
    return float((u2 @ shrinkage(log_k) + problem.rest) / dof), REML
