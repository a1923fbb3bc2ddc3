"""Terms and evaluated factors -> design columns with names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bayesreg.design.parser import Term
from bayesreg.design.scope import Scoped, scope_terms
from bayesreg.design.values import Encoded, Value
from bayesreg.errors import DataError, FormulaError

MAX_COLUMNS = 20_000
"""Most design columns that factors and interactions may make."""


@dataclass(frozen=True, eq=False)
class Layout:
    """How terms become columns; learned once, used for every new row.

    Parameters
    ----------
    terms : tuple of Term
        The terms.
    products : tuple of lists of Scoped
        For each term the products of coded factors that make its columns.
    """

    terms: tuple[Term, ...]
    products: tuple[list[Scoped], ...]

    @classmethod
    def learn(cls, terms: Sequence[Term], values: Mapping[str, Value], *, intercept: bool) -> Layout:
        """Choose full or reduced coding of each factor."""
        spans = {name: value.spans_intercept for name, value in values.items()}
        chosen = scope_terms([term.factors for term in terms], spans, intercept=intercept)
        return cls(tuple(terms), tuple(chosen))

    def columns(self, values: Mapping[str, Value], n: int) -> tuple[list[str], list[str], np.ndarray]:
        """Return names, the term of each column, and the matrix.

        Parameters
        ----------
        values : mapping
            Factor text -> value on n rows.
        n : int
            Number of rows.

        Returns
        -------
        names : list of str
            Length p, unique.
        terms : list of str
            Length p.
        X : numpy.ndarray
            (n, p), float64, Fortran order, finite.

        Raises
        ------
        DataError
            If a value is not finite.
        FormulaError
            If there are too many columns, or two of one name.
        """
        encode = _Encoder(values)
        self._check_count(encode, n)
        names: list[str] = []
        terms: list[str] = []
        blocks: list[np.ndarray] = []
        for term, products in zip(self.terms, self.products, strict=True):
            for product in products:
                new, block = _product([encode(name, reduced) for name, reduced in product], term.scale, n)
                _check_finite(term.text, block)
                names += new
                terms += [term.text] * len(new)
                blocks.append(block)
        _check_names(names)
        return names, terms, _stack(blocks, n)

    def _check_count(self, encode: _Encoder, n: int) -> None:
        for term, products in zip(self.terms, self.products, strict=True):
            count = sum(math.prod(encode(name, reduced)[1].shape[1] for name, reduced in one) for one in products)
            if count > MAX_COLUMNS:
                raise FormulaError(
                    f"the term {term.text} makes {count:,} columns ({8 * n * count / 2**30:.3g} GiB); "
                    f"at most {MAX_COLUMNS:,} are allowed. Merge levels, or give the columns as arrays."
                )


class _Encoder:
    """Encodes each factor once for each coding."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values
        self.done: dict[tuple[str, bool], Encoded] = {}

    def __call__(self, name: str, reduced: bool) -> Encoded:
        if (name, reduced) not in self.done:
            self.done[name, reduced] = self.values[name].encode(name, reduced=reduced)
        return self.done[name, reduced]


def _product(encoded: list[Encoded], scale: float, n: int) -> Encoded:
    """Multiply factors row by row; the first factor varies fastest."""
    names, block = encoded[0]
    with np.errstate(all="ignore"):
        for more, values in encoded[1:]:
            names = [f"{one}:{two}" for two in more for one in names]
            block = (values[:, :, None] * block[:, None, :]).reshape(n, -1)
        return names, block if scale == 1.0 else scale * block


def _check_finite(term: str, block: np.ndarray) -> None:
    bad = ~np.isfinite(block).all(axis=1)
    if bad.any():
        raise DataError(
            f"the term {term} is not finite in {int(bad.sum())} of {len(bad)} rows (first: row {int(bad.argmax())} of "
            "those used, counted from 0), although its columns are; check for log(0), division by zero and overflow."
        )


def _check_names(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise FormulaError(f"two design columns are named {name!r}; rename a column or a level, or take one out.")
        seen.add(name)


def _stack(blocks: list[np.ndarray], n: int) -> np.ndarray:
    X = np.empty((n, sum(block.shape[1] for block in blocks)), order="F")
    start = 0
    for block in blocks:
        X[:, start : start + block.shape[1]] = block
        start += block.shape[1]
    return X
