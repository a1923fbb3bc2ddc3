"""The intercept of LIBLINEAR, which is a penalised column of one number."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csc_array, hstack, issparse

from bayesreg.conventions.readers.sklearn_classes import sklearn_class
from bayesreg.design import column_scales
from bayesreg.errors import UnsupportedError
from bayesreg.matrices import as_columns


def constant_size(estimator: Any, params: dict[str, Any]) -> float | None:
    """Return the number that the intercept's column holds, None where the intercept is no column."""
    if params.get("solver") != "liblinear" or not params["fit_intercept"]:
        return None
    refit = sklearn_class(estimator) == "LogisticRegressionCV"
    return 1.0 if refit else float(params["intercept_scaling"])


def with_constant(X: Any, p: int) -> Any:
    """Return the columns with one of ones before them."""
    if X is None:
        return None
    values: Any = X if issparse(X) else np.asarray(X, dtype=float)
    ones = np.ones((values.shape[0], 1))
    return hstack([csc_array(ones), values], format="csc") if issparse(X) else np.column_stack([ones, values])


def check_centred(X: Any, center: np.ndarray, scale: np.ndarray, weights: np.ndarray | None) -> None:
    """Raise unless a scaler has centred the columns at the means that the model centres them at."""
    if X is None:
        return
    values = as_columns(X) if hasattr(X, "toarray") else np.asarray(X, dtype=float)
    means, _ = column_scales(values, weights=weights)
    if np.any(np.abs(means - center) > 1e-9 * scale):
        raise UnsupportedError(
            "LogisticRegression(solver='liblinear') penalises the intercept of the columns as they are scaled, and "
            "these are not centred at their (weighted) means: in raw units that binds the intercept to the "
            "coefficients, which no model of the raw columns has. Fit it with another solver ('lbfgs'; for an L1 part "
            "'saga')."
        )
