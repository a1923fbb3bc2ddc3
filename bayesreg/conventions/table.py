"""Other packages' strengths, and our own, as one table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bayesreg.conventions.facts import did_you_mean
from bayesreg.conventions.rows import Convention
from bayesreg.errors import InputError

_PEERS = "tests/conventions/test_peers.py::"
_GLMNET = "tests/conventions/test_glmnet.py::"
_OWN = "tests/conventions/test_convert.py::test_own_units_agree_with_the_penalties"

_SKLEARN: dict[str, Any] = {"package": "sklearn", "argument": "alpha", "raw_columns": True}
_PER_ROW: dict[str, Any] = {"A": "1/n", "f": (("n", 1),)}
_FOLDS = "The prior it implies changes with the number of rows, so also with the size of a fold."
_RESCALED = "penalty.factor is rescaled to sum to the number of columns, zeros included."
_FROZEN = (
    "With L1_wt > 0 a coefficient that is 0 after a sweep is never tried again, so the fit can stop short of its own "
    "optimum; zero_tol=0 prevents it. "
)
_CONSTANT = "A scalar alpha also penalises the constant column: pass one alpha a column, 0 for the constant."

CONVENTIONS: tuple[Convention, ...] = (
    Convention(
        **_SKLEARN,
        estimator="Ridge",
        family="gaussian",
        A="1",
        a1="0",
        a2="alpha",
        share=0.0,
        note="The sum of squares is not halved, and the penalty neither: lam = alpha, whatever n is.",
        tested_by=_PEERS + "test_ridge",
    ),
    Convention(
        **_SKLEARN,
        **_PER_ROW,
        estimator="Lasso",
        family="gaussian",
        a1="alpha",
        a2="0",
        share=1.0,
        note=_FOLDS,
        tested_by=_PEERS + "test_lasso",
    ),
    Convention(
        **_SKLEARN,
        **_PER_ROW,
        estimator="ElasticNet",
        family="gaussian",
        a1="alpha l1_ratio",
        a2="alpha (1 - l1_ratio)",
        share="l1_ratio",
        default_share=0.5,
        note=_FOLDS,
        tested_by=_PEERS + "test_elastic_net",
    ),
    Convention(
        **{**_SKLEARN, "argument": "C"},
        estimator="LogisticRegression",
        family="bernoulli",
        A="C",
        a1="l1_ratio",
        a2="1 - l1_ratio",
        share="l1_ratio",
        default_share=0.0,
        power=-1,
        note="C = 1 is a penalty, on by default; C = inf is none. solver='liblinear' penalises the intercept too.",
        tested_by=_PEERS + "test_logistic_regression",
    ),
    Convention(
        **_SKLEARN,
        **_PER_ROW,
        estimator="PoissonRegressor",
        family="poisson",
        a1="0",
        a2="alpha",
        share=0.0,
        note="alpha = 1 is the default. " + _FOLDS,
        tested_by=_PEERS + "test_poisson_regressor",
    ),
    Convention(
        **_PER_ROW,
        package="glmnet",
        estimator="gaussian",
        argument="lambda",
        family="gaussian",
        a1="lambda alpha",
        a2="lambda (1 - alpha) / s_y",
        share="alpha",
        default_share=1.0,
        g=(("s_y", -1),),
        note="s_y is the 1/n standard deviation of y: glmnet scales y by it, solves and scales back, which divides "
        "the square by s_y. family=gaussian() (the object) does not: use s_y=1. " + _RESCALED,
        tested_by=_GLMNET + "test_gaussian",
    ),
    Convention(
        **_PER_ROW,
        package="glmnet",
        estimator="binomial",
        argument="lambda",
        family="bernoulli",
        a1="lambda alpha",
        a2="lambda (1 - alpha)",
        share="alpha",
        default_share=1.0,
        note=_RESCALED,
        tested_by=_GLMNET + "test_binomial_and_poisson",
    ),
    Convention(
        **_PER_ROW,
        package="glmnet",
        estimator="poisson",
        argument="lambda",
        family="poisson",
        a1="lambda alpha",
        a2="lambda (1 - alpha)",
        share="alpha",
        default_share=1.0,
        note=_RESCALED,
        tested_by=_GLMNET + "test_binomial_and_poisson",
    ),
    Convention(
        **_PER_ROW,
        package="statsmodels",
        estimator="OLS",
        argument="alpha",
        family="gaussian",
        a1="alpha L1_wt",
        a2="alpha (1 - L1_wt)",
        share="L1_wt",
        default_share=1.0,
        raw_columns=True,
        note=_FROZEN + _CONSTANT,
        tested_by=_PEERS + "test_statsmodels_ols",
    ),
    Convention(
        **_PER_ROW,
        package="statsmodels",
        estimator="GLM",
        argument="alpha",
        family="any",
        a1="alpha L1_wt",
        a2="alpha (1 - L1_wt)",
        share="L1_wt",
        default_share=1.0,
        raw_columns=True,
        note="With a Gaussian response and L1_wt = 0 it divides its loss by a dispersion that it estimates along the "
        "way, so this row does not hold there; use statsmodels.OLS. " + _FROZEN + _CONSTANT,
        tested_by=_PEERS + "test_statsmodels_glm",
    ),
    Convention(
        package="statsmodels",
        estimator="Logit",
        argument="alpha",
        family="bernoulli",
        A="1",
        a1="alpha",
        a2="0",
        share=1.0,
        raw_columns=True,
        note="Per data set, unlike GLM. " + _CONSTANT,
        tested_by=_PEERS + "test_statsmodels_logit",
    ),
    Convention(
        package="bayesreg",
        estimator="L1",
        argument="lam",
        family="any",
        A="1",
        a1="lam",
        a2="0",
        share=1.0,
        tested_by=_OWN,
    ),
    Convention(
        package="bayesreg",
        estimator="L2",
        argument="lam",
        family="any",
        A="1",
        a1="0",
        a2="lam",
        share=0.0,
        tested_by=_OWN,
    ),
    Convention(
        package="bayesreg",
        estimator="ElasticNet",
        argument="lam",
        family="any",
        A="1",
        a1="lam l1_ratio",
        a2="lam (1 - l1_ratio)",
        share="l1_ratio",
        default_share=0.5,
        tested_by=_OWN,
    ),
    Convention(
        package="bayesreg",
        estimator="Laplace",
        argument="scale",
        family="any",
        A="1 / dispersion",
        a1="1 / scale",
        a2="0",
        share=1.0,
        power=-1,
        f=(("dispersion", 1),),
        tested_by=_OWN,
    ),
    Convention(
        package="bayesreg",
        estimator="Normal",
        argument="scale",
        family="any",
        A="1 / dispersion",
        a1="0",
        a2="1 / scale^2",
        share=0.0,
        power=-2,
        f=(("dispersion", 1),),
        tested_by=_OWN,
    ),
)

BY_NAME: dict[str, Convention] = {row.name: row for row in CONVENTIONS}


def lookup(name: str) -> Convention:
    """Return the row ``package.estimator.argument``, or raise with the whole table."""
    if name not in BY_NAME:
        raise InputError(
            f"{name!r} is not in the table of conventions.{did_you_mean(name, BY_NAME)} Its rows are: "
            f"{', '.join(BY_NAME)}."
        )
    return BY_NAME[name]


def table() -> pd.DataFrame:
    """Return the table of conventions: what each package's strength is in loss units.

    A program minimises ``A sum_i w_i l_i + a1 |b| + a2 b^2 / 2`` (``l_i`` half the unit deviance); its
    strengths per data set are ``l1 = a1 / A`` and ``l2 = a2 / A``, and as a prior at dispersion ``phi`` a
    rate ``l1 / phi`` and a precision ``l2 / phi``.

    Returns
    -------
    DataFrame
        A row an argument: ``name``, ``family``, ``A``, ``a1``, ``a2``, ``l1``, ``l2``, ``facts`` (what a
        conversion must be told), ``note`` (what goes wrong), ``tested_by``.

    Examples
    --------
    >>> from bayesreg.conventions import table
    >>> print(table().set_index("name").loc["glmnet.gaussian.lambda", "l2"])
    n * lambda * (1 - alpha) / s_y
    """
    columns = ("name", "package", "estimator", "argument", "family", "A", "a1", "a2", "l1", "l2")
    rows = [
        {name: getattr(row, name) for name in columns}
        | {"facts": ", ".join(row.facts), "note": row.note, "tested_by": row.tested_by}
        for row in CONVENTIONS
    ]
    return pd.DataFrame(rows)
