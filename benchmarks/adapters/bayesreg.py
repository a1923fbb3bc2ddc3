"""bayesreg, by its public names: from arrays to the table of coefficients."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.adapters.base import Adapter, Run, Setting, installed, version_of
from benchmarks.record import FOLDS, Answer, Facts, Problem, fold_of_rows


def _penalty(problem: Problem) -> Any:
    import bayesreg as br

    if problem.facts.penalty == "group":
        names = np.array([f"x{j}" for j in range(problem.facts.p)])
        sets = (names[problem.groups == g] for g in range(problem.group_sizes.size))
        return {" + ".join(columns): br.GroupLasso() for columns in sets}
    laws = {"l1": br.L1(), "l2": br.L2(), "elastic_net": br.ElasticNet(l1_ratio=problem.facts.share)}
    return laws[problem.facts.penalty]


def _without(problem: Problem, fold: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the fits without the rows of a fold."""
    import bayesreg as br

    inner = problem.without(fold)
    model = br.Model.from_arrays(inner.X, inner.y, penalty=_penalty(problem), standardize=False)
    values = model.path(lams=inner.lams).params.to_numpy()
    return values[:, 1:], values[:, 0]


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return the whole way from arrays to coefficients, with the seconds of the verb alone beside it."""
    import bayesreg as br

    facts = problem.facts

    def run() -> Answer:
        start = time.perf_counter()
        model = br.Model.from_arrays(
            problem.X,
            problem.y,
            family=facts.family,
            penalty=_penalty(problem),
            standardize=False,
            intercept=facts.intercept,
        )
        built = time.perf_counter()
        if facts.task == "loo":
            curve = br.select.ridge_curve(model, lams=problem.lams)
            seconds = time.perf_counter()
            coefs = curve.params.to_numpy() / problem.X.std(axis=0)
            level = problem.y.mean() - coefs @ problem.X.mean(axis=0)
            parts = {"ridge_curve()": seconds - built}
            return Answer(seconds - start, coefs, level, parts, loo=curve.loo, dispersion=curve.dispersion)
        if facts.task == "cv":
            model.select(folds=fold_of_rows(facts.n), lams=problem.lams).fit.params.to_numpy()
            seconds = time.perf_counter() - start
            return Answer(seconds, fold_fits=lambda: [_without(problem, fold) for fold in range(FOLDS)])
        path = model.path(lams=problem.lams)
        solved = time.perf_counter()
        params = path.params
        seconds = time.perf_counter() - start
        values = params.to_numpy()
        level = values[:, 0] if facts.intercept else np.zeros(len(values))
        return Answer(seconds, values[:, int(facts.intercept) :], level, {"path()": solved - built})

    return run


def _settings(facts: Facts) -> tuple[Setting, ...]:
    return (Setting("default"),)


ADAPTER = Adapter("bayesreg", _settings, lambda facts: "", prepare, installed("bayesreg"), version_of("bayesreg"))
