"""A call of another package as a penalty of ours, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayesreg.conventions.facts import check_fact, check_value, did_you_mean, missing, refuse_unused
from bayesreg.conventions.rows import Convention, Pair, from_pair, to_pair
from bayesreg.conventions.spelling import newer_spelling
from bayesreg.conventions.table import CONVENTIONS
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties import L1, L2, ElasticNet, Penalty

_FAMILIES = {"gaussian": "gaussian", "binomial": "binomial", "bernoulli": "binomial", "poisson": "poisson"}
_SIGNED = ("sklearn.Lasso", "sklearn.ElasticNet", "sklearn.Ridge")
_FOREIGN = {row.call: row for row in reversed(CONVENTIONS) if row.package != "bayesreg"}


def from_package(package: str, **arguments: Any) -> Penalty:
    """Return the penalty, in loss units, that a call of another package stands for.

    The penalty holds the strength only. What it acts on is the model's: scikit-learn and statsmodels
    penalise the columns as given, which ``Model(..., standardize=False)`` reproduces; glmnet's default
    (``standardize = TRUE``) is ``Model(..., standardize=True)``, ours too.

    Parameters
    ----------
    package : str
        "sklearn.Ridge", "sklearn.Lasso", "sklearn.ElasticNet", "sklearn.LogisticRegression",
        "sklearn.PoissonRegressor", "statsmodels.OLS", "statsmodels.GLM", "statsmodels.Logit" (their
        ``fit_regularized``) or "glmnet".
    **arguments
        The arguments as that package writes them (glmnet's ``lambda`` as ``lambda_``): the strength
        must be given, a share left out has the package's default. Beside them ``n`` (rows, or the sum of
        the weights) where the package divides its loss by it; for glmnet ``family`` ("gaussian", the
        default, "binomial" or "poisson"), ``s_y`` (1/n standard deviation of y; Gaussian with
        ``alpha < 1``) and ``penalty_factor`` (array, or mapping of every column to its factor), which is
        rescaled to sum to the number of columns, as glmnet does; for scikit-learn's linear models
        ``positive``; for its LogisticRegression the older ``penalty`` ("l1", "l2", "elasticnet" or None).

    Returns
    -------
    L1, L2 or ElasticNet

    Raises
    ------
    InputError
        If the package is not in the table, or an argument is missing, unused or out of range.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.from_package("sklearn.Lasso", alpha=0.5, n=442)
    L1(lam=221.0) = Laplace(scale=phi / 221.0)
    >>> br.from_package("sklearn.LogisticRegression", C=0.5)
    L2(lam=2.0) = Normal(scale=sqrt(phi / 2.0))
    >>> br.from_package("glmnet", lambda_=0.5, alpha=0.5, family="gaussian", n=100, s_y=4.0)
    ElasticNet(lam=31.25, l1_ratio=0.8) = ElasticNetPrior(rate=25.0 / phi, precision=6.25 / phi)
    """
    row, options = _row(package, arguments)
    where = f"from_package({package!r})"
    argument, extra = _python(row.argument), _extras(row)
    if row.call == "sklearn.LogisticRegression":
        options = newer_spelling(options)
    refuse_unused(options, (argument, *row.facts, *extra), where)
    if argument not in options:
        raise InputError(f"{where} needs {argument}=, the strength. Give it by name.")
    value = check_value(argument, options[argument], inverse=row.power < 0)
    share = _share(row, options)
    pair = to_pair(row, value, share, _facts(row, options, share, where))
    weights = _weights(options.get("penalty_factor"))
    return build(pair, share, weights=weights, positive=_flag("positive", options.get("positive", False)))


def to_package(penalty: Penalty, package: str, **facts: Any) -> dict[str, Any]:
    """Return the arguments with which another package has this penalty: the inverse of `from_package`.

    Parameters
    ----------
    penalty : Penalty
        A separable penalty with its strength given.
    package : str
        As in `from_package`.
    **facts
        ``n`` and ``s_y`` as in `from_package`; ``dispersion`` (phi) if the penalty is in prior units; for
        glmnet ``family``.

    Returns
    -------
    dict
        Arguments by name, spelled as `from_package` takes them.

    Raises
    ------
    InputError
        If a fact is missing or unused, or the package has no argument for this kind of penalty.
    UnsupportedError
        If the package has no weights per column, or no sign constraint, and the penalty has.

    Examples
    --------
    >>> import bayesreg as br
    >>> from bayesreg.conventions import to_package
    >>> to_package(br.L1(221.0), "sklearn.Lasso", n=442)
    {'alpha': 0.5}
    >>> to_package(br.Normal(2.0), "sklearn.LogisticRegression", dispersion=1.0)
    {'C': 4.0, 'l1_ratio': 0.0}
    """
    if not isinstance(penalty, Penalty):
        raise InputError(f"penalty={penalty!r} is not a penalty; give br.L1(lam), br.L2(lam), br.Normal(scale) ...")
    row, options = _row(package, facts)
    where = f"to_package(..., {package!r})"
    names = [fact for fact, _ in row.f + row.g]
    refuse_unused(options, (*names, *(("dispersion",) if penalty.prior_units else ())), where)
    rate, precision = _loss_units(penalty, options, where).strength(1.0)
    pair, factor, mean = Pair(float(rate), float(precision)), *_factors(penalty, row)
    share = 0.0 if pair.l1 == 0.0 else 1.0 if pair.l2 == 0.0 else 0.5
    value, share_there = from_pair(row, pair, _facts(row, options, share, where))
    _check_kind(row, share_there, where)
    result: dict[str, Any] = {_python(row.argument): value * mean**row.power}
    if row.share_name:
        result[row.share_name] = row.default_share if share_there is None else share_there
    return result | factor | _sign(penalty, row)


def build(pair: Pair, share: float, *, weights: Any = None, positive: bool = False) -> Penalty:
    """Return the penalty with these loss-unit strengths: an elastic net, or its edge where ``share`` is 0 or 1."""
    if share == 1.0:
        return L1(pair.l1, weights=weights, positive=positive)
    if share == 0.0:
        return L2(pair.l2, weights=weights, positive=positive)
    total = pair.l1 + pair.l2
    ratio = pair.l1 / total if total > 0.0 else share
    return ElasticNet(total, l1_ratio=ratio, weights=weights, positive=positive)


def _python(argument: str) -> str:
    return "lambda_" if argument == "lambda" else argument


def _row(package: str, arguments: Mapping[str, Any]) -> tuple[Convention, dict[str, Any]]:
    """Return the row of a package's call, and the arguments less glmnet's family."""
    options = dict(arguments)
    call = package
    if package == "glmnet":
        family = options.pop("family", "gaussian")
        if family not in _FAMILIES:
            raise InputError(f"family={family!r} is not known for glmnet; allowed: {', '.join(map(repr, _FAMILIES))}.")
        call = f"glmnet.{_FAMILIES[family]}"
    if call not in _FOREIGN:
        known = ["glmnet", *(name for name in _FOREIGN if not name.startswith("glmnet."))]
        raise InputError(
            f"package={package!r} is not in the table of conventions.{did_you_mean(package, known)} Allowed: "
            f"{', '.join(known)}."
        )
    return _FOREIGN[call], options


def _extras(row: Convention) -> tuple[str, ...]:
    if row.package == "glmnet":
        return ("penalty_factor",)
    return ("positive",) if row.call in _SIGNED else ()


def _share(row: Convention, options: Mapping[str, Any]) -> float:
    if not isinstance(row.share, str):
        return row.share
    return check_fact(row.share, options.get(row.share, row.default_share))


def _facts(row: Convention, options: Mapping[str, Any], share: float, where: str) -> dict[str, float]:
    """Return the row's facts as numbers; those of a part that is not there may be left out."""
    needed = {name for name, _ in row.f} | ({name for name, _ in row.g} if share < 1.0 else set())
    numbers = {}
    for name, _ in row.f + row.g:
        if name in needed and name not in options:
            raise missing(name, where)
        numbers[name] = check_fact(name, options[name]) if name in options else 1.0
    return numbers


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{name}={value!r} is not allowed; say True or False.")
    return value


