"""Evaluate a checked expression on columns by walking its syntax tree; there is no ``eval`` behind."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesreg.design.check import Expression
from bayesreg.design.columns import Column, from_array
from bayesreg.design.contrasts import dotted
from bayesreg.design.functions import FUNCTIONS, Function
from bayesreg.design.parameters import bind, literal
from bayesreg.design.transforms import factor
from bayesreg.design.values import Block, Coded, Numeric, Value
from bayesreg.errors import BayesRegError, DataError, FormulaError

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_LOGICAL: dict[type, Callable[[Any, Any], Any]] = {ast.BitAnd: operator.and_, ast.BitOr: operator.or_}
_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@dataclass(frozen=True, eq=False)
class Context:
    """What an expression is evaluated on.

    Parameters
    ----------
    columns : mapping
        Column name -> `Column` without missing values, all of length n.
    functions : mapping
        The user's functions by name.
    state : dict
        What stateful functions learned, keyed by their call; filled while learning.
    n : int
        Number of rows.
    extend : bool
        Whether splines that say nothing about it are extended beyond the range that they were learned on.
    """

    columns: Mapping[str, Column]
    functions: Mapping[str, Callable[..., Any]]
    state: dict[str, dict[str, Any]]
    n: int
    extend: bool = False

    def factor(self, expression: Expression) -> Value:
        """Return the value of one factor of a term.

        Raises
        ------
        DataError
            If it can not be computed on these values, or a level is unknown.
        FormulaError
            If the types do not go together.
        """
        with np.errstate(all="ignore"):
            value = self.value(expression.node)
        key = ast.dump(expression.node)
        if isinstance(value, Column) and (value.kind in ("label", "flag") or key in self.state):
            return factor(value, self.state.setdefault(key, {}))
        if isinstance(value, Block | Coded):
            return value
        return Numeric(np.asarray(self.numbers(value, expression.node), dtype=np.float64))

    def response(self, expression: Expression) -> Any:
        """Return the value of the left side, uncoded."""
        with np.errstate(all="ignore"):
            return self.value(expression.node)

    def value(self, node: ast.expr) -> Any:
        """Return a Column, an array of shape (n,), a `Block`, a `Coded`, or a constant."""
        return _RULES[type(node)](self, node)

    def numbers(self, value: Any, node: ast.expr) -> Any:
        """Return ``value`` as float64 numbers (an array or a scalar)."""
        if isinstance(value, Column):
            return value.numbers()
        if isinstance(value, Block | Coded | str):
            raise FormulaError(
                f"{ast.unparse(node)} is {'a text' if isinstance(value, str) else 'several columns'}, not one column "
                "of numbers, so arithmetic and functions do not apply to it; use it as a term of its own."
            )
        return np.asarray(value, dtype=np.float64)[()]


def _name(context: Context, node: ast.Name) -> Column:
    return context.columns[node.id]


def _constant(context: Context, node: ast.Constant) -> Any:
    value = literal(node)
    return value if isinstance(value, str) else np.float64(value)


def _binary(context: Context, node: ast.BinOp) -> Any:
    left, right = context.value(node.left), context.value(node.right)
    if type(node.op) in _LOGICAL:
        return _LOGICAL[type(node.op)](_flags(left, node), _flags(right, node))
    return _BINARY[type(node.op)](context.numbers(left, node.left), context.numbers(right, node.right))


def _unary(context: Context, node: ast.UnaryOp) -> Any:
    value = context.value(node.operand)
    if isinstance(node.op, ast.Invert):
        return ~_flags(value, node)
    numbers = context.numbers(value, node.operand)
    return -numbers if isinstance(node.op, ast.USub) else numbers


def _flags(value: Any, node: ast.expr) -> np.ndarray:
    if isinstance(value, Column) and value.kind == "flag":
        return value.values
    if isinstance(value, np.ndarray) and value.dtype == bool:
        return value
    raise FormulaError(f"&, | and ~ in {ast.unparse(node)!r} need true/false values; use comparisons in brackets.")


def _compare(context: Context, node: ast.Compare) -> np.ndarray:
    left, right = context.value(node.left), context.value(node.comparators[0])
    texts = [_is_text(left), _is_text(right)]
    if not any(texts):
        return _COMPARE[type(node.ops[0])](context.numbers(left, node), context.numbers(right, node))
    if not all(texts) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        raise FormulaError(f"{ast.unparse(node)!r} compares text; labels are compared by == and != with a text.")
    return np.broadcast_to(np.asarray(_COMPARE[type(node.ops[0])](_labels(left), _labels(right)), bool), (context.n,))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, Column) and value.kind == "label")


def _labels(value: Any) -> Any:
    return value.labels() if isinstance(value, Column) else value


def _call(context: Context, node: ast.Call) -> Any:
    name = dotted(node.func)
    if name in context.functions:
        return _call_user(context, node, name)
    function = FUNCTIONS[name]
    nodes, options = bind(node, function.parameters, function=name, values=function.values)
    if context.extend and any(one.name == "extrapolation" for one in function.parameters):
        options = {"extrapolation": "extend", **options}
    values = [context.value(one) for one in nodes]
    if function.takes == "numbers":
        values = [context.numbers(value, one) for value, one in zip(values, nodes, strict=True)]
    return _apply(context, node, function, values, options)


def _apply(context: Context, node: ast.Call, function: Function, values: list[Any], options: dict[str, Any]) -> Any:
    state = [context.state.setdefault(ast.dump(node), {})] if function.stateful else []
    try:
        return function.apply(*values, *state, **options)
    except BayesRegError:
        raise
    except (ValueError, TypeError, IndexError, KeyError, ArithmeticError, np.linalg.LinAlgError) as error:
        raise DataError(f"{ast.unparse(node)} can not be computed on these values: {error}") from error


def _call_user(context: Context, node: ast.Call, name: str) -> Any:
    text = ast.unparse(node)
    values = [_argument(context, one) for one in node.args]
    options = {str(word.arg): _argument(context, word.value) for word in node.keywords}
    try:
        result = np.asarray(context.functions[name](*values, **options))
    except Exception as error:
        raise DataError(f"your function {text} raised {type(error).__name__}: {error}") from error
    return _user_result(result, text, context.n)


def _argument(context: Context, node: ast.expr) -> Any:
    try:
        return literal(node)
    except ValueError:
        value = context.value(node)
    if isinstance(value, Column):
        return value.labels() if value.kind == "label" else value.numbers()
    if isinstance(value, Block):
        return value.values
    if isinstance(value, Coded):
        raise FormulaError(f"{ast.unparse(node)} is a coded factor; give your function the column itself.")
    return np.array(value)


def _user_result(result: np.ndarray, text: str, n: int) -> Any:
    if result.ndim not in (1, 2) or result.shape[0] != n or result.dtype.kind not in "biufOUT":
        raise DataError(
            f"your function {text} returned an array of shape {result.shape} and type {result.dtype} for {n} rows; "
            f"it must return {n} numbers or labels, or an array of shape ({n}, k)."
        )
    if result.ndim == 2:
        return Block(tuple(range(result.shape[1])), result.astype(np.float64))
    column = from_array(text, result)
    return column.values if column.kind == "number" else column


_RULES: dict[type, Callable[[Context, Any], Any]] = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.Call: _call,
}
