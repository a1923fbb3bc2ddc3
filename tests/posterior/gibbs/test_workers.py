"""The same seed gives the same draws, to the last bit: in this process, in others, and with threads for the rows.

Runs as short as these stay in one process and have few rows; the sizes that decide are set so that they do not.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import bayesreg as br
from bayesreg.posterior.gibbs import engine, glm
from bayesreg.posterior.gibbs.hamiltonian import rows

PLAN = {"draws": 25, "tune": 20, "chains": 3, "engine": "gibbs"}
LAWS: dict[str, Any] = {
    "lasso": br.L1(),
    "horseshoe": br.Horseshoe(br.HalfCauchy(0.2), relative_to="sigma"),
    "group": {"x0 + x1": br.GroupLasso(), "x2 + x3": br.L2()},
}
FAMILIES: dict[str, Any] = {
    "bernoulli": {"family": "bernoulli"},
    "binomial": {"family": "binomial"},
    "probit": {"family": br.Family("bernoulli", link="probit")},
    "negative binomial": {"family": "negative_binomial"},
    "student t": {"family": "student_t"},
}


def data(name: str, n: int = 30, p: int = 4) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Return columns, responses and further arguments of a model of a family."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(n, p))
    eta = X @ np.linspace(0.8, -0.4, p)
    chance, trials = 1.0 / (1.0 + np.exp(-eta)), rng.integers(1, 6, size=n)
    y = {
        "bernoulli": (rng.random(n) < chance).astype(float),
        "probit": (rng.random(n) < chance).astype(float),
        "binomial": rng.binomial(trials, chance) / trials,
        "poisson": rng.poisson(np.exp(eta)).astype(float),
        "negative binomial": rng.poisson(np.exp(eta) * rng.gamma(2.0, 0.5, n)).astype(float),
        "student t": eta + rng.standard_t(4.0, n),
        "gaussian": eta + rng.normal(size=n),
    }[name]
    return X, y, {"weights": trials.astype(float)} if name == "binomial" else {}


def model(name: str, prior: Any, **options: Any) -> br.Model:
    X, y, more = data(name)
    return br.Model.from_arrays(X, y, names=[f"x{j}" for j in range(4)], prior=prior, **options, **more)


def posterior(built: br.Model, seed: int = 7, **options: Any) -> dict[str, np.ndarray]:
    """Return all that is in the posterior group."""
    tree = built.sample(seed=seed, **PLAN, **options).tree["posterior"]
    return {str(name): np.asarray(value) for name, value in tree.data_vars.items()}


def assert_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert set(one) == set(other)
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


def check_processes(built: br.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """One chain at a time, for one and two workers: the latter in processes, in rounds that cut the warm-up."""
    monkeypatch.setattr(engine, "TOGETHER", 0.0)
    one = posterior(built, workers=1)
    asked = []
    right = engine.run_tasks

    def run_tasks(*given: Any, workers: int, **options: Any) -> Any:
        asked.append(workers)
        return right(*given, workers=workers, **options)

    monkeypatch.setattr(engine, "run_tasks", run_tasks)
    monkeypatch.setattr(engine, "LONG", 0.0)
    monkeypatch.setattr(engine, "ROUND", 17)
    assert_same(one, posterior(built, workers=2))
    assert asked == [2, 2, 2]
    assert not np.array_equal(one["beta"], posterior(built, seed=8, workers=1)["beta"])


@pytest.mark.parametrize("name", LAWS)
def test_linear_models_in_processes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    check_processes(model("gaussian", LAWS[name]), monkeypatch)


@pytest.mark.parametrize("name", FAMILIES)
def test_latent_variables_of_rows_in_processes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Under a horseshoe, whose density has a pole: other laws take Hamiltonian moves."""
    check_processes(model(name, br.Horseshoe(br.HalfCauchy(0.5)), **FAMILIES[name]), monkeypatch)


@pytest.mark.parametrize("name", [*FAMILIES, "poisson"])
def test_hamiltonian_moves_with_threads(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """By pieces of 7 rows: in this thread alone, in two, and in as many as there are cores."""
    family = {"poisson": {"family": "poisson"}} | FAMILIES
    built = model(name, br.L1(), **family[name])
    monkeypatch.setattr(rows, "CHUNK", 7)
    monkeypatch.setattr(glm, "CHUNK", 7)
    shared = []
    right = ThreadPoolExecutor.map
    monkeypatch.setattr(ThreadPoolExecutor, "map", lambda *given: shared.append(1) or right(*given))
    one = posterior(built, workers=1)
    assert not shared
    assert_same(one, posterior(built, workers=2))
    assert len(shared) > 100
    assert_same(one, posterior(built))
    assert not np.array_equal(one["beta"], posterior(built, seed=8, workers=1)["beta"])


@pytest.mark.parametrize("name", ["gaussian", "bernoulli", "student t"])
def test_short_runs_advance_side_by_side_whatever_the_workers(name: str) -> None:
    built = model(name, br.Horseshoe(0.5), **FAMILIES.get(name, {}))
    assert_same(posterior(built, workers=1), posterior(built, workers=2))
