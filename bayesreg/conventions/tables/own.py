"""Our own arguments: loss units, and prior units."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/conventions/test_own.py::"
_OWN: dict[str, Any] = {
    "package": "bayesreg",
    "family": "any",
    "columns": "either",
    "weights": "weights",
    "positive": True,
    "status": "own",
}
_LAM: dict[str, Any] = _OWN | {"argument": "lam", "A": "1", "tested_by": _TESTS + "test_loss_units"}
_PRIOR: dict[str, Any] = _OWN | {
    "A": "1 / dispersion",
    "f": (("dispersion", 1),),
    "tested_by": _TESTS + "test_prior_units",
}
_SCALE: dict[str, Any] = _PRIOR | {"argument": "scale"}
_L1: dict[str, Any] = {"a1": "lam", "a2": "0", "share": 1.0}
_T: dict[str, Any] = {"a1": "t prior", "a2": "t prior", "share": 0.0, "power": -2}

ROWS: tuple[Convention, ...] = (
    Convention(**_LAM, **_L1, estimator="L1", example=example(4.0, "bayesreg.Laplace.scale", 0.5, dispersion=2.0)),
    Convention(
        **_LAM,
        estimator="L2",
        a1="0",
        a2="lam",
        share=0.0,
        example=example(8.0, "bayesreg.Normal.scale", 0.5, dispersion=2.0),
    ),
    Convention(
        **_LAM,
        estimator="ElasticNet",
        a1="lam l1_ratio",
        a2="lam (1 - l1_ratio)",
        share="l1_ratio",
        default_share=0.5,
        example=example(4.0, "sklearn.ElasticNet.alpha", 0.5, l1_ratio=0.25, n=8),
    ),
    Convention(
        **_SCALE,
        estimator="Laplace",
        a1="1 / scale",
        a2="0",
        share=1.0,
        power=-1,
        example=example(0.5, "bayesreg.L1.lam", 4.0, dispersion=2.0),
    ),
    Convention(
        **_SCALE,
        estimator="Normal",
        a1="0",
        a2="1 / scale^2",
        share=0.0,
        power=-2,
        example=example(0.5, "bayesreg.L2.lam", 8.0, dispersion=2.0),
    ),
    Convention(
        **_LAM,
        **_L1,
        estimator="GroupLasso",
        kind="group",
        note="The number for weights=1; the default multiplies it by the root of the group's rank.",
        example=example(221.0, "celer.GroupLasso.alpha", 0.5, n=442),
    ),
    Convention(
        **_LAM,
        **_L1,
        estimator="MCP",
        kind="mcp",
        shape={"gamma": "gamma"},
        note="The number for bend='rows', which makes gamma relative to the loss per row.",
        example=example(221.0, "skglm.MCPRegression.alpha", 0.5, n=442),
    ),
    Convention(
        **_SCALE,
        **_T,
        estimator="StudentT",
        kind="student_t",
        shape={"df": "df"},
        example=example(2.5, "brms.student_t.scale", 2.5),
    ),
    Convention(
        **_SCALE,
        **_T,
        estimator="Cauchy",
        kind="cauchy",
        example=example(2.5, "rstanarm.cauchy.scale", 2.5),
    ),
    Convention(
        **_PRIOR,
        estimator="RegularizedHorseshoe",
        argument="tau",
        a1="horseshoe",
        a2="horseshoe",
        share=0.0,
        power=-2,
        kind="horseshoe",
        shape={"slab_df": "slab_df", "slab_scale": "slab_scale"},
        note="The scale of tau's half-Cauchy prior, under relative_to=None.",
        example=example(0.02, "brms.horseshoe.scale_global", 0.01, dispersion=4.0),
    ),
)
