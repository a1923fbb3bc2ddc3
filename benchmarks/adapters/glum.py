"""glum: ``GeneralizedLinearRegressor`` with its own search over strengths."""

from __future__ import annotations

import numpy as np

from benchmarks.adapters.base import Adapter, Run, Setting, installed, kind, tolerances, version_of
from benchmarks.record import Facts, Problem, timed

FAMILIES = {"gaussian": "normal", "bernoulli": "binomial", "poisson": "poisson"}


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    known = facts.penalty in ("l1", "elastic_net") and facts.task == "path"
    return "" if known else f"has no path for {kind(facts)}"


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return the function that fits this problem."""
    from glum import GeneralizedLinearRegressor

    def path() -> tuple[np.ndarray, np.ndarray]:
        model = GeneralizedLinearRegressor(
            family=FAMILIES[problem.facts.family],
            l1_ratio=problem.facts.share,
            alpha_search=True,
            alphas=problem.alphas,
            fit_intercept=problem.facts.intercept,
            gradient_tol=setting.tolerance,
            max_iter=1000,
        )
        model.fit(problem.X, problem.y)
        return model.coef_path_, np.ravel(model.intercept_path_)

    return lambda: timed(path)


ADAPTER = Adapter(
    "glum",
    lambda facts: tolerances(1e-4, 1e-6, 1e-8),
    refuses,
    prepare,
    installed("glum"),
    version_of("glum"),
)
