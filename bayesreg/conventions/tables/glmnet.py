"""R's glmnet."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTED = "tests/reference/test_packages.py::test_glmnet"
_GLMNET: dict[str, Any] = {
    "package": "glmnet",
    "argument": "lambda",
    "A": "1/n",
    "a1": "lambda alpha",
    "share": "alpha",
    "default_share": 1.0,
    "f": (("n", 1),),
    "columns": "either",
    "weights": "penalty_factor",
    "status": "stored",
    "tested_by": _TESTED,
}
_PLAIN: dict[str, Any] = _GLMNET | {"a2": "lambda (1 - alpha)"}
_RESCALED = "penalty.factor is rescaled to sum to the number of columns, zeros included."

ROWS: tuple[Convention, ...] = (
    Convention(
        **_GLMNET,
        estimator="gaussian",
        family="gaussian",
        a2="lambda (1 - alpha) / s_y",
        g=(("s_y", -1),),
        note="s_y is the 1/n standard deviation of y: glmnet scales y by it, solves and scales back, which divides "
        "the square by s_y. family=gaussian() (the object) does not: glmnet.gaussian().lambda. " + _RESCALED,
        example=example(0.5, "bayesreg.L2.lam", 12.5, n=100, s_y=4.0, alpha=0.0),
    ),
    Convention(
        **_PLAIN,
        estimator="gaussian()",
        family="gaussian",
        note="The family object: no s_y, unlike family='gaussian'. " + _RESCALED,
        example=example(0.5, "bayesreg.L2.lam", 50.0, n=100, alpha=0.0),
    ),
    Convention(
        **_PLAIN,
        estimator="binomial",
        family="bernoulli",
        note=_RESCALED,
        example=example(0.5, "sklearn.LogisticRegression.C", 0.02, n=100, alpha=1.0, l1_ratio=1.0),
    ),
    Convention(
        **_PLAIN,
        estimator="poisson",
        family="poisson",
        note=_RESCALED,
        example=example(0.5, "bayesreg.Laplace.scale", 0.02, n=100, alpha=1.0),
    ),
)
