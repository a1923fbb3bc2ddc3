"""One number of one package as the number of another."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.facts import SHARES, UNIT_DISPERSION, check_fact, check_value, missing, refuse_unused
from bayesreg.conventions.rows import Convention, Exponents, Pair, from_pair, to_pair
from bayesreg.conventions.table import lookup
from bayesreg.errors import InputError

_CLOSE = 1e-9


def convert(value: float, source: str, target: str, **facts: Any) -> float:
    r"""Return a strength of one package in the units of another, with the same minimiser.

    Both programs minimise ``A sum_i w_i l_i + a1 |b| + a2 b^2 / 2``, ``l_i`` half the unit deviance; what
    they share is ``l1 = a1 / A`` and ``l2 = a2 / A``, the strengths in loss units (`bayesreg.conventions.table`).
    The number is the one of the columns that the penalty acts on: raw columns in scikit-learn and
    statsmodels, standardised ones in glmnet and in `Model` by default.

    Parameters
    ----------
    value : float
        The number to translate.
    source, target : str
        ``package.estimator.argument``, for example "sklearn.Lasso.alpha" or "bayesreg.L1.lam".
    **facts
        What the two conventions depend on, by name: ``n`` (rows, or the sum of the weights),
        ``dispersion`` (phi), ``s_y`` (1/n standard deviation of y), and the share of the absolute value
        under the source's own name (``l1_ratio``, ``alpha`` in glmnet, ``L1_wt`` in statsmodels). With
        glmnet ``standardize`` may state the columns it acts on.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If a row is not in the table, a fact is missing, unused or out of range, or the target has no
        argument for this kind of penalty.

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
    """
    given, wanted = lookup(source), lookup(target)
    where = f"the conversion of {source} to {target}"
    _check_standardize(facts, given, wanted, where)
    shares = {name: check_fact(name, facts[name]) for name in _shares(given, wanted) if name in facts}
    share = _source_share(given, wanted, shares, where)
    numbers = _numbers(given, wanted, share, facts, where)
    pair = to_pair(given, check_value(given.argument, value, inverse=given.power < 0), share, numbers)
    result, derived = from_pair(wanted, pair, numbers)
    if derived is not None:
        _check_share(wanted, derived, shares.get(wanted.share_name or "", share), pair)
    return result


def _shares(source: Convention, target: Convention) -> tuple[str, ...]:
    return tuple(name for name in (source.share_name, target.share_name) if name)


def _check_standardize(facts: dict[str, Any], source: Convention, target: Convention, where: str) -> None:
    rows = (source, target)
    names = tuple(name for row in rows for name in row.facts)
    allowed = (*dict.fromkeys(names), *(("standardize",) if "glmnet" in (source.package, target.package) else ()))
    refuse_unused(facts, allowed, where)
    standardize = facts.get("standardize")
    if standardize not in (None, True, False):
        raise InputError(f"standardize={standardize!r} is not allowed; say True or False, as in glmnet.")
    raw = [row.call for row in rows if row.columns == "raw"]
    if standardize and raw:
        raise InputError(
            f"standardize=True does not go with {raw[0]}, which penalises the columns as they are: on raw columns no "
            "single number reproduces the fit. Give it standardised columns, and leave standardize out here."
        )


def _source_share(source: Convention, target: Convention, shares: dict[str, float], where: str) -> float:
    """Return the source's share: fixed, given, or stated by a target that allows one only."""
    if not isinstance(source.share, str):
        return source.share
    if source.share in shares:
        return shares[source.share]
    if not isinstance(target.share, str):
        return target.share
    raise missing(source.share, where)


def _numbers(
    source: Convention, target: Convention, share: float, facts: dict[str, Any], where: str
) -> dict[str, float]:
    """Return every fact of both rows; one that cancels may be left out, and stands at 1."""
    numbers = {}
    needed = _needed(source, target, share)
    unit = next((row.family for row in (source, target) if row.family in UNIT_DISPERSION), None)
    for name in dict.fromkeys(fact for row in (source, target) for fact, _ in row.f + row.g):
        if name in facts:
            numbers[name] = check_fact(name, facts[name])
            if name == "dispersion" and unit and numbers[name] != 1.0:
                raise InputError(f"dispersion={facts[name]!r} has no meaning for a {unit} response, which has phi = 1.")
        elif name in needed and not (name == "dispersion" and unit):
            raise missing(name, where)
        else:
            numbers[name] = 1.0
    return numbers


def _needed(source: Convention, target: Convention, share: float) -> set[str]:
    """Return the facts that do not cancel between the two rows, in the parts that are there."""
    parts = [(source.f, target.f)] if share > 0.0 else []
    parts += [(source.f + source.g, target.f + target.g)] if share < 1.0 else []
    return {name for before, after in parts for name, exponent in _net(before, after).items() if exponent}


def _net(before: Exponents, after: Exponents) -> dict[str, int]:
    net = dict(before)
    for name, exponent in after:
        net[name] = net.get(name, 0) - exponent
    return net


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
