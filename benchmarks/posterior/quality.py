"""How good draws are: effective sample sizes, R-hat, and how far their means are from a long run's."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.posterior.record import Draws


def columns(draws: Draws) -> dict[str, np.ndarray]:
    """Return each quantity by name as (chains, draws, k), coefficients first."""
    return {name: values if values.ndim == 3 else values[..., None] for name, values in draws.items()}


def effective(draws: Draws) -> dict[str, Any]:
    """Return the smallest bulk effective sample size with the quantity that has it, and the largest R-hat."""
    from arviz_stats.base import array_stats

    smallest, weakest, largest = np.inf, "", 0.0
    for name, values in columns(draws).items():
        with np.errstate(invalid="ignore", divide="ignore"):
            ess = np.ravel(array_stats.ess(values, chain_axis=0, draw_axis=1, method="bulk"))
            rhat = np.ravel(array_stats.rhat(values, chain_axis=0, draw_axis=1))
        moves = np.ptp(values, axis=(0, 1)) > 0.0
        ess = np.where(moves & np.isfinite(ess), ess, 0.0)
        at = int(np.argmin(ess))
        largest = max(largest, float(np.max(np.where(np.isnan(rhat), np.inf, rhat))))
        if ess[at] < smallest:
            smallest, weakest = float(ess[at]), f"{name} {at}" if ess.size > 1 else name
    return {"ess": smallest, "weakest": weakest, "rhat": largest}


def moments(draws: Draws) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return means and standard deviations (k,) of each quantity."""
    return {name: (values.mean(axis=(0, 1)), values.std(axis=(0, 1))) for name, values in columns(draws).items()}


def deviation(draws: Draws, reference: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, Any]:
    """Return the largest distance of a mean from that of the reference, in the reference's standard deviations."""
    found: dict[str, Any] = {}
    for name, values in columns(draws).items():
        if name in reference:
            mean, sd = reference[name]
            away = np.abs(values.mean(axis=(0, 1)) - mean) / np.where(sd > 0.0, sd, 1.0)
            at = int(np.argmax(away))
            if not found or away[at] > found["deviation"]:
                found = {"deviation": float(away[at]), "farthest": f"{name} {at}" if away.size > 1 else name}
    return found
