"""Priors of rstanarm and brms, by the package's own argument."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/reference/test_packages.py::"
_STAN: dict[str, Any] = {"family": "any", "A": "1 / dispersion", "status": "stored"}
_RSTANARM: dict[str, Any] = _STAN | {"package": "rstanarm", "tested_by": _TESTS + "test_rstanarm"}
_BRMS: dict[str, Any] = _STAN | {"package": "brms", "tested_by": _TESTS + "test_brms"}
_PHI: dict[str, Any] = {"f": (("dispersion", 1),)}
_SCALE: dict[str, Any] = _PHI | {"argument": "scale"}
_NORMAL: dict[str, Any] = _SCALE | {"a1": "0", "a2": "1 / scale^2", "share": 0.0, "power": -2}
_LAPLACE: dict[str, Any] = _SCALE | {"a1": "1 / scale", "a2": "0", "share": 1.0, "power": -1}
_T: dict[str, Any] = _SCALE | {"a1": "t prior", "a2": "t prior", "share": 0.0, "power": -2}
_STUDENT: dict[str, Any] = _T | {"kind": "student_t", "shape": {"df": "df"}}
_CHI: dict[str, Any] = _LAPLACE | {"a1": "1 / (scale w), w ~ chi^2(df)", "kind": "laplace_chi2", "shape": {"df": "df"}}
_HS: dict[str, Any] = {"a1": "horseshoe", "a2": "horseshoe", "share": 0.0, "power": -2, "kind": "horseshoe"}
_AUTO: dict[str, Any] = _RSTANARM | {"argument": "scale", "a1": "0", "share": 0.0, "power": -2}
_RAW = "Of the raw coefficients, never times sigma; autoscale = TRUE multiplies it by sd(y) / sd(x)."
_TAU = (
    "tau is in units of sigma for a Gaussian response and the slab is absolute, so the two need phi (dispersion=) to "
    "be said together; 1 for other families. "
)
_NORMAL_SCALE, _LAPLACE_SCALE = "bayesreg.Normal.scale", "bayesreg.Laplace.scale"

ROWS: tuple[Convention, ...] = (
    Convention(
        **_RSTANARM,
        **_NORMAL,
        estimator="normal",
        note=_RAW,
        example=example(2.5, _NORMAL_SCALE, 2.5),
    ),
    Convention(
        **_AUTO | {"family": "gaussian"},
        estimator="normal(autoscale)",
        a2="1 / (scale s_y)^2",
        f=(("dispersion", 1), ("s_y", -2)),
        note="The default prior is normal(0, 2.5, autoscale = TRUE). It takes standard deviations of n - 1 rows, of y "
        "and x alike: their ratio is that of the 1/n ones.",
        columns="standardized",
        example=example(2.5, _NORMAL_SCALE, 10.0, s_y=4.0),
    ),
    Convention(
        **_AUTO,
        estimator="normal(autoscale, glm)",
        a2="1 / scale^2",
        f=(("dispersion", 1),),
        columns="standardized (n - 1)",
        note="autoscale = TRUE without a Gaussian response: over the standard deviations of n - 1 rows alone.",
        example=example(2.5, "bambi.automatic(glm).scale", 2.487592975524973, n=101),
    ),
    Convention(
        **_RSTANARM,
        **_LAPLACE,
        estimator="laplace",
        note=_RAW,
        example=example(2.0, "bayesreg.L1.lam", 1.5, dispersion=3.0),
    ),
    Convention(
        **_RSTANARM,
        **_STUDENT,
        defaults={"df": 1.0},
        estimator="student_t",
        note=_RAW,
        example=example(2.5, "bayesreg.StudentT.scale", 2.5),
    ),
    Convention(
        **_RSTANARM,
        **_T,
        estimator="cauchy",
        kind="cauchy",
        note=_RAW,
        example=example(2.5, "bayesreg.Cauchy.scale", 2.5),
    ),
    Convention(
        **_RSTANARM,
        **_CHI,
        defaults={"df": 1.0},
        estimator="lasso",
        note="A Laplace prior whose scale is scale times chi^2(df): one number for all columns, learned. " + _RAW,
        example=example(2.0, "brms.lasso.scale", 2.0),
    ),
    Convention(
        **_RSTANARM,
        **_HS,
        estimator="hs",
        argument="global_scale",
        fixed={"df": 1, "global_df": 1},
        shape={"slab_df": "slab_df", "slab_scale": "slab_scale"},
        defaults={"slab_df": 4.0, "slab_scale": 2.5},
        note=_TAU + "Its default global_scale is 0.01, slab_scale 2.5.",
        example=example(0.01, "bayesreg.RegularizedHorseshoe.tau", 0.02, dispersion=4.0),
    ),
    Convention(
        **_BRMS,
        **_NORMAL,
        estimator="normal",
        note="prior(normal(0, scale), class = b), of the raw coefficients.",
        example=example(2.0, "sklearn.Ridge.alpha", 0.75, dispersion=3.0),
    ),
    Convention(
        **_BRMS,
        **_LAPLACE,
        estimator="double_exponential",
        note="prior(double_exponential(0, scale), class = b), of the raw coefficients.",
        example=example(2.0, _LAPLACE_SCALE, 2.0),
    ),
    Convention(
        **_BRMS,
        **_STUDENT,
        estimator="student_t",
        note="prior(student_t(df, 0, scale), class = b), of the raw coefficients.",
        example=example(2.5, "rstanarm.student_t.scale", 2.5),
    ),
    Convention(
        **_BRMS,
        **_CHI,
        defaults={"df": 1.0},
        estimator="lasso",
        until="2.18 (an error since 2.19.2)",
        note="A Laplace prior whose scale is scale times chi^2(df), without sigma.",
        example=example(2.0, "bayesreg.Laplace.scale", None),
    ),
    Convention(
        **_BRMS,
        **_HS,
        estimator="horseshoe",
        argument="scale_global",
        fixed={"df": 1, "df_global": 1},
        shape={"df_slab": "slab_df", "scale_slab": "slab_scale"},
        defaults={"df_slab": 4.0, "scale_slab": 2.0},
        note=_TAU
        + "autoscale = FALSE leaves sigma out: phi = 1. par_ratio, if given, takes the place of scale_global.",
        example=example(1.0, "rstanarm.hs.global_scale", 1.0),
    ),
)
