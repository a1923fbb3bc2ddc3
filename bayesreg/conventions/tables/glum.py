"""glum."""

from __future__ import annotations

from bayesreg.conventions.rows import Convention, example

ROWS: tuple[Convention, ...] = (
    Convention(
        package="glum",
        estimator="GeneralizedLinearRegressor",
        argument="alpha",
        family="any",
        A="1/n",
        a1="alpha l1_ratio",
        a2="alpha (1 - l1_ratio)",
        share="l1_ratio",
        default_share=0.0,
        f=(("n", 1),),
        status="fitted",
        note="n is the number of rows, or the sum of the weights, which glum divides by. alpha=None is no penalty. "
        "scale_predictors=True penalises columns over their 1/n standard deviations.",
        tested_by="tests/conventions/test_glum.py::test_glum",
        example=example(0.01, "bayesreg.ElasticNet.lam", 4.0, n=400, l1_ratio=0.5),
    ),
)
