"""The dispersion of a model: given, or estimated once; and the prior of sigma."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from bayesreg.design import Design
from bayesreg.dispersion import HalfT, Jeffreys, SigmaPrior, estimate_dispersion
from bayesreg.errors import InputError
from bayesreg.families import Likelihood
from bayesreg.resolve.scales import UNITS, check_size


def are_frequencies(design: Design, likelihood: Likelihood, dispersion: Any) -> bool:
    """Return whether the weights count copies of rows."""
    estimated = not isinstance(dispersion, Real)
    if design.weights is not None and design.weights_kind is None and likelihood.has_dispersion and estimated:
        raise InputError(
            "The weights have no kind, and the estimated dispersion depends on it. Say br.Weights(values, "
            "kind='precision') for variances sigma^2 / w, or kind='frequency' for w copies of a row."
        )
    return design.weights_kind == "frequency"


def dispersion_of(
    design: Design,
    likelihood: Likelihood,
    dispersion: Any,
    weights: np.ndarray,
    offset: np.ndarray,
    frequency: bool,
    flat: np.ndarray,
    excluded: np.ndarray,
) -> tuple[float, str, SigmaPrior | None]:
    """Return ``phi``, the rule it comes from, and the prior of sigma; ``flat`` and ``excluded`` are (q,) of bool."""
    if not likelihood.has_dispersion:
        if not (isinstance(dispersion, str) and dispersion == "reml"):
            raise InputError(
                f"dispersion={dispersion!r} has no meaning for the {likelihood.name} family, which has phi = 1. "
                "Leave it out."
            )
        return 1.0, f"phi = 1 ({likelihood.name})", None
    if isinstance(dispersion, Real) and not isinstance(dispersion, bool):
        if not UNITS[0] < float(dispersion) < UNITS[1]:
            raise InputError(
                f"dispersion={dispersion!r} is not a variance: it must be a number > 0, from {UNITS[0]:g} to "
                f"{UNITS[1]:g}."
            )
        return float(dispersion), f"fixed by dispersion={float(dispersion):g}", None
    priors: dict[str, SigmaPrior | None] = {"reml": None, "joint": None, "jeffreys": Jeffreys()}
    if not isinstance(dispersion, SigmaPrior) and not (isinstance(dispersion, str) and dispersion in priors):
        raise InputError(
            f"dispersion={dispersion!r} is not known; allowed: a number (phi, fixed), 'reml', 'joint', 'jeffreys', "
            "or a prior for sigma: br.HalfT(df, scale), br.Exponential(rate), br.InverseGamma(a, b)."
        )
    start = int(design.intercept)
    kept = ~excluded[start:]
    y = design.y - offset
    center = weights @ y / weights.sum() if design.intercept else 0.0
    spread = float(np.sqrt(weights @ ((y - center) / np.abs(y).max(initial=1e-300)) ** 2 / weights.sum()))
    spread *= float(np.abs(y).max(initial=1e-300))
    if spread > 0.0:
        check_size(design.response, spread, "response")
    phi, rule = estimate_dispersion(
        design.X[:, kept],
        y,
        weights=weights,
        frequency=frequency,
        intercept=design.intercept,
        free=flat[start:][kept],
    )
    prior = dispersion if isinstance(dispersion, SigmaPrior) else priors[dispersion]
    return phi, rule, prior if prior is not None else HalfT(3.0, spread)


def row_information(design: Design, likelihood: Likelihood, weights: np.ndarray, phi: float) -> float:
    """Return the information of one average row about the linear predictor."""
    total = float(weights.sum())
    mean = float(weights @ design.y) / total
    with np.errstate(divide="ignore"):
        eta = likelihood.link_function(np.array([mean]))
    if not np.isfinite(eta[0]):
        eta = likelihood.link_function(np.array([(mean * total + 0.5) / (total + 1.0)]))
    return float(likelihood.curvature(eta)[0]) / phi
