"""The arguments of the `Model` whose mode a fit made elsewhere is."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from bayesreg.conventions.data import Columns, binary_response, columns_of, response_of
from bayesreg.conventions.fitted import OWN_FAMILIES, FittedModel
from bayesreg.conventions.said_penalty import said_penalty
from bayesreg.design import column_scales
from bayesreg.errors import DataError, InputError, UnsupportedError
from bayesreg.matrices import indicators


def model_arguments(reading: FittedModel, dispersion: Any = None) -> dict[str, Any]:
    """Return the arguments of `Model.from_arrays` for the model whose mode a fit made elsewhere is.

    Parameters
    ----------
    reading : FittedModel
        With its data, ``X`` and ``y``.
    dispersion : optional
        As in `Model`; None: the fit's own where its prior is absolute, else "reml".

    Returns
    -------
    dict

    Raises
    ------
    DataError
        If the data do not have the shape, the names or the classes of the fit.
    InputError
        If the data are missing, or ``dispersion`` is given where the mode depends on the fit's own.
    UnsupportedError
        If the family has no `Model`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from bayesreg.conventions.fitted import Given
    >>> from bayesreg.conventions.readers import read
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 2.0, 4.0])
    >>> model_arguments(read(Ridge(alpha=2.0).fit(X, y), Given(X=X, y=y)))["penalty"]
    L2(lam=2.0) = Normal(scale=sqrt(phi / 2.0))
    """
    check_has_model(reading)
    columns = columns_of(reading.X, reading.p, reading.names)
    response = response_of(reading.y, columns.n)
    number = binary_response(response, reading.classes) if reading.classes else response.astype(float)
    _check_counts(reading, number)
    name = getattr(reading.y, "name", None)
    standardize = is_standardized(reading, columns)
    return {
        "X": columns.values,
        "y": pd.Series(number, name=name) if isinstance(name, str) else number,
        "names": columns.names or list(reading.labels),
        "intercept": reading.intercept,
        "family": reading.family,
        "penalty": said_penalty(reading, standardize=standardize is not False),
        "standardize": standardize,
        "weights": reading.weights,
        "offset": reading.offset,
        "dispersion": _dispersion(reading, dispersion),
    }


def check_has_model(reading: FittedModel) -> None:
    """Raise unless there is a family and there are data to make a model of."""
    if reading.family not in OWN_FAMILIES:
        raise UnsupportedError(
            f"{reading.source} is a {reading.family} regression, a family that bayesreg does not have: there is no "
            f"model to return. Allowed are {', '.join(OWN_FAMILIES)} responses. br.implied_prior(fitted, X, y) tells "
            "the prior that the fit implies."
        )
    if reading.X is None or reading.y is None:
        raise InputError(
            f"{reading.source} does not hold the data that it was fitted to. Give them: br.Model.from_fitted(fitted, "
            "X, y)."
        )


def _check_counts(reading: FittedModel, y: np.ndarray) -> None:
    """Raise where a Poisson regression was fitted to what is no count."""
    broken = y[y != np.round(y)]
    if reading.family == "poisson" and broken.size:
        raise UnsupportedError(
            f"{reading.source} was fitted to {broken[0]:.6g}, which is no count: its loss is no Poisson likelihood, so "
            "no posterior belongs to it. Fit rates with their exposures as weights, and give these here as weights=; "
            "br.implied_prior(fitted, X, y) tells the prior in any case."
        )


def is_standardized(reading: FittedModel, columns: Columns) -> bool | Literal["numeric"]:
    """Return which ``standardize=`` has the scales of the fit; False where a scaler has not seen the weights.

    Raises
    ------
    DataError
        If the scales are not those of these columns, weighted or not.
    """
    if reading.scales is None:
        return False
    matrix, sd = columns.matrix(), columns.sd()
    if reading.intercept and np.any(sd == 0.0):
        j = int(np.flatnonzero(sd == 0.0)[0])
        raise DataError(
            f"The column {columns.label(j)!r} is constant, which a scaler passes on as it is. Fit without it."
        )
    own = sd if reading.weights is None else column_scales(matrix, weights=reading.weight_values)[1]
    if not np.any(_far(own, reading.scales)):
        return True
    if not np.any(_far(np.where(indicators(matrix), 1.0, own), reading.scales)):
        return "numeric"
    wrong = np.flatnonzero(_far(own, reading.scales) & _far(sd, reading.scales) & (reading.scales != 1.0))
    if not wrong.size:
        return False
    j = int(wrong[0])
    raise DataError(
        f"The column {columns.label(j)!r} has standard deviation {sd[j]:.6g} in X, and the StandardScaler was fitted "
        f"with {reading.scales[j]:.6g}: these are not the rows (or not the weights) of the fit. Give the data it was "
        "fitted to."
    )


def _far(sd: np.ndarray, scales: np.ndarray) -> np.ndarray:
    return np.abs(sd - scales) > 1e-9 * scales


def _dispersion(reading: FittedModel, dispersion: Any) -> Any:
    if not reading.absolute:
        return "reml" if dispersion is None else dispersion
    if dispersion is not None:
        raise InputError(
            f"dispersion={dispersion!r} is not allowed: {reading.source} states its priors as such, so its mode is "
            f"that at its own error variance {reading.dispersion:.6g}. Leave it out."
        )
    return reading.dispersion
