"""The range of effects that count as negligible: a region of practical equivalence around 0."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from bayesreg.errors import InputError

SHARE = 0.1
"""Of a standard deviation of the response, per standard deviation of a column: half of Cohen's small effect."""
SPREADS = {("bernoulli", "logit"): float(np.pi / np.sqrt(3.0)), ("binomial", "logit"): float(np.pi / np.sqrt(3.0))}
"""Standard deviation of a logistic variable, whose sign the response is."""


def negligible(model: Any, resolved: Any, rope: Any) -> tuple[np.ndarray, str]:
    """Return the half widths (q,) of the range, nan where there is none, and what they are, as a phrase.

    Parameters
    ----------
    model : Model
    resolved : Resolved
    rope : None, number or mapping
        A half width on the user's scale for every slope, or by coefficient. None: per standard deviation of its column
        0.1 standard deviations of the response (identity link), of the logistic variable (logit), or 0.1 on the scale
        of the linear predictor.

    Raises
    ------
    InputError
        If a half width is not a number > 0, or a name is not a coefficient.

    References
    ----------
    Kruschke (2018), Rejecting or accepting parameter values in Bayesian estimation.
    """
    names, start = list(resolved.coefficients), int(resolved.intercept)
    delta = np.full(len(names), np.nan)
    if rope is None:
        unit, text = _unit(model, resolved)
        with np.errstate(divide="ignore"):
            widths = np.where(resolved.sd > 0.0, SHARE * unit / resolved.sd, np.nan)
        delta[start:] = widths[start:]
        return delta, f"{text} per sd of a column"
    if isinstance(rope, Mapping):
        unknown = [name for name in rope if name not in names]
        if unknown:
            raise InputError(f"rope names {unknown[0]!r}, which is no coefficient; allowed: {', '.join(names[:12])}.")
        for name, value in rope.items():
            delta[names.index(name)] = _width(value)
        return delta, ", ".join(f"{_width(value):g} ({name})" for name, value in rope.items())
    delta[start:] = _width(rope)
    return delta, f"{_width(rope):g} on the scale of the coefficients"


def _width(value: Any) -> float:
    if isinstance(value, Real) and not isinstance(value, bool) and 0.0 < float(value) < np.inf:
        return float(value)
    raise InputError(
        f"rope={value!r} is not a half width; it must be a number > 0, or a mapping of coefficients to them."
    )


def _unit(model: Any, resolved: Any) -> tuple[float, str]:
    """Return the standard deviation that an effect is compared with, and the phrase for a tenth of it."""
    if resolved.family.link == "identity":
        y, weights = model.design.y, resolved.weights / resolved.weights.sum()
        sd = float(np.sqrt(weights @ (y - weights @ y) ** 2))
        return sd, f"{SHARE:g} sd of the response ({SHARE * sd:.3g})"
    spread = SPREADS.get((resolved.family.name, resolved.family.link), 1.0)
    return spread, f"{SHARE * spread:.2g} on the scale of the linear predictor"
