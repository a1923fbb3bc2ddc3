"""Priors of coefficients as PyMC writes them."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_PYMC: dict[str, Any] = {
    "package": "pymc",
    "family": "any",
    "A": "1 / dispersion",
    "f": (("dispersion", 1),),
    "status": "fitted",
    "tested_by": "tests/conventions/test_pymc.py::test_pymc",
}

ROWS: tuple[Convention, ...] = (
    Convention(
        **_PYMC,
        estimator="Laplace",
        argument="b",
        a1="1 / b",
        a2="0",
        share=1.0,
        power=-1,
        example=example(0.5, "bayesreg.L1.lam", 4.0, dispersion=2.0),
    ),
    Convention(
        **_PYMC,
        estimator="Normal",
        argument="sigma",
        a1="0",
        a2="1 / sigma^2",
        share=0.0,
        power=-2,
        example=example(2.0, "sklearn.LogisticRegression.C", 4.0),
    ),
    Convention(
        **_PYMC,
        estimator="Normal",
        argument="tau",
        a1="0",
        a2="tau",
        share=0.0,
        note="tau is a precision, 1 / sigma^2.",
        example=example(4.0, "pymc.Normal.sigma", 0.5),
    ),
)
