"""Marks of a formula as penalties: one table of names, and the options checked against the penalty's own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, final

from bayesreg.design import Mark
from bayesreg.errors import FormulaError, InputError
from bayesreg.penalties import L2, REGISTRY, Penalty

_SHORT = {
    "GroupLasso": "group",
    "SparseGroupLasso": "sparse_group",
    "FusedLasso": "fused",
    "GPrior": "g_prior",
}
"""Names in formulas that are not the penalty's own name in small letters."""


def _name(law: str) -> str:
    """Return a penalty's name in formulas: ``StudentT`` is ``student_t``."""
    return _SHORT.get(law) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", law).lower()


MARKS: Mapping[str, type[Penalty]] = REGISTRY.renamed(_name)
"""Name in formulas -> penalty."""


@final
@dataclass(frozen=True, eq=False)
class Marked:
    """Terms with the penalty that the formula gives them.

    Attributes
    ----------
    text : str
        As written in the formula.
    terms : tuple of str
    penalty : Penalty
    is_group : bool
        The effects of a group, ``(1 | g)``: their penalty may be given by ``penalty=`` instead, and acts on raw
        coefficients.
    """

    text: str
    terms: tuple[str, ...]
    penalty: Penalty
    is_group: bool

    @property
    def label(self) -> str:
        """The terms as a key of ``penalty=``; where they are many, as written."""
        return " + ".join(self.terms) if len(self.terms) <= 8 else self.text


def marked_terms(marks: tuple[Mark, ...]) -> tuple[Marked, ...]:
    """Return the penalties of a formula's marks; effects of a group have a ridge penalty of open strength.

    Raises
    ------
    FormulaError
        If an option is not one of the penalty's, or its value is not allowed.

    Examples
    --------
    >>> [one] = marked_terms((Mark("l1", "l1(x, lam=3)", {"lam": 3}, ("x",)),))
    >>> one.penalty.written
    'L1(lam=3)'
    """
    return tuple(
        Marked(mark.text, mark.terms, L2() if mark.is_group else _penalty(mark), mark.is_group) for mark in marks
    )


def _penalty(mark: Mark) -> Penalty:
    law = MARKS[mark.name]
    shown = sorted(
        (item for item in fields(law) if item.init and item.name[0] != "_"), key=lambda item: item.kw_only is True
    )
    known = {item.name: item for item in shown}
    for option in mark.options:
        if option not in known:
            raise FormulaError(f"{option}= is not an option of {mark.name}(...){_instead(option, list(known))}.")
    lacking = [name for name, item in known.items() if _is_required(item) and name not in mark.options]
    if lacking:
        raise FormulaError(
            f"{mark.text} lacks {', '.join(f'{name}=' for name in lacking)}, which {law.__name__} needs; write it "
            "after the terms."
        )
    try:
        return law(**mark.options)
    except InputError as error:
        raise FormulaError(f"In the mark {mark.text}: {error}") from None
    except (TypeError, ValueError, ArithmeticError):
        given = ", ".join(f"{name}={value!r}" for name, value in mark.options.items())
        raise FormulaError(
            f"{mark.text} is not a penalty: {law.__name__}({given}) can not be made. Give each option a value of the "
            "kind that it takes."
        ) from None


def _is_required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _instead(option: str, known: list[str]) -> str:
    close = difflib.get_close_matches(option, known)
    return (f"; did you mean {' or '.join(close)}? Allowed" if close else "; allowed") + f": {', '.join(known)}"
