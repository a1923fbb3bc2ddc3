"""Formula text -> response and terms.

formulaic's tokenizer and operators are used as they are; its parser is not, because it runs code found in the response
while parsing. Every token is checked by `bayesreg.design.check` first, and the number of terms is bounded from the tree
of operators before anything is multiplied out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from formulaic.errors import FormulaicError
from formulaic.parser.algos.tokenize import tokenize
from formulaic.parser.algos.tokens_to_ast import tokens_to_ast
from formulaic.parser.parser import DefaultFormulaParser, DefaultOperatorResolver
from formulaic.parser.types import ASTNode, Factor, Token
from formulaic.parser.utils import merge_operator_tokens, replace_tokens

from bayesreg.design.bounds import check_size, children_first
from bayesreg.design.check import Expression, World
from bayesreg.design.hints import needs_quotes, unknown_bar, unquoted_columns, unreadable
from bayesreg.design.text import check_text
from bayesreg.errors import FormulaError

MAX_FACTORS = 8
"""Most factors in one interaction."""

_NUMBER = re.compile(r"(\d+(\.\d*)?|\.\d+)$")
_KIND = Token.Kind


@dataclass(frozen=True, eq=False)
class Term:
    """A product of factors times a number.

    Parameters
    ----------
    text : str
        As printed, such as ``"a:b"``.
    factors : tuple of str
        Keys of `Parsed.factors`.
    scale : float
        The constant in front (1 unless written, as in ``2:x``).
    """

    text: str
    factors: tuple[str, ...]
    scale: float = 1.0


@dataclass(frozen=True, eq=False)
class Parsed:
    """A checked formula.

    Parameters
    ----------
    response : Expression
        The left side.
    terms : tuple of Term
        The right side without the intercept, by degree, then as written.
    intercept : bool
        Whether there is one.
    factors : dict
        Key -> `Expression` of every factor on the right. Keys are ours, so that a column named ``"1"`` or ``"log(x)"``
        is never taken for the intercept or for a call.
    """

    response: Expression
    terms: tuple[Term, ...]
    intercept: bool
    factors: dict[str, Expression]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns used on the right side, in order of appearance."""
        return tuple(dict.fromkeys(name for one in self.factors.values() for name in one.columns))


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
        left, right = _sides(_tokens(text))
        checker = _Checker(world, {}, {})
        response = _response([checker.token(token) for token in left], checker)
        tree = tokens_to_ast(_with_intercept([checker.token(token) for token in right]), _resolver())
        rest = [name for name in world.names if name not in {*response.columns, *excluded}]
        return _parsed(response, tree, rest, checker)
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
    checker = _Checker(world, {}, {})
    try:
        tokens_to_ast([checker.token(token) for token in _tokens(check_text(text))], _resolver())
    except (FormulaicError, FormulaError, RecursionError, MemoryError):
        return False
    return True


def _resolver() -> DefaultOperatorResolver:
    return DefaultOperatorResolver(feature_flags=DefaultFormulaParser.FeatureFlags.NONE)


def _tokens(text: str) -> list[Token]:
    tokens = list(tokenize(text))
    for token in tokens:
        if token.token == ".":
            token.kind = _KIND.OPERATOR
        if token.kind is _KIND.CONTEXT and token.token in "[]":
            raise FormulaError("square brackets are not an operator of formulas; use round ones.")
        if token.kind is _KIND.OPERATOR and "|" in token.token:
            raise FormulaError(unknown_bar(text))
    return tokens


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


def _with_intercept(tokens: list[Token]) -> list[Token]:
    """Put ``1 +`` in front and turn 0 into - 1, as formulaic does."""
    one, plus, minus = Token("1", kind=_KIND.VALUE), Token("+", kind=_KIND.OPERATOR), Token("-", kind=_KIND.OPERATOR)
    tokens = list(replace_tokens(tokens, "0", [minus, one], kind=_KIND.VALUE))
    signed = tokens[0].kind is _KIND.OPERATOR and tokens[0].token[0] in "+-"
    return list(merge_operator_tokens([one, *([] if signed else [plus]), *tokens], symbols={"+", "-"}))


