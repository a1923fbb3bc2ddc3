"""bayesbridge: Gibbs sampling under the bridge prior. ``BENCHMARKS_BAYESBRIDGE_PYTHON`` names a Python that has it.

Exponent 1 is the Laplace prior; its global scale is always learned, under its own reference prior, in absolute units.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np

from benchmarks.adapters import Setting
from benchmarks.posterior.record import CHAINS, Contestant, Draws, Facts, Problem

VARIABLE = "BENCHMARKS_BAYESBRIDGE_PYTHON"
FAMILIES = {"gaussian": "linear", "bernoulli": "logit"}


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    if facts.family not in FAMILIES:
        return f"has no {facts.family} models"
    if facts.prior != "laplace":
        return "has bridge priors, and no half-Cauchy horseshoe"
    return "" if facts.scale is None else "learns its global scale always"


def interpreter() -> str:
    """Return the Python that has the package."""
    return os.environ.get(VARIABLE, sys.executable)


def _ask(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([interpreter(), "-c", code], capture_output=True, text=True, check=False)


def missing() -> str:
    """Return why the package can not be run here."""
    if VARIABLE not in os.environ:
        known = importlib.util.find_spec("bayesbridge") is not None
        return "" if known else f"bayesbridge is not installed; {VARIABLE} may name a Python that has it"
    done = _ask("import bayesbridge, pandas")
    return "" if done.returncode == 0 else f"{VARIABLE}={interpreter()!r} can not import bayesbridge and pandas"


def version() -> str:
    """Return the version, as its own interpreter has it."""
    if interpreter() == sys.executable:
        return importlib.metadata.version("bayesbridge")
    return _ask("import importlib.metadata as m; print(m.version('bayesbridge'))").stdout.strip()


def prepare(problem: Problem, setting: Setting) -> Callable[[int], Callable[[], Draws]]:
    """Return the way from the data frame to draws, chain after chain."""
    from bayesbridge import BayesBridge, RegressionCoefPrior, RegressionModel

    facts, frame = problem.facts, problem.frame()

    def run(seed: int) -> Callable[[], Draws]:
        X, y = frame[problem.names].to_numpy(), frame["y"].to_numpy()
        sd = X.std(axis=0)
        Z = (X - X.mean(axis=0)) / sd
        outcome = y if facts.family == "gaussian" else (np.ones_like(y), y)
        chains = []
        for chain in range(CHAINS):
            bridge = BayesBridge(
                RegressionModel(outcome, Z, family=FAMILIES[facts.family]), RegressionCoefPrior(bridge_exponent=1.0)
            )
            samples, _ = bridge.gibbs(
                n_iter=facts.tune + facts.draws,
                n_burnin=facts.tune,
                seed=CHAINS * seed + chain,
                params_to_save=("coef", "global_scale", "obs_prec"),
                n_status_update=0,
            )
            chains.append(samples)

        def read() -> Draws:
            found = {"coef": np.stack([one["coef"].T[:, -facts.p :] / sd for one in chains])}
            if facts.family == "gaussian":
                found["sigma"] = np.stack([np.ravel(one["obs_prec"]) for one in chains]) ** -0.5
                found["strength"] = np.stack([np.ravel(one["global_scale"]) for one in chains]) / found["sigma"]
            return found

        return read

    return run


CONTESTANT = Contestant(
    "bayesbridge",
    lambda facts: "global scale absolute, under its own reference prior",
    refuses,
    prepare,
    missing,
    version,
    interpreter,
    learns=False,
)
