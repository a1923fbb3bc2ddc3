"""A penalty of ours as the call of another package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayesreg.conventions.calls import python_name, resolve
from bayesreg.conventions.factors import factors_of
from bayesreg.conventions.facts import UNIT_DISPERSION, check_fact, missing, refuse_unused
from bayesreg.conventions.laws import kind_of, own_row, strengths_of, value_of
from bayesreg.conventions.needs import column_facts, column_numbers, numbers_of, on_columns
from bayesreg.conventions.rows import KINDS, Convention, Pair, from_pair, to_pair
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties import Penalty

_EDGE = 1e-12


def to_package(penalty: Penalty, package: str, **facts: Any) -> dict[str, Any]:
    """Return the arguments with which another package has this penalty: the inverse of `from_package`.

    Parameters
    ----------
    penalty : Penalty
        A penalty of absolute values and squares of single coefficients, or a law that the package has, with its
        strength given.
    package : str
        As in `from_package`.
    **facts
        ``n`` and ``s_y`` as in `from_package`; ``dispersion`` (phi) if one of the two is in loss units and the other
        in prior units; ``family`` where `from_package` takes it.

    Returns
    -------
    dict
        Arguments by name, spelled as `from_package` takes them.

    Raises
    ------
    InputError
        If a fact is missing or unused, or the package has no argument for this kind of penalty.
    UnsupportedError
        If the package has no weights per column, no sign constraint or no such law, and the penalty has.

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
    found, options = resolve(package, facts)
    where = f"to_package(..., {package!r})"
    kind = kind_of(penalty)
    rows = tuple(row for row in found if row.kind == kind)
    if not rows:
        raise InputError(f"{where}: {found[0].name} {KINDS[found[0].kind]}, and {penalty!r} is not of that kind.")
    _check_limits(penalty, rows[0])
    if kind != "coefficients":
        return _law(penalty, rows[0], options, where)
    summands = rows if len({row.share for row in rows}) == len(rows) and len(rows) > 1 else rows[:1]
    pair = _pair(penalty, rows[0], options, where)
    result: dict[str, Any] = {}
    for row in summands:
        part = pair if len(summands) == 1 else Pair(pair.l1, 0.0) if row.share == 1.0 else Pair(0.0, pair.l2)
        result |= _arguments(row, part, penalty, options, where)
    return result | _sign(penalty, rows[0])


def _pair(penalty: Penalty, row: Convention, options: dict[str, Any], where: str) -> Pair:
    """Return the loss-unit strengths; phi is asked for where one side has loss units and the other prior units."""
    one, in_loss, in_prior = strengths_of(penalty)
    asked = not (in_prior if row.absolute else in_loss)
    names = [fact for fact, _ in row.f + row.g if fact != "dispersion"]
    names += [*column_facts("either", row.columns), *(("dispersion",) if asked else ())]
    refuse_unused(options, tuple(dict.fromkeys(names)), where)
    if not asked:
        options["dispersion"] = 1.0
        return one
    if "dispersion" not in options:
        if row.family not in UNIT_DISPERSION:
            raise missing("dispersion", where)
        options["dispersion"] = 1.0
    phi = check_fact("dispersion", options["dispersion"])
    strength = penalty.strength(phi)
    return Pair(phi * float(strength.rate), phi * float(strength.precision))


def _arguments(row: Convention, pair: Pair, penalty: Penalty, options: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the strength, the share and the factors of one row."""
    share = 0.0 if pair.l1 == 0.0 else 1.0 if pair.l2 == 0.0 else 0.5
    numbers = numbers_of(row, own_row(row, share), share, options, where)
    columns = column_facts("either", row.columns)
    pair = on_columns(pair, "either", row.columns, column_numbers(columns, options, missing("s_j", where), where))
    factors, mean = factors_of(penalty, row)
    value, share_there = from_pair(row, pair, numbers)
    if share_there is not None and not isinstance(row.share, str) and abs(share_there - row.share) > _EDGE:
        kind = "an absolute value" if row.share == 1.0 else "a square"
        raise InputError(f"{where}: {row.call} penalises {kind} only, and this penalty is not of that kind.")
    result: dict[str, Any] = {python_name(row.argument): value * mean**row.power}
    if row.share_name:
        result[row.share_name] = row.default_share if share_there is None else share_there
    return result | factors


def _law(penalty: Penalty, row: Convention, options: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the arguments of a law of another kind: its number, and the other numbers of the law."""
    own = own_row(row, float(row.share))
    sigma = getattr(penalty, "relative_to", None) == "sigma" and row.kind not in ("group", "mcp")
    names = [fact for fact, _ in (*row.f, *own.f) if sigma or fact != "dispersion" or not row.absolute]
    names += [*column_facts("either", row.columns)]
    refuse_unused(options, tuple(dict.fromkeys(names)), where)
    if sigma and "dispersion" not in options:
        raise missing("dispersion", where)
    phi = check_fact("dispersion", options["dispersion"]) if sigma else 1.0
    value, shape = value_of(penalty, phi**0.5)
    numbers = numbers_of(own, row, float(row.share), options, where)
    pair = to_pair(own, value, float(row.share), numbers)
    columns = column_facts("either", row.columns)
    pair = on_columns(pair, "either", row.columns, column_numbers(columns, options, missing("s_j", where), where))
    factors, _ = factors_of(penalty, row)
    number, _ = from_pair(row, pair, numbers)
    others = {theirs: shape[ours] for theirs, ours in row.shape.items()}
    return {python_name(row.argument): number} | others | factors | _sign(penalty, row)


def _check_limits(penalty: Penalty, row: Convention) -> None:
    limits = getattr(penalty, "limits", None)
    if limits is not None:
        raise UnsupportedError(f"{row.call} has no argument for limits={limits!r} in this table. Leave the limits out.")


def _sign(penalty: Penalty, row: Convention) -> dict[str, Any]:
    if not getattr(penalty, "positive", False):
        return {}
    if not row.positive:
        raise UnsupportedError(
            f"{row.call} has no argument that keeps coefficients >= 0 in this table; use sklearn.Lasso, "
            "sklearn.ElasticNet or sklearn.Ridge."
        )
    return {"positive": True}
