"""The family of a scikit-learn fit, for Tweedie regressions by their power."""

from __future__ import annotations

from typing import Any

from bayesreg.errors import UnsupportedError


def read_family(family: str, estimator: Any, params: dict[str, Any]) -> tuple[str, float | None]:
    """Return the family and, for one that has no `Model`, the power of the mean that its variance is.

    ``family`` is that of the row: "any" for a Tweedie regression.
    """
    if family == "gamma":
        return "gamma", 2.0
    if family != "any":
        return family, None
    power = float(params["power"])
    link = params["link"] if params["link"] != "auto" else "identity" if power <= 0.0 else "log"
    if (power, link) == (0.0, "identity"):
        return "gaussian", None
    if link == "identity":
        raise UnsupportedError(
            f"{type(estimator).__name__}(power={power:g}) has an identity link, under which a mean can leave its "
            "range. Fit it with link='log', or power=0."
        )
    if power == 1.0:
        return "poisson", None
    names = {0.0: "gaussian with a log link", 2.0: "gamma", 3.0: "inverse Gaussian"}
    return names.get(power, f"Tweedie (power {power:g})"), power
