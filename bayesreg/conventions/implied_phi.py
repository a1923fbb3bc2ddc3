"""The dispersion of a fit made elsewhere, and how much one row of its data says."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.conventions.data import Columns, binary_response, response_of
from bayesreg.conventions.facts import check_fact
from bayesreg.conventions.fitted import OWN_FAMILIES, FittedModel
from bayesreg.design import Weights, column_scales
from bayesreg.dispersion import reml_dispersion
from bayesreg.errors import DataError, InputError
from bayesreg.families import Family
from bayesreg.matrices import product


def implied_dispersion(reading: FittedModel, columns: Columns | None, dispersion: Any) -> tuple[float, str]:
    """Return the dispersion and the rule that it comes from.

    Raises
    ------
    InputError
        If it is needed and nothing tells it, or given where it has no use.
    """
    own = reading.family in OWN_FAMILIES
    if own and not Family(reading.family).likelihood.has_dispersion:
        if dispersion is not None:
            raise InputError(
                f"dispersion={dispersion!r} is not used: a {reading.family} response has phi = 1. Leave it out."
            )
        return 1.0, f"phi = 1 ({reading.family})"
    if reading.absolute and dispersion is not None:
        raise InputError(f"dispersion={dispersion!r} is not used: {reading.source} states its priors as such.")
    if dispersion is not None:
        return check_fact("dispersion", dispersion), f"fixed by dispersion={dispersion:g}"
    if reading.dispersion is not None:
        return reading.dispersion, "the estimator's own"
    if columns is None or reading.y is None:
        raise InputError(
            f"The prior of a {reading.family.capitalize()} fit depends on the error variance, and the estimator does "
            "not keep it. Give the data of the fit, X and y, from which it is estimated, or dispersion=<phi> (of a "
            "Gaussian response sigma^2)."
        )
    return _reml(reading, columns) if own else _pearson(reading, columns)


def _reml(reading: FittedModel, columns: Columns) -> tuple[float, str]:
    y = response_of(reading.y, columns.n).astype(float)
    flat = (reading.rate + reading.precision <= 0.0) & ~_grouped(reading)
    kept = reading.kept
    matrix = columns.matrix()
    phi = reml_dispersion(
        matrix if kept.all() else matrix[:, kept],
        y if reading.offset is None else y - np.asarray(reading.offset, dtype=float),
        weights=reading.weight_values,
        frequency=isinstance(reading.weights, Weights) and reading.weights.kind == "frequency",
        intercept=reading.intercept,
        free=flat[kept],
    )
    return phi, "RSS / (n - rank): nothing is penalised" if flat.all() else "REML ridge estimate of sigma^2"


def _grouped(reading: FittedModel) -> np.ndarray:
    grouped = np.zeros(reading.p, dtype=bool)
    for group in reading.groups:
        grouped[list(group.columns)] = True
    return grouped


def _pearson(reading: FittedModel, columns: Columns) -> tuple[float, str]:
    """Return the squared Pearson residuals over the rows less the coefficients."""
    y, mu = response_of(reading.y, columns.n).astype(float), np.exp(_predictor(reading, columns))
    weights = reading.weight_values
    weights = np.ones(columns.n) if weights is None else weights
    left = np.count_nonzero(weights) - reading.p - int(reading.intercept)
    if left <= 0:
        raise DataError(
            f"phi can not be estimated: there are {columns.n} rows for {reading.p} coefficients. Give dispersion=<phi>."
        )
    squares = weights @ ((y - mu) ** 2 / mu ** (reading.power or 0.0))
    return float(squares) / int(left), "squared Pearson residuals / (n - p)"


def row_information(reading: FittedModel, columns: Columns, phi: float) -> float:
    """Return the information of a row about the linear predictor at the mean response, nan where nothing tells that.

    It is the definition of `Model.priors`; where there is no response its mean is that of the fit, which has it.
    """
    weights = reading.weight_values
    weights = np.ones(columns.n) if weights is None else weights
    if reading.family == "gaussian" and reading.power is None:
        return 1.0 / phi
    if reading.y is None and not (reading.intercept and reading.offset is None):
        return np.nan
    likelihood = Family(reading.family).likelihood if reading.family in OWN_FAMILIES else None
    if reading.y is None:
        eta = _predictor(reading, columns)
        values = np.exp(eta) if likelihood is None else likelihood.mean(eta)
    else:
        response = response_of(reading.y, columns.n)
        values = binary_response(response, reading.classes) if reading.classes else response.astype(float)
    mean = float(weights @ values) / float(weights.sum())
    if likelihood is None:
        return mean ** (2.0 - (reading.power or 0.0)) / phi
    with np.errstate(divide="ignore"):
        eta = likelihood.link_function(np.array([mean]))
    return float(likelihood.curvature(eta)[0]) / phi if np.isfinite(eta[0]) else np.nan


def column_sizes(reading: FittedModel, columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Return 1/n standard deviations (p,), and root mean squares about what the intercept takes up."""
    center, sd = column_scales(columns.matrix(), weights=reading.weight_values)
    return sd, sd if reading.intercept else np.hypot(center, sd)


def _predictor(reading: FittedModel, columns: Columns) -> np.ndarray:
    eta = reading.intercept_value + product(columns.matrix(), reading.coef)
    return np.asarray(eta if reading.offset is None else eta + np.asarray(reading.offset, dtype=float))
