"""scikit-learn: ``lasso_path``, ``enet_path``, ``LassoCV``, ``LogisticRegression`` warm-started, ``RidgeCV``."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.adapters.base import Adapter, Run, Setting, installed, kind, tolerances, version_of
from benchmarks.record import FOLDS, Answer, Facts, Problem, fold_of_rows, timed

KINDS = ("gaussian l1", "gaussian elastic_net", "bernoulli l1", "gaussian l2 loo", "gaussian l1 cv")


def refuses(facts: Facts) -> str:
    """Return what the package lacks."""
    return "" if kind(facts) in KINDS else f"has no {facts.family} path with the penalty {facts.penalty}"


def _settings(facts: Facts) -> tuple[Setting, ...]:
    if facts.task == "loo":
        return (Setting("default"),)
    if facts.task == "cv":
        return tolerances(1e-4, 1e-8)
    if facts.family == "bernoulli":
        return tolerances(1e-4, 1e-6, 1e-8)
    return tolerances(1e-4, 4e-7, 1e-8)  # it stops at a gap of tol ||y||^2: the second is 8e-7 in our units


def prepare(problem: Problem, setting: Setting) -> Run:
    """Return the function that fits this problem."""
    if problem.facts.task == "loo":
        return _ridge(problem)
    if problem.facts.task == "cv":
        return _cross_validated(problem, setting)
    return _logistic(problem, setting) if problem.facts.family == "bernoulli" else _gaussian(problem, setting)


def _gaussian(problem: Problem, setting: Setting) -> Run:
    from sklearn.linear_model import enet_path

    options = {"l1_ratio": problem.facts.share, "alphas": problem.alphas, "tol": setting.tolerance, "max_iter": 100_000}
    return lambda: timed(lambda: (enet_path(problem.X, problem.y, **options)[1].T, 0.0))


def _cross_validated(problem: Problem, setting: Setting) -> Run:
    """Return ``LassoCV``, and the paths that it follows in the folds: of centred rows, with the same options."""
    from sklearn.linear_model import LassoCV, lasso_path

    folds = fold_of_rows(problem.facts.n)
    splits = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(FOLDS)]
    options = {"tol": setting.tolerance, "max_iter": 100_000}

    def without(fold: int) -> tuple[np.ndarray, np.ndarray]:
        inner = problem.without(fold)
        center, level = inner.X.mean(axis=0), inner.y.mean()
        X = np.asfortranarray(inner.X - center)
        coefs = lasso_path(X, inner.y - level, alphas=problem.alphas, **options)[1].T
        return coefs, level - coefs @ center

    def run() -> Answer:
        start = time.perf_counter()
        LassoCV(alphas=problem.alphas, cv=splits, **options).fit(problem.X, problem.y)
        seconds = time.perf_counter() - start
        return Answer(seconds, fold_fits=lambda: [without(fold) for fold in range(FOLDS)])

    return run


def _logistic(problem: Problem, setting: Setting) -> Run:
    """Return the fits by liblinear where there is no intercept (it would penalise one), else by SAGA."""
    from sklearn.linear_model import LogisticRegression

    solver = "saga" if problem.facts.intercept else "liblinear"

    def fits() -> tuple[np.ndarray, np.ndarray]:
        model = LogisticRegression(
            l1_ratio=1.0,
            solver=solver,
            tol=setting.tolerance,
            max_iter=100_000,
            fit_intercept=problem.facts.intercept,
            warm_start=solver == "saga",
            random_state=0,
        )
        coefs, levels = [], []
        for lam in problem.lams:
            model.set_params(C=1.0 / lam).fit(problem.X, problem.y)
            coefs.append(model.coef_[0].copy())
            levels.append(float(np.ravel(model.intercept_)[0]))
        return np.array(coefs), np.array(levels)

    return lambda: timed(fits)


def _ridge(problem: Problem) -> Run:
    """Return ``RidgeCV``: exact leave-one-out errors at every strength, coefficients at the best alone."""
    from sklearn.linear_model import RidgeCV

    def run() -> Answer:
        start = time.perf_counter()
        model = RidgeCV(problem.lams, fit_intercept=problem.facts.intercept, store_cv_results=True)
        model.fit(problem.X, problem.y)
        return Answer(time.perf_counter() - start, loo=model.cv_results_.sum(axis=0))

    return run


ADAPTER = Adapter("scikit-learn", _settings, refuses, prepare, installed("sklearn"), version_of("scikit-learn"))
