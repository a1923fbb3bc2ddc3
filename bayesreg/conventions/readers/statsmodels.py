"""Results of statsmodels: OLS, WLS, GLM, Logit and Poisson, with and without a penalty."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bayesreg.conventions.facts import SHARES, check_fact
from bayesreg.conventions.fitted import FittedModel, Given
from bayesreg.conventions.readers.statsmodels_data import Held, held_data
from bayesreg.conventions.rows import to_pair
from bayesreg.conventions.table import lookup
from bayesreg.errors import InputError, UnsupportedError

FAMILIES: dict[str, str] = {"OLS": "gaussian", "WLS": "gaussian", "Logit": "bernoulli", "Poisson": "poisson"}
"""Class of the model -> family; a GLM says its own."""
LINKS: dict[str, tuple[str, str]] = {
    "Gaussian": ("gaussian", "Identity"),
    "Binomial": ("bernoulli", "Logit"),
    "Poisson": ("poisson", "Log"),
}
"""Family of a GLM -> ours, and the link that it has."""
REGULARIZED = ("OLS", "WLS", "GLM")
"""Models whose regularised fit does not keep its strengths."""
ITERATED = 1e-5
"""Tolerance of the regularised fits that iterate: BFGS stops at a gradient of 1e-5 a row."""
ROUNDING = 1e-12
"""Size of a term, relative to the largest, up to which it is 0: SLSQP ends beside 0, not on it."""
_ALPHA = (
    "the strength: one number, which penalises the constant column too, or one a column in the order of the fit's "
    "parameters"
)


class Strengths(NamedTuple):
    """Loss-unit strengths (k,) of all columns, the constant one among them, and how they are written."""

    rate: np.ndarray
    precision: np.ndarray
    setting: str
    per_row: bool
    used: tuple[str, ...]
    tolerance: float


def read(results: Any, given: Given) -> FittedModel:
    """Return the record of statsmodels results; see `bayesreg.conventions.readers.read`."""
    fit = vars(results).get("_results", results)
    _check_results(fit)
    kind = type(fit.model).__name__
    family = _family(fit.model, kind)
    held = held_data(fit.model, family, given)
    name, said = _strengths(fit, kind, held, given)
    params = _params(fit, held, said)
    at = held.constant if not (said.rate + said.precision)[held.constant or 0] else None
    kept = np.arange(params.size) != (-1 if at is None else at)
    flat = not (said.rate.any() or said.precision.any())
    return FittedModel(
        source=f"statsmodels {name} with {said.setting}",
        setting=said.setting,
        family=family,
        coef=params[kept],
        intercept_value=0.0 if at is None else float(params[at]) * held.constant_value,
        intercept=at is not None,
        rate=said.rate[kept],
        precision=said.precision[kept],
        dispersion=float(fit.scale) if flat and family == "gaussian" else None,
        per_row=said.per_row,
        X=held.columns(kept),
        y=held.y,
        weights=held.weights,
        offset=held.offset,
        names=tuple(label for label, stays in zip(held.names, kept, strict=True) if stays),
        used=said.used,
        tolerance=said.tolerance,
    )


def _params(fit: Any, held: Held, said: Strengths) -> np.ndarray:
    """Return the parameters (k,); where an absolute value is penalised, one of the size of rounding is 0."""
    params = np.asarray(fit.params, dtype=float)
    size = np.abs(params) * np.sqrt(np.mean(held.X**2, axis=0))
    return np.where((said.rate > 0.0) & (size <= ROUNDING * size.max()), 0.0, params)


def _check_results(fit: Any) -> None:
    """Raise unless these are results of one regression whose coefficients are a mode."""
    kind = type(fit).__name__
    if not (hasattr(fit, "params") and hasattr(fit, "model")):
        raise InputError(f"statsmodels {kind} holds no results. Give what its fit() or fit_regularized() returns.")
    if vars(fit).get("constraints") is not None:
        raise UnsupportedError(
            f"statsmodels {kind} was fitted under constraints (fit_constrained), which no model here has. Fit it "
            "without, or with the constraint put into the columns."
        )
    if vars(fit).get("regularized"):
        raise UnsupportedError(
            f"statsmodels {kind} was fitted with refit=True: its coefficients are those of the columns that a penalty "
            "left, unpenalised, the mode under no prior. Give the fit with refit=False."
        )


def _family(model: Any, kind: str) -> str:
    """Return the family, or raise where no model here has the likelihood."""
    if kind == "GLM":
        law, link = type(model.family).__name__, type(model.family.link).__name__
        if law in LINKS and link == LINKS[law][1]:
            return LINKS[law][0]
        what = f"GLM with a {law} response and the link {link}"
    elif kind in FAMILIES:
        return FAMILIES[kind]
    else:
        what = kind
    raise UnsupportedError(
        f"statsmodels {what} can not be read: no model here has its likelihood. Known are OLS, WLS, Logit, Poisson, "
        "and GLM with a Gaussian, Binomial or Poisson response and its canonical link."
    )


def _strengths(fit: Any, kind: str, held: Held, given: Given) -> tuple[str, Strengths]:
    """Return the call and what it penalises."""
    k = len(held.names)
    law = type(fit).__name__
    if law == "RegularizedResults":
        if kind == "GLM" and type(fit.model.family).__name__ == "Gaussian":
            _refuse_profiled(given)
        return f"{kind}.fit_regularized", _net(fit, kind, held, given)
    if law.startswith("L1"):
        alpha = _alpha(fit.mle_settings["alpha"], k)
        unit = to_pair(lookup("statsmodels.Logit.alpha"), 1.0, 1.0, {})
        setting = f"alpha = {_shown(alpha, held.constant)}"
        said = Strengths(alpha * unit.l1, np.zeros(k), setting, False, (), ITERATED)
        return f"{kind}.fit_regularized", said
    return f"{kind}.fit", Strengths(np.zeros(k), np.zeros(k), "no penalty", False, (), np.nan)


def _net(fit: Any, kind: str, held: Held, given: Given) -> Strengths:
    """Return the elastic net of a fit that does not keep its strengths."""
    where = f"A fit by statsmodels {kind}.fit_regularized"
    alpha = _alpha(given.fact("alpha", where, _ALPHA), len(held.names))
    share = check_fact("L1_wt", given.fact("L1_wt", where, f"{SHARES['L1_wt']} (its default is 1.0)"))
    rows = held.rows if kind == "GLM" else held.weight_sum
    unit = to_pair(lookup(f"statsmodels.{kind}.alpha"), 1.0, share, {"n": rows})
    setting = f"alpha = {_shown(alpha, held.constant)}, L1_wt = {share:g}"
    direct = share == 0.0 and kind in FAMILIES
    used = ("alpha", "L1_wt")
    return Strengths(alpha * unit.l1, alpha * unit.l2, setting, True, used, np.nan if direct else ITERATED)


def _refuse_profiled(given: Given) -> None:
    if given.facts.get("L1_wt") == 0.0:
        raise UnsupportedError(
            "statsmodels GLM.fit_regularized with a Gaussian response and L1_wt = 0 divides its loss by a dispersion "
            "that moves along with the coefficients, so its fit is the mode at no strength. Fit it with "
            "OLS(...).fit_regularized or WLS(...).fit_regularized."
        )


def _alpha(value: Any, k: int) -> np.ndarray:
    """Return one alpha a column."""
    alpha = np.asarray(value, dtype=float)
    if alpha.shape not in ((), (k,)) or not np.all(np.isfinite(alpha) & (alpha >= 0.0)):
        raise InputError(
            f"alpha={value!r} is not allowed: it is one number >= 0, or one for each of the fit's {k} parameters, the "
            "constant's among them."
        )
    return np.broadcast_to(alpha, (k,)).copy()


def _shown(alpha: np.ndarray, constant: int | None) -> str:
    """Return alphas as text: one number where all are equal, or all but that of the constant."""
    rest = np.delete(alpha, [] if constant is None else [constant])
    if np.any(rest != rest[:1]):
        return f"[{', '.join(f'{value:g}' for value in alpha[:4])}{', ...' if alpha.size > 4 else ''}]"
    if constant is None or not rest.size or alpha[constant] == rest[0]:
        return f"{alpha[0]:g}"
    return f"{rest[0]:g} ({alpha[constant]:g} for the constant)"
