"""Bambi's automatic priors."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/conventions/test_bambi.py::"
_AUTO: dict[str, Any] = {
    "package": "bambi",
    "argument": "scale",
    "A": "1 / dispersion",
    "a1": "0",
    "share": 0.0,
    "power": -2,
    "columns": "standardized",
    "status": "fitted",
}

ROWS: tuple[Convention, ...] = (
    Convention(
        **_AUTO,
        estimator="automatic",
        family="gaussian",
        a2="1 / (scale s_y)^2",
        f=(("dispersion", 1), ("s_y", -2)),
        note="scale is Bambi's multiplier, 2.5: a column has Normal(0, 2.5 s_y / s_j), 1/n standard deviations.",
        tested_by=_TESTS + "test_automatic_priors_of_a_gaussian_response",
        example=example(2.5, "bayesreg.Normal.scale", 10.0, s_y=4.0),
    ),
    Convention(
        **_AUTO,
        estimator="automatic(glm)",
        family="any",
        a2="1 / scale^2",
        f=(("dispersion", 1),),
        note="Without a Gaussian response: Normal(0, scale / s_j), the multiplier 2.5, but 1 for a bernoulli or "
        "binomial response under a logit or probit link (a categorical column then has Normal(0, 1) as it is).",
        tested_by=_TESTS + "test_automatic_priors_of_other_responses",
        example=example(2.5, "bayesreg.Normal.scale", 2.5),
    ),
)
