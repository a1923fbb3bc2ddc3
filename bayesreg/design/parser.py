"""Formula text -> response and terms.

formulaic's tokenizer and operators are used as they are; its parser is not, because it runs code found in the response
while parsing. Every token is checked by `bayesreg.design.check` first, and the number of terms is bounded from the tree
of operators before anything is multiplied out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from formulaic.errors import FormulaicError
from formulaic.parser.types import Token

from bayesreg.design.assembly import Assembly
from bayesreg.design.check import Expression, World
from bayesreg.design.hints import needs_quotes, unquoted_columns, unreadable
from bayesreg.design.summands import check_no_bar, read_tokens, split_summands
from bayesreg.design.terms import Checker, Parsed, tree_of
from bayesreg.design.text import check_text
from bayesreg.errors import FormulaError

_KIND = Token.Kind


def parse(formula: Any, world: World, *, excluded: Iterable[str] = ()) -> Parsed:
    """Read a formula in a closed world.

    Parameters
    ----------
    formula : str
        Two-sided, such as ``"y ~ a * log(b)"``.
    world : World
        The columns and functions that may be named.
    excluded : iterable of str
        Columns that ``.`` does not stand for, besides those of the response (weights, offset).

    Returns
    -------
    Parsed

    Raises
    ------
    FormulaError
        If it can not be read, or names anything outside of the world.
    """
    try:
        return _read(formula, world, excluded)
    except FormulaError as error:
        name = _needs_quotes(formula, world)
        raise (FormulaError(needs_quotes(name)) if name else error) from None


def _read(formula: Any, world: World, excluded: Iterable[str]) -> Parsed:
    text = check_text(formula)
    try:
        left, right = _sides(read_tokens(text))
        check_no_bar(left, text)
        checker = Checker(world, {}, {})
        response = _response([checker.token(token) for token in left], checker)
        summands = [checker.summand(one) for one in split_summands(right, world.marks, text)]
        rest = [name for name in world.names if name not in {*response.columns, *excluded}]
        return Assembly(checker, response, rest, summands).parsed()
    except FormulaicError as error:
        raise FormulaError(unreadable(error)) from None
    except (RecursionError, MemoryError):
        raise FormulaError("the formula is nested too deeply; write it with fewer brackets and operators.") from None


def _needs_quotes(formula: Any, world: World) -> str:
    """Return the column that a refused formula names without its back-quotes, or "".

    A name that reads as something else, such as ``a + b`` where both are columns, is not meant.
    """
    found = unquoted_columns(formula, world.names) if isinstance(formula, str) else []
    return next((name for name in found if "~" in name or not _reads(name, world)), "")


def _reads(text: str, world: World) -> bool:
    checker = Checker(world, {}, {})
    try:
        tree_of([checker.token(token) for token in read_tokens(check_text(text))])
    except (FormulaicError, FormulaError, RecursionError, MemoryError):
        return False
    return True


def _sides(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    tildes = [
        (place, token) for place, token in enumerate(tokens) if token.kind is _KIND.OPERATOR and "~" in token.token
    ]
    joined = tildes[0][1].token if len(tildes) == 1 else "~"
    if joined.index("~") == len(joined) - 1 > 0:
        raise FormulaError(f"the operator {joined[:-1]} has nothing after it before the ~; write the response alone.")
    if len(tildes) != 1 or tildes[0][1].token.count("~") != 1 or not tildes[0][1].token.startswith("~"):
        raise FormulaError(
            f"a formula has exactly one ~ between response and terms, as in 'y ~ a + b'; found {len(tildes)}."
        )
    place, tilde = tildes[0]
    left, right = tokens[:place], tokens[place + 1 :]
    if not left:
        raise FormulaError("the formula has no response; write it before the ~, as in 'y ~ a + b'.")
    if not right:
        raise FormulaError("the formula has nothing after the ~; write the terms, or 1 for an intercept alone.")
    if tilde.token != "~":
        right = [tilde.copy_with_attrs(token=tilde.token[1:]), *right]
    return left, right


def _response(tokens: list[Token], checker: Checker) -> Expression:
    tree = tree_of(tokens)
    if not isinstance(tree, Token) or id(tree) not in checker.keys:
        raise FormulaError(
            "the response must be one column or one expression of columns, such as y or log(y); "
            f"got {' '.join(token.token for token in tokens)!r}. Write arithmetic as I(a + b)."
        )
    return checker.factors[checker.keys[id(tree)][1]]
