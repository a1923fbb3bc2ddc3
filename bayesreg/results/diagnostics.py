"""Convergence diagnostics of draws, by ArviZ, and what they say in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

RHAT_LIMIT = 1.01
ESS_PER_CHAIN = 100


def diagnose(tree: Any) -> pd.DataFrame:
    """Return rhat, ess_bulk, ess_tail, ess_mean and mcse of the mean, by coefficient, sigma and learned strength."""
    from arviz_stats.base import array_stats

    posterior = tree["posterior"]
    beta = np.asarray(posterior["beta"])
    series = {str(name): beta[..., j] for j, name in enumerate(posterior["coef"].values)}
    if "sigma" in posterior:
        series["sigma"] = np.asarray(posterior["sigma"])
    if "scale" in posterior:
        scale = np.asarray(posterior["scale"])
        series |= {f"scale[{name}]": scale[..., k] for k, name in enumerate(posterior["strength"].values)}
    rows = {
        name: {
            "rhat": float(array_stats.rhat(values, chain_axis=0, draw_axis=1)) if values.shape[1] >= 4 else np.nan,
            "ess_bulk": float(array_stats.ess(values, chain_axis=0, draw_axis=1, method="bulk")),
            "ess_tail": float(array_stats.ess(values, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95))),
            "ess_mean": float(array_stats.ess(values, chain_axis=0, draw_axis=1, method="mean")),
            "mcse": float(array_stats.mcse(values, chain_axis=0, draw_axis=1, method="mean")),
        }
        for name, values in series.items()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.attrs["divergent"] = int(np.asarray(tree["sample_stats"]["diverging"]).sum()) if "sample_stats" in tree else 0
    frame.attrs["chains"] = beta.shape[0]
    return frame


def findings(engine: str, diagnostics: pd.DataFrame, advice: str = "") -> str:
    """Return what the diagnostics say, and what to do where they say that the draws can not be trusted.

    ``advice`` is what this model's priors suggest against divergences, as the end of a sentence.
    """
    if engine == "exact":
        return "Draws are independent: there is nothing to converge."
    rhat, ess = float(diagnostics["rhat"].max()), float(diagnostics[["ess_bulk", "ess_tail"]].min().min())
    divergent, enough = diagnostics.attrs["divergent"], ESS_PER_CHAIN * diagnostics.attrs["chains"]
    diverging = f", {divergent} divergent draws" if engine == "nuts" else ""
    numbers = f"R-hat at most {rhat:.3f}, effective sample size at least {ess:.0f}{diverging}"
    if rhat <= RHAT_LIMIT and ess >= enough and divergent == 0:
        return f"Converged: {numbers}."
    if divergent:
        remedy = f"give weakly identified coefficients a stronger prior{advice}"
        return f"CHECK: {numbers}. Divergences bias the draws: {remedy}."
    return f"CHECK: {numbers}. Take more draws= and tune=."
