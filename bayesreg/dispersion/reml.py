"""The evidence (REML) ridge estimate of the dispersion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesreg.dispersion.columns import Standardized, standardized
from bayesreg.dispersion.exact import diagonalise
from bayesreg.dispersion.quadrature import approximate
from bayesreg.dispersion.rotated import Rotated
from bayesreg.errors import DataError
from bayesreg.matrices import Matrix, is_sparse

PERFECT = 1e-13  # a residual share below what rounding leaves
MAX_DENSE, MAX_SPARSE = 5000, 3000
"""Rows or columns, whichever are fewer, up to which the spectrum is computed exactly."""
REML = "REML ridge estimate of sigma^2"
UNDECIDED = (
    "REML ridge estimate of sigma^2 under a uniform prior on R^2, as the columns can explain all of the response"
)
UNPENALISED = "RSS / (n - rank): nothing is penalised"
BY_QUADRATURE = ", by stochastic Lanczos quadrature"


def reml_dispersion(
    X: Matrix,
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
    X : ndarray or csc_array (n, p)
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
    X: Matrix,
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
    Z = standardized(X, w, intercept=intercept, free=np.zeros(p, dtype=bool) if free is None else free)
    observations = float(w.sum()) if frequency else float(np.count_nonzero(w))
    dof = observations - Z.basis.shape[1]
    total, y = float(w @ (y * y)), Z.projected(np.sqrt(w) * y)
    if is_large(Z):
        phi, rule = _profile_reml(approximate(Z, y, dof), total)
        return phi, rule + BY_QUADRATURE
    return _profile_reml(diagonalise(Z, y, dof), total)


def is_large(Z: Standardized) -> bool:
    """Return whether the spectrum of the columns is approximated."""
    return min(Z.shape) > (MAX_SPARSE if is_sparse(Z.X) else MAX_DENSE)


def _profile_reml(problem: Rotated, total: float) -> tuple[float, str]:
    u2, nodes, d2, counts, dof = problem.energies, problem.nodes, problem.squares, problem.counts, problem.dof
    remaining = u2.sum() + problem.rest
    if dof <= 0 or remaining <= 1e-24 * total or remaining == 0.0:
        raise DataError(
            "The dispersion can not be estimated: the response is constant or perfectly explained by unpenalised "
            "columns. Give dispersion=<number>, or remove columns."
        )
    if d2.size == 0:
        return float(remaining / dof), UNPENALISED
    if problem.rank < dof and problem.rest <= PERFECT * remaining:
        raise DataError(
            "The dispersion can not be estimated: the columns explain every row perfectly (is one a copy of the "
            "response, or are there more columns than distinct rows?). Give dispersion=<number>, or remove columns."
        )

    def residual(log_k: float) -> float:
        return float(u2 @ (1.0 / (1.0 + nodes * np.exp(-log_k))) + problem.rest)

    def slope(log_k: float) -> float:
        s, t = 1.0 / (1.0 + nodes * np.exp(-log_k)), 1.0 / (1.0 + d2 * np.exp(-log_k))
        return float(dof * (u2 @ (s * (1.0 - s))) / (u2 @ s + problem.rest) - counts @ (1.0 - t))

    def prior_slope(log_k: float) -> float:
        return 2.0 * (2.0 / (1.0 + counts @ d2 / dof * np.exp(-log_k)) - 1.0)

    grid = np.linspace(np.log(d2.min()) - 20.0, np.log(d2.max()) + 25.0, 240)
    values = np.array([dof * np.log(residual(at)) + counts @ np.log1p(d2 * np.exp(-at)) for at in grid])
    best = int(np.argmin(values))
    if values[0] <= values[best] + 1e-6:
        log_k = _crossing(lambda at: slope(at) + prior_slope(at), grid[0], grid[-1])
        return residual(log_k) / dof, UNDECIDED
    if best == grid.size - 1:
        return float(remaining / dof), REML
    low, high = grid[best - 1], grid[best + 1]
    log_k = grid[best] if slope(low) >= 0.0 or slope(high) <= 0.0 else _crossing(slope, low, high)
    return residual(log_k) / dof, REML


def _crossing(slope: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that is negative at ``low`` and positive at ``high`` crosses 0, by bisection."""
    middle = 0.5 * (low + high)
    while low < middle < high and high - low > 1e-13:
        low, high = (middle, high) if slope(middle) < 0.0 else (low, middle)
        middle = 0.5 * (low + high)
    return middle
