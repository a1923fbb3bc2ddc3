"""Marks: summands of a formula that name a penalty, ``l1(x + z, lam=3)``, read as text and constants.

A mark is split into the formula of its terms and its options here; the terms are read by the parser as all others are,
the options are constants of Python's syntax tree. Which penalty a name stands for is not known here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bayesreg.design.check import parse_expression
from bayesreg.design.parameters import literal
from bayesreg.errors import FormulaError

GROUP = "|"
"""The name of the mark ``(1 | g)``."""

MAX_OPTION = 100
"""Longest text that an option may be."""

_HEAD = re.compile(r"([A-Za-z_]\w*)\(")
_OPTION = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Mark:
    """Terms that the formula puts under a penalty.

    Parameters
    ----------
    name : str
        The penalty's name in formulas, such as ``"l1"``; ``"|"`` for the effects of the levels of a group.
    text : str
        As written, such as ``"l1(x + z, lam=3)"``.
    options : mapping
        The constants after the terms.
    terms : tuple of str
        Texts of its terms.
    """

    name: str
    text: str
    options: Mapping[str, Any] = field(default_factory=dict)
    terms: tuple[str, ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether it is the effect of a group, ``(1 | g)``."""
        return self.name == GROUP


def mark_name(text: str, marks: Collection[str]) -> str:
    """Return the name of the mark that a token is, or "" where it is none.

    Examples
    --------
    >>> mark_name("l1(x, lam=2)", ["l1"]), mark_name("log(x)", ["l1"]), mark_name("l1(x)[0]", ["l1"])
    ('l1', '', '')
    """
    head = _HEAD.match(text)
    if head is None or head[1] not in marks:
        return ""
    end = next((place for place, char, depth in _plain_characters(text) if char == ")" and depth == 0), -1)
    return head[1] if end == len(text) - 1 else ""


def read_mark(text: str) -> tuple[str, dict[str, Any]]:
    """Return the formula of a mark's terms and its options.

    Raises
    ------
    FormulaError
        If there are no terms, an argument after them has no name, or a value is not a constant.

    Examples
    --------
    >>> read_mark("l1(x + z, lam=3, positive=True)")
    ('x + z', {'lam': 3, 'positive': True})
    """
    name, inner = text[: text.index("(")], text[text.index("(") + 1 : -1]
    terms, *others = _pieces(inner)
    if not terms.strip() or _OPTION.match(terms):
        raise FormulaError(f"the mark {short(text)} has no terms; write them first, as in {name}(x + z).")
    options: dict[str, Any] = {}
    for piece in others:
        found = _OPTION.match(piece)
        if found is None:
            raise FormulaError(
                f"{short(piece.strip())!r} in {short(text)} has no name; terms are joined by + and options "
                f"follow them by name, as in {name}(x + z, lam=3)."
            )
        if found[1] in options:
            raise FormulaError(f"{found[1]}= is given twice in {short(text)}; keep one.")
        options[found[1]] = _constant(found[2].strip(), found[1], text)
    return terms, options


def _constant(source: str, option: str, text: str) -> Any:
    """Read a number, a text, True, False, None or a flat list of them from its syntax tree."""
    try:
        value = literal(parse_expression(source, source))
        if all(map(_is_allowed, value if isinstance(value, list) else [value])):
            return value
    except (ValueError, FormulaError):
        pass
    raise FormulaError(
        f"{option}={short(source)} is not allowed in {short(text)}: options of a mark are constants, that is "
        "numbers, True, False, None, a short text in quotes, or a list of these. Anything else, such as a prior of the "
        "strength, is given in penalty={...}, and the term without its mark."
    )


def _is_allowed(value: Any) -> bool:
    if isinstance(value, str | None):
        return len(value or "") <= MAX_OPTION
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _pieces(text: str) -> list[str]:
    """Split at the commas outside of brackets and quotes."""
    pieces, start = [], 0
    for place, char, depth in _plain_characters(text):
        if char == "," and depth == 0:
            pieces.append(text[start:place])
            start = place + 1
    return [*pieces, text[start:]]


def _plain_characters(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield place, character and depth of brackets after it, for what stands outside of quotes."""
    depth, quote, skip = 0, "", False
    for place, char in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        else:
            depth += (char in "([{") - (char in ")]}")
            yield place, char, depth


def short(text: str) -> str:
    """Return the text for a message, at most 60 characters of it."""
    return text if len(text) <= 60 else text[:57] + "..."
