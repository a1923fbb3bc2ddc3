"""Formula and data -> `Design`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayesreg.design.check import World
from bayesreg.design.columns import Column, numbers_as_text
from bayesreg.design.evaluate import Context
from bayesreg.design.frames import Table, read
from bayesreg.design.functions import FUNCTIONS
from bayesreg.design.matrix import Layout
from bayesreg.design.missing import check_finite, check_finite_values, rows_to_keep
from bayesreg.design.parser import parse
from bayesreg.design.record import Design
from bayesreg.design.response import response_values
from bayesreg.design.sources import FormulaSource
from bayesreg.design.spec import DesignSpec, OffsetRule
from bayesreg.design.terms import Parsed
from bayesreg.design.weights import check_column_name, check_weights, numeric, row_values, weight_kind
from bayesreg.errors import DataError, FormulaError, InputError

Functions = Mapping[str, Callable[..., Any]]


def build(
    formula: str,
    data: Any,
    *,
    weights: Any = None,
    offset: Any = None,
    missing: str = "raise",
    functions: Functions | None = None,
    marks: Collection[str] = (),
) -> Design:
    """Turn a formula and a table into arrays with names.

    Parameters
    ----------
    formula : str
        ``"response ~ terms"`` with the operators ``+ - * / : ** ^ %in% .`` and the functions of
        `bayesreg.design.functions.FUNCTIONS`. Only the data's columns, these functions and ``functions`` can be named.
    data : table
        pandas or polars DataFrame, pyarrow Table, dict of arrays, or the path of a .csv or .parquet file.
    weights : str, array-like, Series or Weights, optional
        n numbers >= 0, not all zero. A Series is aligned by its index.
    offset : str, array-like or Series, optional
        n numbers added to the linear predictor.
    missing : {"raise", "drop"}, default "raise"
        Whether rows with a missing value in a column that is used are an error or are left out (and counted). Levels,
        knots and means are learned from the rows that are left.
    functions : mapping, optional
        Your functions by the name they have in the formula; they get float64 arrays (labels: object arrays).
    marks : collection of str, optional
        Names that may mark terms, such as "l1" in ``l1(a + b, lam=3)``; with them ``(1 | g)`` is read too.

    Returns
    -------
    Design

    Raises
    ------
    FormulaError
        If the formula can not be read or leaves its closed world.
    DataError
        If the data do not fit it; `MissingValuesError` for missing values.
    InputError
        If another argument is not allowed.

    Examples
    --------
    >>> design = build("y ~ a * b", {"y": [1.0, 0.0, 3.0], "a": [1, 2, 3], "b": [2, 2, 5]})
    >>> design.names
    ('a', 'b', 'a:b')
    """
    own = check_functions(functions, marks)
    table = read(data)
    values, kind = weight_kind(weights)
    excluded = [one for one in (values, offset) if isinstance(one, str)]
    parsed = parse(formula, World(table.names, tuple(own), marks), excluded=excluded)
    extras = {"weights": _extra(values, "weights", table), "offset": _extra(offset, "offset", table)}
    gathered = _gather(parsed, table, extras, missing)
    design = _design(formula, parsed, gathered, own, kind, _offset_rule(offset))
    return replace(design, weights_name=values) if isinstance(values, str) else design


def check_functions(functions: Functions | None, marks: Collection[str] = ()) -> dict[str, Callable[..., Any]]:
    """Return the user's functions as a dict, if their names are free and they can be called.

    Raises
    ------
    InputError
        Naming the function that is not allowed.
    """
    if functions is not None and not isinstance(functions, Mapping):
        raise InputError(f"functions is a {type(functions).__name__}; it must be a mapping from names to functions.")
    own = dict(functions or {})
    for name, function in own.items():
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("__"):
            raise InputError(f"functions has the name {name!r}; a function's name is a plain Python identifier.")
        if name in FUNCTIONS or name in marks:
            raise InputError(
                f"functions={{{name!r}: ...}}: {name} is a word of the formula language; choose another name."
            )
        if not callable(function):
            raise InputError(f"functions={{{name!r}: ...}} is a {type(function).__name__}, which can not be called.")
    return own


@dataclass(frozen=True, eq=False)
class _Gathered:
    """Complete rows of everything that is used."""

    columns: dict[str, Column]
    weights: np.ndarray | None
    offset: np.ndarray | None
    keep: np.ndarray
    table: Table


def _extra(values: Any, what: str, table: Table) -> np.ndarray | None:
    if values is None:
        return None
    if isinstance(values, str):
        check_column_name(values, what, table.names)
        return numeric(table.column(values), f"{what} column {values!r}", finite=False)
    return row_values(values, what, index=table.index, finite=False)


def _gather(parsed: Parsed, table: Table, extras: dict[str, np.ndarray | None], missing: str) -> _Gathered:
    names = dict.fromkeys((*parsed.response.columns, *parsed.columns))
    columns = {name: table.column(name) for name in names}
    masks = [(name, column.missing) for name, column in columns.items()]
    masks += [(name, np.isnan(values)) for name, values in extras.items() if values is not None]
    keep = rows_to_keep(masks, len(table), missing=missing)
    _check_used(columns, extras, keep)
    columns = {name: column.take(keep).without_unused_levels() for name, column in columns.items()}
    kept = {name: None if values is None else values[keep] for name, values in extras.items()}
    return _Gathered(columns, kept["weights"], kept["offset"], keep, table)


def _check_used(columns: Mapping[str, Column], extras: Mapping[str, np.ndarray | None], keep: np.ndarray) -> None:
    """Refuse infinite numbers in the rows that are used; a row that is dropped may hold anything."""
    check_finite(columns, rows=keep)
    for name, values in extras.items():
        if values is not None:
            check_finite_values(name, values, rows=keep)


def _offset_rule(offset: Any) -> OffsetRule:
    if offset is None:
        return OffsetRule()
    return OffsetRule("column", offset) if isinstance(offset, str) else OffsetRule("array")


def _design(
    formula: str, parsed: Parsed, data: _Gathered, functions: Functions, kind: str | None, rule: OffsetRule
) -> Design:
    n = int(data.keep.sum())
    context = Context(data.columns, functions, {}, n)
    y, levels = response_values(context.response(parsed.response), parsed.response.text)
    _check_labels(parsed, context.columns)
    learned = learn_columns(parsed, context)
    if not parsed.intercept and not learned.X.shape[1]:
        raise FormulaError("the formula has no terms and no intercept: there is nothing to estimate. Add a term or 1.")
    return Design(
        X=learned.X,
        y=y,
        names=learned.source.names,
        terms=learned.terms,
        intercept=parsed.intercept,
        marks=parsed.marks,
        references=learned.references,
        response=parsed.response.text,
        levels=levels,
        weights=None if data.weights is None else check_weights(data.weights, kind),
        weights_kind=kind,
        offset=data.offset,
        dropped=int((~data.keep).sum()),
        index=data.table.index[data.keep],
        spec=DesignSpec(formula, learned.source, rule),
        columns={name: data.columns[name] for name in parsed.columns},
    )


def _check_labels(parsed: Parsed, columns: Mapping[str, Column]) -> None:
    """Refuse a bare column of numbers that were read as text; C(...) says that a factor is meant."""
    for one in parsed.factors.values():
        reason = numbers_as_text(columns[one.text]) if isinstance(one.node, ast.Name) else ""
        if reason:
            raise DataError(
                f"column {one.text!r} holds text, but {reason}: it looks like numbers with a typing error. Correct it "
                f"and make it numeric, or write C({one.printed}) if it is a factor."
            )


@dataclass(frozen=True, eq=False)
class Learned:
    """The columns of a formula on some rows, and what was learned from these.

    Parameters
    ----------
    source : FormulaSource
        Makes the columns of other rows.
    terms, references : tuple of str
        Of each column; see `Design`.
    X : numpy.ndarray
        (n, p).
    """

    source: FormulaSource
    terms: tuple[str, ...]
    references: tuple[str, ...]
    X: np.ndarray


def learn_columns(parsed: Parsed, context: Context) -> Learned:
    """Make the columns of a formula from the rows of ``context``, which gets the state of its functions."""
    values = {key: context.factor(one) for key, one in parsed.factors.items()}
    layout = Layout.learn(parsed, values)
    names, terms, X = layout.columns(values, context.n)
    kinds = {name: context.columns[name].accepts for name in parsed.columns}
    source = FormulaSource(parsed, layout, context.state, kinds, context.functions, tuple(names))
    return Learned(source, tuple(terms), tuple(layout.references(values)), X)
