"""Leaf weights of boosted trees, and XGBoost's linear booster."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/conventions/test_trees.py::"
_DOCUMENTED: dict[str, Any] = {"family": "any", "status": "documented"}
_ALPHA: dict[str, Any] = _DOCUMENTED | {"argument": "reg_alpha", "a1": "reg_alpha", "a2": "0", "share": 1.0}
_LAMBDA: dict[str, Any] = _DOCUMENTED | {"argument": "reg_lambda", "a1": "0", "a2": "reg_lambda", "share": 0.0}
_LEAVES: dict[str, Any] = {"A": "1", "tested_by": _TESTS + "test_leaves"}
_LINEAR: dict[str, Any] = {
    "package": "xgboost",
    "estimator": "gblinear",
    "A": "1/n",
    "f": (("n", 1),),
    "tested_by": _TESTS + "test_gblinear",
}
_ONE_STEP = (
    "A leaf is S(sum of residuals, reg_alpha) / (rows + reg_lambda): the columns are indicators of the leaves of one "
    "tree, and the strength is per data set; exact for squared error, a Newton step for other losses."
)
_MEAN = "Per row, unlike the trees of the same package: xgboost divides by the sum of the weights here."
_L1, _L2 = "bayesreg.L1.lam", "bayesreg.L2.lam"

ROWS: tuple[Convention, ...] = (
    Convention(**_LINEAR, **_ALPHA, note=_MEAN, example=example(0.01, _L1, 4.0, n=400)),
    Convention(**_LINEAR, **_LAMBDA, note=_MEAN, example=example(0.01, _L2, 4.0, n=400)),
    Convention(
        **_LEAVES,
        **_ALPHA,
        package="xgboost",
        estimator="gbtree",
        note=_ONE_STEP,
        example=example(1.0, _L1, 1.0),
    ),
    Convention(
        **_LEAVES,
        **_LAMBDA,
        package="xgboost",
        estimator="gbtree",
        note="reg_lambda = 1 is the default. " + _ONE_STEP,
        example=example(1.0, _L2, 1.0),
    ),
    Convention(
        **_LEAVES,
        **_ALPHA,
        package="lightgbm",
        estimator="leaves",
        note=_ONE_STEP,
        example=example(1.0, _L1, 1.0),
    ),
    Convention(
        **_LEAVES,
        **_LAMBDA,
        package="lightgbm",
        estimator="leaves",
        note=_ONE_STEP,
        example=example(1.0, "xgboost.gbtree.reg_lambda", 1.0),
    ),
)
