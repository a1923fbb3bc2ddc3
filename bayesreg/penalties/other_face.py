"""The text of a penalty's other face: ``Laplace(scale=phi / 4.0)`` for ``L1(lam=4.0)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayesreg.hyperpriors import Hyperprior
from bayesreg.penalties.base import Penalty, RelativeTo, fields_of

OPTIONS = {"weights": None, "positive": False, "limits": None}


def is_number(value: Any) -> bool:
    """Whether a strength was given as a number."""
    return not (value is None or isinstance(value, Hyperprior))


def shown(value: Any, name: str) -> str:
    """Return a strength as text: its number, or its name where it has none yet."""
    return repr(rounded(value)) if is_number(value) else name


def rounded(value: float) -> float:
    """Return a number to 12 digits, without the last digits of binary arithmetic."""
    return float(f"{float(value):.12g}")


def face(name: str, arguments: Mapping[str, str], penalty: Penalty, relative_to: RelativeTo = None) -> str:
    """Return ``name(argument=..., option=...)`` with the options that both faces share, where they are not default."""
    parts = [f"{key}={text}" for key, text in arguments.items()]
    parts += [f"{key}={value!r}" for key, value in fields_of(penalty).items() if value != OPTIONS[key]]
    if relative_to == "sigma":
        parts.append("relative_to='sigma'")
    return f"{name}({', '.join(parts)})"


def unit_of(penalty: Penalty) -> str:
    """Return what divides a strength in loss units to give a rate: ``phi``, or ``sqrt(phi)`` relative to sigma."""
    return "sqrt(phi)" if penalty.relative_to == "sigma" else "phi"


def in_units(scale: object, penalty: Penalty) -> str:
    """Return a prior scale as text in units of the coefficient: times ``sqrt(phi)`` where it is relative to sigma."""
    return f"({scale!r} sqrt(phi))" if penalty.relative_to == "sigma" else repr(scale)
