"""The contrasts that a factor may be coded with, by name; the coding matrices themselves are formulaic's."""

from __future__ import annotations

import ast
from typing import Any

from formulaic.transforms import contrasts as formulaic_contrasts

from bayesreg.design.parameters import Parameter, bind, reals, scalar, switch
from bayesreg.errors import FormulaError

_BASE = (Parameter("base", scalar, "a level"),)
_HELMERT = (Parameter("reverse", switch, "True or False"), Parameter("scale", switch, "True or False"))
_SCORES = (Parameter("scores", reals, "a list of numbers, one a level"),)
_BACKWARD = (Parameter("backward", switch, "True or False"),)

CONTRASTS: dict[str, tuple[type, tuple[Parameter, ...]]] = {
    "contr.treatment": (formulaic_contrasts.TreatmentContrasts, _BASE),
    "contr.SAS": (formulaic_contrasts.SASContrasts, _BASE),
    "contr.sum": (formulaic_contrasts.SumContrasts, ()),
    "contr.helmert": (formulaic_contrasts.HelmertContrasts, _HELMERT),
    "contr.poly": (formulaic_contrasts.PolyContrasts, _SCORES),
    "contr.diff": (formulaic_contrasts.DiffContrasts, _BACKWARD),
    "Treatment": (formulaic_contrasts.TreatmentContrasts, (Parameter("reference", scalar, "a level"),)),
    "Sum": (formulaic_contrasts.SumContrasts, ()),
    "Helmert": (formulaic_contrasts.HelmertContrasts, _HELMERT),
    "Poly": (formulaic_contrasts.PolyContrasts, _SCORES),
    "Diff": (formulaic_contrasts.DiffContrasts, _BACKWARD),
}
"""Name in a formula -> the contrast's class and its constant arguments."""


def default() -> Any:
    """Return treatment coding against the first level, the coding of a factor that names none."""
    return formulaic_contrasts.TreatmentContrasts()


def read_contrast(node: ast.expr) -> Any:
    """Return the contrast that ``node`` names: ``contr.sum`` or ``contr.treatment("b")``.

    Raises
    ------
    FormulaError
        If it is not one of `CONTRASTS`, or an argument is not allowed.
    """
    name = dotted(node.func if isinstance(node, ast.Call) else node)
    if name not in CONTRASTS:
        raise FormulaError(f"{ast.unparse(node)!r} is not a contrast; the contrasts are {', '.join(CONTRASTS)}.")
    kind, parameters = CONTRASTS[name]
    if not isinstance(node, ast.Call):
        return kind()
    options = bind(node, parameters, function=name, values=0)[1]
    return kind(**{"base" if key == "reference" else key: value for key, value in options.items()})


def dotted(node: ast.expr) -> str:
    """Return ``name`` or ``name.attribute``, and "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""
