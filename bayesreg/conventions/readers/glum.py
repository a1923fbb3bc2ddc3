"""Fitted regressions of glum."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.conventions.fitted import FittedModel, Given
from bayesreg.conventions.readers.linear import check_fitted, class_in, number_of, record, written
from bayesreg.conventions.rows import to_pair
from bayesreg.conventions.table import lookup
from bayesreg.errors import UnsupportedError

ROW = "glum.GeneralizedLinearRegressor.alpha"
CANONICAL = {
    "gaussian": ("IdentityLink", "identity"),
    "bernoulli": ("LogitLink", "logit"),
    "poisson": ("LogLink", "log"),
}
"""Family -> the link that its model has, as glum calls it."""
POWERS = {
    "NormalDistribution": 0.0,
    "PoissonDistribution": 1.0,
    "GammaDistribution": 2.0,
    "InverseGaussianDistribution": 3.0,
}
"""Family of glum -> the power of the mean that its variance is; a Tweedie one says its own."""
GRADIENT_TOLERANCE = 1e-4
"""glum's default."""


def read(estimator: Any, given: Given) -> FittedModel:
    """Return the record of a fitted regression of glum; see `bayesreg.conventions.readers.read`."""
    name = f"glum {class_in(estimator, 'glum')}"
    p = check_fitted(estimator, name)
    family, power = _family(estimator, name)
    _check_constraints(estimator, name)
    alpha, share = _strength(estimator, name)
    unit = to_pair(lookup(ROW), 1.0, share, {"n": given.rows_for(ROW) if alpha > 0.0 else 1.0})
    scale = _scale(estimator, p)
    first, second = _factors(estimator, "P1", p, name), _factors(estimator, "P2", p, name)
    plain = bool(np.all(first == 1.0) and np.all(second == 1.0))
    gradient_tol = estimator.gradient_tol
    lower, upper = _bounds(estimator.lower_bounds, p), _bounds(estimator.upper_bounds, p)
    extra = (
        "" if plain else "P1 and P2",
        "scale_predictors" if estimator.scale_predictors else "",
        "" if lower is None and upper is None else "bounds",
    )
    return record(
        estimator,
        given,
        name,
        written("alpha", alpha, share, *extra),
        family=family,
        power=power,
        intercept=bool(estimator.fit_intercept),
        rate=alpha * unit.l1 * first * scale,
        precision=alpha * unit.l2 * second * scale**2,
        nominal=(alpha * unit.l1, alpha * unit.l2),
        scales=scale if estimator.scale_predictors and estimator.fit_intercept else None,
        lower=lower,
        upper=upper,
        per_row=True,
        offset=given.offset,
        names=_names(estimator, given, name),
        tolerance=GRADIENT_TOLERANCE if gradient_tol is None else float(gradient_tol),
    )


def _family(estimator: Any, name: str) -> tuple[str, float | None]:
    """Return the family and, where it is not one of ours, the power of its variance; or raise."""
    law, link = estimator.family_instance, type(estimator.link_instance).__name__
    power: Any = POWERS.get(type(law).__name__, getattr(law, "power", None))
    if type(law).__name__ == "BinomialDistribution":
        family = "bernoulli"
    elif power is None:
        raise UnsupportedError(
            f"{name} has the family {type(law).__name__}, which no model here has. Known are normal, binomial and "
            "poisson; gamma and tweedie have an implied prior only."
        )
    else:
        family = {0.0: "gaussian", 1.0: "poisson", 2.0: "gamma"}.get(float(power), "tweedie")
    wanted, shown = CANONICAL.get(family, ("LogLink", "log"))
    if link != wanted:
        raise UnsupportedError(
            f"{name} has the link {link} with a {family} response, and the models here have {shown}. Fit it with "
            f"link={shown!r}."
        )
    return family, None if family in CANONICAL else power


def _check_constraints(estimator: Any, name: str) -> None:
    given = [
        argument
        for argument in ("A_ineq", "b_ineq", "monotonic_constraints")
        if getattr(estimator, argument) is not None
    ]
    if given:
        raise UnsupportedError(
            f"{name} has {given[0]}, constraints on several coefficients, which no model here has. Limits of single "
            "coefficients can be read: lower_bounds and upper_bounds."
        )


def _strength(estimator: Any, name: str) -> tuple[float, float]:
    """Return alpha and the share of the absolute value: as chosen, as given, or the last of a given path."""
    chosen = vars(estimator).get("alpha_")
    if chosen is not None:
        return float(chosen), float(estimator.l1_ratio_)
    value, path = estimator.alpha, estimator.alpha_search
    if path and value is None:
        raise UnsupportedError(
            f"{name} has alpha_search=True: it went along strengths of its own, and does not keep them. Refit at one: "
            "GeneralizedLinearRegressor(alpha=..., ...)."
        )
    value = value[-1] if path else value
    return 0.0 if value is None else number_of(value, "alpha", name), float(estimator.l1_ratio)


def _scale(estimator: Any, p: int) -> np.ndarray:
    """Return what each column is divided by where the penalty acts: its weighted 1/n standard deviation, or 1."""
    if not estimator.scale_predictors:
        return np.ones(p)
    scale = np.asarray(estimator.col_stds_, dtype=float)
    constant = np.abs(scale) < 10.0 * np.sqrt(np.finfo(float).eps)
    return np.where(constant, 1.0, scale)


def _factors(estimator: Any, which: str, p: int, name: str) -> np.ndarray:
    """Return the diagonal of ``P1`` or ``P2``."""
    value: Any = getattr(estimator, which)
    if value is None or isinstance(value, str):
        return np.ones(p)
    matrix = value.toarray() if hasattr(value, "toarray") else np.asarray(value, dtype=float)
    if matrix.ndim == 2:
        if np.any(matrix != np.diag(np.diag(matrix))):
            raise UnsupportedError(
                f"{name} has a matrix {which} with terms off its diagonal. Build the model with it: br.Tikhonov(...)."
            )
        matrix = np.diag(matrix)
    if matrix.shape != (p,):
        raise UnsupportedError(
            f"{name} has {which} of length {matrix.size}, and {p} coefficients: glum spreads it over the levels of "
            "categories. Give one factor a coefficient, and the columns with their levels spread out."
        )
    return np.array(matrix, dtype=float)


def _bounds(value: Any, p: int) -> np.ndarray | None:
    return None if value is None else np.broadcast_to(np.asarray(value, dtype=float), (p,)).copy()


def _names(estimator: Any, given: Given, name: str) -> tuple[str, ...] | None:
    """Return glum's names of the columns, unless it has made them up."""
    names = tuple(str(column) for column in estimator.feature_names_)
    columns = getattr(given.X, "columns", None)
    if columns is not None and (estimator.formula is not None or len(columns) != len(names)):
        if [str(column) for column in columns] == list(names):
            return names
        raise UnsupportedError(
            f"{name} has spread the {len(columns)} columns of X over {len(names)}: {', '.join(names[:4])}, ... Give "
            "X as a frame of those columns, one number a row."
        )
    return None if names == tuple(f"_col_{j}" for j in range(len(names))) else names
