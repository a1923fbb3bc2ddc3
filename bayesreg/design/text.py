"""Limits on the text of a formula, checked before anything parses it.

They keep the parsers behind (formulaic's tokenizer, Python's ``ast``) inside the depths and lengths that they handle in
milliseconds, and refuse characters that make a formula read differently from what it says.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from bayesreg.errors import FormulaError

MAX_LENGTH = 65_536
"""Longest formula, in characters."""

MAX_DEPTH = 40
"""Deepest nesting of brackets."""

_CLOSER = {"(": ")", "[": "]", "{": "}"}


def check_text(formula: Any) -> str:
    """Return ``formula`` if it is a text within the limits.

    Parameters
    ----------
    formula : str
        At most 65,536 characters; no control, invisible or direction-changing characters; balanced brackets, at most
        40 deep.

    Returns
    -------
    str
        The formula, unchanged.

    Raises
    ------
    FormulaError
        If it is not a text, is empty, or breaks a limit.

    Examples
    --------
    >>> check_text("y ~ log(x)")
    'y ~ log(x)'
    """
    if not isinstance(formula, str):
        raise FormulaError(f"the formula is a {type(formula).__name__}, not a text; write it like 'y ~ a + log(b)'.")
    if not formula.strip():
        raise FormulaError("the formula is empty; write it like 'y ~ a + log(b)'.")
    if len(formula) > MAX_LENGTH:
        raise FormulaError(
            f"the formula has {len(formula):,} characters; at most {MAX_LENGTH:,} are read. "
            "Use `.` for all columns, or give the arrays themselves."
        )
    _check_characters(formula)
    _check_brackets(formula)
    return formula


def _check_characters(formula: str) -> None:
    for position, char in enumerate(formula):
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") and char not in "\t\n\r":
            raise FormulaError(
                f"the formula has the invisible character U+{ord(char):04X} at position {position}; "
                "control and direction-changing characters are not allowed, remove it."
            )


def _check_brackets(formula: str) -> None:
    expected: list[str] = []
    quote, skip = "", False
    for char in formula:
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        elif char in _CLOSER:
            expected.append(_CLOSER[char])
            if len(expected) > MAX_DEPTH:
                raise FormulaError(f"the brackets of the formula are nested more than {MAX_DEPTH} deep; simplify it.")
        elif char in ")]}" and (not expected or expected.pop() != char):
            raise FormulaError(f"the formula has a {char!r} without its opening bracket; balance the brackets.")
    if quote or expected:
        raise FormulaError(f"the formula ends before {(quote or expected[-1])!r} is closed; add the closing character.")
