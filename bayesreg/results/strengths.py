"""What a posterior says about the strengths that it learned, in sentences."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.resolved import Resolved


def describe_strengths(tree: Any, resolved: Resolved, level: float) -> tuple[str, ...]:
    """Return one sentence a learned strength: posterior median and central interval, in both units.

    Parameters
    ----------
    tree : xarray.DataTree
    resolved : Resolved
    level : float
        Of the intervals.

    Returns
    -------
    tuple of str
        Empty where every strength was given.
    """
    posterior = tree["posterior"]
    if "scale" not in posterior:
        return ()
    found = []
    for k, one in enumerate(resolved.learned):
        scale, lam = (np.asarray(posterior[name])[..., k].ravel() for name in ("scale", "lam"))
        unit = " in units of sigma" if one.relative else ""
        whose = "" if len(resolved.learned) == 1 else f" of {one.label}"
        text = f"Learned strength{whose}: scale {_range(scale, level)}{unit}"
        if np.isfinite(lam).all():
            text += f", that is lam {_range(lam, level)} in loss units at phi = {resolved.phi:.4g}"
        found.append(f"{text} ({one.describe()}).")
    if "R2" in posterior:
        share = _range(np.asarray(posterior["R2"]).ravel(), level)
        found.append(f"R^2, the share of the variance that these strengths stand for: {share}.")
    return tuple(found)


def _range(values: np.ndarray, level: float) -> str:
    """Return median and central interval as text."""
    low, middle, high = np.quantile(values, [0.5 - 0.5 * level, 0.5, 0.5 + 0.5 * level])
    return f"{middle:.3g} [{low:.3g}, {high:.3g}]"
