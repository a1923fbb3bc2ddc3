"""The rows that a call of another package stands for, with the spellings that choose between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bayesreg.conventions.facts import did_you_mean, is_number, listed
from bayesreg.conventions.rows import Convention
from bayesreg.conventions.spelling import newer_spelling
from bayesreg.conventions.tables import CONVENTIONS
from bayesreg.errors import InputError, UnsupportedError

_GLMNET = {"binomial": "binomial", "bernoulli": "binomial", "poisson": "poisson"}
_ROWS: dict[str, tuple[Convention, ...]] = {
    call: tuple(row for row in CONVENTIONS if row.call == call)
    for call in dict.fromkeys(row.call for row in CONVENTIONS if row.package != "bayesreg")
}
_FAMILIES = ("gaussian", "gaussian()", "binomial", "bernoulli", "poisson")


def python_name(argument: str) -> str:
    """Return an argument as Python can write it."""
    return "lambda_" if argument == "lambda" else argument


def resolve(package: str, arguments: Mapping[str, Any]) -> tuple[tuple[Convention, ...], dict[str, Any]]:
    """Return the rows of a package's call, an argument each, and the arguments less those that chose the rows.

    Raises
    ------
    InputError
        If the package or a choice is not known.
    UnsupportedError
        If the call has no reading as a penalty.

    Examples
    --------
    >>> rows, options = resolve("glmnet", {"family": "gaussian()", "lambda_": 0.5})
    >>> rows[0].name, options
    ('glmnet.gaussian().lambda', {'lambda_': 0.5})
    """
    options = dict(arguments)
    call = _chosen(package, options)
    if call not in _ROWS:
        known = ["glmnet", *(name for name in _ROWS if not name.startswith("glmnet."))]
        raise InputError(
            f"package={package!r} is not in the table of conventions.{did_you_mean(package, known)} Allowed: "
            f"{listed(package, known)}."
        )
    rows = _ROWS[call]
    if rows[0].refused:
        raise UnsupportedError(f"{package} can not be read as a penalty: {rows[0].refused}.")
    if rows[0].package == "rstanarm" and "autoscale" in options:
        rows = (_autoscaled(rows[0], options),)
    return rows, options


def _chosen(package: str, options: dict[str, Any]) -> str:
    """Return the call, and take the arguments that choose it out of ``options``."""
    if package == "glmnet":
        return f"glmnet.{_glmnet_family(options)}"
    if package == "bambi.automatic":
        return package if _is_gaussian(options, package) else "bambi.automatic(glm)"
    if package not in ("sklearn.LogisticRegression", "liblinear.LogisticRegression"):
        return package
    newer = newer_spelling(options)
    options.clear()
    options.update(newer)
    if package == "sklearn.LogisticRegression" and options.get("solver") == "liblinear":
        del options["solver"]
        return "liblinear.LogisticRegression"
    return package


def _glmnet_family(options: dict[str, Any]) -> str:
    family = options.pop("family", "gaussian")
    if family not in _FAMILIES:
        raise InputError(
            f"family={family!r} is not known for glmnet; allowed: {', '.join(map(repr, _FAMILIES))} ('gaussian()' is "
            "the family object, which has no s_y)."
        )
    return _GLMNET.get(family, family)


def _is_gaussian(options: dict[str, Any], where: str) -> bool:
    family = options.pop("family", "gaussian")
    if not isinstance(family, str):
        raise InputError(
            f"family={family!r} is not known for {where}; give its name, such as 'gaussian' or 'binomial'."
        )
    return family in ("gaussian", "t")


def _autoscaled(row: Convention, options: dict[str, Any]) -> Convention:
    """Return rstanarm's row under ``autoscale=``: the scale is times ``sd(y) / sd(x)``, of n - 1 rows both."""
    autoscale = options.pop("autoscale")
    if not isinstance(autoscale, bool):
        raise InputError(f"autoscale={autoscale!r} is not allowed; say True or False, as rstanarm does.")
    if not autoscale:
        return row
    if "autoscale" in row.estimator:
        return row
    if row.kind == "horseshoe":
        raise InputError("autoscale=True is not used by rstanarm.hs, which has no such argument. Leave it out.")
    if not _is_gaussian(options, row.call):
        return replace(row, columns="standardized (n - 1)")
    return replace(row, columns="standardized", f=(*row.f, ("s_y", row.power)))


def given_rows(rows: tuple[Convention, ...], options: Mapping[str, Any], where: str) -> tuple[Convention, ...]:
    """Return the rows whose argument is given: one, or two that penalise different things.

    Raises
    ------
    InputError
        If none is given, or two that say the same.
    """
    found = tuple(row for row in rows if python_name(row.argument) in options)
    if not found:
        names = " or ".join(f"{python_name(row.argument)}={_when(row)}" for row in rows)
        raise InputError(f"{where} needs {names}, the strength. Give it by name.")
    if len({row.share for row in found}) < len(found):
        names = " and ".join(python_name(row.argument) for row in found)
        raise InputError(f"{where} is given {names}, which are spellings of one strength. Give one of them.")
    return found


def _when(row: Convention) -> str:
    parts = ([row.since] if row.since else []) + ([f"until {row.until}"] if row.until else [])
    return f" ({', '.join(parts)})" if parts else ""


def check_intercept(row: Convention, options: dict[str, Any], where: str) -> None:
    """Raise unless a program that penalises its intercept is said to have none."""
    if not row.intercept_penalized:
        return
    fit_intercept = options.pop("fit_intercept", None)
    if fit_intercept is False:
        return
    scaling = options.pop("intercept_scaling", 1)
    column = f"a column of {scaling:g}s" if is_number(scaling) else "a constant column"
    said = "needs fit_intercept=" if fit_intercept is None else f"is given fit_intercept={fit_intercept!r}"
    raise InputError(
        f"{where} {said}: this solver penalises the intercept as the coefficient of {column}, which no penalty of the "
        f"others stands for. Say fit_intercept=False; the fit with an intercept is that of "
        f"br.Model('y ~ 0 + constant + ...', standardize=False) with {column} among the data, under the same penalty."
    )
