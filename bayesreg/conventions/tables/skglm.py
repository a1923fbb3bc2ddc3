"""skglm."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/conventions/test_celer_skglm.py::"
_PER_ROW: dict[str, Any] = {
    "package": "skglm",
    "argument": "alpha",
    "A": "1/n",
    "f": (("n", 1),),
    "status": "fitted",
}
_LASSO: dict[str, Any] = _PER_ROW | {
    "family": "gaussian",
    "a1": "alpha",
    "a2": "0",
    "share": 1.0,
}
_NET: dict[str, Any] = _PER_ROW | {
    "a1": "alpha l1_ratio",
    "a2": "alpha (1 - l1_ratio)",
    "share": "l1_ratio",
}
_L1 = "bayesreg.L1.lam"

ROWS: tuple[Convention, ...] = (
    Convention(
        **_LASSO,
        estimator="Lasso",
        positive=True,
        tested_by=_TESTS + "test_skglm_lasso",
        example=example(0.5, _L1, 221.0, n=442),
    ),
    Convention(
        **_LASSO,
        estimator="WeightedLasso",
        weights="weights",
        positive=True,
        note="weights are not rescaled, unlike glmnet's penalty.factor.",
        tested_by=_TESTS + "test_skglm_weighted_lasso",
        example=example(0.5, _L1, 221.0, n=442),
    ),
    Convention(
        **_NET,
        estimator="ElasticNet",
        family="gaussian",
        default_share=0.5,
        positive=True,
        tested_by=_TESTS + "test_skglm_elastic_net",
        example=example(0.5, "bayesreg.ElasticNet.lam", 221.0, n=442, l1_ratio=0.7),
    ),
    Convention(
        **_NET,
        estimator="SparseLogisticRegression",
        family="bernoulli",
        default_share=1.0,
        note="Per row, where scikit-learn's C is per data set.",
        tested_by=_TESTS + "test_skglm_sparse_logistic_regression",
        example=example(0.01, "sklearn.LogisticRegression.C", 0.25, n=400, l1_ratio=1.0),
    ),
    Convention(
        **_LASSO,
        estimator="GroupLasso",
        kind="group",
        weights="weights",
        note="No root of the group's size, which br.GroupLasso has by default: weights=1 there.",
        tested_by=_TESTS + "test_skglm_group_lasso",
        example=example(0.5, "bayesreg.GroupLasso.lam", 221.0, n=442),
    ),
    Convention(
        **_LASSO,
        estimator="MCPRegression",
        kind="mcp",
        shape={"gamma": "gamma"},
        defaults={"gamma": 3.0},
        positive=True,
        note="gamma is relative to the loss per row: br.MCP(..., bend='rows').",
        tested_by=_TESTS + "test_skglm_mcp_regression",
        example=example(0.5, "bayesreg.MCP.lam", 221.0, n=442),
    ),
)
