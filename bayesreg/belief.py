r"""Strengths from beliefs: how wide a range holds a coefficient, how much variance is explained, how many parameters.

Three questions have one answer each:

* ``P(|b| <= half_width) = prob``: a scale family has ``scale = half_width / q`` with ``q`` its quantile at scale 1;
* ``P(R^2 <= within) = prob`` with ``R^2 = S / (S + 1)``: ``S = b'Cb / sigma^2`` is ``scale^2`` times a quantity whose
  quantile follows from its Laplace transform, a product over columns;
* ``df(k) = sum d_i / (d_i + k)``: one root.

References
----------
Abate and Whitt (1995), Numerical inversion of Laplace transforms of probability distributions.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np
from scipy.special import binom

from bayesreg.errors import InputError
from bayesreg.matrices import dense_columns, indicators

RATIOS = ("odds ratio", "rate ratio")
BELIEFS = ("coefficient", *RATIOS, "R2", "edf", "sd")
Transform = Callable[[np.ndarray, float], np.ndarray]
"""``E exp(-t S)`` at complex ``t`` (m,) of a quantity ``S > 0``, accurate for inverting it at ``x``."""

ACCURACY = 18.4  # Abate and Whitt's A: the discretisation error is exp(-A) = 1e-8
TERMS, AVERAGED = 40, 12
REACH = 4.5  # exp(-ACCURACY / 2 * REACH) is below rounding


def check_on(on: Any) -> None:
    """Raise unless ``on`` is a belief that is known."""
    if not isinstance(on, str) or on not in BELIEFS:
        raise InputError(f"on={on!r} is not known; allowed: {', '.join(map(repr, BELIEFS))}.")


def check_prob(prob: Any) -> float:
    """Return a probability strictly between 0 and 1, or raise."""
    if isinstance(prob, Real) and not isinstance(prob, bool) and 0.0 < float(prob) < 1.0:
        return float(prob)
    raise InputError(f"prob={prob!r} is not a probability; it must lie between 0 and 1, e.g. 0.95.")


def check_within(within: Any, on: str, low: float, high: float, what: str) -> float:
    """Return a number strictly between ``low`` and ``high``, or raise."""
    if isinstance(within, Real) and not isinstance(within, bool) and low < float(within) < high:
        return float(within)
    upper = f" and < {high:g}" if np.isfinite(high) else ""
    raise InputError(f"within={within!r} is not {what}; on={on!r} takes a finite number > {low:g}{upper}.")


def half_width(within: Any, on: str) -> float:
    """Return the half width on the scale of the coefficient: ``log(within)`` for a ratio."""
    if on in RATIOS:
        what = f"the upper end of a range of {on}s, whose lower end is 1 / within"
        return float(np.log(check_within(within, on, 1.0, np.inf, what)))
    return check_within(within, on, 0.0, np.inf, "a half width")


def covariance_spectrum(columns: Any, on: str) -> tuple[np.ndarray, float]:
    """Return the eigenvalues (p,) of the covariance of the columns as the penalty sees them, and the information.

    Parameters
    ----------
    columns : int, array (n, p) or Model
        A number stands for so many uncorrelated columns of standard deviation 1. Columns of an array are centred and
        standardised. A model gives its columns, standardised as it says, case weights and family.
    on : str
        The belief, for messages.

    Returns
    -------
    tuple
        The eigenvalues; and what they are multiplied by to be those of the information matrix at ``phi = 1``: the
        number of rows times the curvature of the null model, or nan where ``columns`` is a number.
    """
    resolved = getattr(columns, "resolved", None)
    if resolved is not None:
        start = int(resolved.intercept)
        scale, X = resolved.sd[start:], dense_columns(columns.design.X, what="A belief about the columns of a model")
        if resolved.standardize is not True:
            numeric = ~indicators(columns.design.X)
            scale = np.where(numeric & (resolved.standardize == "numeric"), scale, 1.0)
        Z, weights = (X - resolved.center[start:]) / np.where(scale > 0.0, scale, 1.0), resolved.weights
        curvature = resolved.row_information * resolved.phi
    elif isinstance(columns, Integral) and not isinstance(columns, bool) and int(columns) > 0:
        return np.ones(int(columns)), np.nan
    else:
        Z, weights, curvature = _standardized(columns, on), np.ones(len(columns)), 1.0
    total = float(weights.sum())
    root = np.sqrt(weights / total)[:, None]
    values = np.linalg.svd(Z * root, compute_uv=False) ** 2
    return values[values > 1e-12 * values.max(initial=0.0)], total * curvature


def _standardized(columns: Any, on: str) -> np.ndarray:
    """Return the columns of a matrix, centred and of standard deviation 1."""
    X = np.asarray(columns) if columns is not None else np.zeros(0)
    if X.ndim != 2 or X.dtype.kind not in "iufb" or not X.size or not np.isfinite(X.astype(float)).all():
        shown = f"an array of shape {X.shape}" if X.ndim else repr(columns)
        raise InputError(
            f"columns={'None' if columns is None else shown} are not columns; on={on!r} takes a number of uncorrelated "
            "standardised columns (R2 only), a matrix (n, p) of finite numbers, or a br.Model."
        )
    Z = X.astype(float) - X.mean(axis=0)
    sd = Z.std(axis=0)
    if not (sd > 0.0).all():
        raise InputError(
            f"Column {int(np.argmin(sd))} of columns= is constant and can not be standardised. Leave it out."
        )
    return np.asarray(Z / sd)


def ridge_of_df(squares: np.ndarray, df: float) -> float:
    """Return the ``k`` with ``sum d_i / (d_i + k) = df``, for eigenvalues ``d_i > 0`` and ``0 < df < rank``."""
    from scipy.optimize import brentq

    low, high = np.log(squares.min()) - 40.0, np.log(squares.max() * squares.size) + 40.0
    return float(np.exp(brentq(lambda at: (squares / (squares + np.exp(at))).sum() - df, low, high, xtol=1e-14)))


def normal_transform(variances: np.ndarray) -> Transform:
    """Return the Laplace transform of ``sum v_i z_i^2``, ``z_i ~ N(0, 1)``."""
    return lambda t, x: np.exp(-0.5 * np.log1p(2.0 * np.multiply.outer(t, variances)).sum(axis=-1))


def square_transform(log_density: Callable[[np.ndarray], np.ndarray], middle: float, count: int) -> Transform:
    """Return the Laplace transform of ``sum of count b_j^2`` for independent ``|b_j|`` of one density.

    Parameters
    ----------
    log_density : callable
        Of ``|b|``.
    middle : float
        Its median: where panels of the quadrature must lie.
    count : int
    """
    nodes, weights = np.polynomial.legendre.leggauss(16)

    def transform(t: np.ndarray, x: float) -> np.ndarray:
        end = np.sqrt(REACH * x)
        edges = np.unique([*np.geomspace(1e-9 * min(middle, end), end, 80), *np.linspace(0.0, end, 80)])
        half = 0.5 * np.diff(edges)[:, None]
        size = (half * nodes + 0.5 * (edges[1:] + edges[:-1])[:, None]).ravel()
        mass = (half * weights).ravel() * np.exp(log_density(size))
        return np.asarray((np.exp(-np.multiply.outer(t, size * size)) @ mass) ** count)

    return transform


def distribution_function(transform: Transform, x: float) -> float:
    """Return ``P(S <= x)`` by Euler summation of the inversion integral."""
    k = np.arange(TERMS + AVERAGED + 1)
    t = (ACCURACY + 2j * np.pi * k) / (2.0 * x)
    terms = np.where(k % 2, -1.0, 1.0) * (transform(t, x) / t).real * np.where(k == 0, 0.5, 1.0)
    partial = np.cumsum(terms)[TERMS:]
    averaged = binom(AVERAGED, np.arange(AVERAGED + 1)) @ partial / 2.0**AVERAGED
    return float(np.exp(0.5 * ACCURACY) / x * averaged)


def quantile_of(transform: Transform, prob: float, start: float) -> float:
    """Return the ``x`` with ``P(S <= x) = prob``, searched from ``start`` outwards."""
    from scipy.optimize import brentq

    def excess(log_x: float) -> float:
        return distribution_function(transform, float(np.exp(log_x))) - prob

    low = high = np.log(start)
    while excess(low) > 0.0:
        low -= 1.0
    while excess(high) < 0.0:
        high += 1.0
    return float(np.exp(brentq(excess, low, high, xtol=1e-10)))
