"""The data of a fit made elsewhere: columns with names, and checks that they are those of the fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy import sparse

from bayesreg.design import column_scales
from bayesreg.errors import DataError
from bayesreg.matrices import Matrix, as_columns


@final
@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a fit.

    Attributes
    ----------
    values : ndarray or sparse matrix (n, p)
    names : list of str or None
        None where nothing names them; positions are then called x0, x1, ...
    """

    values: Any
    names: list[str] | None

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.values.shape[0])

    def sd(self) -> np.ndarray:
        """Return the 1/n standard deviations (p,)."""
        if not sparse.issparse(self.values):
            return np.asarray(self.values.std(axis=0))
        return column_scales(self.matrix())[1]

    def matrix(self) -> Matrix:
        """Return the columns as a dense array, or as a sparse matrix by columns."""
        return as_columns(self.values) if sparse.issparse(self.values) else np.asarray(self.values)

    def label(self, j: int) -> str:
        """Return the name of column ``j``."""
        return self.names[j] if self.names else f"x{j}"


def columns_of(X: Any, p: int, names: tuple[str, ...] | None) -> Columns:
    """Return the columns of ``X``, checked against the ``p`` columns (and their names) of the fit."""
    given = getattr(X, "columns", None)
    own = None if given is None else [str(name) for name in given]
    values: Any = X if sparse.issparse(X) else _floats(X)
    if values.ndim != 2 or values.shape[1] != p:
        raise DataError(
            f"X has shape {values.shape}, and the estimator was fitted to {p} columns. Give the data of the fit."
        )
    if names and own and own != list(names):
        j = next(j for j, pair in enumerate(zip(own, names, strict=True)) if pair[0] != pair[1])
        raise DataError(
            f"Column {j} of X is {own[j]!r}, and the estimator was fitted to {names[j]!r} there. Give the columns of "
            "the fit, in its order."
        )
    if not np.all(np.isfinite(values.data if sparse.issparse(X) else values)):
        raise DataError("X has missing or infinite values; give the rows that the estimator was fitted to.")
    return Columns(values, own or (list(names) if names else None))


def _floats(X: Any) -> np.ndarray:
    try:
        return np.asarray(X, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"X is not numeric ({error}); give the numeric columns that the estimator was fitted to."
        ) from error


def response_of(y: Any, n: int) -> np.ndarray:
    """Return the response as an array (n,)."""
    response = np.asarray(y)
    if response.ndim == 2 and response.shape[1] == 1:
        response = response[:, 0]
    if response.shape != (n,):
        raise DataError(f"y has shape {response.shape} and X has {n} rows; give one response a row.")
    return response


def binary_response(y: np.ndarray, classes: tuple[Any, ...]) -> np.ndarray:
    """Return 1 for the last of the two classes and 0 for the first."""
    event = y == classes[-1]
    strange = ~(event | (y == classes[0]))
    if np.any(strange):
        raise DataError(
            f"The response has the value {y[strange].tolist()[0]!r}; the estimator was fitted to the classes "
            f"{classes[0]!r} and {classes[-1]!r}. Give the response of the fit."
        )
    return event.astype(float)
