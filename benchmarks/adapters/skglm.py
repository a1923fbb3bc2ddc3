"""skglm: ``AndersonCD.path`` for the lasso and the elastic net, else one solve a strength from the one before."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.adapters.base import Adapter, Run, Setting, installed, kind, tolerances, version_of
from benchmarks.record import Facts, Problem, timed

KINDS = ("gaussian l1", "gaussian elastic_net", "gaussian group", "bernoulli l1", "poisson l1")


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    return "" if kind(facts) in KINDS else f"has no {facts.family} path with the penalty {facts.penalty}"


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return the function that fits this problem."""
    if problem.facts.penalty != "group" and problem.facts.family == "gaussian":
        return _coordinates(problem, setting)
    return _steps(problem, setting)


def _coordinates(problem: Problem, setting: Setting) -> Run:
    from skglm.datafits import Quadratic
    from skglm.penalties import L1, L1_plus_L2
    from skglm.solvers import AndersonCD

    def path() -> tuple[np.ndarray, float]:
        solver = AndersonCD(tol=setting.tolerance, fit_intercept=False, warm_start=True)
        penalty = L1(1.0) if problem.facts.penalty == "l1" else L1_plus_L2(1.0, problem.facts.share)
        return solver.path(problem.X, problem.y, Quadratic(), penalty, alphas=problem.alphas)[1].T, 0.0

    return lambda: timed(path)


def _steps(problem: Problem, setting: Setting) -> Run:
    solver, loss, penalty, y = _parts(problem, setting)

    def path() -> tuple[np.ndarray, Any]:
        intercept, coefs = int(problem.facts.intercept), []
        w, predictor = np.zeros(problem.facts.p + intercept), np.zeros(problem.facts.n)
        for alpha in problem.alphas:
            w = solver.solve(problem.X, y, loss, penalty(alpha), w.copy(), predictor)[0]
            predictor = problem.X @ w[: problem.facts.p] + (w[-1] if intercept else 0.0)
            coefs.append(w)
        values = np.array(coefs)
        return values[:, : problem.facts.p], values[:, -1] if intercept else 0.0

    return lambda: timed(path)


def _parts(problem: Problem, setting: Setting) -> tuple[Any, Any, Any, np.ndarray]:
    """Return solver, loss, the penalty as a function of the strength, and the response as skglm codes it."""
    from skglm.datafits import Logistic, Poisson, QuadraticGroup
    from skglm.penalties import L1, WeightedGroupL2
    from skglm.solvers import GroupBCD, ProxNewton

    if problem.facts.penalty == "group":
        sizes = problem.group_sizes
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        columns, weights = np.arange(problem.facts.p, dtype=np.int32), np.sqrt(sizes)
        solver = GroupBCD(max_epochs=50_000, tol=setting.tolerance, fit_intercept=False, warm_start=True)
        return (
            solver,
            QuadraticGroup(starts, columns),
            lambda alpha: WeightedGroupL2(alpha, weights, starts, columns),
            problem.y,
        )
    solver = ProxNewton(max_iter=100, tol=setting.tolerance, fit_intercept=problem.facts.intercept, warm_start=True)
    if problem.facts.family == "bernoulli":
        return solver, Logistic(), L1, 2.0 * problem.y - 1.0
    return solver, Poisson(), L1, problem.y


ADAPTER = Adapter(
    "skglm",
    lambda facts: tolerances(1e-4, 1e-7, 1e-8),
    refuses,
    prepare,
    installed("skglm"),
    version_of("skglm"),
)
