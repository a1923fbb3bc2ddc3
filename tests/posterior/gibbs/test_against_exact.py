"""Quadratic penalties, whose posterior the exact engine knows: each way of moving sigma and the scales against it.

Both sets of draws have Monte Carlo error; all statements of a model are judged together at a family-wise error of
1e-4 (`agreement`), at fixed seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.posterior.gibbs import collapsed
from bayesreg.posterior.gibbs.linear import LinearSampler
from tests.posterior.agreement import between


def data(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n + p)
    X = rng.standard_normal((n, p)) + 0.7 * rng.standard_normal((n, 1))
    return X, 2.0 + X[:, :2] @ [1.0, -0.5] + 0.8 * rng.standard_normal(n)


def model_of(n: int, p: int, penalty: Any, **options: Any) -> br.Model:
    X, y = data(n, p)
    return br.Model.from_arrays(X, y, names=[f"x{j}" for j in range(p)], penalty=penalty, **options)


MODELS = {
    "learned, tall": lambda: model_of(60, 4, br.L2()),
    "learned, wide": lambda: model_of(12, 15, br.L2()),
    "learned, absolute, tall": lambda: model_of(60, 4, br.Normal(br.HalfNormal(1.0))),
    "learned, absolute, wide": lambda: model_of(12, 15, br.Normal(br.HalfNormal(1.0))),
    "learned, sigma fixed, wide": lambda: model_of(12, 15, br.L2(), dispersion=0.6),
    "two learned, tall": lambda: model_of(60, 4, {"x0 + x1": br.L2(), ...: br.L2()}),
    "two learned, wide": lambda: model_of(12, 14, {"x0 + x1": br.L2(), ...: br.L2()}),
    "given, relative": lambda: model_of(30, 4, br.L2(3.0, relative_to="sigma")),
    "given, relative, wide": lambda: model_of(12, 15, br.L2(3.0, relative_to="sigma")),
    "given, absolute, wide": lambda: model_of(12, 15, br.Normal(0.4)),
    "given, sigma fixed": lambda: model_of(30, 4, br.Normal(0.4), dispersion=0.6),
    "some flat": lambda: model_of(30, 5, {"x0 + x3": br.Flat(), ...: br.L2()}),
    "all flat": lambda: model_of(30, 3, None),
    "a free weight": lambda: model_of(30, 4, br.L2(4.0, weights=[1.0, 0.0, 2.0, 1.0])),
    "intercept penalised": lambda: model_of(30, 3, {"Intercept": br.Normal(1.0), ...: br.L2(2.0)}),
    "smooth": lambda: model_of(30, 6, br.Smooth(5.0)),
    "precision weights": lambda: model_of(
        30, 4, br.L2(), weights=br.Weights(np.linspace(0.2, 3.0, 30), kind="precision")
    ),
    "copies": lambda: model_of(30, 4, br.L2(), weights=br.Weights(np.arange(30) % 4, kind="frequency")),
    "offset, no intercept": lambda: model_of(30, 4, br.L2(), offset=np.linspace(0.0, 4.0, 30), intercept=False),
    "another prior of sigma": lambda: model_of(12, 15, br.L2(), dispersion=br.Exponential(2.0)),
}


def quantities(posterior: Any) -> dict[str, np.ndarray]:
    tree = posterior.tree["posterior"]
    found = {str(name): np.asarray(tree["beta"].sel(coef=name)) for name in tree["coef"].values}
    if "sigma" in tree:
        found["log sigma"] = np.log(np.asarray(tree["sigma"]))
    for k in range(tree.sizes.get("strength", 0)):
        found[f"log scale {k}"] = np.log(np.asarray(tree["scale"])[..., k])
    return found


@pytest.mark.parametrize("name", MODELS)
def test_draws_agree_with_the_exact_engine(name: str) -> None:
    model = MODELS[name]()
    gibbs = quantities(model.sample(500, seed=3, engine="gibbs"))
    verdict = between(gibbs, quantities(model.sample(2000, seed=4, engine="exact")))
    assert verdict.agrees, str(verdict)


def test_two_forms_of_many_values_of_a_matrix_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eigenvalues and the tridiagonal form, and both with a normal density of SciPy, to rounding."""
    rng = np.random.default_rng(5)
    rows, y = rng.standard_normal((2, 7, 9)), rng.standard_normal(7)
    spreads = [np.asfortranarray(one @ one.T) for one in rows]
    squared = np.array([0.3, 40.0])
    small = collapsed._thin(spreads, y)(squared)
    monkeypatch.setattr(collapsed, "SMALL", 0)
    large = collapsed._thin(spreads, y)(squared)
    np.testing.assert_allclose(small, large, rtol=1e-12)
    for k in range(2):
        covariance = np.eye(7) + squared[k] * spreads[k]
        density = stats.multivariate_normal(cov=covariance).logpdf(y) + 3.5 * np.log(2.0 * np.pi)
        assert density == pytest.approx(-large[0][k] - 0.5 * large[1][k], rel=1e-12)


def test_every_way_is_taken() -> None:
    samplers = {
        name: LinearSampler(model.design, model.resolved) for name, model in ((k, f()) for k, f in MODELS.items())
    }
    assert not samplers["learned, tall"].is_wide
    assert samplers["learned, wide"]._collapsed.has_one_scale
    assert not samplers["two learned, wide"]._collapsed.has_one_scale
    assert samplers["two learned, wide"].is_wide
    assert samplers["learned, tall"]._conjugate is not None
    assert samplers["given, relative"]._conjugate is None


def test_a_wrong_move_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The determinant left out of the density of sigma and the scale, as if coefficients were not integrated out."""
    right = collapsed._thin

    def without_determinant(spreads: list[np.ndarray], y: np.ndarray) -> Any:
        marginal = right(spreads, y)
        return lambda squared: (np.zeros_like(squared), marginal(squared)[1])

    model = model_of(30, 40, br.L2())
    exact = quantities(model.sample(1000, seed=4, engine="exact"))
    assert between(quantities(model.sample(100, seed=3, engine="gibbs")), exact).agrees
    monkeypatch.setattr(collapsed, "_thin", without_determinant)
    assert not between(quantities(model.sample(100, seed=3, engine="gibbs")), exact).agrees


def test_a_scale_whose_prior_is_a_point_leaves_sigma_free() -> None:
    """Proposals that leave the prior out are never accepted there; slices of sigma alone move it."""
    narrow = quantities(model_of(60, 4, br.L1(lam=br.Gamma(1e6, 1e5))).sample(1500, seed=3, engine="gibbs"))
    given = quantities(model_of(60, 4, br.Laplace(0.1, relative_to="sigma")).sample(1500, seed=4, engine="gibbs"))
    narrow.pop("log scale 0")
    verdict = between(narrow, given)
    assert verdict.agrees, str(verdict)
