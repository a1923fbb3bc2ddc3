"""celer."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/conventions/test_celer_skglm.py::"
_CELER: dict[str, Any] = {"package": "celer", "status": "fitted"}
_PER_ROW: dict[str, Any] = _CELER | {
    "argument": "alpha",
    "family": "gaussian",
    "A": "1/n",
    "f": (("n", 1),),
}

ROWS: tuple[Convention, ...] = (
    Convention(
        **_PER_ROW,
        estimator="Lasso",
        a1="alpha",
        a2="0",
        share=1.0,
        weights="weights",
        positive=True,
        note="weights are not rescaled, unlike glmnet's penalty.factor; an infinite one leaves a column out.",
        tested_by=_TESTS + "test_celer_lasso",
        example=example(0.5, "bayesreg.L1.lam", 221.0, n=442),
    ),
    Convention(
        **_PER_ROW,
        estimator="ElasticNet",
        a1="alpha l1_ratio",
        a2="alpha (1 - l1_ratio)",
        share="l1_ratio",
        default_share=1.0,
        weights="weights",
        positive=True,
        note="Its default l1_ratio is 1, scikit-learn's 0.5. weights multiply both parts.",
        tested_by=_TESTS + "test_celer_elastic_net",
        example=example(0.5, "sklearn.ElasticNet.alpha", 0.5, l1_ratio=0.3),
    ),
    Convention(
        **_CELER,
        estimator="LogisticRegression",
        argument="C",
        family="bernoulli",
        A="C",
        a1="1",
        a2="0",
        share=1.0,
        power=-1,
        note="It has no intercept: br.Model('y ~ 0 + ...').",
        tested_by=_TESTS + "test_celer_logistic_regression",
        example=example(0.25, "bayesreg.L1.lam", 4.0),
    ),
    Convention(
        **_PER_ROW,
        estimator="GroupLasso",
        a1="alpha per group",
        a2="0",
        share=1.0,
        kind="group",
        weights="weights",
        note="No root of the group's size, which br.GroupLasso has by default: weights=1 there.",
        tested_by=_TESTS + "test_celer_group_lasso",
        example=example(0.5, "bayesreg.GroupLasso.lam", 221.0, n=442),
    ),
)
