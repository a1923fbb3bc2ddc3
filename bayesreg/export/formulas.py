"""Where the columns come from: the formula of a design in the words of formulaic and of R."""

from __future__ import annotations

import ast
import json
import keyword
import re
from dataclasses import dataclass
from typing import Any, final

from bayesreg.design import Design
from bayesreg.design.check import Expression
from bayesreg.design.sources import FormulaSource
from bayesreg.design.terms import Parsed, Term
from bayesreg.export.r_words import NotInRError, r_name, r_text

OURS = ("full", "interaction")
"""Functions of our formulas that formulaic does not have."""
BARE = ("log1p", "expm1", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
"""Functions that formulaic has as ``np.sqrt`` only."""


@final
@dataclass(frozen=True)
class Source:
    """The columns of a design as text.

    Attributes
    ----------
    plain : bool
        Whether the design columns are columns of the frame as they stand.
    python, r : str
        Right side of the formula; that of R is empty where R can not say it.
    variables : tuple of str
        Columns of the frame that are used on the right side.
    terms : tuple of (str, str)
        Each term as the model names it, and as formulaic reads it.
    factors : tuple of (str, tuple)
        Columns of labels with their levels, the reference first.
    flags : tuple of str
        Columns of true and false that stand in the formula as they are: formulaic takes them for numbers.
    functions : tuple of str
        Functions of NumPy that stand in the formula by their bare name, which formulaic does not know.
    response : str
        Name of the column that the response is, or that it is computed from.
    left, r_left : str
        The response as an expression of Python (with ``{data}`` for the frame) and of R; that of R may be empty.
    levels : tuple of str or None
        The two labels of a response of labels.
    dropped : bool
        Whether rows with missing values were left out.
    features : frozenset of str
        What some targets can not read.
    """

    plain: bool
    python: str
    r: str
    variables: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]
    factors: tuple[tuple[str, tuple[Any, ...]], ...]
    flags: tuple[str, ...]
    functions: tuple[str, ...]
    response: str
    left: str
    r_left: str
    levels: tuple[str, ...] | None
    dropped: bool
    features: frozenset[str]


def read_source(design: Design) -> Source:
    """Return the columns of a design as text."""
    source = design.spec.source
    if isinstance(source, FormulaSource):
        return _from_formula(design, source)
    names = tuple(design.names)
    terms = tuple((name, quoted(name)) for name in names)
    left = f"{{data}}[{_key(design.response)}]"
    return Source(
        plain=True,
        python=_right([text for _, text in terms], intercept=design.intercept),
        r=_right([r_name(name) for name in names], intercept=design.intercept),
        variables=names,
        terms=terms,
        factors=(),
        flags=(),
        functions=(),
        response=design.response,
        left=left,
        r_left=r_name(design.response),
        levels=design.levels,
        dropped=design.dropped > 0,
        features=frozenset(),
    )


def _from_formula(design: Design, source: FormulaSource) -> Source:
    parsed = source.parsed
    terms = tuple((one.text, _formulaic(one, parsed)) for one in parsed.terms if not one.group)
    calls = {_called(node) for one in (*parsed.factors.values(), parsed.response) for node in ast.walk(one.node)}
    found = {"own functions"} if calls & {*OURS, *source.functions} else set()
    try:
        r_terms = [_r_term(one, source) for one in parsed.terms if not one.group]
        r_left = r_text(parsed.response.node, {})
    except NotInRError:
        found.add("functions that R does not have")
        r_terms, r_left = [], ""
    names = [parsed.factors[key] for one in parsed.terms for key in one.factors]
    single = all(len(one.factors) == 1 and one.scale == 1.0 for one in parsed.terms)
    plain = single and all(isinstance(one.node, ast.Name) and source.kinds[one.node.id][0] == "number" for one in names)
    simple = single and all(_column_of(one.node) for one in names) and isinstance(parsed.response.node, ast.Name)
    clean = all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", one) for one in (*parsed.columns, design.response))
    levels = [level for _, own in _levels(source) for level in own]
    clean = clean and all(re.fullmatch(r"[A-Za-z0-9]+", level_text(level)) for level in levels)
    clean = clean and not any(isinstance(level, bool) for level in levels)
    if not (simple and clean and len({_column_of(one.node) for one in names}) == len(names)):
        found.add("terms other than columns and factors")
    return Source(
        plain=plain,
        python=_right([text for _, text in terms], intercept=parsed.intercept),
        r=_right(r_terms, intercept=parsed.intercept) if r_left else "",
        variables=parsed.columns,
        terms=terms,
        factors=tuple(_levels(source)),
        flags=tuple(dict.fromkeys(_column_of(one.node) for one in names if _is_flag(one.node, source))),
        functions=tuple(sorted(calls & {*BARE})),
        response=parsed.response.columns[0],
        left=_python_left(parsed.response.node),
        r_left=r_left,
        levels=design.levels,
        dropped=design.dropped > 0,
        features=frozenset(found),
    )


