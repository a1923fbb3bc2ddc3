"""Prior densities of many draws at many strengths, against the log joint's prior of one draw at one strength."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bayesreg as br
from bayesreg.objective import log_prior
from bayesreg.posterior.bands.prior import is_proper, log_priors

FACTORS = (0.5, 1.0, 3.0)
PENALTIES = {
    "lasso": br.L1(3.0),
    "lasso by sigma": br.L1(3.0, relative_to="sigma"),
    "ridge by sigma": br.L2(3.0, relative_to="sigma"),
    "elastic net by sigma": br.ElasticNet(2.0, 0.4, relative_to="sigma"),
    "groups by sigma": br.GroupLasso(2.0, relative_to="sigma"),
    "fused": br.FusedLasso(2.0, l1=1.0),
    "Student-t": br.StudentT(4.0, 2.0),
    "two blocks and the intercept": {"Intercept": br.Normal(5.0), "bmi + bp": br.L1(2.0), ...: br.L2(4.0)},
    "MCP": br.MCP(2.0),
}


@pytest.mark.parametrize("name", PENALTIES)
def test_differences_between_strengths_are_those_of_the_log_joint(name: str) -> None:
    """Constants of a draw are left out, so each column may differ by one number: compare differences between rows."""
    given: Any = PENALTIES[name]
    model = br.Model("target ~ bmi + bp + s5 + C(sex)", br.datasets.diabetes().head(60), penalty=given)
    resolved = model.resolved
    at = [resolved.multiplied(factor) for factor in FACTORS]
    rng = np.random.default_rng(2)
    beta = rng.normal(size=(7, len(resolved.coefficients))) * 10.0
    sigma = rng.uniform(20.0, 90.0, 7)
    found = log_priors(at, beta, sigma)
    expected = np.array([[log_prior(one, b, s) for b, s in zip(beta, sigma, strict=True)] for one in at])
    np.testing.assert_allclose(np.diff(found, axis=0), np.diff(expected, axis=0), rtol=1e-9, atol=1e-9)


def test_sigma_may_be_fixed() -> None:
    model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L1(3.0), dispersion=3000.0)
    beta = np.array([[100.0, 2.0, -1.0], [0.0, 0.5, 0.1]])
    expected = [log_prior(model.resolved, b) for b in beta]
    np.testing.assert_allclose(log_priors([model.resolved], beta, None)[0], expected, rtol=1e-12)


def test_what_is_no_distribution_is_known() -> None:
    data = br.datasets.diabetes()
    assert is_proper(br.Model("target ~ bmi + bp", data, penalty=br.L1(3.0)).resolved)
    assert not is_proper(br.Model("target ~ bmi + bp", data, penalty=br.MCP(3.0)).resolved)
