"""A Gaussian model reduced to the rows that its penalised coordinates are seen through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
from scipy.linalg import qr, solve_triangular

from bayesreg.design import Design
from bayesreg.errors import ImproperPosteriorError
from bayesreg.objective import log_prior
from bayesreg.posterior.evidence.split import Split, split
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import Problem, make_problem

LOG_2PI = float(np.log(2.0 * np.pi))
BLOCK = 512


@final
@dataclass(frozen=True, eq=False)
class Reduction:
    """``t | u ~ N(T u, sigma^2 I)`` with the flat coordinates integrated out: all that the strengths are learned from.

    Attributes
    ----------
    problem : Problem
    split : Split
    T : ndarray (r, K), t : ndarray (r,), rest : float
        Rows across the flat columns, and the sum of squares of the response outside of them.
    triangle : ndarray (f, f), cross : ndarray (f, K), level : ndarray (f,)
        ``a = triangle^-1 (level - cross u + sigma e)`` given ``u``.
    freedom : float
        Observations less flat coordinates.
    log_constant : float
        What the log evidence has beside the normal density of ``t``.
    surplus : float
        The power of sigma by which the given priors fall, less the number of their coordinates.
    """

    problem: Problem
    split: Split
    T: np.ndarray
    t: np.ndarray
    rest: float
    triangle: np.ndarray
    cross: np.ndarray
    level: np.ndarray
    freedom: float
    log_constant: float
    surplus: float

    def flat(self, u: np.ndarray, noise: np.ndarray | float = 0.0, level: float = 1.0) -> np.ndarray:
        """Return the flat coordinates (s, f) of ``u`` (s, K) with noise (s, f); ``level=0``: the linear part alone."""
        right = level * self.level - u @ self.cross.T + noise
        return solve_triangular(self.triangle, right.T, check_finite=False).T

    def to_user(self, u: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Return coefficients (s, q) on the user's scale from ``u`` (s, K) and flat noise (s, f)."""
        return self.problem.to_user(self.split.back(self.flat(u, noise), u))


@final
@dataclass(frozen=True, eq=False)
class Functionals:
    """Linear functions ``apply(g)`` (k,) of the scaled coefficients: the user's coefficients, or the rows' predictors.

    Attributes
    ----------
    reduction : Reduction
    apply : callable
        (s, m) to (s, k).
    seen : bool
        Whether the data speak about all of them, as about the rows' predictors.
    """

    reduction: Reduction
    apply: Callable[[np.ndarray], np.ndarray]
    seen: bool = False

    def along(self, u: np.ndarray) -> np.ndarray:
        """Return the linear part (s, k) at ``u`` (s, K)."""
        return self.apply(self.reduction.split.back(self.reduction.flat(u, level=0.0), u))

    @cached_property
    def offset(self) -> np.ndarray:
        """The functions (k,) where ``u = 0``, at the means of the flat coordinates."""
        nothing = np.zeros((1, self.reduction.split.group.size))
        return self.apply(self.reduction.split.back(self.reduction.flat(nothing), nothing))[0]

    @cached_property
    def flat_variance(self) -> np.ndarray:
        """Variances (k,) given ``u``, in units of ``sigma^2``."""
        reduction = self.reduction
        f = reduction.split.flat
        a = solve_triangular(reduction.triangle, np.eye(f), check_finite=False).T
        nothing = np.zeros((f, reduction.split.group.size))
        return np.asarray((self.apply(reduction.split.back(a, nothing)) ** 2).sum(axis=0))

    @cached_property
    def matrix(self) -> np.ndarray:
        """The linear part as a matrix (K, k)."""
        return self.along(np.eye(self.reduction.split.group.size))

    @cached_property
    def lengths(self) -> np.ndarray:
        """Sums of squares (G, k) of the linear part over the coordinates of each group."""
        group = self.reduction.split.group
        found = np.zeros((int(group.max(initial=0)) + 1, self.offset.size))
        for start in range(0, group.size, BLOCK):
            own = group[start : start + BLOCK]
            unit = np.zeros((own.size, group.size))
            unit[np.arange(own.size), start + np.arange(own.size)] = 1.0
            squares = self.along(unit) ** 2
            for k in np.unique(own):
                found[k] += squares[own == k].sum(axis=0)
        return found


def reduce_model(design: Design, resolved: Resolved) -> Reduction:
    """Reduce a Gaussian model whose penalties are quadratic.

    Raises
    ------
    ImproperPosteriorError
        If flat directions are not identified by the data.
    """
    problem = make_problem(design, resolved)
    coordinates = split(problem, resolved)
    root = np.sqrt(problem.weights)
    Z, y = as_array(problem.Z) * root[:, None], root * (problem.y - problem.offset)
    n, m = Z.shape
    rest = 0.0
    if n > m:
        triangle = qr(np.column_stack([Z, y]), mode="r", overwrite_a=True, check_finite=False)[0]
        Z, y, rest = triangle[:m, :m], triangle[:m, m], float(triangle[m, m] ** 2)
    F, S = coordinates.columns(Z)
    f = F.shape[1]
    if f > F.shape[0]:
        raise ImproperPosteriorError(UNIDENTIFIED)
    if f:
        basis, upper = qr(F, check_finite=False)
        S, y, upper = basis.T @ S, basis.T @ y, upper[:f]
        if np.any(np.abs(np.diag(upper)) <= 1e-13 * np.linalg.norm(F, axis=0)):
            raise ImproperPosteriorError(UNIDENTIFIED)
    else:
        upper = np.empty((0, 0))
    constant, surplus = _constants(problem, resolved, coordinates, upper)
    freedom = resolved.observations - f
    return Reduction(problem, coordinates, S[f:], y[f:], rest, upper, S[:f], y[:f], freedom, constant, surplus)


UNIDENTIFIED = (
    "The posterior is improper: directions with a flat prior are not identified by the data (dependent columns, or "
    "more columns than rows). Give every coefficient a penalty, e.g. br.Normal(scale)."
)


def _constants(problem: Problem, resolved: Resolved, coordinates: Split, triangle: np.ndarray) -> tuple[float, float]:
    """Return the constant of the log evidence, and the surplus power of sigma in the priors.

    The prior of the coefficients at 0, times the volume of the coordinates, is that of ``u`` at 0 but for a constant,
    which is found at ``sigma^2 = phi`` and scales of 1.
    """
    nothing, sigma, ones = np.zeros(problem.q), np.sqrt(resolved.phi), np.ones(len(resolved.learned))
    top, later = (float(log_prior(resolved, nothing, at, scales=ones)) for at in (sigma, sigma * np.e))
    count, group = len(resolved.learned), coordinates.group
    relative = [one.relative for one in resolved.learned] + [True, False]
    log_sd = np.array([np.log(sigma) if moves else 0.0 for moves in relative])[group]
    volume = coordinates.log_volume - float(np.log(problem.size).sum())
    of_prior = top + 0.5 * group.size * LOG_2PI + float(log_sd.sum()) + volume
    determinant = float(np.log(np.abs(np.diag(triangle))).sum())
    present = problem.weights > 0.0
    log_weights = 0.0 if resolved.frequency else 0.5 * float(np.log(problem.weights[present]).sum())
    freedom = resolved.observations - coordinates.flat
    surplus = top - later - float(np.isin(group, [k for k in range(count + 2) if relative[k]]).sum())
    return of_prior + log_weights - determinant - 0.5 * freedom * LOG_2PI, round(surplus, 9)
