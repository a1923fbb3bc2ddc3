"""One row of numbers a fit: how well it fits, how much it spends, and whether it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayesreg.results.protocol import Fit, resolved_of

SCORES = (
    "deviance",
    "log_likelihood",
    "edf",
    "dispersion",
    "zeros",
    "objective",
    "relative_gap",
    "rhat_max",
    "ess_min",
)


def scores(fits: Mapping[str, Fit]) -> pd.DataFrame:
    """Return the scores of each fit; NaN where a fit has no such number.

    Parameters
    ----------
    fits : mapping of name to fit

    Returns
    -------
    pandas.DataFrame
        Index "fit"; columns ``kind``, ``deviance`` and ``log_likelihood`` in sample at the point estimates (the
        latter at the model's phi, so that it is comparable), ``edf``, ``dispersion``, ``zeros``; of a mode
        ``objective`` (loss units) and ``relative_gap``; of a posterior ``rhat_max`` and ``ess_min`` (bulk and tail).
    """
    rows = [{"fit": name, "kind": fit.kind, **_in_sample(fit), **_OF_KIND[fit.kind](fit)} for name, fit in fits.items()]
    frame = pd.DataFrame(rows, columns=["fit", "kind", *SCORES]).set_index("fit")
    return frame.astype(dict.fromkeys(SCORES, float))


def _in_sample(fit: Fit) -> dict[str, float]:
    """Return what every fit has, from its point estimates alone."""
    design, resolved = fit.model.design, resolved_of(fit)
    values = fit.params.reindex(list(resolved.coefficients)).to_numpy(dtype=float)
    start = int(resolved.intercept)
    eta = design.X @ values[start:] + resolved.offset + (values[0] if start else 0.0)
    likelihood = resolved.likelihood
    rows = likelihood.log_likelihood(design.y, eta, resolved.phi, resolved.weights, resolved.frequency)
    return {
        "deviance": float(2.0 * resolved.weights @ likelihood.half_deviance(design.y, eta)),
        "log_likelihood": float(np.sum(rows)),
        "zeros": float(fit.estimates()["zero"].sum()),
    }


def _mle(fit: Any) -> dict[str, float]:
    return {"edf": float(len(fit.params)), "dispersion": float(fit.dispersion)}


def _mode(fit: Any) -> dict[str, float]:
    return {
        "edf": float(fit.edf),
        "dispersion": float(fit.dispersion),
        "objective": float(fit.objective),
        "relative_gap": float(fit.certificate.relative_gap),
    }


def _posterior(fit: Any) -> dict[str, float]:
    frame = fit.summary().frame
    worst = float(np.nanmin(frame[["ess_bulk", "ess_tail"]].to_numpy(dtype=float)))
    return {"rhat_max": float(frame["rhat"].max()), "ess_min": worst}


_OF_KIND: dict[str, Callable[[Any], dict[str, float]]] = {"mle": _mle, "mode": _mode, "posterior": _posterior}
