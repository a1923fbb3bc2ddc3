"""Priors by term, for packages that make their own columns from a formula: brms and Bambi."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.export.formulas import level_text
from bayesreg.export.parts import Part
from bayesreg.export.subject import Subject


@final
@dataclass(frozen=True, eq=False)
class Named:
    """One term: a column, or a factor with its levels.

    Attributes
    ----------
    name : str
        The column of the frame.
    levels : tuple
        Of a factor; empty for a column of numbers.
    part : Part
        The law of its coefficients.
    at : ndarray of int (d,)
        Places among the columns that are kept.
    inside : ndarray of int (d,)
        The same places within the part.
    """

    name: str
    levels: tuple[object, ...]
    part: Part
    at: np.ndarray
    inside: np.ndarray

    @property
    def coefficients(self) -> list[str]:
        """The names of its coefficients in R: the factor's with its level."""
        shown = self.levels[len(self.levels) - len(self.at) :]
        return [self.name + level_text(level) for level in shown] if self.levels else [self.name]


def named_terms(subject: Subject) -> list[Named]:
    """Return the terms in order; those whose columns are all left out are not among them."""
    start = int(subject.resolved.intercept)
    levels = dict(subject.source.factors)
    terms = np.array([subject.resolved.terms[j] for j in range(start, len(subject.resolved.terms))], dtype=object)
    found = []
    for (text, _), name in zip(subject.source.terms, subject.source.variables, strict=True):
        columns = np.flatnonzero(terms == text) + start
        at = np.flatnonzero(np.isin(subject.kept, columns))
        if at.size:
            part = next(one for one in subject.parts if np.isin(at, one.at).all())
            found.append(Named(name, levels.get(name, ()), part, at, np.searchsorted(part.at, at)))
    return found
