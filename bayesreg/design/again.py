"""A design learned again from some of its rows, and other rows of it as columns of what was learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesreg.design.build import learn_columns
from bayesreg.design.evaluate import Context
from bayesreg.design.record import Design
from bayesreg.design.sources import FormulaSource


def learn_again(design: Design, rows: np.ndarray) -> Design:
    """Return the design that some rows alone would have made: levels, knots and means are theirs.

    The response stays what it is in ``design``, so that deviances of both are on one scale.

    Parameters
    ----------
    design : Design
    rows : numpy.ndarray
        Integer positions, with repetitions if need be, or a mask of length n.

    Raises
    ------
    DataError
        If the columns can not be made from these rows, such as a spline with more knots than they have values.

    Examples
    --------
    >>> from bayesreg.design import build
    >>> design = build("y ~ center(x) + g", {"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 5.0], "g": ["a", "b", "c"]})
    >>> part = learn_again(design, np.array([0, 1]))
    >>> part.names, part.X[:, 0].tolist()
    (('center(x)', 'g[T.b]'), [-0.5, 0.5])
    """
    part, source = replace(design.take(rows), again=True), design.spec.source
    if not isinstance(source, FormulaSource):
        return part
    columns = {name: column.without_unused_levels() for name, column in part.columns.items()}
    learned = learn_columns(source.parsed, Context(columns, source.functions, {}, part.n))
    return replace(
        part,
        X=learned.X,
        names=learned.source.names,
        terms=learned.terms,
        references=learned.references,
        spec=replace(design.spec, source=learned.source),
        columns=columns,
    )


def rows_under(learned: Design, design: Design, rows: np.ndarray) -> Design:
    """Return rows of ``design`` with the columns of ``learned``, a design that `learn_again` made from other rows.

    A row may lie beyond the range of those; B-splines are extended there by their end polynomials, unless the formula
    says otherwise (``bs(x, extrapolation="clip")``).

    Parameters
    ----------
    learned, design : Design
    rows : numpy.ndarray
        Integer positions in ``design``, or a mask of length n.

    Raises
    ------
    DataError
        If a row has a level that ``learned`` has not seen.

    Examples
    --------
    >>> from bayesreg.design import build
    >>> design = build("y ~ center(x)", {"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 5.0]})
    >>> rows_under(learn_again(design, np.array([0, 1])), design, np.array([2])).X.tolist()
    [[4.5]]
    """
    part, source = design.take(rows), learned.spec.source
    if not isinstance(source, FormulaSource):
        return part
    X = source.values(part.columns, part.n, extend=True)
    return replace(
        part, X=X, names=learned.names, terms=learned.terms, references=learned.references, spec=learned.spec
    )
