"""Records: the design of a fit and the design of new rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bayesreg.matrices import Matrix, freeze, take_rows

if TYPE_CHECKING:
    from bayesreg.design.columns import Column
    from bayesreg.design.marks import Mark
    from bayesreg.design.spec import DesignSpec


@dataclass(frozen=True, eq=False)
class Rows:
    """The design of new rows.

    Parameters
    ----------
    X : numpy.ndarray or scipy.sparse.csc_array
        (m, p), columns as in the fit; NaN in rows where a value is missing, in a sparse matrix in their stored entries.
    offset : numpy.ndarray or None
        (m,), NaN where missing; None if the model has none.
    missing : numpy.ndarray
        (m,), bool: whether a value that is needed is missing.
    index : pandas.Index
        Labels of the rows.

    Examples
    --------
    >>> from bayesreg.design import from_arrays
    >>> from_arrays(np.eye(2), [0.0, 1.0]).spec.rows([[1.0, None]]).missing
    array([ True])
    """

    X: Matrix
    offset: np.ndarray | None
    missing: np.ndarray
    index: pd.Index


@dataclass(frozen=True, eq=False)
class Design:
    """Arrays with names: what is fitted.

    Parameters
    ----------
    X : numpy.ndarray or scipy.sparse.csc_array
        (n, p) float64, without the intercept column, on the user's scale, read-only. Dense in the memory order of the
        matrix that was given (of a formula: Fortran order); sparse if a sparse matrix was given, with sorted row
        indices and no repetitions.
    y : numpy.ndarray
        (n,) float64, read-only.
    names : tuple of str
        p unique column names, as formulaic names them.
    terms : tuple of str
        p: the term of each column.
    intercept : bool
        Whether the model has an intercept.
    response : str
        Name of the response as printed.
    levels : tuple of str or None
        The two labels of a response of labels; y is 1 for the second.
    weights : numpy.ndarray or None
        (n,), finite, >= 0, not all zero.
    weights_kind : {"precision", "frequency"} or None
        What the weights mean, if said.
    weights_name : str
        The column that they are, if one was named.
    offset : numpy.ndarray or None
        (n,).
    dropped : int
        Number of rows dropped for missing values.
    index : pandas.Index
        Labels of the n rows kept.
    spec : DesignSpec
        How new rows are turned into columns.
    marks : tuple of Mark
        The terms that the formula puts under penalties of their own.
    references : tuple of str
        p: the factor whose reference level a column is relative to, such as ``"C(site)"``; "" where there is none, or
        where another choice of it would only change signs. Empty for a design from arrays.
    columns : mapping
        The columns of the data that the terms use, at the n rows, from which a formula's design can be learned again.
        Empty for a design from arrays.
    again : bool
        Whether it was learned again from some rows of another design. A column that is constant in these then says
        nothing about its coefficient, and is no error of the data.

    Examples
    --------
    >>> from bayesreg.design import build
    >>> design = build("y ~ x + g", {"y": [1.0, 2.0, 4.0], "x": [0, 1, 2], "g": ["a", "b", "b"]})
    >>> design.names, design.n, design.p
    (('x', 'g[T.b]'), 3, 2)
    """

    X: Matrix
    y: np.ndarray
    names: tuple[str, ...]
    terms: tuple[str, ...]
    intercept: bool
    response: str
    levels: tuple[str, ...] | None
    weights: np.ndarray | None
    weights_kind: str | None
    offset: np.ndarray | None
    dropped: int
    index: pd.Index
    spec: DesignSpec
    marks: tuple[Mark, ...] = ()
    references: tuple[str, ...] = ()
    weights_name: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)
    again: bool = False

    def __post_init__(self) -> None:
        freeze(self.X)
        for array in (self.y, self.weights, self.offset):
            if array is not None:
                array.setflags(write=False)

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.X.shape[0]

    @property
    def p(self) -> int:
        """Number of columns, without the intercept."""
        return self.X.shape[1]

    @property
    def group_effects(self) -> np.ndarray:
        """Which columns (p,) are effects of the levels of a group, ``(1 | g)``."""
        effects = {term for mark in self.marks if mark.is_group for term in mark.terms}
        if not effects:
            return np.zeros(self.p, dtype=bool)
        return np.array([term in effects for term in self.terms], dtype=bool)

    def take(self, rows: np.ndarray) -> Design:
        """Return the design of some rows, in the order given and with repetitions, under the same specification.

        Parameters
        ----------
        rows : numpy.ndarray
            Integer positions, or a mask of length n.

        Returns
        -------
        Design
        """
        return replace(
            self,
            X=take_rows(self.X, rows),
            y=self.y[rows],
            weights=None if self.weights is None else self.weights[rows],
            offset=None if self.offset is None else self.offset[rows],
            index=self.index[rows],
            columns={name: column.take(rows) for name, column in self.columns.items()},
        )
