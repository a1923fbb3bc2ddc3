"""What a fit made elsewhere claims about the effects before it has seen them, as a sentence."""

from __future__ import annotations

import numpy as np

from bayesreg.conventions.fitted import FittedModel
from bayesreg.conventions.implied_law import Laws
from bayesreg.prior_table import worth_text

LARGEST = 709.0
"""Logarithm of the largest float."""


def ratio(value: np.ndarray) -> np.ndarray:
    """Return ``exp(value)``, infinite where it is beyond the range of a float."""
    return np.where(value > LARGEST, np.inf, np.exp(np.minimum(value, LARGEST)))


def sentence(reading: FittedModel, laws: Laws, sd: np.ndarray | None, effect: str, level: float) -> str:
    """Say in words what the strength claims about one effect.

    Parameters
    ----------
    sd : ndarray (p,) or None
        Standard deviations of the columns, where they are known.
    effect : str
        "odds ratio", "rate ratio", "mean ratio" or "".
    """
    if reading.mcp is not None:
        return (
            f"{reading.setting} is no prior: the minimax concave penalty is constant in its tails, so it can be "
            "maximised but not drawn from."
        )
    shown = reading.kept & np.isfinite(laws.second) & (True if sd is None else sd > 0.0)
    if not shown.any():
        return f"{reading.setting} says nothing about the effects: the prior is flat."
    unit, ends = _unit(reading, laws, sd, shown)
    ends = ratio(ends) if effect else ends
    width = ends[:, 1] - ends[:, 0]
    first, last = int(np.argmin(width)), int(np.argmax(width))
    said = _between(ends[first])
    if _between(ends[last]) != said:
        names = np.array(reading.labels)[shown]
        said = f"{said} ({names[first]}), up to {_between(ends[last])} ({names[last]})"
    flat = int(np.count_nonzero(reading.kept & ~np.isfinite(laws.second)))
    rest = f" The prior of {flat} other{'' if flat == 1 else 's'} is flat." if flat else ""
    return f"{reading.setting} says that {100.0 * level:g} % of {effect or 'effect'}s per {unit} lie {said}.{rest}"


def worth(observations: np.ndarray) -> str:
    """Return the worth of the priors in observations as a phrase, empty where it is not known."""
    known = observations[np.isfinite(observations) & (observations > 0.0)]
    return worth_text(known).removeprefix("; ") if known.size else ""


def _unit(reading: FittedModel, laws: Laws, sd: np.ndarray | None, shown: np.ndarray) -> tuple[str, np.ndarray]:
    """Return what effects are stated per, and their ranges (k, 2): the unit in which all are alike, if there is one."""
    raw = np.column_stack([laws.lower, laws.upper])[shown]
    if sd is None:
        return "unit of the column", raw
    standard = raw * sd[shown, None]
    deviations = reading.scales is not None or bool(np.all(np.abs(sd - 1.0) < 1e-6))
    if not deviations and _alike(raw):
        return "unit of the column", raw
    return "standard deviation", standard


def _alike(ends: np.ndarray) -> bool:
    return bool(np.all(np.abs(ends - ends[0]) <= 1e-9 * np.abs(ends[0])))


def _between(ends: np.ndarray) -> str:
    return f"between {_short(float(ends[0]))} and {_short(float(ends[1]))}"


def _short(value: float) -> str:
    return f"{value:.2g}" if abs(value) < 10.0 else f"{value:,.0f}" if abs(value) < 1e6 else f"{value:.1e}"