@dataclass(frozen=True, eq=False)
class _Checker:
    """Checks tokens, gives their canonical text back, and remembers which factor each one is (by identity)."""

    world: World
    factors: dict[str, Expression]
    keys: dict[int, tuple[Token, str]]

    def token(self, token: Token) -> Token:
        if token.kind is _KIND.NAME:
            return self.keep(token, self.world.column(token.token))
        if token.kind is _KIND.PYTHON:
            return self.keep(token, self.world.expression(token.token))
        if token.kind is _KIND.VALUE and not _NUMBER.match(token.token):
            raise FormulaError(
                f"{token.token} can not be a term: it is a text or an odd number. Write odd column names in "
                "`back quotes`."
            )
        return token

    def keep(self, token: Token, expression: Expression) -> Token:
        checked = token.copy_with_attrs(token=expression.text)
        self.keys[id(checked)] = (checked, self.key(expression))
        return checked

    def key(self, expression: Expression) -> str:
        key = ast.dump(expression.node)
        self.factors.setdefault(key, expression)
        return key

    def use_keys(self, tree: Token | ASTNode) -> Token | ASTNode:
        """Return the tree with factors named by their keys, so that equal factors are equal and no others."""
        for node in children_first(tree):
            if id(node) in self.keys:
                node.token = self.keys[id(node)][1]
        return tree


def _response(tokens: list[Token], checker: _Checker) -> Expression:
    tree = tokens_to_ast(tokens, _resolver())
    if not isinstance(tree, Token) or id(tree) not in checker.keys:
        raise FormulaError(
            "the response must be one column or one expression of columns, such as y or log(y); "
            f"got {' '.join(token.token for token in tokens)!r}. Write arithmetic as I(a + b)."
        )
    return checker.factors[checker.keys[id(tree)][1]]


def _parsed(response: Expression, tree: Token | ASTNode, rest: list[str], checker: _Checker) -> Parsed:
    check_size(tree, n_dot=len(rest))
    if not rest and _has_dot(tree):
        raise FormulaError("`.` stands for all other columns of the data, but there are none; write the terms, or 1.")
    dot = [checker.key(checker.world.column(name)) for name in rest] if _has_dot(tree) else []
    context = {"__formulaic_variables_available__": dot, "__formulaic_variables_used_lhs__": []}
    try:
        found = sorted(checker.use_keys(tree).to_terms(context=context), key=lambda term: term.degree)
    except TypeError:
        raise FormulaError("one side of / or %in% has no terms left; write the terms that are meant.") from None
    terms = [_term(one, checker.factors) for one in found]
    seen: set[frozenset[str]] = set()
    for term in terms:
        _check_term(term, ast.dump(response.node), seen)
    used = dict.fromkeys(key for term in terms for key in term.factors)
    intercept = any(not one.factors for one in terms)
    return Parsed(
        response, tuple(one for one in terms if one.factors), intercept, {key: checker.factors[key] for key in used}
    )


def _has_dot(tree: Token | ASTNode) -> bool:
    return any(isinstance(node, ASTNode) and node.operator.symbol == "." for node in children_first(tree))


def _term(term: Any, factors: dict[str, Expression]) -> Term:
    scale, keys, texts = 1.0, [], []
    for factor in term.factors:
        if factor.eval_method is Factor.EvalMethod.LITERAL:
            scale *= float(factor.expr)
            texts.append(factor.expr)
        else:
            keys.append(factor.expr)
            texts.append(factors[factor.expr].printed)
    return Term(":".join(texts), tuple(keys), scale)


def _check_term(term: Term, response: str, seen: set[frozenset[str]]) -> None:
    if not term.factors and term.text != "1":
        raise FormulaError(
            f"the number {term.text} can not be a term; only 1 (intercept) and 0 (no intercept) are, and numbers that "
            "scale a term by `:`."
        )
    if len(term.factors) > MAX_FACTORS:
        raise FormulaError(f"the term {term.text} has {len(term.factors)} factors; at most {MAX_FACTORS} are allowed.")
    if frozenset(term.factors) in seen:
        raise FormulaError(f"the term {term.text} is there twice with different numbers in front; keep one.")
    if term.factors == (response,):
        raise FormulaError(f"the response {term.text} is also a term; take it out of the right side.")
    seen.add(frozenset(term.factors))
