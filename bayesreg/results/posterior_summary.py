"""The summary of a posterior."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.results.existence_of_means import without_means
from bayesreg.results.priors import (
    describe_family,
    describe_nuisance,
    describe_penalty,
    describe_sigma,
    prior_sentences,
)
from bayesreg.results.rope import negligible
from bayesreg.results.strengths import describe_strengths
from bayesreg.results.summary import Summary


def summarise(post: Any, level: float, rope: Any) -> Summary:
    """Return the table of `Posterior.summary`."""
    resolved, marginals, mode = post.resolved, post.marginals, post.sampled.mode
    lower, upper = marginals.interval(level, "equal-tailed")
    delta, said = negligible(post.model, resolved, rope)
    frame = pd.DataFrame(
        {
            "mean": post.params.to_numpy(),
            "median": marginals.quantile(0.5),
            "mode": np.nan if mode is None else mode.beta,
            "sd": np.where(post.params.isna(), np.nan, marginals.sd),
            "lower": lower,
            "upper": upper,
            "prob_positive": marginals.prob_positive,
            "prob_negligible": marginals.prob_within(delta),
        },
        index=resolved.index,
    )
    if "inclusion" in post.tree["posterior"]:
        frame["inclusion"] = inclusion(post)
    frame = frame.join(post.diagnostics[["rhat", "ess_bulk", "ess_tail", "mcse"]].drop(index="sigma", errors="ignore"))
    notes = (*prior_sentences(resolved), *describe_strengths(post.tree, resolved, level), *_no_means(post))
    return Summary(_title(post.model), frame, _header(post, level, said), (*notes, f"{post.why}. {post.status}"))


def inclusion(post: Any) -> np.ndarray:
    """Return the posterior probabilities (q,) that coefficients are in the slab; nan for those under other laws."""
    draws = post.tree["posterior"]["inclusion"]
    found = pd.Series(
        np.asarray(draws.mean(("chain", "draw"))), index=[str(name) for name in draws[draws.dims[-1]].values]
    )
    return found.reindex(list(post.resolved.coefficients)).to_numpy(dtype=float)


def _title(model: Any) -> str:
    return f"Posterior of {model.formula or model.design.response}"


def _header(post: Any, level: float, said: str) -> dict[str, str]:
    resolved = post.resolved
    header = {
        "n": f"{post.model.design.n}",
        "family": describe_family(post.model),
        "penalty": describe_penalty(resolved),
        "draws": "{} chains x {}".format(*post.drawn.shape),
        "interval": f"{level:.0%} equal-tailed",
    }
    if resolved.likelihood.has_dispersion:
        name = "sigma" if resolved.sigma_prior is None else "prior of sigma"
        header[name] = describe_sigma(resolved)
    header |= describe_nuisance(resolved, sampled=True)
    header["prob_negligible"] = f"P(|b| < delta), delta = {said}"
    return header


def _no_means(post: Any) -> tuple[str, ...]:
    names = without_means(post)
    if not names:
        return ()
    return (
        f"{', '.join(names)}: the data separate the responses and the prior has no mean, so the posterior has none "
        "either; read the medians and intervals.",
    )
