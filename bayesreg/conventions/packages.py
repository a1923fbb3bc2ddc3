"""A call of another package as a penalty of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayesreg.conventions.calls import check_intercept, given_rows, python_name, resolve
from bayesreg.conventions.factors import weights_of
from bayesreg.conventions.facts import check_fact, check_value, is_number, missing, refuse_unused
from bayesreg.conventions.laws import build, own_row, prior_of
from bayesreg.conventions.needs import column_facts, column_numbers, columns_of, numbers_of, on_columns
from bayesreg.conventions.rows import Columns, Convention, Pair, from_pair, to_pair
from bayesreg.errors import InputError
from bayesreg.penalties import Flat, Normal, Penalty


def from_package(package: str, **arguments: Any) -> Penalty:
    """Return the penalty, in loss units, that a call of another package stands for.

    The penalty holds the strength only. What it acts on is the model's: most packages penalise the columns as
    given, which ``Model(..., standardize=False)`` reproduces; glmnet's default (``standardize = TRUE``), MASS and
    automatic priors standardise them: ``Model(..., standardize=True)``, our default too. A prior of coefficients
    (rstanarm, brms, Bambi, PyMC, scikit-learn's BayesianRidge) comes in prior units, which need no dispersion.

    Parameters
    ----------
    package : str
        ``package.estimator`` of a row of the table (`bayesreg.conventions.table`), such as "sklearn.Ridge",
        "statsmodels.Logit", "celer.GroupLasso", "brms.normal"; glmnet is "glmnet".
    **arguments
        The arguments as that package writes them (glmnet's ``lambda`` as ``lambda_``): the strength must be given, a
        share or another number of the law left out has the package's default. Two strengths of one call (XGBoost's
        ``reg_alpha`` and ``reg_lambda``) may be given together. Beside them ``n`` (rows, or the sum of the weights)
        where the package divides its loss by it; ``s_y`` (1/n standard deviation of y) where the number is in its
        units; ``family`` for glmnet ("gaussian", the default, "gaussian()", "binomial", "poisson") and for automatic
        priors; one factor a column where the package has it: glmnet's ``penalty_factor`` (array, or mapping of every
        column to its factor), which is rescaled to sum to the number of columns, as glmnet does, ``weights`` in celer
        and skglm, ``penalty`` in adelie; ``positive`` where the package has it; ``autoscale`` for rstanarm;
        ``fit_intercept=False`` for LIBLINEAR, which penalises an intercept; for scikit-learn's LogisticRegression
        the older ``penalty`` ("l1", "l2", "elasticnet" or None) and the planned ``alpha``.

    Returns
    -------
    Penalty

    Raises
    ------
    InputError
        If the package is not in the table, or an argument is missing, unused or out of range.
    UnsupportedError
        If the call has no reading as a penalty: AdamW's decay.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.from_package("sklearn.Lasso", alpha=0.5, n=442)
    L1(lam=221.0) = Laplace(scale=phi / 221.0)
    >>> br.from_package("sklearn.LogisticRegression", C=0.5)
    L2(lam=2.0) = Normal(scale=sqrt(phi / 2.0))
    >>> br.from_package("glmnet", lambda_=0.5, alpha=0.5, family="gaussian", n=100, s_y=4.0)
    ElasticNet(lam=31.25, l1_ratio=0.8) = ElasticNetPrior(rate=25.0 / phi, precision=6.25 / phi)
    >>> br.from_package("rstanarm.student_t", df=4, scale=2.5)
    StudentT(df=4, scale=2.5) = phi * 2.5 log(1 + (b / 2.5)^2 / 4)
    """
    rows, options = resolve(package, arguments)
    where = f"from_package({package!r})"
    check_intercept(rows[0], options, where)
    refuse_unused(options, _allowed(rows), where)
    given = given_rows(rows, options, where)
    row = given[0]
    values = options[python_name(row.argument)]
    if row.weights == row.argument and not is_number(values):
        return Normal(1.0, weights=weights_of(row, values))
    pairs = [_pair(each, options, where) for each in given]
    pair = Pair(sum(each.l1 for each in pairs), sum(each.l2 for each in pairs))
    share = _share(row, options) if len(given) == 1 else 0.0 if pair.l1 == 0.0 else 1.0 if pair.l2 == 0.0 else 0.5
    weights, positive = _weights(row, options), _flag("positive", options.get("positive", False))
    if row.kind == "coefficients" and not row.absolute:
        return build(pair, share, weights=weights, positive=positive)
    number, _ = from_pair(own := own_row(row, share), pair, numbers_of(row, own, share, options, where))
    if number == float("inf"):
        return Flat()
    return prior_of(row, number, _shape(row, options, where), weights=weights, positive=positive)


def _allowed(rows: tuple[Convention, ...]) -> tuple[str, ...]:
    """Return every argument that these rows have a use for; a dispersion that cancels is none."""
    names: list[str] = [python_name(row.argument) for row in rows]
    for row in rows:
        own = own_row(row, row.share if isinstance(row.share, float) else 0.5)
        names += [
            fact for fact in (*row.facts, *(name for name, _ in own.f)) if not (fact == "dispersion" and row.absolute)
        ]
        names += [
            *column_facts(row.columns, "either"),
            *row.fixed,
            *row.shape,
            *((row.weights,) if row.weights else ()),
        ]
        names += ["positive"] if row.positive else []
        names += ["standardize"] if row.columns == "standardized (n - 1)" and row.package == "lasso2" else []
    return tuple(dict.fromkeys(names))


def _pair(row: Convention, options: Mapping[str, Any], where: str) -> Pair:
    """Return the strengths of one argument, in loss units at the dispersion told (1 where it cancels)."""
    _check_fixed(row, options, where)
    argument = python_name(row.argument)
    value = check_value(argument, options[argument], inverse=row.power < 0)
    share = _share(row, options)
    columns: Columns = columns_of(
        row, _flag("standardize", options["standardize"]) if "standardize" in options else None
    )
    names = column_facts(columns, "either")
    numbers = column_numbers(names, options, missing("s_j", where), where)
    own = own_row(row, share)
    pair = to_pair(row, value, share, numbers_of(row, own, share, options, where))
    return on_columns(pair, columns, "either", numbers)


def _check_fixed(row: Convention, options: Mapping[str, Any], where: str) -> None:
    for name, wanted in row.fixed.items():
        if name in options and options[name] != wanted:
            raise InputError(f"{where} holds for {name}={wanted!r} only, and {name}={options[name]!r} is another law.")


def _share(row: Convention, options: Mapping[str, Any]) -> float:
    if not isinstance(row.share, str):
        return row.share
    share = check_fact(row.share, options.get(row.share, row.default_share))
    if row.intercept_penalized and share not in (0.0, 1.0):
        raise InputError(f"{row.share}={share:g} is not allowed: LIBLINEAR has 0 (the square) and 1 (absolute value).")
    return share


def _shape(row: Convention, options: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the law's other numbers under our names."""
    result = {}
    for theirs, ours in row.shape.items():
        if theirs not in options and theirs not in row.defaults:
            raise InputError(f"{where} needs {theirs}=, a number of the law that has no default. Give it by name.")
        result[ours] = options.get(theirs, row.defaults.get(theirs))
    return result


def _weights(row: Convention, options: Mapping[str, Any]) -> Any:
    factors = options.get(row.weights) if row.weights and row.weights != row.argument else None
    return None if factors is None else weights_of(row, factors)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{name}={value!r} is not allowed; say True or False.")
    return value
