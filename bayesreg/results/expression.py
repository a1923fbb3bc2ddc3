"""Statements about coefficients, ``"bmi > 2 * bp"``: a closed world of names, numbers, arithmetic and comparisons.

A recursive descent over tokens; nothing of the text is ever executed. Names are those of the coefficients as they are
printed, brackets and colons included, the longest one that fits; any name may stand in backticks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError

RELATIONS = (">=", "<=", "==", ">", "<", "=")
LONGEST, DEEPEST = 2000, 50
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_WORD = re.compile(r"[A-Za-z_][\w.]*")


@final
@dataclass(frozen=True)
class Statement:
    """Sides, and the relations between neighbours.

    Attributes
    ----------
    sides : tuple of tuple of str
        Tokens of each side.
    relations : tuple of str
        One less: ">", ">=", "<", "<=" or "=".
    """

    sides: tuple[tuple[str, ...], ...]
    relations: tuple[str, ...]


@final
@dataclass(frozen=True, eq=False)
class Value:
    """A value at every draw, and its coefficients where it is linear in the names.

    Attributes
    ----------
    draws : ndarray (S,) or number
    linear : dict of str to float, or None
        The factor of each name, the constant under ""; None where it is not linear.
    """

    draws: np.ndarray | np.floating[Any]
    linear: Mapping[str, float] | None


def read_statement(text: str, names: Sequence[str]) -> Statement:
    """Return the tokens of a statement.

    Raises
    ------
    InputError
        If it is no comparison, or has something beside the names, numbers, ``+ - * / ( )`` and comparisons.

    Examples
    --------
    >>> read_statement("bmi > 2 * bp", ["bmi", "bp"])
    Statement(sides=(('bmi',), ('2', '*', 'bp')), relations=('>',))
    """
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        raise InputError(f"{text!r} is no statement; write a comparison such as 'bmi > 2 * bp' or '0 < bmi < 3'.")
    tokens = _tokens(text, names)
    sides: list[list[str]] = [[]]
    relations = []
    for token in tokens:
        if token in RELATIONS:
            relations.append("=" if token == "==" else token)
            sides.append([])
        else:
            sides[-1].append(token)
    if not relations or not all(sides):
        raise InputError(f"{text!r} is no comparison of two sides; write one such as 'bmi > 2 * bp' or '0 < bmi < 3'.")
    if "=" in relations and len(relations) > 1:
        raise InputError(f"{text!r} has '=' in a chain of comparisons; write one equation, such as 'bmi = 0'.")
    return Statement(tuple(tuple(side) for side in sides), tuple(relations))


def evaluate(side: Sequence[str], known: Mapping[str, np.ndarray], text: str) -> Value:
    """Return the value of one side.

    Parameters
    ----------
    side : sequence of str
        Tokens.
    known : mapping
        Name -> draws (S,).
    text : str
        The statement, for messages.

    Examples
    --------
    >>> evaluate(["2", "*", "bp"], {"bp": np.array([1.0, 3.0])}, "").draws.tolist()
    [2.0, 6.0]
    """
    parser = _Parser(tuple(side), known, text)
    value, end = parser.total(0, 0)
    if end != len(side):
        parser.refuse(end)
    return value


def _tokens(text: str, names: Sequence[str]) -> list[str]:
    by_length = sorted(names, key=len, reverse=True)
    found, place = [], 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        token, length = _token(text, place, by_length)
        found.append(token)
        place += length
    return found


def _token(text: str, place: int, names: list[str]) -> tuple[str, int]:
    """Return the token at a place, and how many characters it takes."""
    rest = text[place:]
    if rest[0] == "`":
        name = rest[1:].partition("`")[0]
        if name in names and len(name) + 1 < len(rest):
            return name, len(name) + 2
        raise InputError(f"`{name}` in {text!r} is no coefficient; allowed: {_some(names)}.")
    for name in names:
        after = rest[len(name) : len(name) + 1]
        whole = not (re.match(r"\w", name[-1]) and re.match(r"[\w\[]", after))
        if rest.startswith(name) and whole:
            return name, len(name)
    number = _NUMBER.match(rest)
    if number:
        return number[0], len(number[0])
    relation = next((one for one in RELATIONS if rest.startswith(one)), "")
    if relation or rest[0] in "+-*/()":
        return relation or rest[0], len(relation or rest[0])
    word = _WORD.match(rest)
    what = word[0] if word else rest[0]
    close = get_close_matches(what, names, 1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise InputError(
        f"{what!r} in {text!r} is not known.{hint} Allowed are the names {_some(names)}, numbers, + - * / ( ) and "
        "comparisons."
    )


def _some(names: list[str]) -> str:
    return ", ".join(sorted(names)[:12]) + (", ..." if len(names) > 12 else "")


@final
@dataclass(frozen=True, eq=False)
class _Parser:
    """One side's tokens; each rule returns a value and the place after it."""

    tokens: tuple[str, ...]
    known: Mapping[str, np.ndarray]
    text: str

    def total(self, at: int, depth: int) -> tuple[Value, int]:
        value, at = self.product(at, depth)
        while at < len(self.tokens) and self.tokens[at] in "+-":
            sign = 1.0 if self.tokens[at] == "+" else -1.0
            other, at = self.product(at + 1, depth)
            value = _sum(value, other, sign)
        return value, at

    def product(self, at: int, depth: int) -> tuple[Value, int]:
        value, at = self.factor(at, depth)
        while at < len(self.tokens) and self.tokens[at] in "*/":
            divides = self.tokens[at] == "/"
            other, at = self.factor(at + 1, depth)
            value = _quotient(value, other) if divides else _product(value, other)
        return value, at

    def factor(self, at: int, depth: int) -> tuple[Value, int]:
        if at >= len(self.tokens) or depth > DEEPEST:
            self.refuse(at)
        token = self.tokens[at]
        if token in self.known:
            return Value(self.known[token], {token: 1.0}), at + 1
        if _NUMBER.fullmatch(token):
            return Value(np.float64(token), {"": float(token)}), at + 1
        if token in "+-":
            value, end = self.factor(at + 1, depth + 1)
            return (_product(Value(np.float64(-1.0), {"": -1.0}), value) if token == "-" else value), end
        if token == "(":
            value, end = self.total(at + 1, depth + 1)
            if end >= len(self.tokens) or self.tokens[end] != ")":
                self.refuse(end)
            return value, end + 1
        return self.refuse(at)

    def refuse(self, at: int) -> tuple[Value, int]:
        where = f"at {self.tokens[at]!r}" if at < len(self.tokens) else "at the end of a side"
        raise InputError(
            f"{self.text!r} can not be read {where}; sides are sums and products of names and numbers, as in "
            "'bmi - bp > 2 * (s1 + s2)'."
        )


def _sum(left: Value, right: Value, sign: float) -> Value:
    linear = None
    if left.linear is not None and right.linear is not None:
        keys = dict.fromkeys((*left.linear, *right.linear))
        linear = {key: left.linear.get(key, 0.0) + sign * right.linear.get(key, 0.0) for key in keys}
    return Value(left.draws + sign * right.draws, linear)


def _constant(value: Value) -> float | None:
    linear = value.linear
    return linear[""] if linear is not None and set(linear) <= {""} and "" in linear else None


def _product(left: Value, right: Value) -> Value:
    for number, other in ((_constant(left), right), (_constant(right), left)):
        if number is not None and other.linear is not None:
            return Value(left.draws * right.draws, {key: number * factor for key, factor in other.linear.items()})
    return Value(left.draws * right.draws, None)


def _quotient(left: Value, right: Value) -> Value:
    number = _constant(right)
    if number == 0.0:
        raise InputError("The statement divides by 0; write the other side without it.")
    draws = left.draws / right.draws
    if number is not None and left.linear is not None:
        return Value(draws, {key: factor / number for key, factor in left.linear.items()})
    return Value(draws, None)
