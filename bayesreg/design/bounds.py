"""How many terms a formula can have at most, from its tree of operators, before anything is multiplied out.

``(a + b + ...)**8`` over thirty columns would take longer than anyone waits; here it is refused at once.
"""

from __future__ import annotations

import math
from typing import Any

from formulaic.parser.types import ASTNode, Token

from bayesreg.errors import FormulaError

MAX_TERMS = 2_000
"""Most terms that may be written; the columns that one ``.`` stands for come on top."""

MAX_PRODUCTS = 50_000
"""Most products formed by one operator."""

MAX_POWER = 20
"""Largest exponent."""


def check_size(tree: Token | ASTNode, *, n_dot: int) -> int:
    """Bound the number of terms.

    Parameters
    ----------
    tree : Token or ASTNode
        The right side of the formula.
    n_dot : int
        Number of columns that ``.`` stands for.

    Returns
    -------
    int
        An upper bound of the number of terms.

    Raises
    ------
    FormulaError
        If it is above the limits.
    """
    bounds: dict[int, int] = {}
    for node in children_first(tree):
        bounds[id(node)] = _bound(node, [bounds[id(one)] for one in _arguments(node)], n_dot)
        if bounds[id(node)] > MAX_TERMS + n_dot:
            raise FormulaError(
                f"the formula can expand to {bounds[id(node)]:,} terms; at most {MAX_TERMS:,} are allowed. "
                "Lower the powers, or give the columns as arrays."
            )
    return bounds[id(tree)]


def _arguments(node: Any) -> list[Any]:
    return list(node.args) if isinstance(node, ASTNode) else []


def children_first(tree: Any) -> list[Any]:
    """Return the nodes and leaves of a tree of operators, every one after what it is made of."""
    order, stack = [], [tree]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(_arguments(node))
    return order[::-1]


def _bound(node: Any, sizes: list[int], n_dot: int) -> int:
    if not isinstance(node, ASTNode):
        return 1
    symbol = node.operator.symbol
    if symbol == ".":
        return n_dot
    if symbol in ("**", "^"):
        return _power_bound(node, sizes[0])
    if len(sizes) == 1 or symbol == "-":
        return sizes[0]
    product = math.prod(sizes)
    _check_products(product, symbol)
    return {"+": sum(sizes), "*": sum(sizes) + product, ":": product}.get(symbol, sum(sizes))


def _power_bound(node: ASTNode, size: int) -> int:
    exponent = node.args[1]
    text = exponent.token if isinstance(exponent, Token) else ""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_POWER:
        raise FormulaError(f"the power {text or 'of an expression'!s} is not allowed; powers are 1 to {MAX_POWER}.")
    _check_products(size ** int(text), node.operator.symbol)
    return sum(math.comb(size, k) for k in range(1, int(text) + 1))


def _check_products(products: int, symbol: str) -> None:
    if symbol != "+" and products > MAX_PRODUCTS:
        shown = f"{products:,}" if products < 10**15 else f"10^{len(str(products)) - 1}"
        raise FormulaError(f"the operator {symbol} would form {shown} products; at most {MAX_PRODUCTS:,} are allowed.")