def _weights(factor: Any) -> Any:
    """Return glmnet's penalty factors as weights: rescaled to sum to the number of columns."""
    if factor is None:
        return None
    values = _values(factor)
    if values.ndim != 1 or not np.all(np.isfinite(values) & (values >= 0.0)) or not values.sum() > 0.0:
        raise InputError(
            f"penalty_factor={factor!r} is not allowed: it is one finite factor >= 0 a column, not all 0. A column "
            "that glmnet excludes (an infinite factor) is left out of the model instead."
        )
    values = values * (values.size / values.sum())
    return dict(zip(factor, values.tolist(), strict=True)) if isinstance(factor, Mapping) else values


def _values(factor: Any) -> np.ndarray:
    return np.asarray(list(factor.values()) if isinstance(factor, Mapping) else factor, dtype=float)


def _loss_units(penalty: Penalty, options: Mapping[str, Any], where: str) -> Penalty:
    if not penalty.prior_units:
        return penalty
    if "dispersion" not in options:
        raise missing("dispersion", where)
    return penalty.to_penalty(check_fact("dispersion", options["dispersion"]))


def _factors(penalty: Penalty, row: Convention) -> tuple[dict[str, Any], float]:
    """Return glmnet's penalty_factor for our weights, and the mean by which its rescaling divides them."""
    if penalty.weights is None:
        return {}, 1.0
    if row.package != "glmnet":
        raise UnsupportedError(
            f"{row.call} has one strength for all columns, and the penalty has weights={penalty.weights!r}. Scale the "
            "columns instead (divide column j by w_j under L1, by sqrt(w_j) under L2), or use glmnet."
        )
    _weights(penalty.weights)
    return {"penalty_factor": penalty.weights}, float(_values(penalty.weights).mean())


def _check_kind(row: Convention, share: float | None, where: str) -> None:
    if share is None or isinstance(row.share, str) or abs(share - row.share) <= 1e-12:
        return
    kind = "an absolute value" if row.share == 1.0 else "a square"
    raise InputError(f"{where}: {row.call} penalises {kind} only, and this penalty is not of that kind.")


def _sign(penalty: Penalty, row: Convention) -> dict[str, Any]:
    if not penalty.positive:
        return {}
    if row.call not in _SIGNED:
        raise UnsupportedError(
            f"{row.call} has no argument that keeps coefficients >= 0 in this table; use one of {', '.join(_SIGNED)}."
        )
    return {"positive": True}
