"""Names of the fits of a comparison: given by keyword, or made from what the fit is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bayesreg.errors import InputError
from bayesreg.results.protocol import Fit, is_fit, resolved_of

MODE_NAMES = {
    "Laplace": "lasso mode",
    "Normal": "ridge mode",
    "ElasticNet": "elastic net mode",
    "GroupLaplace": "group lasso mode",
    "SparseGroupLaplace": "sparse group lasso mode",
    "FusedLaplace": "fused lasso mode",
    "SortedLaplace": "SLOPE mode",
    "GeneralizedNormal": "bridge mode",
    "GeneralizedDoublePareto": "log penalty mode",
    "random walk": "smooth mode",
    "multivariate Normal": "Tikhonov mode",
}
"""What the mode under one law alone is called."""


def name_fits(fits: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Fit]:
    """Return the fits by name, in the order given; default names that occur twice are numbered.

    Raises
    ------
    InputError
        If there is nothing to compare, or a value is not a fit.
    """
    if not fits and not named:
        raise InputError(
            "br.compare() was given nothing to compare. Pass fits of one model, such as "
            "br.compare(model.mle(), model.fit(), model.sample(seed=1))."
        )
    labels = [f"argument {position}" for position in range(1, len(fits) + 1)]
    for label, value in [*zip(labels, fits, strict=True), *named.items()]:
        _check(label, value)
    return {**dict(zip(_unique([default_name(fit) for fit in fits], set(named)), fits, strict=True)), **named}


def default_name(fit: Fit) -> str:
    """Return "OLS", "MLE", "lasso mode", ..., "posterior"."""
    resolved = resolved_of(fit)
    if fit.kind == "mle":
        return "OLS" if resolved.family.name == "gaussian" else "MLE"
    if fit.kind == "posterior":
        return "posterior"
    laws = {block.penalty.law for block in resolved.blocks if not block.penalty.is_flat}
    if resolved.correction is not None:
        return f"{resolved.correction.written.removesuffix('()')} mode"
    return _mode_name(laws.pop()) if len(laws) == 1 else "mode"


def _mode_name(law: str) -> str:
    return MODE_NAMES.get(law, f"{law} mode")


def _unique(names: list[str], taken: set[str]) -> list[str]:
    """Number the names that occur more than once or are taken."""
    counts = Counter(names)
    used = set(taken)
    result = []
    for name in names:
        number, label = 0, name
        while label in used or (number == 0 and counts[name] > 1):
            number += 1
            label = f"{name} {number}"
        used.add(label)
        result.append(label)
    return result


def _check(label: str, value: object) -> None:
    """Raise unless ``value`` is a fit."""
    if is_fit(value):
        return
    hint = {
        "Model": "A model has no estimates yet: pass model.mle(), model.fit() or model.sample(seed=1).",
        "PathFit": "Pass one point of the path: path.at(lam).",
        "list": "Pass the fits one by one: br.compare(*fits).",
        "tuple": "Pass the fits one by one: br.compare(*fits).",
        "dict": "Pass the fits by keyword: br.compare(**fits).",
    }.get(type(value).__name__, "Pass fits of bayesreg models.")
    raise InputError(
        f"br.compare: {label} is a {type(value).__name__}, not a fit; allowed: what .mle(), .fit() and .sample() "
        f"return. {hint}"
    )
