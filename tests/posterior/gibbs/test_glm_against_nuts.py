"""Every family that is not Gaussian: both kinds of moves against NUTS, which shares the density and nothing else.

Coefficients, the nuisance parameter and learned scales: means, spreads and quantiles, each comparison one family with a
family-wise error of 1e-4.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import bayesreg as br
from bayesreg.posterior.gibbs import glm
from tests.posterior.agreement import between

pytestmark = pytest.mark.slow

N, P, DRAWS = 80, 4, 2000
FAMILIES: dict[str, Any] = {
    "bernoulli": {"family": "bernoulli", "prior": br.L1()},
    "bernoulli, horseshoe": {"family": "bernoulli", "prior": br.Horseshoe(br.HalfCauchy(0.3))},
    "binomial": {"family": "binomial", "prior": br.ElasticNet(l1_ratio=0.5)},
    "probit": {"family": br.Family("bernoulli", link="probit"), "prior": br.L2()},
    "poisson": {"family": "poisson", "prior": br.L1()},
    "negative binomial": {"family": "negative_binomial", "prior": br.L1()},
    "student t": {"family": br.Family("student_t", df=5.0), "prior": br.L1()},
    "student t, regularised horseshoe": {
        "family": "student_t",
        "prior": br.RegularizedHorseshoe(0.2, 1.0, 4.0, relative_to=None),
    },
}
WITH_POLE = ("bernoulli, horseshoe", "student t, regularised horseshoe")


@cache
def model(name: str) -> br.Model:
    rng = np.random.default_rng(4)
    X = rng.normal(size=(N, P)) @ (0.6 * np.eye(P) + 0.4)
    eta = 0.3 + X @ np.array([0.8, -0.5, 0.2, 0.0])
    chance, trials = 1.0 / (1.0 + np.exp(-eta)), rng.integers(1, 5, N)
    classes = (rng.random(N) < chance).astype(float)
    y = {
        "bernoulli": classes,
        "bernoulli, horseshoe": classes,
        "binomial": rng.binomial(trials, chance) / trials,
        "probit": (eta + rng.normal(size=N) > 0.0).astype(float),
        "poisson": rng.poisson(np.exp(eta)),
        "negative binomial": rng.poisson(np.exp(eta) * rng.gamma(1.5, 1.0 / 1.5, N)),
    }.get(name, eta + rng.standard_t(5.0, N))
    weights = {"weights": trials.astype(float)} if name == "binomial" else {}
    return br.Model.from_arrays(X, y, **FAMILIES[name], **weights)


def quantities(posterior: Any) -> dict[str, np.ndarray]:
    """Return the coefficients, and logarithms of the nuisance parameter and of learned scales, each (chains, draws)."""
    beta = np.asarray(posterior["beta"])
    found = {str(name): beta[..., j] for j, name in enumerate(posterior["coef"].values)}
    found |= {name: np.log(np.asarray(posterior[name])) for name in ("sigma", "shape") if name in posterior}
    scales = np.log(np.asarray(posterior["scale"])) if "scale" in posterior else np.zeros((*beta.shape[:2], 0))
    return found | {f"log scale {k}": scales[..., k] for k in range(scales.shape[-1])}


@cache
def by_nuts(name: str) -> dict[str, np.ndarray]:
    return quantities(model(name).sample(draws=DRAWS, tune=1000, seed=6, engine="nuts").tree["posterior"])


@pytest.mark.parametrize(
    ("name", "latent"),
    [
        *((name, False) for name in FAMILIES if name not in WITH_POLE),
        *((name, True) for name in FAMILIES if name != "poisson"),
    ],
)
def test_moves_agree_with_nuts(monkeypatch: pytest.MonkeyPatch, name: str, latent: bool) -> None:
    if latent:
        monkeypatch.setattr(glm, "_why_not_followed", lambda resolved: "latent variables are asked for")
    post = model(name).sample(draws=DRAWS, tune=500, seed=5, engine="gibbs")
    assert latent == ("latent variables of the rows" in post.why)
    verdict = between(quantities(post.tree["posterior"]), by_nuts(name))
    assert verdict.agrees, verdict
