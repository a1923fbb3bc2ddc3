"""Linear predictors and means of the rows of the fit, or of new ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.errors import InputError
from bayesreg.matrices import Matrix


def predict_mean(model: Any, beta: np.ndarray, data: Any, kind: str, offset: Any = None) -> pd.Series:
    """Return the mean or linear predictor at coefficients ``beta`` (q,), a value a row."""
    if kind not in ("mean", "link"):
        raise InputError(f"kind={kind!r} is not known; allowed: 'mean', 'link'.")
    X, shift, index = rows_of(model, data, offset)
    eta = linear_predictor(X, shift, beta)
    return pd.Series(model.family.likelihood.mean(eta) if kind == "mean" else eta, index=index, name=kind)


def rows_of(model: Any, data: Any, offset: Any = None) -> tuple[Matrix, np.ndarray, pd.Index]:
    """Return columns (m, p) without the ones, offset (m,) and labels; the offset is nan where a value is missing."""
    design = model.design
    if data is None:
        if offset is not None:
            raise InputError("offset= goes with new data; the rows of the fit have their own.")
        X, shift, index = design.X, model.loss_resolved.offset, design.index
    else:
        rows = design.spec.rows(data, offset=offset)
        X, index = rows.X, rows.index
        shift = np.where(rows.missing, np.nan, 0.0 if rows.offset is None else rows.offset)
    return X, shift, index


def linear_predictor(X: Matrix, shift: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Return ``X b + shift`` (..., m) for coefficients (..., q), the intercept first where there is one."""
    p = X.shape[1]
    start = beta.shape[-1] - p
    effect = np.asarray(beta[..., start:].reshape(-1, p) @ X.T).reshape(*beta.shape[:-1], X.shape[0])
    return effect + shift + (beta[..., :1] if start else 0.0)
