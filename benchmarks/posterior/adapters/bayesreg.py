"""bayesreg by its public names, whatever engine it chooses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.adapters import Setting
from benchmarks.adapters.base import installed, version_of
from benchmarks.posterior.record import Contestant, Draws, Facts, Problem

REFERENCE = Setting("reference")
LONGER = 10


def _prior(facts: Facts) -> Any:
    import bayesreg as br

    if facts.prior == "horseshoe":
        return br.Horseshoe(br.HalfCauchy(1.0), relative_to="sigma")
    return br.L1() if facts.scale is None else br.Laplace(facts.scale)


def prepare(problem: Problem, setting: Setting) -> Callable[[int], Callable[[], Draws]]:
    """Return the way from the data frame to the tree; the reference run is ten times as long."""
    import bayesreg as br

    facts, frame = problem.facts, problem.frame()
    formula = "y ~ ."
    draws = facts.draws * (LONGER if setting.label == REFERENCE.label else 1)

    def run(seed: int) -> Callable[[], Draws]:
        model = br.Model(formula, frame, family=facts.family, prior=_prior(facts))
        posterior = model.sample(draws=draws, seed=seed, progress=False).tree["posterior"]

        def read() -> Draws:
            found = {"coef": np.asarray(posterior["beta"])[..., 1:]}
            if "sigma" in posterior:
                found["sigma"] = np.asarray(posterior["sigma"])
            if "scale" in posterior:
                found["strength"] = np.asarray(posterior["scale"])[..., 0]
            return found

        return read

    return run


CONTESTANT = Contestant(
    "bayesreg",
    lambda facts: "",
    lambda facts: "",
    prepare,
    installed("bayesreg"),
    version_of("bayesreg"),
    lambda: sys.executable,
)
