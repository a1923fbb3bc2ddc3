"""The response in PyMC's graph, under the distribution of its family."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.design import Design
from bayesreg.objective import log_likelihood
from bayesreg.resolved import Resolved
from bayesreg.xp import pytensor_namespace


def observe(design: Design, resolved: Resolved, eta: Any, sigma: Any, shape: Any) -> None:
    """Observe the response at the linear predictor ``eta`` (n,).

    Weights multiply the log density, where they are neither the precisions of a Gaussian response nor numbers of
    trials; the response is then a potential of that value. So it is at the probit link, whose distribution in PyMC
    rounds its tails to 0.
    """
    w, law = resolved.weights, resolved.likelihood
    divided = law.name == "gaussian" and not resolved.frequency
    own = np.all(w > 0.0) if divided or law.counts_trials else np.all(w == 1.0)
    if own and law.label in _DISTRIBUTIONS:
        _DISTRIBUTIONS[law.label](design, resolved, eta, sigma if law.nuisance != "shape" else shape)
        return
    import pymc as pm

    scale = sigma if law.has_dispersion or law.nuisance == "sigma" else None
    pm.Potential("y", log_likelihood(resolved, design.y, eta, scale, pytensor_namespace(), shape=shape), dims="obs")


def _gaussian(design: Design, resolved: Resolved, eta: Any, sigma: Any) -> None:
    import pymc as pm

    pm.Normal("y", mu=eta, sigma=sigma / np.sqrt(resolved.weights), observed=design.y, dims="obs")


def _bernoulli(design: Design, resolved: Resolved, eta: Any, sigma: Any) -> None:
    import pymc as pm

    pm.Bernoulli("y", logit_p=eta, observed=design.y.astype(np.int64), dims="obs")


def _binomial(design: Design, resolved: Resolved, eta: Any, sigma: Any) -> None:
    """The variable is the number of successes."""
    import pymc as pm

    trials = np.round(resolved.weights).astype(np.int64)
    successes = np.round(resolved.weights * design.y).astype(np.int64)
    pm.Binomial("y", n=trials, logit_p=eta, observed=successes, dims="obs")


def _poisson(design: Design, resolved: Resolved, eta: Any, sigma: Any) -> None:
    import pymc as pm

    pm.Poisson("y", mu=pm.math.exp(eta), observed=design.y.astype(np.int64), dims="obs")


def _negative_binomial(design: Design, resolved: Resolved, eta: Any, shape: Any) -> None:
    import pymc as pm

    pm.NegativeBinomial("y", mu=pm.math.exp(eta), alpha=shape, observed=design.y.astype(np.int64), dims="obs")


def _student_t(design: Design, resolved: Resolved, eta: Any, sigma: Any) -> None:
    import pymc as pm

    df = np.float64(resolved.family.df)
    pm.StudentT("y", nu=df, mu=eta, sigma=sigma, observed=design.y, dims="obs")


_DISTRIBUTIONS = {
    "gaussian": _gaussian,
    "bernoulli": _bernoulli,
    "binomial": _binomial,
    "poisson": _poisson,
    "negative_binomial": _negative_binomial,
    "student_t": _student_t,
}
