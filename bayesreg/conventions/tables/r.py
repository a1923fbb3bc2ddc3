"""Other penalised regressions of R, and adelie, which R and Python share."""

from __future__ import annotations

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/reference/test_packages.py::"

ROWS: tuple[Convention, ...] = (
    Convention(
        package="MASS",
        estimator="lm_ridge",
        argument="lambda",
        family="gaussian",
        A="1",
        a1="0",
        a2="lambda",
        share=0.0,
        columns="standardized",
        status="stored",
        note="lm.ridge divides the columns by their 1/n standard deviations, always; per data set, as Ridge.",
        tested_by=_TESTS + "test_mass",
        example=example(8.0, "sklearn.Ridge.alpha", 32.0, s_j=2.0),
    ),
    Convention(
        package="lasso2",
        estimator="l1ce",
        argument="Lagrangian",
        family="gaussian",
        A="1",
        a1="Lagrangian",
        a2="0",
        share=1.0,
        columns="standardized (n - 1)",
        status="stored",
        note="It is given a bound, and its fit holds this multiplier. standardize = TRUE, the default, divides by "
        "n - 1 standard deviations; with FALSE the columns are raw: say standardize=False.",
        tested_by=_TESTS + "test_lasso2",
        example=example(8.0, "bayesreg.L1.lam", 8.0, standardize=False),
    ),
    Convention(
        package="adelie",
        estimator="grpnet",
        argument="lmda",
        family="any",
        A="1/n",
        a1="lmda alpha",
        a2="lmda (1 - alpha)",
        share="alpha",
        default_share=1.0,
        f=(("n", 1),),
        columns="either",
        weights="penalty",
        status="stored",
        note="Columns are raw in Python; R's grpnet standardises them by default. penalty is not rescaled, as glmnet's "
        "is; for groups of more than one column its default is the root of their size, as br.GroupLasso's.",
        tested_by=_TESTS + "test_adelie",
        example=example(0.5, "sklearn.ElasticNet.alpha", 0.5, alpha=0.3, l1_ratio=0.3),
    ),
)
