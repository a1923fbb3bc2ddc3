"""The same model on another design, or at another strength."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bayesreg.design import Design, Mark
from bayesreg.design.marks import read_mark
from bayesreg.marks import marked_terms
from bayesreg.penalties import Penalty

if TYPE_CHECKING:
    from bayesreg.model import Model


def model_on(model: Model, design: Design) -> Model:
    """Return the same model on another design: scales, metrics, laws and the dispersion are learned on it.

    Parameters
    ----------
    model : Model
    design : Design
        Of some of its rows, as `bayesreg.design.learn_again` makes it.

    Examples
    --------
    >>> import numpy as np
    >>> import bayesreg as br
    >>> from bayesreg.design import learn_again
    >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L1(500.0))
    >>> model_on(model, learn_again(model.design, np.arange(100))).design.n
    100
    """
    return _made(model, model.formula, design, model.penalty)


def model_at(model: Model, factor: float) -> Model:
    """Return the model with every strength ``factor`` times as strong; an open one stands for 1, and is given then.

    Strengths that marks of the formula have, or leave open, are written there; those of effects of a group,
    ``(1 | g)``, are given by name.

    Examples
    --------
    >>> import bayesreg as br
    >>> model_at(br.Model("target ~ bmi + l1(bp + s5)", br.datasets.diabetes(), penalty=br.L2(3.0)), 2.0).formula
    'target ~ bmi + l1(bp + s5, lam=2.0)'
    """
    formula, penalty, marks = model.formula, _multiplied(model.penalty, factor), []
    groups = {block.label: block.penalty for block in model.loss_resolved.blocks if block.is_group}
    named = penalty if isinstance(penalty, Mapping) else {} if penalty is None else {...: penalty}
    penalty = {**{label: law.multiplied(factor) for label, law in groups.items()}, **named} if groups else penalty
    for mark, marked in zip(model.design.marks, marked_terms(model.design.marks), strict=True):
        marks.append(mark if mark.is_group else _rewritten(mark, marked.penalty.multiplied(factor)))
        formula = formula.replace(mark.text, marks[-1].text)
    return _made(model, formula, replace(model.design, marks=tuple(marks)), penalty)


def _multiplied(penalty: Any, factor: float) -> Any:
    if isinstance(penalty, Mapping):
        return {key: law.multiplied(factor) for key, law in penalty.items()}
    return penalty.multiplied(factor) if isinstance(penalty, Penalty) else penalty


def _rewritten(mark: Mark, law: Penalty) -> Mark:
    """Return a mark with the strengths of a law among its options."""
    options = {**mark.options, **{name: getattr(law, name) for name, _ in law.strength_powers}}
    shown = "".join(f", {name}={value!r}" for name, value in options.items())
    return replace(mark, options=options, text=f"{mark.name}({read_mark(mark.text)[0].strip()}{shown})")


def _made(model: Model, formula: str, design: Design, penalty: Any) -> Model:
    other: Model = object.__new__(type(model))
    other._freeze(formula, design, model.family, penalty, model.loss_resolved.standardize, model._dispersion)
    return other
