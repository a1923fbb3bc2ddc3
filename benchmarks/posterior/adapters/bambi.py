"""Bambi, sampled by nutpie. It takes no prior of a prior's scale on common effects, so a learned scale is fixed."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from benchmarks.adapters import Setting
from benchmarks.adapters.base import installed, version_of
from benchmarks.posterior.record import CHAINS, Contestant, Draws, Facts, Problem

FIXED = "Laplace scales fixed at the posterior median of the reference"
FAMILIES = {"gaussian": "gaussian", "bernoulli": "bernoulli", "poisson": "poisson"}


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    return "" if facts.prior == "laplace" else "has no horseshoe, nor priors of the scale of a common effect"


def remark(facts: Facts) -> str:
    """Return in what its model differs."""
    return FIXED if facts.scale is None else ""


def prepare(problem: Problem, setting: Setting) -> Callable[[int], Callable[[], Draws]]:
    """Return the way from the data frame to inference data."""
    import bambi as bmb

    facts, frame, scales = problem.facts, problem.frame(), problem.scales
    if scales is None:
        raise RuntimeError("no reference run to take the scales from")
    formula = "y ~ " + " + ".join(problem.names)
    priors = {name: bmb.Prior("Laplace", mu=0.0, b=float(at)) for name, at in zip(problem.names, scales, strict=True)}
    priors["Intercept"] = bmb.Prior("Flat")
    if facts.family == "gaussian":
        priors["sigma"] = bmb.Prior("HalfStudentT", nu=3, sigma=float(problem.y.std()))

    def run(seed: int) -> Callable[[], Draws]:
        model = bmb.Model(formula, frame, family=FAMILIES[facts.family], priors=priors)
        tree = model.fit(
            draws=facts.draws,
            tune=facts.tune,
            chains=CHAINS,
            random_seed=seed,
            inference_method="nutpie",
            progressbar=False,
        )

        def read() -> Draws:
            posterior = tree["posterior"]
            found = {"coef": np.stack([np.asarray(posterior[name]) for name in problem.names], axis=-1)}
            return found | ({"sigma": np.asarray(posterior["sigma"])} if facts.family == "gaussian" else {})

        return read

    return run


CONTESTANT = Contestant(
    "bambi",
    remark,
    refuses,
    prepare,
    installed("bambi"),
    version_of("bambi"),
    lambda: sys.executable,
    learns=False,
)
