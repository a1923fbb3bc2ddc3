"""statsmodels: ``fit_regularized`` once a strength, from the coefficients of the one before.

Its coordinate descent has no tolerance that makes it more exact: more sweeps end where the default ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.adapters.base import Adapter, Run, Setting, installed, kind, version_of
from benchmarks.record import Facts, Problem, timed

KINDS = ("gaussian l1", "gaussian elastic_net", "bernoulli l1", "poisson l1")


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    if kind(facts) not in KINDS:
        return f"has no {facts.family} path with the penalty {facts.penalty}"
    return "fit_regularized takes no sparse matrix" if facts.sparse else ""


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return the function that fits this problem."""
    import statsmodels.api as sm

    first = int(problem.facts.intercept)
    penalised = np.r_[np.zeros(first), np.ones(problem.facts.p)]

    def model() -> Any:
        X = sm.add_constant(problem.X, has_constant="add") if first else problem.X
        if problem.facts.family == "gaussian":
            return sm.OLS(problem.y, X)
        laws = {"bernoulli": sm.families.Binomial, "poisson": sm.families.Poisson}
        return sm.GLM(problem.y, X, family=laws[problem.facts.family]())

    def path() -> tuple[np.ndarray, Any]:
        coefs, fitted = [], model()
        start = np.zeros(problem.facts.p + first)
        for alpha in problem.alphas:
            fit = fitted.fit_regularized(alpha=alpha * penalised, L1_wt=problem.facts.share, start_params=start)
            start = np.asarray(fit.params)
            coefs.append(start)
        values = np.array(coefs)
        return values[:, first:], values[:, 0] if first else 0.0

    return lambda: timed(path)


ADAPTER = Adapter(
    "statsmodels",
    lambda facts: (Setting("default"),),
    refuses,
    prepare,
    installed("statsmodels"),
    version_of("statsmodels"),
)
