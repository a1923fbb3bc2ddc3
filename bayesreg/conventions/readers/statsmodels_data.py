"""The data that statsmodels results hold, as those of a model: the constant column is the intercept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np
import pandas as pd

from bayesreg.conventions.fitted import Given
from bayesreg.design import Weights
from bayesreg.errors import DataError, InputError, UnsupportedError


@final
class Held(NamedTuple):
    """Data of a fit.

    Attributes
    ----------
    X : ndarray (n, k)
        Columns, the constant one among them.
    y : Series or ndarray (n,)
    names : sequence of str (k,)
    constant : int or None
        Position of the first constant column that is not 0.
    constant_value : float
        Its value.
    weights, offset : Weights, ndarray (n,) or None
    """

    X: np.ndarray
    y: Any
    names: Sequence[str]
    constant: int | None
    constant_value: float
    weights: Weights | None
    offset: np.ndarray | None

    @property
    def rows(self) -> float:
        """Number of rows."""
        return float(self.X.shape[0])

    @property
    def weight_sum(self) -> float:
        """Sum of the weights."""
        return self.rows if self.weights is None else float(np.sum(self.weights.values))

    def columns(self, kept: np.ndarray) -> pd.DataFrame:
        """Return some of the columns, with their names."""
        names = [name for name, stays in zip(self.names, kept, strict=True) if stays]
        return pd.DataFrame(self.X[:, kept], columns=names)


def held_data(model: Any, family: str, given: Given) -> Held:
    """Return the data of a statsmodels model.

    Raises
    ------
    DataError
        If the caller's data are others.
    InputError
        If the model does not hold its data any more, or the caller gives what the model holds.
    UnsupportedError
        If rows stand for several trials, or have weights of two kinds.
    """
    X, y, names = _arrays(model, given)
    for what in ("weights", "offset", "n"):
        if getattr(given, what) is not None:
            raise InputError(f"{what}= is not used: statsmodels results hold their own. Leave it out.")
    flat = np.flatnonzero((np.ptp(X, axis=0) == 0.0) & (X[0] != 0.0))
    constant = int(flat[0]) if flat.size else None
    label = model.endog_names
    return Held(
        X=X,
        y=pd.Series(y, name=label) if isinstance(label, str) else y,
        names=names,
        constant=constant,
        constant_value=1.0 if constant is None else float(X[0, constant]),
        weights=_weights(model, family),
        offset=_offset(model),
    )


def _arrays(model: Any, given: Given) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return columns, response and names, checked against those that the caller gives."""
    X, y = getattr(model, "exog", None), getattr(model, "endog", None)
    if X is None or y is None:
        raise InputError(
            "These statsmodels results hold no data any more (remove_data). Fit them again, and hand over the new ones."
        )
    if np.any(getattr(model, "n_trials", 1.0) != 1.0):
        raise UnsupportedError(
            "The response has several trials a row, and a bernoulli model has one. Fit two rows instead of one: a 1 "
            "with the successes as freq_weights, and a 0 with the failures."
        )
    _check_same(given.X, np.asarray(X), "X", model)
    _check_same(given.y, np.asarray(y), "y", model)
    return np.array(X, dtype=float), np.array(y, dtype=float), [str(name) for name in model.exog_names]


def _check_same(data: Any, held: np.ndarray, what: str, model: Any) -> None:
    """Raise unless the caller's data are those that the fit holds, with or without its constant column."""
    if data is None:
        return
    other = data.to_numpy() if isinstance(data, pd.DataFrame | pd.Series) else np.asarray(data)
    varied = held[:, np.ptp(held, axis=0) > 0.0] if held.ndim == 2 else held
    if not any(other.shape == own.shape and np.array_equal(other, own) for own in (held, varied)):
        raise DataError(
            f"{what}, of shape {other.shape}, is not what statsmodels {type(model).__name__} was fitted to, which has "
            f"shape {held.shape}. The results hold their data: leave X and y out."
        )


def _weights(model: Any, family: str) -> Weights | None:
    """Return the weights of the rows, with their kind."""
    if type(model).__name__ == "WLS":
        return Weights(np.array(model.weights, dtype=float), "precision")
    if type(model).__name__ != "GLM":
        return None
    frequency, precision = model._has_freq_weights, model._has_var_weights
    if not (frequency or precision):
        return None
    if frequency and precision and family == "gaussian":
        raise UnsupportedError(
            "The fit has freq_weights and var_weights, and a model has one kind of weights. Fit it to repeated rows in "
            "the place of freq_weights."
        )
    return Weights(np.array(model.iweights, dtype=float), "frequency" if frequency and not precision else "precision")


def _offset(model: Any) -> np.ndarray | None:
    """Return what is added to the linear predictor: the offset, and the logarithm of the exposure."""
    if type(model).__name__ in ("OLS", "WLS"):
        return None
    parts = [getattr(model, name, None) for name in ("offset", "exposure")]
    present = [np.asarray(part, dtype=float) for part in parts if part is not None]
    return np.sum(present, axis=0) if present else None
