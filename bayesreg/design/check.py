"""The closed world: which Python expressions may stand in a formula.

A token that looks like Python is parsed with ``ast`` and every node is compared with a short list. Names are resolved
by their place: what is called must be in the table of functions (or handed over by the user), what is a value must be a
column. Nothing is looked up in any scope and nothing is compiled, so there is nothing to break out of.
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bayesreg.design.contrasts import dotted
from bayesreg.design.frames import suggest
from bayesreg.design.functions import FUNCTIONS, Function
from bayesreg.design.hints import MISPLACED, QUOTED, needs_quotes, unknown_function
from bayesreg.design.parameters import bind, literal, real
from bayesreg.errors import FormulaError

MAX_NODES = 500
"""Most syntax nodes in one expression."""

MAX_NESTING = 100
"""Deepest syntax tree of one expression, so that walking it never meets Python's recursion limit."""

_OPERATORS = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.BitAnd, ast.BitOr),
    *(ast.USub, ast.UAdd, ast.Invert),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)


@dataclass(frozen=True, eq=False)
class Expression:
    """A checked expression.

    Parameters
    ----------
    text : str
        Canonical text, which names the factor.
    node : ast.expr
        Syntax tree; its names are column names.
    columns : tuple of str
        Columns used, in order of appearance.
    """

    text: str
    node: ast.expr
    columns: tuple[str, ...]

    @property
    def printed(self) -> str:
        """The text as it stands in a term: a name with a colon is quoted."""
        return f"`{self.text}`" if isinstance(self.node, ast.Name) and ":" in self.text else self.text


@dataclass(frozen=True)
class World:
    """What a formula may refer to: the names of the columns, of the user's functions, and of marks."""

    names: Collection[str]
    user: tuple[str, ...] = ()
    marks: Collection[str] = ()

    def expression(self, source: str) -> Expression:
        """Parse and check the text of one expression.

        Raises
        ------
        FormulaError
            If it is not Python, or uses anything that is not allowed.

        Examples
        --------
        >>> World(names=("x", "z")).expression("log( x+1 )").text
        'log(x + 1)'
        """
        unquoted, aliases = _unquote(source)
        node = parse_expression(unquoted, source)
        check = _Check(self, source, aliases)
        check.value(node)
        if not check.columns:
            raise FormulaError(f"{source.strip()!r} uses no column; a constant can not be a term of its own.")
        text = ast.unparse(node).replace("\n", " ")
        for alias, name in aliases.items():
            text = text.replace(alias, f"`{name}`")
        return Expression(text, _Rename(aliases).visit(node), tuple(dict.fromkeys(check.columns)))

    def column(self, name: str) -> Expression:
        """Return the expression of a bare column name.

        Raises
        ------
        FormulaError
            If there is no such column.
        """
        if name not in self.names:
            raise FormulaError(f"the formula names {name!r}, which is not a column of the data{self.hint(name)}.")
        return Expression(name, ast.Name(name, ast.Load()), (name,))

    def hint(self, name: str) -> str:
        """Return the end of a message about an unknown name."""
        if name in FUNCTIONS or name in self.user:
            return f"; {name} is a function, write {name}(...)"
        if name in self.marks:
            return f"; {name} is a mark, write {name}(...) without a space before the bracket"
        return suggest(name, self.names)


def _unquote(source: str) -> tuple[str, dict[str, str]]:
    """Replace `` `any name` `` by identifiers that occur nowhere in the text, outside of strings."""
    aliases: dict[str, str] = {}
    stem = "bq"
    while stem in source:
        stem += "q"

    def replace(match: re.Match[str]) -> str:
        if match.group(2) is None:
            return match.group(0)
        alias = f"{stem}{len(aliases):04d}"
        aliases[alias] = match.group(2)
        return f" {alias} "

    return QUOTED.sub(replace, source).strip(), aliases


