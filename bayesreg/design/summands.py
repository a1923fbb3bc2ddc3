"""The right side of a formula as summands: plain ones, marks ``l1(x + z)``, and effects of groups ``(1 | g)``.

It works on the tokens of formulaic's tokenizer, before any operator is applied; formulaic does not know the last two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from formulaic.parser.algos.tokenize import tokenize
from formulaic.parser.types import Token

from bayesreg.design.hints import MISPLACED, unknown_bar
from bayesreg.design.marks import GROUP, mark_name, read_mark, short
from bayesreg.errors import FormulaError

_KIND = Token.Kind


@dataclass(frozen=True, eq=False)
class Summand:
    """What stands between two signs.

    Parameters
    ----------
    sign : tuple of Token
        The signs before it; empty for the first.
    tokens : tuple of Token
        Its tokens; of a mark those of its terms, of a group effect those before the bar.
    name : str
        The mark's name, ``"|"`` for a group effect; "" for a plain summand.
    text : str
        As written, of a mark or group effect.
    options : mapping
        The mark's options.
    bar : str
        ``"|"`` or ``"||"``.
    group : tuple of Token
        The tokens after the bar.
    """

    sign: tuple[Token, ...]
    tokens: tuple[Token, ...]
    name: str = ""
    text: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    bar: str = ""
    group: tuple[Token, ...] = ()


def read_tokens(text: str) -> list[Token]:
    """Return the tokens of a formula, ``.`` as an operator.

    Raises
    ------
    FormulaError
        For square brackets.
    """
    tokens = list(tokenize(text))
    for token in tokens:
        if token.token == ".":
            token.kind = _KIND.OPERATOR
        if token.kind is _KIND.CONTEXT and token.token in "[]":
            raise FormulaError("square brackets are not an operator of formulas; use round ones.")
    return tokens


def check_no_bar(tokens: Collection[Token], text: str) -> None:
    """Raise if a ``|`` is left where none belongs."""
    if any(_is_bar(token) for token in tokens):
        raise FormulaError(unknown_bar(text))


def split_summands(tokens: list[Token], marks: Collection[str], text: str) -> list[Summand]:
    """Split the tokens of a right side at its signs.

    Parameters
    ----------
    tokens : list of Token
    marks : collection of str
        Names of marks; where there are none, neither marks nor group effects are read.
    text : str
        The formula, for messages.

    Raises
    ------
    FormulaError
        If a mark or a bar stands where it may not.
    """
    if not marks:
        check_no_bar(tokens, text)
        return [Summand((), tuple(tokens))]
    summands = [_read(sign, body, marks, text) for sign, body in _at_signs(tokens)]
    for one in summands:
        if one.name and any("-" in token.token for token in one.sign):
            raise FormulaError(f"{one.text} has a minus sign before it; leave it out of the formula instead.")
    return summands


def _at_signs(tokens: list[Token]) -> list[tuple[list[Token], list[Token]]]:
    """Return pairs of signs and what follows them, split outside of brackets."""
    pairs: list[tuple[list[Token], list[Token]]] = [([], [])]
    depth = 0
    for token in tokens:
        depth += _opens(token) - _closes(token)
        if depth == 0 and token.kind is _KIND.OPERATOR and not set(token.token) - set("+-"):
            if pairs[-1][1]:
                pairs.append(([], []))
            pairs[-1][0].append(token)
        else:
            pairs[-1][1].append(token)
    return pairs


def _read(sign: list[Token], body: list[Token], marks: Collection[str], text: str) -> Summand:
    name = mark_name(body[0].token, marks) if len(body) == 1 and body[0].kind is _KIND.PYTHON else ""
    if name:
        source, options = read_mark(body[0].token)
        inner = read_tokens(source)
        _check_terms(inner, short(body[0].token), marks)
        return Summand(tuple(sign), tuple(inner), name, short(body[0].token), options)
    if _is_bracket(body):
        return _read_bar(sign, body[1:-1], text)
    check_no_bar(body, text)
    return Summand(tuple(sign), tuple(body))


def _check_terms(tokens: list[Token], text: str, marks: Collection[str]) -> None:
    """Raise unless tokens are terms: no ``~``, no mark, no intercept."""
    check_no_bar(tokens, text)
    if any(token.kind is _KIND.OPERATOR and "~" in token.token for token in tokens):
        raise FormulaError(f"{text} has a ~ inside; a mark holds terms alone, as in l1(a + b).")
    inside = next((one.token for one in tokens if one.kind is _KIND.PYTHON and mark_name(one.token, marks)), "")
    if inside:
        raise FormulaError(f"{short(inside)} stands inside of {text}: {MISPLACED}.")
    for _, body in _at_signs(tokens):
        if len(body) == 1 and body[0].kind is _KIND.VALUE:
            raise FormulaError(
                f"{text} has the constant {short(body[0].token)} as a term; a mark holds terms of columns. "
                "The intercept is named in penalty={'Intercept': ...}, and taken out by 0 + outside of marks."
            )


def _read_bar(sign: list[Token], body: list[Token], text: str) -> Summand:
    """Read what stands between the brackets of ``(x || g)``."""
    bars = [place for place, token in enumerate(body) if _is_bar(token)]
    place = bars[0]
    effects, bar, group = body[:place], body[place].token, body[place + 1 :]
    if len(bars) != 1 or bar not in ("|", "||") or not effects or not group:
        raise FormulaError(unknown_bar(text))
    written = short(f"({_written(effects)} {bar} {_written(group)})")
    return Summand(tuple(sign), tuple(effects), GROUP, written, {}, bar, tuple(group))


def _is_bracket(body: list[Token]) -> bool:
    """Return whether one pair of brackets holds everything, with a bar directly inside of it."""
    depth, bar = 0, False
    for place, token in enumerate(body):
        depth += _opens(token) - _closes(token)
        bar |= depth == 1 and _is_bar(token)
        if depth == 0 and place < len(body) - 1:
            return False
    return bar


def _written(tokens: list[Token]) -> str:
    return " ".join(token.token for token in tokens)


def _opens(token: Token) -> bool:
    return token.kind is _KIND.CONTEXT and token.token == "("


def _closes(token: Token) -> bool:
    return token.kind is _KIND.CONTEXT and token.token == ")"


def _is_bar(token: Token) -> bool:
    return token.kind is _KIND.OPERATOR and "|" in token.token
