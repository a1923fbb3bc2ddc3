"""statsmodels' fit_regularized."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/conventions/test_statsmodels.py::"
_ALPHA: dict[str, Any] = {"package": "statsmodels", "argument": "alpha", "status": "fitted"}
_NET: dict[str, Any] = _ALPHA | {
    "A": "1/n",
    "a1": "alpha L1_wt",
    "a2": "alpha (1 - L1_wt)",
    "share": "L1_wt",
    "default_share": 1.0,
    "f": (("n", 1),),
}
_FROZEN = (
    "With L1_wt > 0 a coefficient that is 0 after a sweep is never tried again, so the fit can stop short of its own "
    "optimum; zero_tol=0 prevents it. "
)
_CONSTANT = "A scalar alpha also penalises the constant column: pass one alpha a column, 0 for the constant."

ROWS: tuple[Convention, ...] = (
    Convention(
        **_NET,
        estimator="OLS",
        family="gaussian",
        note=_FROZEN + _CONSTANT,
        tested_by=_TESTS + "test_ols",
        example=example(0.5, "sklearn.ElasticNet.alpha", 0.5, L1_wt=0.3, l1_ratio=0.3),
    ),
    Convention(
        **_NET,
        estimator="WLS",
        family="gaussian",
        note="n is the sum of the weights. " + _FROZEN + _CONSTANT,
        tested_by=_TESTS + "test_wls",
        example=example(0.5, "bayesreg.L2.lam", 50.0, n=100, L1_wt=0.0),
    ),
    Convention(
        **_NET,
        estimator="GLM",
        family="any",
        note="With a Gaussian response and L1_wt = 0 it divides its loss by a dispersion that it estimates along the "
        "way, so this row does not hold there; use statsmodels.OLS. " + _FROZEN + _CONSTANT,
        tested_by=_TESTS + "test_glm",
        example=example(0.05, "bayesreg.L1.lam", 5.0, n=100, L1_wt=1.0),
    ),
    Convention(
        **_ALPHA,
        estimator="Logit",
        family="bernoulli",
        A="1",
        a1="alpha",
        a2="0",
        share=1.0,
        note="Per data set, unlike GLM. " + _CONSTANT,
        tested_by=_TESTS + "test_logit",
        example=example(0.5, "statsmodels.GLM.alpha", 0.005, n=100, L1_wt=1.0),
    ),
)
