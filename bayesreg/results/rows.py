"""Linear predictors and means of the rows of the fit, or of new ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.errors import InputError


def predict_mean(model: Any, beta: np.ndarray, data: Any, kind: str, offset: Any = None) -> pd.Series:
    """Return the mean or linear predictor at coefficients ``beta`` (q,), a value a row."""
    if kind not in ("mean", "link"):
        raise InputError(f"kind={kind!r} is not known; allowed: 'mean', 'link'.")
    X, shift, index = rows_of(model, data, offset)
    eta = X @ beta + shift
    return pd.Series(model.family.likelihood.mean(eta) if kind == "mean" else eta, index=index, name=kind)


def rows_of(model: Any, data: Any, offset: Any = None) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Return columns (m, q) with the ones first, offset (m,) and labels; nan where a value is missing."""
    design = model.design
    if data is None:
        if offset is not None:
            raise InputError("offset= goes with new data; the rows of the fit have their own.")
        X, shift, index = design.X, model.resolved.offset, design.index
    else:
        rows = design.spec.rows(data, offset=offset)
        X, index = rows.X, rows.index
        shift = np.zeros(len(index)) if rows.offset is None else rows.offset
    ones = np.ones((X.shape[0], int(design.intercept)))
    return np.column_stack([ones, X]), shift, index
