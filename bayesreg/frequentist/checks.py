"""Checks around a fit made elsewhere, in an orthonormal basis, so that units do not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import solve_triangular

from bayesreg.errors import DataError
from bayesreg.existence.dependence import largest

SCORE = 1e-6
COVARIANCE = 1e-3
LEVERAGE = 1e-8


def solves(Z: np.ndarray, score: np.ndarray, curvature: np.ndarray, size: float, inverse: np.ndarray) -> bool:
    """Return whether a maximum and its inverse information are those of the likelihood.

    Parameters
    ----------
    Z : ndarray (n, q)
    score, curvature : ndarray (n,)
        First derivative of the log likelihood in the linear predictor, and minus the second.
    size : float
        What the score is small against.
    inverse : ndarray (q, q)
        The inverse of ``Z' diag(curvature) Z`` as the fit has it.

    Returns
    -------
    bool
        The score is at most 1e-6 of ``size`` in every direction, and the variances agree to 1e-3.

    Examples
    --------
    >>> Z = np.array([[1.0, 0.0], [1.0, 2.0], [1.0, 4.0]])
    >>> solves(Z, np.array([1.0, -2.0, 1.0]), np.ones(3), 1.0, np.linalg.inv(Z.T @ Z))
    True
    >>> solves(Z, np.array([1.0, -2.0, 2.0]), np.ones(3), 1.0, np.linalg.inv(Z.T @ Z))
    False
    """
    unit = largest(Z)
    root = np.sqrt(curvature)
    basis, triangle = np.linalg.qr(root[:, None] * (Z / unit))
    whitened = np.divide(score, root, out=np.zeros_like(score), where=root > 0.0)
    if not np.linalg.norm(basis.T @ whitened) <= SCORE * size:
        return False
    diagonal = np.abs(np.diag(triangle))
    if diagonal.min() <= 0.0:
        return False
    half = solve_triangular(triangle, np.eye(unit.size))
    expected = np.linalg.norm(half, axis=1)
    found = np.sqrt(np.maximum(np.diag(inverse), 0.0)) * unit
    return bool(np.all(np.abs(found - expected) <= COVARIANCE * expected))


def check_leverage(exog: pd.DataFrame, weights: np.ndarray | None, cov_type: str) -> None:
    """Refuse HC2 and HC3 where a row decides a coefficient alone: they divide by 1 less its leverage.

    Parameters
    ----------
    exog : DataFrame (n, q)
        Labelled rows.
    weights : ndarray (n,) or None
        Precision weights.
    cov_type : str

    Raises
    ------
    DataError
        Naming the first such row.
    """
    Z = exog.to_numpy()
    root = np.ones((Z.shape[0], 1)) if weights is None else np.sqrt(weights)[:, None]
    rest = 1.0 - (np.linalg.qr(root * (Z / largest(Z)))[0] ** 2).sum(axis=1)
    alone = np.flatnonzero(rest < LEVERAGE)
    if alone.size:
        raise DataError(
            f"cov_type={cov_type!r} is not defined: {alone.size} row(s) have leverage 1, the first labelled "
            f"{exog.index[alone[0]]!r}, because a coefficient rests on that row alone. Use 'HC0' or 'HC1', or remove "
            "the row and the column that picks it."
        )
