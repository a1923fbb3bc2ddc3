"""Terms of a formula: the records, and how checked tokens become them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from formulaic.parser.algos.tokens_to_ast import tokens_to_ast
from formulaic.parser.parser import DefaultFormulaParser, DefaultOperatorResolver
from formulaic.parser.types import ASTNode, Factor, Token

from bayesreg.design.bounds import check_size, children_first
from bayesreg.design.check import Expression, World
from bayesreg.design.marks import Mark
from bayesreg.design.summands import Summand
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
    group : bool
        Whether these are effects of the levels of a group, ``(x || g)``; the last factor is the group then.
    """

    text: str
    factors: tuple[str, ...]
    scale: float = 1.0
    group: bool = False


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
    marks : tuple of Mark
        The terms that the formula puts under penalties of their own.
    """

    response: Expression
    terms: tuple[Term, ...]
    intercept: bool
    factors: dict[str, Expression]
    marks: tuple[Mark, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns used on the right side, in order of appearance."""
        return tuple(dict.fromkeys(name for one in self.factors.values() for name in one.columns))


@dataclass(frozen=True, eq=False)
class Checker:
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

    def summand(self, summand: Summand) -> Summand:
        """Return the summand with its tokens checked."""
        tokens = tuple(self.token(token) for token in summand.tokens)
        return replace(summand, tokens=tokens, group=tuple(self.token(token) for token in summand.group))

    def keys_of(self, tokens: Iterable[Token]) -> list[str]:
        """Return the keys of the factors among checked tokens."""
        return [self.keys[id(token)][1] for token in tokens if id(token) in self.keys]

    def columns(self, tokens: Iterable[Token]) -> set[str]:
        """Return the columns that checked tokens use."""
        return {name for key in self.keys_of(tokens) for name in self.factors[key].columns}

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


def tree_of(tokens: list[Token]) -> Token | ASTNode:
    """Return the tree of operators of some tokens."""
    return tokens_to_ast(tokens, DefaultOperatorResolver(feature_flags=DefaultFormulaParser.FeatureFlags.NONE))


def has_dot(tokens: Iterable[Token]) -> bool:
    """Return whether ``.`` is among them."""
    return any(token.kind is _KIND.OPERATOR and token.token == "." for token in tokens)


def expand(tokens: list[Token], rest: list[str], checker: Checker) -> tuple[list[Term], int]:
    """Return the terms that checked tokens make, by degree, and a bound of their number found beforehand.

    Parameters
    ----------
    tokens : list of Token
    rest : list of str
        The columns that ``.`` stands for.
    checker : Checker

    Raises
    ------
    FormulaError
        If there are too many, or ``.`` stands for nothing.
    """
    tree = tree_of(tokens)
    size = check_size(tree, n_dot=len(rest))
    if not rest and _has_dot(tree):
        raise FormulaError("`.` stands for all other columns of the data, but there are none; write the terms, or 1.")
    dot = [checker.key(checker.world.column(name)) for name in rest] if _has_dot(tree) else []
    context = {"__formulaic_variables_available__": dot, "__formulaic_variables_used_lhs__": []}
    try:
        found = sorted(checker.use_keys(tree).to_terms(context=context), key=lambda term: term.degree)
    except TypeError:
        raise FormulaError("one side of / or %in% has no terms left; write the terms that are meant.") from None
    return [_term(one, checker.factors) for one in found], size


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


def check_term(term: Term, response: str, seen: set[frozenset[str]]) -> None:
    """Raise unless a term is one, is there once, and is not the response.

    Raises
    ------
    FormulaError
        Naming the term.
    """
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
