"""Fitted estimators of skglm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayesreg.conventions.fitted import FittedModel, Given
from bayesreg.conventions.readers.linear import (
    check_fitted,
    class_in,
    factors_of,
    grouped,
    groups_of,
    number_of,
    record,
    weighted,
    written,
)
from bayesreg.design import Weights
from bayesreg.errors import InputError, UnsupportedError

CLASSES: dict[str, tuple[str, str]] = {
    "Lasso": ("Quadratic", "L1"),
    "WeightedLasso": ("Quadratic", "WeightedL1"),
    "ElasticNet": ("Quadratic", "L1_plus_L2"),
    "MCPRegression": ("Quadratic", "WeightedMCPenalty"),
    "SparseLogisticRegression": ("Logistic", "L1_plus_L2"),
    "GroupLasso": ("QuadraticGroup", "WeightedGroupL2"),
}
"""Class -> its data fit and its penalty; their attributes are the estimator's own."""
FAMILIES: dict[str, str] = {
    "Quadratic": "gaussian",
    "WeightedQuadratic": "gaussian",
    "QuadraticGroup": "gaussian",
    "Logistic": "bernoulli",
    "LogisticGroup": "bernoulli",
    "Poisson": "poisson",
    "PoissonGroup": "poisson",
}
"""Data fit -> family; each is a mean over rows of half the unit deviance."""


def read(estimator: Any, given: Given) -> FittedModel:
    """Return the record of a fitted estimator of skglm; see `bayesreg.conventions.readers.read`."""
    kind = class_in(estimator, "skglm")
    name = f"skglm {kind}"
    if kind not in CLASSES and kind != "GeneralizedLinearEstimator":
        raise UnsupportedError(
            f"{name} can not be read: its fit is the mode of no model here. Known are skglm's {', '.join(CLASSES)} and "
            "GeneralizedLinearEstimator."
        )
    p = check_fitted(estimator, name)
    datafit, penalty, holder, solver = _parts(estimator, kind)
    _check(datafit, FAMILIES, "data fit", name)
    _check(penalty, PENALTIES, "penalty", name)
    weights = _weights(estimator, datafit, given)
    rows = (given if weights is None else Given(weights=weights)).rows_for(f"{name}'s alpha")
    setting, said = PENALTIES[penalty](holder, rows, p, name)
    if kind == "GeneralizedLinearEstimator":
        setting = f"{datafit}, {penalty}" + (f", {setting}" if setting else "")
    said = {"rate": np.zeros(p), "precision": np.zeros(p)} | said
    if getattr(holder, "positive", False):
        setting, said["lower"] = f"{setting}, positive", np.zeros(p)
    return record(
        estimator,
        given,
        name,
        setting,
        **(said | ({} if weights is None else {"weights": weights})),
        family=FAMILIES[datafit],
        intercept=bool(solver.fit_intercept),
        per_row=True,
        tolerance=float(solver.tol),
    )


def _parts(estimator: Any, kind: str) -> tuple[str, str, Any, Any]:
    """Return the names of data fit and penalty, what holds the penalty's numbers, and what holds the solver's."""
    if kind in CLASSES:
        return *CLASSES[kind], estimator, estimator
    names = (type(part).__name__ for part in (estimator.datafit, estimator.penalty))
    return *names, estimator.penalty, estimator.solver


def _check(part: str, known: dict[str, Any], what: str, name: str) -> None:
    if part not in known:
        remedy = (
            " Build the model itself: br.Model(..., penalty=br.SCAD(n * alpha, gamma, bend='rows'), standardize=False)."
            if part == "SCAD"
            else ""
        )
        raise UnsupportedError(
            f"{name} has the {what} {part}, whose fits are not read. Known are {', '.join(known)}.{remedy}"
        )


def _weights(estimator: Any, datafit: str, given: Given) -> Weights | None:
    """Return the weights that the data fit itself holds."""
    if datafit != "WeightedQuadratic":
        return None
    for what in ("weights", "n"):
        if getattr(given, what) is not None:
            raise InputError(f"{what}= is not used: the data fit WeightedQuadratic holds its weights. Leave it out.")
    return Weights(np.array(estimator.datafit.sample_weights, dtype=float), "precision")


def _net(holder: Any, rows: float, p: int, name: str) -> tuple[str, dict[str, Any]]:
    alpha = number_of(holder.alpha, "alpha", name)
    share = number_of(getattr(holder, "l1_ratio", 1.0), "l1_ratio", name)
    weights = getattr(holder, "weights", None)
    pair = rows * alpha * share, rows * alpha * (1.0 - share)
    setting = written("alpha", alpha, share, "" if weights is None else "weights")
    return setting, weighted(pair, factors_of(weights, p, name))


def _mcp(holder: Any, rows: float, p: int, name: str) -> tuple[str, dict[str, Any]]:
    """Return a minimax concave penalty; a weight multiplies all of it, so it divides gamma."""
    alpha, gamma = number_of(holder.alpha, "alpha", name), number_of(holder.gamma, "gamma", name)
    factors = factors_of(getattr(holder, "weights", None), p, name)
    if np.any(factors != factors[0]) or not 0.0 < factors[0] < np.inf:
        raise UnsupportedError(
            f"{name} multiplies its whole penalty by a weight a column, so each has a gamma of its own; br.MCP has "
            "weights of the slope at 0 only. Fit it with equal weights, or build br.Model(..., penalty={column: "
            "br.MCP(n * alpha * weight, gamma / weight, bend='rows'), ...})."
        )
    said = weighted((rows * alpha * float(factors[0]), 0.0), np.ones(p))
    return f"{written('alpha', alpha, 1.0)}, gamma = {gamma:g}", said | {"mcp": gamma / float(factors[0])}


def _group(holder: Any, rows: float, p: int, name: str) -> tuple[str, dict[str, Any]]:
    if holder.positive:
        raise UnsupportedError(
            f"{name} has positive=True, and no group penalty here keeps coefficients >= 0. Fit it without."
        )
    alpha = number_of(holder.alpha, "alpha", name)
    if hasattr(holder, "groups"):
        columns = groups_of(holder.groups, p, name)
    else:
        columns = groups_of(
            [part.tolist() for part in np.split(np.asarray(holder.grp_indices), holder.grp_ptr[1:-1])], p, name
        )
    factors = factors_of(holder.weights, len(columns), name)
    weights = "" if holder.weights is None or np.all(factors == 1.0) else "weights"
    return written("alpha", alpha, 1.0, weights), grouped(columns, rows * alpha, factors, p)


def _only_positive(holder: Any, rows: float, p: int, name: str) -> tuple[str, dict[str, Any]]:
    return "", {"lower": np.zeros(p)}


PENALTIES: dict[str, Callable[[Any, float, int, str], tuple[str, dict[str, Any]]]] = {
    "L1": _net,
    "WeightedL1": _net,
    "L1_plus_L2": _net,
    "MCPenalty": _mcp,
    "WeightedMCPenalty": _mcp,
    "WeightedGroupL2": _group,
    "PositiveConstraint": _only_positive,
}
"""Penalty -> what it says of the coefficients, from its own numbers and the number of rows."""
