"""Why classical fit, mode and posterior of one model differ, in numbers taken from the fits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.results.comparison import Comparison


def explain(comparison: Comparison) -> tuple[str, str]:
    """Return two sentences on a comparison of an L1 model: which prior it is, and why its fits differ.

    Parameters
    ----------
    comparison : Comparison
        Of a classical fit, a mode under one `L1` or `Laplace` penalty, and a posterior.
    """
    sizes = {fit.kind: _sizes(comparison, name) for name, fit in comparison.fits.items()}
    resolved = next(iter(comparison.fits.values())).model.resolved
    return _prior(resolved, sizes["mle"]), _why(sizes["mle"], sizes["mode"], sizes["posterior"])


def _sizes(comparison: Comparison, name: str) -> pd.DataFrame:
    """Return one fit's slopes per standard deviation of their columns."""
    resolved = comparison.fits[name].model.resolved
    frame = comparison.frame[comparison.frame["fit"] == name].set_index("coefficient").drop(index="Intercept")
    sd = pd.Series(resolved.sd, index=list(resolved.coefficients)).reindex(frame.index)
    numbers = frame[["estimate", "lower", "upper"]].mul(sd, axis=0)
    return numbers.assign(zero=frame["zero"])


def _prior(resolved: Any, classical: pd.DataFrame) -> str:
    """Say which prior it is and how it compares with the effects that the data suggest alone."""
    block = next(block for block in resolved.blocks if not block.penalty.is_flat)
    scale = 1.0 / float(block.penalty.strength(resolved.phi).rate)
    lam = resolved.phi / scale
    reach = -scale * float(np.log(0.05))
    largest = classical.loc[[classical["estimate"].abs().idxmax()]]
    return (
        f"The prior: every effect per standard deviation of its column is Laplace with scale phi / lam = "
        f"{resolved.phi:.0f} / {lam:g} = {scale:.2f} (phi is the {resolved.phi_rule}), with 95% of its mass "
        f"within +-{reach:.1f}, while least squares puts {largest.index[0]} at {largest['estimate'].iloc[0]:.1f}."
    )


def _why(classical: pd.DataFrame, mode: pd.DataFrame, posterior: pd.DataFrame) -> str:
    """Say what each fit does with the same likelihood."""
    sums = [f"{frame['estimate'].abs().sum():.0f}" for frame in (classical, mode, posterior)]
    zeros = list(mode.index[mode["zero"]])
    exact = f"{len(zeros)} of {len(mode)} effects exactly 0 ({', '.join(zeros)})" if zeros else "no effect exactly 0"
    undecided = int(((posterior["lower"] < 0.0) & (posterior["upper"] > 0.0)).sum())
    return (
        f"Why they differ: OLS has no prior, and its absolute effects add up to {sums[0]}; the mode is the highest "
        f"point of the posterior, where the corner of the Laplace density leaves {exact} and a sum of {sums[1]}; "
        f"the posterior mean averages over all that the data leave open, so its sum is {sums[2]} and none of its "
        f"effects is exactly 0, but {undecided} of its {len(posterior)} intervals contain 0."
    )
