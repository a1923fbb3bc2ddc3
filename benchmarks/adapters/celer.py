"""celer: ``celer_path`` with pruning, as its estimators do; logistic strengths are not per row; no intercept."""

from __future__ import annotations

from benchmarks.adapters.base import Adapter, Run, Setting, installed, kind, tolerances, version_of
from benchmarks.record import Facts, Problem, timed

NAMES = {
    "gaussian l1": "lasso",
    "gaussian elastic_net": "lasso",
    "gaussian group": "grouplasso",
    "bernoulli l1": "logreg",
}


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    if kind(facts) not in NAMES:
        return f"has no {facts.family} path with the penalty {facts.penalty}"
    return "celer_path fits no intercept" if facts.intercept else ""


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return the function that fits this problem."""
    import numpy as np
    from celer import celer_path

    name = NAMES[kind(problem.facts)]
    options = {"alphas": problem.alphas, "tol": setting.tolerance, "l1_ratio": problem.facts.share, "prune": 1}
    y = problem.y
    if name == "logreg":
        options["alphas"], y = problem.lams, 2.0 * problem.y - 1.0
    if name == "grouplasso":
        sizes = problem.group_sizes
        options |= {"groups": sizes.tolist(), "weights": np.sqrt(sizes)}
    return lambda: timed(lambda: (celer_path(problem.X, y, name, **options)[1].T, 0.0))


ADAPTER = Adapter(
    "celer",
    lambda facts: tolerances(1e-6, 1e-8, 1e-12),
    refuses,
    prepare,
    installed("celer"),
    version_of("celer"),
)
