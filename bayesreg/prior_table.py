"""The prior of every coefficient of a resolved model, in both units, as a frame."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesreg.penalties import Strength
from bayesreg.resolved import Resolved


def prior_table(resolved: Resolved, level: float = 0.95) -> pd.DataFrame:
    """Return a row a coefficient: law, strength in both units, central range, propriety, worth.

    Columns
    -------
    term, coefficient, law : str
    relative_to : "sigma" or ""
        Whether the scale moves with sigma; the numbers are at ``sqrt(phi)``.
    lam : float
        Strength in loss units, on the scale the penalty acts on.
    scale, scale_standardized : float
        Laplace scale or Normal (elastic net: prior) standard deviation of the raw coefficient and per
        standard deviation of its column.
    lower, upper : float
        Central range of the raw coefficient that holds ``level`` of the prior.
    effect_lower, effect_upper : float
        The same per standard deviation of the column, as odds or rate ratio; nan where it has no name.
    effect : str
        "odds ratio", "rate ratio" or "".
    proper, has_mode : bool
    observations : float
        Worth of the prior: its information over that of one row about the coefficient,
        ``n / (E b^2 x_j'V x_j / phi)`` at the null model's curvature.
    """
    frames = []
    for block in resolved.blocks:
        at = block.columns
        strength = Strength(resolved.strength.rate[at], resolved.strength.precision[at])
        flat, out = resolved.free[at], resolved.excluded[at]
        proper = ~flat & ~out
        safe = Strength(np.where(proper, strength.rate, 1.0), np.where(proper, strength.precision, 1.0))
        law = block.penalty
        second = np.where(proper, law.absolute_moments(safe)[1], np.inf)
        upper = 0.5 * (1.0 + level) if law.positive else level
        bound = np.where(proper, law.absolute_quantile(upper, safe), np.inf)
        bound, second = np.where(out, 0.0, bound), np.where(out, 0.0, second)
        lowest = np.where(proper, law.absolute_quantile(1.0 - upper, safe), 0.0) if law.positive else -bound
        lower = np.where(out, 0.0, lowest)
        scale = np.where(proper, 1.0 / safe.rate, np.inf) if law.law == "Laplace" else np.sqrt(second)
        frames.append(
            pd.DataFrame(
                {
                    "term": [resolved.terms[j] for j in at],
                    "coefficient": [resolved.coefficients[j] for j in at],
                    "law": np.where(out, "fixed at 0", np.where(flat, "flat", _name(law))),
                    "relative_to": np.where(resolved.sigma_relative[at] & proper, "sigma", ""),
                    "lam": np.where(out, np.inf, resolved.lam()[at]),
                    "scale": np.where(out, 0.0, scale),
                    "scale_standardized": np.where(out, 0.0, scale) * resolved.sd[at],
                    "lower": lower,
                    "upper": bound,
                    "effect_lower": _ratio(lower * resolved.sd[at], resolved),
                    "effect_upper": _ratio(bound * resolved.sd[at], resolved),
                    "effect": resolved.likelihood.effect,
                    "proper": proper | out,
                    "has_mode": True,
                    "observations": _worth(second, resolved, at),
                },
                index=at,
            )
        )
    table = pd.concat(frames).sort_index()
    return table.reset_index(drop=True)


def _name(law: object) -> str:
    folded = {"Laplace": "Exponential", "Normal": "HalfNormal", "ElasticNet": "folded ElasticNet"}
    name = str(getattr(law, "law", ""))
    return folded.get(name, name) if getattr(law, "positive", False) else name


def _ratio(bound: np.ndarray, resolved: Resolved) -> np.ndarray:
    if not resolved.likelihood.effect:
        return np.full(bound.shape, np.nan)
    with np.errstate(over="ignore"):
        return np.exp(bound)


def _worth(second: np.ndarray, resolved: Resolved, at: np.ndarray) -> np.ndarray:
    """Prior precision over the information of one average row, at the null model."""
    information = resolved.row_information * resolved.size[at] ** 2
    with np.errstate(divide="ignore"):
        return np.where(np.isinf(second), 0.0, 1.0 / (second * information))
