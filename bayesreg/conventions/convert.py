"""One number of one package as the number of another."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.facts import SHARES, check_fact, check_value, missing, refuse_unused
from bayesreg.conventions.needs import (
    SWITCHES,
    column_facts,
    column_numbers,
    columns_of,
    missing_scale,
    numbers_of,
    on_columns,
)
from bayesreg.conventions.rows import KINDS, Columns, Convention, Pair, from_pair, to_pair
from bayesreg.conventions.table import lookup
from bayesreg.conventions.tables import CONVENTIONS
from bayesreg.errors import InputError, UnsupportedError

_CLOSE = 1e-9


def convert(value: float, source: str, target: str, **facts: Any) -> float:
    r"""Return a strength of one package in the units of another, with the same minimiser.

    Both programs minimise ``A sum_i w_i l_i + a1 |b| + a2 b^2 / 2``, ``l_i`` half the unit deviance; what
    they share is ``l1 = a1 / A`` and ``l2 = a2 / A``, the strengths in loss units (`bayesreg.conventions.table`).
    The number is the one of the columns that the penalty acts on. Where one program standardises them always and
    the other never, it holds for one column, of standard deviation ``s_j``; glmnet and `Model` do as they are told.

    Parameters
    ----------
    value : float
        The number to translate.
    source, target : str
        ``package.estimator.argument``, for example "sklearn.Lasso.alpha" or "bayesreg.L1.lam".
    **facts
        What the two conventions depend on, by name: ``n`` (rows, or the sum of the weights),
        ``dispersion`` (phi), ``s_y`` and ``s_j`` (1/n standard deviations of y and of the column), and the share of
        the absolute value under the source's own name (``l1_ratio``, ``alpha`` in glmnet, ``L1_wt`` in
        statsmodels). With glmnet, adelie and lasso2 ``standardize`` may state the columns it acts on.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If a row is not in the table, a fact is missing, unused or out of range, or the target has no
        argument for this kind of penalty.
    UnsupportedError
        If a number has no reading as a penalty: the decay of AdamW.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.convert(0.5, source="sklearn.Lasso.alpha", target="bayesreg.L1.lam", n=442)
    221.0
    >>> br.convert(0.5, "sklearn.Lasso.alpha", "bayesreg.L1.lam", n=442)
    221.0
    >>> br.convert(4.0, source="sklearn.LogisticRegression.C", target="bayesreg.Normal.scale")
    2.0
    >>> br.convert(0.5, source="bayesreg.Laplace.scale", target="bayesreg.L1.lam", dispersion=2.0)
    4.0
    >>> br.convert(8.0, source="MASS.lm_ridge.lambda", target="sklearn.Ridge.alpha", s_j=2.0)
    32.0
    """
    given, wanted = lookup(source), lookup(target)
    where = f"the conversion of {source} to {target}"
    check_readable(given, wanted)
    before, after = _columns(facts, given, wanted, where)
    shares = {name: check_fact(name, facts[name]) for name in _shares(given, wanted) if name in facts}
    share = _source_share(given, wanted, shares, where)
    numbers = numbers_of(given, wanted, share, facts, where)
    scales = column_numbers(column_facts(before, after), facts, missing_scale(given, wanted, where), where)
    pair = to_pair(given, check_value(given.argument, value, inverse=given.power < 0), share, numbers)
    pair = on_columns(pair, before, after, scales)
    result, derived = from_pair(wanted, pair, numbers)
    if derived is not None:
        _check_share(wanted, derived, shares.get(wanted.share_name or "", share), pair)
    return result


def check_readable(source: Convention, target: Convention) -> None:
    """Raise where a row has no reading as a penalty, or the two rows penalise different things."""
    for row in (source, target):
        if row.refused:
            raise UnsupportedError(f"{row.name} can not be read as a penalty: {row.refused}.")
    if source.kind != target.kind:
        raise InputError(
            f"{source.name} {KINDS[source.kind]} and {target.name} {KINDS[target.kind]}: no number makes them alike. "
            f"Choose a target of the same kind, such as {_alike(source)}."
        )


def _alike(row: Convention) -> str:
    return next(other.name for other in reversed(CONVENTIONS) if other.kind == row.kind and other is not row)


def _shares(source: Convention, target: Convention) -> tuple[str, ...]:
    return tuple(name for name in (source.share_name, target.share_name) if name)


def _columns(facts: dict[str, Any], source: Convention, target: Convention, where: str) -> tuple[Columns, Columns]:
    """Return what the two penalties act on, and raise for a fact that neither row uses."""
    rows = (source, target)
    switch = ("standardize",) if any(row.package in SWITCHES for row in rows) else ()
    standardize = facts.get("standardize")
    if switch and standardize not in (None, True, False):
        raise InputError(f"standardize={standardize!r} is not allowed; say True or False, as the package does.")
    before, after = (columns_of(row, standardize) for row in rows)
    names = (*(name for row in rows for name in row.facts), *column_facts(before, after), *switch)
    refuse_unused(facts, tuple(dict.fromkeys(names)), where)
    return before, after


def _source_share(source: Convention, target: Convention, shares: dict[str, float], where: str) -> float:
    """Return the source's share: fixed, given, or stated by a target that allows one only."""
    if not isinstance(source.share, str):
        return source.share
    if source.share in shares:
        return shares[source.share]
    if not isinstance(target.share, str):
        return target.share
    raise missing(source.share, where)


def _check_share(target: Convention, derived: float, stated: float, pair: Pair) -> None:
    """Raise where the target's one number can not carry the pair of strengths."""
    if not isinstance(target.share, str):
        if abs(derived - target.share) > _CLOSE:
            kind = "an absolute value only" if target.share == 1.0 else "a square only"
            raise InputError(
                f"{target.name} penalises {kind}, and the source has l1={pair.l1:g} and l2={pair.l2:g} in loss units. "
                f"Choose a target with {' or '.join(SHARES)}."
            )
    elif abs(derived - stated) > _CLOSE:
        raise InputError(
            f"{target.name} has this penalty at {target.share}={derived:.10g}, not {stated:g}, so one number can not "
            f"say it. Use bayesreg.conventions.to_package(penalty, {target.call!r}, ...), which returns both."
        )
