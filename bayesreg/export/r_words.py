"""Expressions, names and vectors in the words of R."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

FUNCTIONS = (
    *("log", "log10", "log2", "log1p", "exp", "expm1", "sqrt", "abs", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("sign", "floor"),
)
"""Functions that have the same name and meaning in R."""

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
}


class NotInRError(Exception):
    """An expression has no counterpart in R."""


def r_name(name: str) -> str:
    """Return a column's name as R takes it.

    Examples
    --------
    >>> r_name("bmi"), r_name("blood sugar")
    ('bmi', '`blood sugar`')
    """
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]*", name) else f"`{name}`"


def r_vector(values: Iterable[Any]) -> str:
    """Return ``c(...)`` of numbers or texts.

    Examples
    --------
    >>> r_vector(["a", "b"]), r_vector([1.0, 2.5])
    ('c("a", "b")', 'c(1, 2.5)')
    """
    return f"c({', '.join(_r_value(value) for value in values)})"


def r_factor(text: str, levels: Iterable[Any]) -> str:
    """Return a factor with treatment contrasts; that of an ordered one would keep polynomial ones.

    Examples
    --------
    >>> r_factor("data$g", ["low", "top"])
    'factor(data$g, levels = c("low", "top"), ordered = FALSE)'
    """
    return f"factor({text}, levels = {r_vector(levels)}, ordered = FALSE)"


def r_event(text: str, levels: tuple[str, ...]) -> str:
    """Return a response of labels as 0 and 1; R writes a logical one in capitals.

    Examples
    --------
    >>> r_event("data$ill", ("no", "yes")), r_event("data$ill", ("False", "True"))
    ('as.numeric(data$ill == "yes")', 'as.numeric(toupper(data$ill) == "TRUE")')
    """
    if levels == ("False", "True"):
        return f'as.numeric(toupper({text}) == "TRUE")'
    return f"as.numeric({text} == {json.dumps(levels[1])})"


def _r_value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{float(value):.15g}"


def r_text(node: ast.expr, levels: Mapping[str, tuple[Any, ...]], *, factor: bool = False) -> str:
    """Return an expression in R.

    Parameters
    ----------
    node : ast.expr
    levels : mapping
        Columns of labels and their levels.
    factor : bool
        Whether it is a factor of a formula, where arithmetic stands in ``I()``.

    Raises
    ------
    NotInRError
        If R has no such expression.
    """
    if isinstance(node, ast.Name):
        return _r_column(node.id, levels)
    if isinstance(node, ast.Call):
        return _r_call(node, levels)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = r_text(node.left, levels), r_text(node.right, levels)
        text = f"({left} {_OPERATORS[type(node.op)]} {right})"
        return f"I{text}" if factor else text
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return f"{float(node.value):.15g}"
    raise NotInRError


def _r_column(name: str, levels: Mapping[str, tuple[Any, ...]]) -> str:
    if name in levels:
        if any(isinstance(level, bool) for level in levels[name]):
            raise NotInRError
        return r_factor(r_name(name), levels[name])
    return r_name(name)


def _r_call(node: ast.Call, levels: Mapping[str, tuple[Any, ...]]) -> str:
    name = ast.unparse(node.func).removeprefix("np.")
    if len(node.args) != 1 or node.keywords:
        raise NotInRError
    if name == "C" and isinstance(node.args[0], ast.Name) and node.args[0].id in levels:
        return _r_column(node.args[0].id, levels)
    inner = r_text(node.args[0], {})
    if name == "I":
        return f"I({inner})"
    if name not in FUNCTIONS:
        raise NotInRError
    return f"{name}({inner})"