def quoted(name: str) -> str:
    """Return a column's name as a formula takes it."""
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"`{name}`"


def _key(name: str) -> str:
    """Return a name as the key of a frame, safe to format."""
    return json.dumps(name, ensure_ascii=False).replace("{", "{{").replace("}", "}}")


def level_text(level: Any) -> str:
    """Return a level as R pastes it to the name of its factor."""
    return level if isinstance(level, str) else f"{float(level):.15g}"


def _right(terms: list[str], *, intercept: bool) -> str:
    return " + ".join(["1" if intercept else "0", *terms])


def _formulaic(term: Term, parsed: Parsed) -> str:
    """Return a term as formulaic reads it."""
    factors = [parsed.factors[key] for key in term.factors]
    texts = [_formulaic_factor(one) for one in factors]
    return ":".join([f"{term.scale:.15g}"] * (term.scale != 1.0) + texts)


def _formulaic_factor(factor: Expression) -> str:
    """Return a factor as formulaic reads it: arithmetic in braces, where its signs are no operators of formulas."""
    if isinstance(factor.node, ast.Name):
        return quoted(factor.node.id)
    return factor.text if isinstance(factor.node, ast.Call) else f"{{{factor.text}}}"


def _r_term(term: Term, source: FormulaSource) -> str:
    if term.scale != 1.0:
        raise NotInRError
    levels = dict(_levels(source))
    return ":".join(r_text(source.parsed.factors[key].node, levels, factor=True) for key in term.factors)


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _column_of(node: ast.expr) -> str:
    """Return the column that a factor is, as it stands or as ``C(column)``; "" for anything else."""
    if isinstance(node, ast.Call) and _called(node) == "C" and len(node.args) == 1 and not node.keywords:
        node = node.args[0]
    return node.id if isinstance(node, ast.Name) else ""


def _is_flag(node: ast.expr, source: FormulaSource) -> bool:
    return isinstance(node, ast.Name) and source.kinds[node.id][0] == "flag"


def _levels(source: FormulaSource) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the columns that are coded as factors, with their levels."""
    found = []
    for one in source.parsed.factors.values():
        learned = source.state.get(ast.dump(one.node), {})
        if _column_of(one.node) and "levels" in learned:
            found.append((_column_of(one.node), tuple(learned["levels"])))
    return found


class _Frame(ast.NodeTransformer):
    """Names become columns of the frame, and functions those of NumPy."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Subscript(ast.Name("__data__", ast.Load()), ast.Constant(node.id), ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        values = [self.visit(one) for one in node.args]
        if _called(node) == "I":
            return values[0]
        function = node.func
        if isinstance(function, ast.Name):
            function = ast.Attribute(ast.Name("np", ast.Load()), function.id, ast.Load())
        return ast.Call(function, values, node.keywords)


def _python_left(node: ast.expr) -> str:
    tree = _Frame().visit(ast.parse(ast.unparse(node) if not isinstance(node, ast.Name) else "x", mode="eval").body)
    if isinstance(node, ast.Name):
        return f"{{data}}[{_key(node.id)}]"
    return ast.unparse(tree).replace("{", "{{").replace("}", "}}").replace("__data__", "{data}")
