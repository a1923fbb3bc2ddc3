"""Every law on the diabetes data: the Gibbs engine against NUTS, which shares the density and nothing else.

Means, spreads and quantiles of coefficients, sigma and the learned scale, each law one family with a family-wise error
of 1e-4. Compiling NUTS takes seconds, so one law is in the default run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bayesreg as br
from tests.posterior.agreement import Verdict, between
from tests.problems import make

SIGMA = {"relative_to": "sigma"}
LEARNED: dict[str, Any] = {
    "Laplace": br.L1(),
    "elastic net": br.ElasticNet(l1_ratio=0.5),
    "normal": br.L2(),
    "t": br.StudentT(4.0, scale=br.HalfNormal(0.5), **SIGMA),
    "horseshoe": br.Horseshoe(br.HalfCauchy(0.2), **SIGMA),
    "double Pareto": br.GeneralizedDoublePareto(br.HalfNormal(0.5), 3.0, **SIGMA),
    "group": {"age + sex + bmi + bp": br.GroupLasso(), "s1 + s2 + s3 + s4 + s5 + s6": br.GroupLasso()},
    "sparse group": {"age + sex + bmi + bp": br.SparseGroupLaplace(0.3, 0.5, **SIGMA), ...: br.Laplace(0.3, **SIGMA)},
}
FIXED: dict[str, Any] = {
    "absolute Laplace": br.Laplace(6.0),
    "fused": {"s1 + s2 + s3 + s4 + s5 + s6": br.FusedLaplace(8.0, 20.0), ...: br.Normal(20.0)},
    "regularised horseshoe": br.RegularizedHorseshoe(0.1, 1.0, 4.0),
    "learned regularised horseshoe": br.RegularizedHorseshoe(br.HalfCauchy(0.2), 1.0, 4.0),
    "R2D2": br.R2D2(0.5, 4.0, concentration=1.0),
    "spike and slab": br.SpikeSlab(0.5, 0.5, 0.1, **SIGMA),
}


def quantities(posterior: Any) -> dict[str, np.ndarray]:
    """Return the coefficients by name, sigma, and learned scales, each (chains, draws)."""
    found = {str(name): np.asarray(posterior["beta"].sel(coef=name)) for name in posterior["coef"].values}
    found["sigma"] = np.asarray(posterior["sigma"])
    if "scale" in posterior:
        scales = np.asarray(posterior["scale"])
        found |= {f"log scale {k}": np.log(scales[..., k]) for k in range(scales.shape[-1])}
    return found


def compare(penalty: Any, draws: int) -> Verdict:
    """Sample by both engines and return the verdict."""
    model = make("diabetes", penalty)
    gibbs = model.sample(draws=draws, seed=5, engine="gibbs").tree["posterior"]
    nuts = model.sample(draws=draws, seed=6, engine="nuts").tree["posterior"]
    return between(quantities(gibbs), quantities(nuts))


def test_the_default_lasso_agrees_with_nuts() -> None:
    found = compare(br.L1(), 800)
    assert found.agrees, found


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LEARNED, *FIXED])
def test_laws_agree_with_nuts(name: str) -> None:
    found = compare((LEARNED | FIXED)[name], 2000)
    assert found.agrees, found
