"""Constant arguments of formula functions: read from the syntax tree, never evaluated, and checked against a range."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bayesreg.errors import FormulaError


@dataclass(frozen=True)
class Parameter:
    """A constant argument: its name, how it is read, and what is allowed (for the message).

    Parameters
    ----------
    name : str
        Keyword, also its place among the positional constants.
    read : callable
        Syntax node -> value; raises ValueError when the value is not allowed.
    allowed : str
        What is allowed, for the error.
    """

    name: str
    read: Callable[[ast.expr], Any]
    allowed: str

    def value(self, node: ast.expr, *, function: str) -> Any:
        """Return the value of ``node``.

        Raises
        ------
        FormulaError
            If it is not a constant of the allowed kind.
        """
        try:
            return self.read(node)
        except ValueError:
            raise FormulaError(
                f"{self.name}={ast.unparse(node)} is not allowed in {function}(...): it must be {self.allowed}."
            ) from None


def literal(node: ast.expr) -> Any:
    """Return a number, text, bool, None, or a flat list of them; raise ValueError for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str | bool | None):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = real(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.List | ast.Tuple):
        return [scalar(one) for one in node.elts]
    raise ValueError(type(node).__name__)


def scalar(node: ast.expr) -> Any:
    """Return a constant that is not a list."""
    if isinstance(node, ast.List | ast.Tuple):
        raise ValueError("a list")
    return literal(node)


def real(node: ast.expr) -> float | int:
    """Return a finite number."""
    value = scalar(node)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise ValueError("not finite")
    return value


def switch(node: ast.expr) -> bool:
    """Return True or False."""
    value = scalar(node)
    if not isinstance(value, bool):
        raise ValueError("not a bool")
    return value


def switch_or_real(node: ast.expr) -> bool | float:
    """Return True, False or a finite number."""
    value = scalar(node)
    return value if isinstance(value, bool) else real(node)


def items(node: ast.expr) -> list[Any]:
    """Return a list of at least one constant."""
    value = literal(node)
    if not isinstance(value, list) or not value:
        raise ValueError("not a list")
    return value


def reals(node: ast.expr) -> list[float]:
    """Return a list of finite numbers."""
    if not isinstance(node, ast.List | ast.Tuple):
        raise ValueError("not a list")
    return [real(one) for one in node.elts]


def whole(low: int, high: int) -> Callable[[ast.expr], int]:
    """Return a reader of whole numbers in [low, high]."""

    def read(node: ast.expr) -> int:
        value = real(node)
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError("out of range")
        return value

    return read


def one_of(*allowed: str) -> Callable[[ast.expr], str]:
    """Return a reader of one of some words."""

    def read(node: ast.expr) -> str:
        value = scalar(node)
        if value not in allowed:
            raise ValueError("not one of the words")
        return value

    return read


def bind(
    call: ast.Call, parameters: tuple[Parameter, ...], *, function: str, values: int
) -> tuple[list[ast.expr], dict[str, Any]]:
    """Split the arguments of a call into value expressions and constants.

    Parameters
    ----------
    call : ast.Call
        The call.
    parameters : tuple of Parameter
        Constants that may follow the values, by position or by keyword.
    function : str
        Name for messages.
    values : int
        Number of leading arguments that are expressions of columns.

    Returns
    -------
    nodes : list of ast.expr
        The value expressions.
    options : dict
        Constants given, by name.

    Raises
    ------
    FormulaError
        For too few, too many, repeated or unknown arguments, stars, or constants that are not allowed.
    """
    if any(isinstance(node, ast.Starred) for node in call.args) or any(word.arg is None for word in call.keywords):
        raise FormulaError(f"`*` and `**` before an argument of {function}(...) are not allowed; write the arguments.")
    if len(call.args) < values:
        raise FormulaError(
            f"{function}(...) needs {values} column argument(s) before any keyword, got {len(call.args)}."
        )
    constants = call.args[values:]
    if len(constants) > len(parameters):
        raise FormulaError(f"{function}(...) takes {_signature(parameters, values)}; got {len(call.args)} arguments.")
    options = {one.name: one.value(node, function=function) for one, node in zip(parameters, constants, strict=False)}
    known = {one.name: one for one in parameters}
    for word in call.keywords:
        name = str(word.arg)
        if name not in known or name in options:
            problem = "is given twice in" if name in options else "is not an argument of"
            raise FormulaError(f"{name}= {problem} {function}(...), which takes {_signature(parameters, values)}.")
        options[name] = known[name].value(word.value, function=function)
    return call.args[:values], options


def _signature(parameters: tuple[Parameter, ...], values: int) -> str:
    names = ", ".join(f"{one.name}= ({one.allowed})" for one in parameters)
    return f"{values} column argument(s)" + (f" and {names}" if names else " and nothing else")
