"""A fit made elsewhere as one frozen record, and as the arguments of the `Model` whose mode it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.conventions.data import binary_response, check_scales, columns_of, response_of
from bayesreg.conventions.estimators import check_readable, reader_of, split_pipeline, strength_and_share
from bayesreg.conventions.facts import check_fact
from bayesreg.conventions.packages import build
from bayesreg.conventions.rows import Pair, to_pair
from bayesreg.conventions.table import lookup
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties import Flat, Penalty


@final
@dataclass(frozen=True, eq=False)
class FittedModel:
    """What a fitted estimator of another package says, in our terms.

    Attributes
    ----------
    family : str
        "gaussian", "bernoulli" or "poisson".
    penalty : Penalty
        In loss units, on the columns that the penalty acts on; `Flat` at strength 0.
    pair : Pair
        Its strengths ``(l1, l2)``.
    per_row : bool
        Whether the estimator's strength is per row, so that the pair depends on the number of rows.
    center, scales : ndarray (p,) or None
        Means and standard deviations of the StandardScaler before the estimator; None: raw columns.
    intercept : bool
        Whether the fit has an (unpenalised) intercept.
    coef : ndarray (p,)
        Coefficients in raw units of the columns.
    intercept_value : float
        Intercept that goes with them.
    names : tuple of str or None
        Names of the columns, where the estimator knows them.
    classes : tuple or None
        The two classes, the event last.
    setting : str
        The strength as written: "C = 1".
    source : str
        Where the record comes from, as a sentence.
    tolerance : float
        The estimator's own stopping tolerance (NaN: it has none): how near its coefficients are to the mode.
    """

    family: str
    penalty: Penalty
    pair: Pair
    per_row: bool
    center: np.ndarray | None
    scales: np.ndarray | None
    intercept: bool
    coef: np.ndarray
    intercept_value: float
    names: tuple[str, ...] | None
    classes: tuple[Any, ...] | None
    setting: str
    source: str
    tolerance: float

    @property
    def standardize(self) -> bool:
        """Whether a `Model` of the raw columns has this penalty under ``standardize=True``."""
        return self.scales is not None

    @property
    def column_weights(self) -> tuple[np.ndarray, np.ndarray]:
        """Factors (p,) of ``l1`` and of ``l2`` on raw coefficients: the scales, and their squares."""
        scales = np.ones_like(self.coef) if self.scales is None else self.scales
        return scales, scales**2


def read_fitted(estimator: Any, n: float | None = None) -> FittedModel:
    """Read a fitted scikit-learn estimator, alone or behind a StandardScaler in a Pipeline.

    Parameters
    ----------
    estimator : fitted estimator
        Ridge, Lasso, ElasticNet (also their CV versions), LogisticRegression with two classes, or
        PoissonRegressor.
    n : float, optional
        Rows of the fit (with case weights: their sum), where the strength is per row.

    Raises
    ------
    InputError
        If it is not fitted, or ``n`` is needed and missing.
    UnsupportedError
        If its fit is not the mode of a model that can be stated; the message says why and what to do.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Lasso
    >>> from bayesreg.conventions.fitted import read_fitted
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> read_fitted(Lasso(alpha=0.5).fit(X, [1.0, 2.0, 2.0, 4.0]), n=4).penalty
    L1(lam=2.0) = Laplace(scale=phi / 2.0)
    """
    scaler, final_estimator = split_pipeline(estimator)
    reader = reader_of(final_estimator)
    check_readable(final_estimator, reader)
    row = lookup(reader.row)
    value, share = strength_and_share(final_estimator, reader, row.share if isinstance(row.share, float) else 0.0)
    pair = to_pair(row, value, share, _rows(row.f, n, reader.row))
    params = final_estimator.get_params(deep=False)
    center, scales = _scaling(scaler)
    coef, intercept = _raw_units(final_estimator, center, scales)
    name = type(final_estimator).__name__
    setting = f"{row.argument} = {value:g}" + (f", l1_ratio = {share:g}" if 0.0 < share < 1.0 else "")
    behind = "" if scaler is None else " behind StandardScaler"
    return FittedModel(
        family=row.family,
        penalty=_penalty(pair, share, bool(params.get("positive", False))),
        pair=pair,
        per_row=any(name == "n" for name, _ in row.f),
        center=center,
        scales=scales,
        intercept=bool(params["fit_intercept"]),
        coef=coef,
        intercept_value=intercept,
        names=_names(estimator, scaler, final_estimator),
        classes=_classes(final_estimator),
        setting=setting,
        source=f"scikit-learn {name} with {setting}{behind}: l1 = {pair.l1:g}, l2 = {pair.l2:g} in loss units",
        tolerance=float(params.get("tol", np.nan)),
    )


def model_arguments(reading: FittedModel, X: Any, y: Any) -> dict[str, Any]:
    """Return the arguments of `Model.from_arrays` for the model whose mode a fit made elsewhere is.

    Parameters
    ----------
    reading : FittedModel
    X : array, DataFrame or sparse matrix (n, p)
        The columns the estimator (or its Pipeline) was fitted to.
    y : array (n,)
        The response it was fitted to; two classes become 0 and 1, the estimator's last class 1.

    Raises
    ------
    DataError
        If the data are not those of the fit: columns, names, standard deviations or classes differ.
    UnsupportedError
        If no model of the raw columns has this fit as its mode.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from bayesreg.conventions.fitted import model_arguments, read_fitted
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 2.0, 4.0])
    >>> model_arguments(read_fitted(Ridge(alpha=2.0).fit(X, y)), X, y)["penalty"]
    L2(lam=2.0) = Normal(scale=sqrt(phi / 2.0))
    """
    columns = columns_of(X, reading.coef.size, reading.names)
    if reading.scales is not None:
        check_scales(columns, reading.scales)
        if not reading.intercept and reading.center is not None and np.any(reading.center != 0.0):
            raise UnsupportedError(
                "The StandardScaler centres the columns and the estimator has fit_intercept=False: in raw units its "
                "intercept depends on the coefficients, which no model of the raw columns has. Fit it with "
                "fit_intercept=True, or with StandardScaler(with_mean=False)."
            )
    response = response_of(y, columns.n)
    return {
        "X": columns.values,
        "y": binary_response(response, reading.classes) if reading.classes else response.astype(float),
        "names": columns.names,
        "intercept": reading.intercept,
        "family": reading.family,
        "penalty": reading.penalty,
        "standardize": reading.standardize,
    }


def _rows(exponents: tuple[tuple[str, int], ...], n: float | None, row: str) -> dict[str, float]:
    needs_n = any(name == "n" for name, _ in exponents)
    if needs_n and n is None:
        raise InputError(
            f"{row} is a strength per row, so its prior depends on the number of rows. Give X, or n=<rows>."
        )
    return {"n": check_fact("n", n)} if needs_n else {}


def _penalty(pair: Pair, share: float, positive: bool) -> Penalty:
    if pair.l1 == pair.l2 == 0.0 and not positive:
        return Flat()
    return build(pair, share, positive=positive)


def _scaling(scaler: Any) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return the scaler's ``(center, scales)``; without ``with_std`` it changes no penalty."""
    if scaler is None:
        return None, None
    scale, mean = scaler.scale_, scaler.mean_ if scaler.with_mean else None
    return (None if mean is None else np.asarray(mean)), (None if scale is None else np.asarray(scale))


def _raw_units(estimator: Any, center: np.ndarray | None, scales: np.ndarray | None) -> tuple[np.ndarray, float]:
    coef = np.array(estimator.coef_, dtype=float).ravel()
    coef = coef if scales is None else coef / scales
    intercept = float(np.ravel(estimator.intercept_)[0])
    return coef, intercept if center is None else intercept - float(coef @ center)


def _names(*estimators: Any) -> tuple[str, ...] | None:
    for estimator in estimators:
        names = None if estimator is None else vars(estimator).get("feature_names_in_")
        if names is not None:
            return tuple(names)
    return None


def _classes(estimator: Any) -> tuple[Any, ...] | None:
    classes = vars(estimator).get("classes_")
    return None if classes is None else tuple(np.asarray(classes).tolist())
