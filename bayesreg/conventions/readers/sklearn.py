"""Fitted estimators of scikit-learn, alone or as the last step of a Pipeline."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from bayesreg.conventions.fitted import FittedModel, Given
from bayesreg.conventions.readers import module_of
from bayesreg.conventions.readers.behind import in_raw_columns
from bayesreg.conventions.readers.sklearn_classes import check_readable, reader_of
from bayesreg.conventions.readers.sklearn_columns import split_pipeline
from bayesreg.conventions.readers.sklearn_data import seen_data
from bayesreg.conventions.readers.sklearn_family import read_family
from bayesreg.conventions.readers.sklearn_liblinear import check_centred, constant_size, with_constant
from bayesreg.conventions.readers.sklearn_response import read_rows
from bayesreg.conventions.readers.sklearn_strength import read_strength, tolerance_of
from bayesreg.conventions.table import lookup
from bayesreg.errors import UnsupportedError


def read(estimator: Any, given: Given) -> FittedModel:
    """Return the record of a fitted scikit-learn estimator; see `bayesreg.conventions.readers.read`."""
    _, last = split_pipeline(estimator)
    if last is not estimator and module_of(last) != __name__:
        return _of_other_package(estimator, last, given)
    reader = reader_of(last)
    check_readable(last)
    params = last.get_params(deep=False)
    family, power = read_family(lookup(reader.row).family, last, params)
    said = read_strength(last, params, reader, given)
    seen = seen_data(estimator, given.X)
    classes = vars(last).get("classes_")
    rows = read_rows(
        given if reader.weighted else replace(given, weights=None), classes, params.get("class_weight"), family
    )
    coef = np.array(last.coef_, dtype=float).ravel() / seen.scale
    reading = FittedModel(
        source=f"scikit-learn {type(last).__name__} with {said.setting}{seen.behind}",
        setting=said.setting,
        family=family,
        coef=coef,
        intercept_value=float(np.ravel(last.intercept_)[0]) - float(coef @ seen.center),
        intercept=bool(params["fit_intercept"]),
        rate=said.rate * seen.scale,
        precision=said.precision * seen.scale**2,
        nominal=(said.rate, said.precision) if np.ndim(said.precision) == 0 else (np.nan, np.nan),
        absolute=said.dispersion is not None,
        dispersion=said.dispersion,
        excluded=said.excluded,
        lower=np.zeros(coef.size) if params.get("positive") else None,
        scales=seen.scale if seen.standard else None,
        per_row=said.per_row,
        X=seen.X,
        y=rows.y,
        weights=rows.weights,
        offset=rows.offset,
        names=seen.names,
        classes=None if classes is None else tuple(np.asarray(classes).tolist()),
        power=power,
        used=("weights",) if rows.offset is not None else (),
        tolerance=tolerance_of(last, params),
    )
    size = constant_size(last, params)
    if size is not None:
        return _with_penalised_intercept(reading, seen.center, size)
    _check_intercept(reading, seen.center)
    return reading


def _of_other_package(pipeline: Any, last: Any, given: Given) -> FittedModel:
    """Return the record of a Pipeline whose last step is an estimator of another package."""
    reading: FittedModel = import_module(module_of(last)).read(last, replace(given, X=None, n=given.rows))
    return in_raw_columns(reading, seen_data(pipeline, given.X))


def _check_intercept(reading: FittedModel, center: np.ndarray) -> None:
    """Raise where columns are centred without an intercept: in raw units that intercept is no constant."""
    if not reading.intercept and np.any(center != 0.0):
        raise UnsupportedError(
            "The scaler centres the columns and the estimator has fit_intercept=False: in raw units its intercept "
            "depends on the coefficients, which no model of the raw columns has. Fit it with fit_intercept=True, or "
            "with StandardScaler(with_mean=False)."
        )


def _with_penalised_intercept(reading: FittedModel, center: np.ndarray, size: float) -> FittedModel:
    """Return the reading of LIBLINEAR: its intercept is the coefficient of a column of ones, or of centred columns.

    Its column holds ``size``, so that the coefficient is ``b_0 / size``, penalised as the others.
    """
    rate, precision = reading.nominal[0] / size, reading.nominal[1] / size**2
    said = f"{reading.source} by LIBLINEAR, whose intercept is penalised"
    if np.any(center != 0.0):
        check_centred(reading.X, center, 1.0 + np.abs(center), reading.weight_values)
        return replace(reading, source=said, centre_rate=rate, centre_precision=precision)
    scales = None if reading.scales is None else np.concatenate([[1.0], reading.scales])
    name = "constant" + "_" * sum(label.rstrip("_") == "constant" for label in reading.labels)
    return replace(
        reading,
        source=said,
        coef=np.concatenate([[reading.intercept_value], reading.coef]),
        intercept_value=0.0,
        intercept=False,
        rate=np.concatenate([[rate], reading.rate]),
        precision=np.concatenate([[precision], reading.precision]),
        scales=scales,
        names=(name, *reading.labels),
        X=with_constant(reading.X, reading.p),
    )
