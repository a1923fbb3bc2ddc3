"""The same model on another design, at another strength, or under another law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from bayesreg.design import Design, Mark
from bayesreg.design.marks import read_mark
from bayesreg.marks import marked_terms
from bayesreg.penalties import Penalty
from bayesreg.resolved import Resolved

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
    return model_with(model, model.formula, design, model.penalty, rule=model._rule)


def model_at(model: Model, factor: float | Mapping[int, float], *, dispersion: float | None = None) -> Model:
    """Return the model with every strength ``factor`` times as strong; an open one stands for 1, and is given then.

    Strengths that marks of the formula have, or leave open, are written there; those of effects of a group,
    ``(1 | g)``, are given by name.

    Parameters
    ----------
    model : Model
    factor : float or mapping of int to float
        Of all strengths, or of those of each source of blocks, the others staying as they are.
    dispersion : float, optional
        A number that phi is fixed at; default what the model says of it.

    Examples
    --------
    >>> import bayesreg as br
    >>> model_at(br.Model("target ~ bmi + l1(bp + s5)", br.datasets.diabetes(), penalty=br.L2(3.0)), 2.0).formula
    'target ~ bmi + l1(bp + s5, lam=2.0)'
    """
    source_of = source_finder(model.loss_resolved)

    def change(key: Any, law: Penalty) -> Penalty:
        return law.multiplied(factor.get(source_of(key), 1.0) if isinstance(factor, Mapping) else factor)

    return _relawed(model, change, dispersion)


def model_with_share(model: Model, l1_ratio: float) -> Model:
    """Return the model with another share of absolute values in every law that has one.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.ElasticNet(3.0))
    >>> model_with_share(model, 0.9).penalty.l1_ratio
    0.9
    """
    return _relawed(model, lambda _, law: _with_share(law, l1_ratio), None)


def _with_share(law: Penalty, l1_ratio: float) -> Penalty:
    given: dict[str, Any] = {"l1_ratio": l1_ratio}
    return replace(law, **given) if has_share(law) else law


def has_share(law: Penalty) -> bool:
    """Return whether a law has a share of absolute values, ``l1_ratio``."""
    return any(one.name == "l1_ratio" for one in fields(law))


def model_with(
    model: Model, formula: str, design: Design, penalty: Any, dispersion: float | None = None, rule: Any = None
) -> Model:
    """Return the model with another penalty, on a design of the same rows; the rest stays as it is."""
    other: Model = object.__new__(type(model))
    phi = model._dispersion if dispersion is None else dispersion
    other._freeze(formula, design, model.family, penalty, model.loss_resolved.standardize, phi, rule)
    return other


def _relawed(model: Model, change: Callable[[Any, Penalty], Penalty], dispersion: float | None) -> Model:
    """Return the model with ``change(key, law)`` in the place of the law of each key or mark."""
    formula, marks = model.formula, []
    groups = {block.label: block.penalty for block in model.loss_resolved.blocks if block.is_group}
    named = (
        model.penalty if isinstance(model.penalty, Mapping) else {} if model.penalty is None else {...: model.penalty}
    )
    laws = {key: change(key, law) if isinstance(law, Penalty) else law for key, law in {**groups, **named}.items()}
    penalty = laws if groups or isinstance(model.penalty, Mapping) else laws.get(..., model.penalty)
    for mark, marked in zip(model.design.marks, marked_terms(model.design.marks), strict=True):
        law = None if mark.is_group else change(marked.label, marked.penalty)
        marks.append(mark if law is None else _rewritten(mark, marked.penalty, law))
        formula = formula.replace(mark.text, marks[-1].text)
    return model_with(model, formula, replace(model.design, marks=tuple(marks)), penalty, dispersion)


def source_finder(resolved: Resolved) -> Callable[[Any], int]:
    """Return what gives the source of the blocks that a key of ``penalty=`` or a mark names; -1: they have no law."""
    sources = {block.label: block.source for block in resolved.blocks if not block.penalty.is_flat}
    rest = max(sources.values(), default=0)
    return lambda key: rest if key in (..., "...") else sources.get(str(key), -1)


def _rewritten(mark: Mark, old: Penalty, law: Penalty) -> Mark:
    """Return a mark with what is new in its law among its options."""
    names = [name for name, _ in law.strength_powers] + ["l1_ratio"] * has_share(law)
    options = {
        **mark.options,
        **{name: getattr(law, name) for name in names if getattr(law, name) != getattr(old, name)},
    }
    shown = "".join(f", {name}={value!r}" for name, value in options.items())
    return replace(mark, options=options, text=f"{mark.name}({read_mark(mark.text)[0].strip()}{shown})")
