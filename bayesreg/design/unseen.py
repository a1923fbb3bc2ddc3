"""New rows whose groups, the ``g`` of ``(1 | g)``, have levels that the fit has not seen."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.design.evaluate import Context
from bayesreg.design.frames import Table
from bayesreg.design.sources import FormulaSource
from bayesreg.design.values import Coded, Value
from bayesreg.errors import DataError
from bayesreg.matrices import Matrix


@final
@dataclass(frozen=True, eq=False)
class Unseen:
    """One effect that differs between the levels of a group (its intercept, or one slope), at levels not seen.

    Attributes
    ----------
    text : str
        The term, such as ``"1|site"``.
    columns : ndarray of int (k,)
        Design columns of the same effect at the known levels.
    rows : ndarray of int (u,)
        The rows with a level that was not seen.
    labels : ndarray of int (u,)
        Which of these levels; the same number is the same level.
    values : ndarray (u,)
        What the effect is multiplied by: 1, or the slope's column.
    """

    text: str
    columns: np.ndarray
    rows: np.ndarray
    labels: np.ndarray
    values: np.ndarray


def rows_with_unseen(
    source: FormulaSource, data: Any
) -> tuple[Matrix, np.ndarray, pd.Index, Table, tuple[Unseen, ...]]:
    """Return the columns of new rows, 0 at groups of unseen levels, and the effects that these rows have instead.

    Parameters
    ----------
    source : FormulaSource
    data : table

    Returns
    -------
    X : ndarray (m, p), missing : ndarray (m,), index, table
        As `FormulaSource.matrix` has them.
    unseen : tuple of Unseen

    Raises
    ------
    DataError
        If a level was not seen of a factor that is not a group alone.

    Examples
    --------
    >>> from bayesreg.design import build
    >>> design = build("y ~ x + (1 | g)", {"y": [1.0, 2.0, 4.0], "x": [0, 1, 2], "g": ["a", "b", "b"]}, marks=["l1"])
    >>> X, *_, unseen = rows_with_unseen(design.spec.source, {"x": [5, 6], "g": ["a", "c"]})
    >>> X.tolist(), unseen[0].rows.tolist()
    ([[5.0, 1.0, 0.0], [6.0, 0.0, 0.0]], [1])
    """
    columns, missing, table = source.read(data)
    present = np.flatnonzero(~missing)
    X = np.full((len(table), len(source.names)), np.nan, order="F")
    if not present.size:
        return X, missing, table.index, table, ()
    state = {key: dict(learned) for key, learned in source.state.items()}
    context = Context({name: one.take(present) for name, one in columns.items()}, source.functions, state, present.size)
    groups = _groups(source)
    labels = {key: _labels(source, context, key) for key in groups}
    values: dict[str, Value] = {}
    for key, factor in source.parsed.factors.items():
        values[key] = labels[key][0] if key in groups else context.factor(factor)
    _, terms, part = source.layout.columns(values, present.size)
    found: list[Unseen] = []
    for term in source.parsed.terms:
        if not term.group or not (labels[term.factors[-1]][1] >= 0).any():
            continue
        coded, new = labels[term.factors[-1]]
        at, rows = np.flatnonzero(np.array(terms) == term.text), np.flatnonzero(new >= 0)
        effects = at.reshape(-1, len(coded.levels))
        found += [Unseen(term.text, one, present[rows], new[rows], part[rows, one[0]].copy()) for one in effects]
        part[np.ix_(rows, at)] = 0.0
    X[present] = part
    return X, missing, table.index, table, tuple(found)


def _groups(source: FormulaSource) -> tuple[str, ...]:
    """Return the keys of the factors that are groups and nothing else."""
    groups = dict.fromkeys(term.factors[-1] for term in source.parsed.terms if term.group)
    fixed = {key for term in source.parsed.terms for key in (term.factors[:-1] if term.group else term.factors)}
    return tuple(key for key in groups if key not in fixed)


def _labels(source: FormulaSource, context: Context, key: str) -> tuple[Coded, np.ndarray]:
    """Return a group with unseen levels at its first one, and which unseen level each row has, -1 for none."""
    node = source.parsed.factors[key].node
    known = tuple(source.state[ast.dump(node)]["levels"])
    state: dict[str, dict[str, Any]] = {ast.dump(node): {}}
    fresh = Context(context.columns, context.functions, state, context.n).factor(source.parsed.factors[key])
    if not isinstance(fresh, Coded):
        raise DataError(
            f"the group {source.parsed.factors[key].text} is no factor in the new rows; convert it to labels."
        )
    place = {level: at for at, level in enumerate(known)}
    codes = np.array([place.get(level, -1) for level in fresh.levels])[fresh.codes]
    return Coded(np.maximum(codes, 0), known, fresh.contrasts), np.where(codes < 0, fresh.codes, -1)
