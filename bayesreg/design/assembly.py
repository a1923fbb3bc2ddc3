"""Checked summands -> the terms of a formula, each once, and which of them are marked."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from formulaic.parser.types import Token
from formulaic.parser.utils import merge_operator_tokens, replace_tokens

from bayesreg.design.bounds import MAX_TERMS
from bayesreg.design.check import Expression
from bayesreg.design.hints import correlated
from bayesreg.design.marks import Mark
from bayesreg.design.summands import Summand
from bayesreg.design.terms import Checker, Parsed, Term, check_term, expand, has_dot
from bayesreg.errors import FormulaError

_KIND = Token.Kind


@dataclass(frozen=True, eq=False)
class Assembly:
    """The terms of a formula while its summands are read.

    Parameters
    ----------
    checker : Checker
    response : Expression
    rest : list of str
        The columns that ``.`` can stand for; in a formula with marks, those that no other summand names (of group
        effects: as groups).
    summands : list of Summand
        With checked tokens.
    owners : dict
        Factors of a term -> the summand that it stands in, as text; "" for plain ones.
    size : list of int
        Bounds of the numbers of terms.
    """

    checker: Checker
    response: Expression
    rest: list[str]
    summands: list[Summand]
    owners: dict[frozenset[str], str] = field(default_factory=dict)
    size: list[int] = field(default_factory=list)

    def parsed(self) -> Parsed:
        """Return the terms by degree, then as written, the effects of groups last."""
        plain = [one for one in self.summands if not one.name]
        found = self.terms(with_intercept([token for one in plain for token in (*one.sign, *one.tokens)]), None)
        placed = [(self.place(one, plain), one) for one in found if one.factors]
        marks: list[Mark] = []
        effects: list[Term] = []
        for place, summand in enumerate(self.summands):
            if summand.bar:
                new = self.effects(summand)
                for one in new:
                    self.own(one, summand.text)
                effects += new
                marks += [_mark(summand, [one]) for one in new]
            elif summand.name:
                new = self.terms(list(summand.tokens), summand)
                placed += [(place, one) for one in new]
                marks.append(_mark(summand, new))
        if marks:
            self.check_not_taken_out(plain)
            placed.sort(key=lambda pair: (len(pair[1].factors), pair[0]))
        terms = (*(one for _, one in placed), *effects)
        used = dict.fromkeys(key for term in terms for key in term.factors)
        return Parsed(
            self.response,
            terms,
            any(not one.factors for one in found),
            {key: self.checker.factors[key] for key in used},
            tuple(marks),
        )

    def terms(self, tokens: list[Token], summand: Summand | None) -> list[Term]:
        """Return the terms of a mark, or of all plain summands, that no other summand has."""
        found = self.expand(tokens, summand)
        for one in found:
            self.own(one, summand.text if summand else "")
        return found

    def expand(self, tokens: list[Token], summand: Summand | None) -> list[Term]:
        """Return the terms of some tokens."""
        taken: set[str] = set()
        if has_dot(tokens):
            others = [one for one in self.summands if one is not summand and (one.name or summand)]
            taken = {name for one in others for name in self.checker.columns(one.group or one.tokens)}
        rest = [name for name in self.rest if name not in taken]
        found, size = expand(tokens, rest, self.checker)
        self.count(size - len(rest) * has_dot(tokens))
        seen: set[frozenset[str]] = set()
        for one in found:
            check_term(one, ast.dump(self.response.node), seen)
        return found

    def count(self, size: int) -> None:
        """Add to the bound of the number of terms; raise where it is above the limit."""
        self.size.append(size)
        if sum(self.size) > MAX_TERMS:
            raise FormulaError(
                f"the formula can expand to {sum(self.size):,} terms; at most {MAX_TERMS:,} are allowed."
            )

    def own(self, term: Term, owner: str) -> None:
        """Note where a term stands; raise if it stands elsewhere too."""
        other = self.owners.get(frozenset(term.factors))
        if other is not None:
            where = f"under {other} and under {owner}" if other and owner else f"under {other or owner} and also plain"
            raise FormulaError(f"the term {term.text} stands {where}; keep it in one place.")
        self.owners[frozenset(term.factors)] = owner

    def place(self, term: Term, plain: list[Summand]) -> int:
        """Return the place of the plain summand with which a term is complete."""
        first: dict[str, int] = {}
        for place, summand in enumerate(self.summands):
            if summand in plain:
                for key in self.checker.keys_of(summand.tokens):
                    first.setdefault(key, place)
                if has_dot(summand.tokens):
                    first.setdefault(".", place)
        return max(first.get(key, first.get(".", 0)) for key in term.factors)

    def check_not_taken_out(self, plain: list[Summand]) -> None:
        """Raise if a plain ``- x`` names a term of a mark, which it would not act on."""
        for summand in plain:
            minus = any("-" in token.token for token in summand.sign)
            if not minus or all(token.kind is _KIND.VALUE for token in summand.tokens):
                continue
            for term in self.expand(list(summand.tokens), None):
                if owner := self.owners.get(frozenset(term.factors)):
                    raise FormulaError(
                        f"the term {term.text} stands under {owner} and has a minus sign elsewhere; take it out there."
                    )

    def effects(self, summand: Summand) -> list[Term]:
        """Return the terms of a group effect: its intercept and slopes, for each grouping."""
        if has_dot((*summand.tokens, *summand.group)):
            raise FormulaError(f"{summand.text} has a `.`; name the columns of a group effect.")
        groups = self.expand(list(summand.group), summand)
        found = self.expand(with_intercept(list(summand.tokens)), summand)
        if not found or any(not one.factors or one.scale != 1.0 for one in groups):
            raise FormulaError(
                f"{summand.text} is not a group effect: before the bar stand 1 or slopes, after it columns of labels, "
                "as in (1 | g), (x || g), (0 + x || g), (1 | a:b) or (1 | a/b)."
            )
        if summand.bar == "|" and [one.factors for one in found] != [()]:
            start = "" if any(not one.factors for one in found) else "0 + "
            slopes = start + " + ".join(one.text for one in found if one.factors)
            raise FormulaError(correlated(summand.text, " + ".join(one.text for one in groups), slopes))
        self.count(len(groups) * len(found))
        terms = []
        for group in groups:
            key = self.checker.key(_indicators(group, self.checker))
            terms += [replace(one, text=f"{one.text} | {group.text}", factors=(*one.factors, key)) for one in found]
        return [replace(one, group=True) for one in terms]


def with_intercept(tokens: list[Token]) -> list[Token]:
    """Put ``1 +`` in front and turn 0 into - 1, as formulaic does."""
    one, plus, minus = Token("1", kind=_KIND.VALUE), Token("+", kind=_KIND.OPERATOR), Token("-", kind=_KIND.OPERATOR)
    if not tokens:
        return [one]
    tokens = list(replace_tokens(tokens, "0", [minus, one], kind=_KIND.VALUE))
    signed = tokens[0].kind is _KIND.OPERATOR and tokens[0].token[0] in "+-"
    return list(merge_operator_tokens([one, *([] if signed else [plus]), *tokens], symbols={"+", "-"}))


def _indicators(group: Term, checker: Checker) -> Expression:
    """Return the expression of indicator columns of all levels: ``full(g)``, ``full(interaction(a, b))``."""
    parts = [checker.factors[key] for key in group.factors]
    node = parts[0].node
    for part in parts[1:]:
        node = _call("interaction", node, part.node)
    columns = dict.fromkeys(name for part in parts for name in part.columns)
    return Expression(group.text, _call("full", node), tuple(columns))


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _mark(summand: Summand, terms: list[Term]) -> Mark:
    return Mark(summand.name, summand.text, summand.options, tuple(one.text for one in terms))
