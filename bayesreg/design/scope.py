"""Which factors of which terms are coded in full and which are reduced, so that the columns are independent.

The rule of Wilkinson and Rogers as R, patsy and formulaic have it: a factor contains the constant column, a term spans
all products of its reduced factors, and what an earlier term spans is not coded again.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

Scoped = tuple[tuple[str, bool], ...]
"""Factors of a product in order, each with whether it is reduced."""


def scope_terms(terms: Sequence[tuple[str, ...]], spans: Mapping[str, bool], *, intercept: bool) -> list[list[Scoped]]:
    """Choose the coding of each term.

    Parameters
    ----------
    terms : sequence of tuples of str
        Factors of each term, in order.
    spans : mapping
        Factor -> whether it contains the constant column.
    intercept : bool
        Whether the constant column is there already.

    Returns
    -------
    list of lists of Scoped
        For each term the products that make its columns.

    Examples
    --------
    >>> scope_terms([("g",)], {"g": True}, intercept=True), scope_terms([("g",)], {"g": True}, intercept=False)
    ([[(('g', True),)]], [[(('g', False),)]])
    """
    spanned: set[frozenset[tuple[str, bool]]] = {frozenset()} if intercept else set()
    chosen = []
    for factors in terms:
        span = [one for one in _span(factors, spans) if frozenset(one) not in spanned]
        chosen.append(_simplify(span))
        spanned.update(frozenset(one) for one in span)
    return chosen


def _span(factors: tuple[str, ...], spans: Mapping[str, bool]) -> list[Scoped]:
    choices = [[((name, True),), ()] if spans[name] else [((name, False),)] for name in factors]
    return [tuple(itertools.chain(*one)) for one in itertools.product(*choices)]


def _simplify(span: list[Scoped]) -> list[Scoped]:
    """Apply (a) + (a):(b reduced) -> (a):(b full) until nothing changes."""
    pending = sorted(span, key=len)
    kept: list[Scoped] = []
    while pending:
        product = pending.pop(0)
        partner = _partner(product, kept)
        if partner is None:
            kept.append(product)
            continue
        extra = next(iter(set(product) - set(partner)))
        merged = tuple((name, False) if (name, reduced) == extra else (name, reduced) for name, reduced in product)
        rest = [one for one in kept if one != partner]
        pending, kept = [*sorted([*rest, merged], key=len), *pending], []
    return kept


def _partner(product: Scoped, kept: list[Scoped]) -> Scoped | None:
    for other in kept:
        difference = set(product) - set(other)
        if len(product) - 1 == len(other) and len(difference) == 1 and next(iter(difference))[1]:
            return other
    return None
