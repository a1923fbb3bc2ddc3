"""PyMC, the model written as its users do, on standardised columns; sampled by nutpie."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.adapters import Setting
from benchmarks.adapters.base import installed, version_of
from benchmarks.posterior.record import CHAINS, Contestant, Draws, Facts, Problem


def _coefficients(pm: Any, facts: Facts, unit: Any) -> Any:
    """Return the standardised coefficients under the prior of bayesreg's model."""
    shape = facts.p
    if facts.prior == "horseshoe":
        strength = pm.HalfCauchy("strength", beta=1.0)
        local, z = pm.HalfCauchy("local", beta=1.0, shape=shape), pm.Normal("z", shape=shape)
        return z * local * strength * unit
    if facts.scale is not None:
        return pm.Laplace("b", mu=0.0, b=facts.scale, shape=shape)
    share = pm.Uniform("R2")
    strength = pm.Deterministic("strength", pm.math.sqrt(share / (1.0 - share) / (2.0 * facts.p)))
    return pm.Laplace("b", mu=0.0, b=strength * unit, shape=shape)


def _build(facts: Facts, Z: np.ndarray, y: np.ndarray) -> Any:
    import pymc as pm

    with pm.Model() as model:
        level = pm.Flat("level")
        gaussian = facts.family == "gaussian"
        unit = pm.HalfStudentT("sigma", nu=3, sigma=float(y.std())) if gaussian else 1.0
        coefficients = pm.Deterministic("coef", _coefficients(pm, facts, unit))
        eta = level + pm.math.dot(Z, coefficients)
        if gaussian:
            pm.Normal("y", mu=eta, sigma=unit, observed=y)
        elif facts.family == "bernoulli":
            pm.Bernoulli("y", logit_p=eta, observed=y)
        else:
            pm.Poisson("y", mu=pm.math.exp(eta), observed=y)
    return model


def prepare(problem: Problem, setting: Setting) -> Callable[[int], Callable[[], Draws]]:
    """Return the way from the data frame to inference data."""
    import pymc as pm

    facts, frame = problem.facts, problem.frame()

    def run(seed: int) -> Callable[[], Draws]:
        X, y = frame[problem.names].to_numpy(), frame["y"].to_numpy()
        sd = X.std(axis=0)
        start = {"level": {"gaussian": y.mean(), "bernoulli": 0.0, "poisson": np.log(y.mean() + 0.1)}[facts.family]}
        tree = pm.sample(
            draws=facts.draws,
            tune=facts.tune,
            chains=CHAINS,
            random_seed=seed,
            nuts_sampler="nutpie",
            initvals=start,
            progressbar=False,
            compute_convergence_checks=False,
            model=_build(facts, (X - X.mean(axis=0)) / sd, y),
        )

        def read() -> Draws:
            posterior = tree["posterior"]
            others = {name: np.asarray(posterior[name]) for name in ("sigma", "strength") if name in posterior}
            return {"coef": np.asarray(posterior["coef"]) / sd, **others}

        return read

    return run


CONTESTANT = Contestant(
    "pymc",
    lambda facts: "",
    lambda facts: "",
    prepare,
    installed("pymc"),
    version_of("pymc"),
    lambda: sys.executable,
)
