"""Terms and evaluated factors -> design columns with names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayesreg.design.scope import Scoped, scope_terms
from bayesreg.design.terms import Parsed, Term
from bayesreg.design.values import Coded, Encoded, Value
from bayesreg.errors import DataError, FormulaError

MAX_COLUMNS = 10_000
"""Most design columns that one term may make."""


@dataclass(frozen=True, eq=False)
class Layout:
    """How terms become columns; learned once, used for every new row.

    Parameters
    ----------
    terms : tuple of Term
        The terms.
    products : tuple of lists of Scoped
        For each term the products of coded factors that make its columns.
    texts : mapping
        Factor key -> its text, from which the names of columns are made.
    """

    terms: tuple[Term, ...]
    products: tuple[list[Scoped], ...]
    texts: Mapping[str, str]

    @classmethod
    def learn(cls, parsed: Parsed, values: Mapping[str, Value]) -> Layout:
        """Choose full or reduced coding of each factor; effects of one group are coded among themselves."""
        spans = {key: value.spans_intercept for key, value in values.items()}
        plain = [term for term in parsed.terms if not term.group]
        found = scope_terms([term.factors for term in plain], spans, intercept=parsed.intercept)
        chosen = dict(zip(plain, found, strict=True))
        for group in dict.fromkeys(term.factors[-1] for term in parsed.terms if term.group):
            terms = [term for term in parsed.terms if term.group and term.factors[-1] == group]
            effects = [term.factors[:-1] for term in terms]
            slopes = scope_terms(effects, spans, intercept=() in effects)
            for term, products in zip(terms, slopes, strict=True):
                chosen[term] = [(*one, (group, False)) for one in products or [()]]
        texts = {key: one.text for key, one in parsed.factors.items()}
        return cls(parsed.terms, tuple(chosen[term] for term in parsed.terms), texts)

    def columns(self, values: Mapping[str, Value], n: int) -> tuple[list[str], list[str], np.ndarray]:
        """Return names, the term of each column, and the matrix.

        Parameters
        ----------
        values : mapping
            Factor key -> value on n rows.
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
        self._check_count(values, n)
        encode = _Encoder(values, self.texts)
        names: list[str] = []
        terms: list[str] = []
        blocks: list[np.ndarray] = []
        for term, products in zip(self.terms, self.products, strict=True):
            for product in products:
                encoded = [encode(key, reduced) for key, reduced in product]
                new, block = _effects(encoded, term.scale, n) if term.group else _product(encoded, term.scale, n)
                _check_finite(term.text, block)
                names += new
                terms += [term.text] * len(new)
                blocks.append(block)
        _check_names(names)
        return names, terms, _stack(blocks, n)

    def references(self, values: Mapping[str, Value]) -> list[str]:
        """Return for each column the factors whose reference level it is relative to, as text; "" for none.

        A factor of two levels has none where it stands alone: with the other reference its column changes sign.
        """
        found: list[str] = []
        for term, products in zip(self.terms, self.products, strict=True):
            for product in products:
                width = math.prod(values[key].width(reduced=reduced) for key, reduced in product)
                coded = [key for key, reduced in product if reduced and isinstance(values[key], Coded)]
                matters = width > 1 or len(term.factors) > 1
                found += [" and ".join(self.texts[key] for key in coded) if matters else ""] * width
        return found

    def _check_count(self, values: Mapping[str, Value], n: int) -> None:
        for term, products in zip(self.terms, self.products, strict=True):
            count = sum(math.prod(values[key].width(reduced=reduced) for key, reduced in one) for one in products)
            if count > MAX_COLUMNS:
                raise FormulaError(
                    f"the term {term.text} makes {count:,} columns ({8 * n * count / 2**30:.3g} GiB); "
                    f"at most {MAX_COLUMNS:,} are allowed. Merge levels, or give the columns as arrays."
                )


class _Encoder:
    """Encodes each factor once for each coding."""

    def __init__(self, values: Mapping[str, Value], texts: Mapping[str, str]) -> None:
        self.values = values
        self.texts = texts
        self.done: dict[tuple[str, bool], Encoded] = {}

    def __call__(self, key: str, reduced: bool) -> Encoded:
        if (key, reduced) not in self.done:
            self.done[key, reduced] = self.values[key].encode(self.texts[key], reduced=reduced)
        return self.done[key, reduced]


def _product(encoded: list[Encoded], scale: float, n: int) -> Encoded:
    """Multiply factors row by row; the first factor varies fastest."""
    names, block = encoded[0]
    with np.errstate(all="ignore"):
        for more, values in encoded[1:]:
            names = [f"{one}:{two}" for two in more for one in names]
            block = (values[:, :, None] * block[:, None, :]).reshape(n, -1)
        return names, block if scale == 1.0 else scale * block


def _effects(encoded: list[Encoded], scale: float, n: int) -> Encoded:
    """Multiply a slope (1: none) with the indicators of its groups, and name the columns ``x|g[a]``."""
    names, block = _product(encoded[:-1], scale, n) if len(encoded) > 1 else (["1"], np.full((n, 1), scale))
    groups, indicators = encoded[-1]
    values = (block[:, :, None] * indicators[:, None, :]).reshape(n, -1)
    return [f"{name}|{group}" for name in names for group in groups], values


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
    p = sum(block.shape[1] for block in blocks)
    try:
        X = np.empty((n, p), order="F")
    except MemoryError:
        raise DataError(f"the design of {n:,} rows and {p:,} columns does not fit in memory; use fewer.") from None
    start = 0
    for block in blocks:
        X[:, start : start + block.shape[1]] = block
        start += block.shape[1]
    return X