def parse_expression(unquoted: str, source: str) -> ast.expr:
    """Return the syntax tree of a text within the limits; ``source`` is what messages quote.

    Raises
    ------
    FormulaError
        If it is not an expression of Python, is too long, or reads differently from what it says.
    """
    plain = QUOTED.sub("", source)
    if unicodedata.normalize("NFKC", plain) != plain:
        raise FormulaError(
            f"{_short(source)!r} has letters that Python reads as others; write the name in `back quotes`."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            node = ast.parse(unquoted, mode="eval").body
        size, depth = _measure(node)
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning):
        raise FormulaError(f"{_short(source)!r} is not an expression that can be read; check its syntax.") from None
    if size > MAX_NODES or depth > MAX_NESTING:
        raise FormulaError(
            f"{_short(source)!r} is too long ({size} parts, {depth} deep; at most {MAX_NODES} and {MAX_NESTING}); "
            "compute it as a column."
        )
    return node


def _measure(node: ast.AST) -> tuple[int, int]:
    """Return the number of nodes and the depth of a tree, level by level."""
    level, size, depth = [node], 0, 0
    while level:
        size, depth = size + len(level), depth + 1
        level = [child for one in level for child in ast.iter_child_nodes(one)]
    return size, depth


def _short(source: str) -> str:
    return source if len(source) <= 80 else source[:77] + "..."


class _Rename(ast.NodeTransformer):
    """Put the column names in the place of their aliases."""

    def __init__(self, aliases: dict[str, str]) -> None:
        self.aliases = aliases

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.aliases.get(node.id, node.id), ast.Load())


@dataclass
class _Check:
    """One walk over a tree; collects the columns it meets."""

    world: World
    source: str
    aliases: dict[str, str]
    columns: list[str] = field(default_factory=list)

    def value(self, node: ast.expr) -> None:
        rule = self.rules().get(type(node))
        if rule is None and dotted(node) in self.world.names:
            raise FormulaError(needs_quotes(dotted(node)))
        if rule is None:
            self.refuse(node, "only columns, arithmetic, comparisons and calls of known functions are allowed")
        else:
            rule(node)

    def rules(self) -> dict[type, Callable[..., None]]:
        return {
            ast.Name: self.name,
            ast.Constant: self.constant,
            ast.BinOp: self.binary,
            ast.UnaryOp: self.unary,
            ast.Compare: self.compare,
            ast.Call: self.call,
        }

    def refuse(self, node: ast.AST, why: str) -> None:
        part = ast.unparse(node)
        for alias, name in self.aliases.items():
            part = part.replace(alias, f"`{name}`")
        raise FormulaError(f"{_short(part)!r} in {_short(self.source)!r} is not allowed: {why}.")

    def operator(self, node: ast.expr, op: ast.AST) -> None:
        if not isinstance(op, _OPERATORS):
            self.refuse(node, "the operators inside of expressions are + - * / // % **, comparisons, & | and ~")

    def name(self, node: ast.Name) -> None:
        self.columns.append(self.world.column(self.aliases.get(node.id, node.id)).text)

    def constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            return
        try:
            real(node)
        except ValueError:
            self.refuse(node, "constants are numbers, and text in comparisons")

    def binary(self, node: ast.BinOp) -> None:
        self.operator(node, node.op)
        self.value(node.left)
        self.value(node.right)

    def unary(self, node: ast.UnaryOp) -> None:
        self.operator(node, node.op)
        self.value(node.operand)

    def compare(self, node: ast.Compare) -> None:
        if len(node.ops) > 1:
            self.refuse(node, "write a chain of comparisons as (a < x) & (x < b)")
        self.operator(node, node.ops[0])
        self.value(node.left)
        self.value(node.comparators[0])

    def call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        if name in self.world.user:
            self.user_call(node)
            return
        function = FUNCTIONS.get(name)
        if name in self.world.marks:
            self.refuse(node, MISPLACED)
        elif function is None:
            self.refuse(node.func, unknown_function(name, FUNCTIONS, self.world.user, self.world.marks))
        else:
            self.arguments(node, name, function)

    def arguments(self, node: ast.Call, name: str, function: Function) -> None:
        for value in bind(node, function.parameters, function=name, values=function.values)[0]:
            self.value(value)

    def user_call(self, node: ast.Call) -> None:
        for argument in [*node.args, *(word.value for word in node.keywords)]:
            if not _is_literal(argument):
                self.value(argument)
        if any(word.arg is None for word in node.keywords):
            self.refuse(node, "`**` before an argument is not allowed, write the arguments")


def _is_literal(node: ast.expr) -> bool:
    try:
        literal(node)
    except ValueError:
        return False
    return True
