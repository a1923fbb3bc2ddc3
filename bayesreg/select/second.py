"""The model of a second stage: what a first one selected, under another penalty or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bayesreg.design.marks import read_mark
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.marks import marked_terms
from bayesreg.penalties import L2, FusedLasso, Penalty
from bayesreg.select.remade import model_with, source_finder


def check_second(second: Any) -> None:
    """Raise `InputError` unless the law of a second stage is None or an `L2` without weights."""
    if second is None or (isinstance(second, L2) and second.weights is None):
        return
    raise InputError(
        f"second={second!r} is not a second stage; allowed: None (no penalty on what was selected), or br.L2() or "
        "br.L2(lam) without weights."
    )


def selecting_sources(model: Any) -> frozenset[int]:
    """Return the sources of the blocks whose law can put coefficients at zero.

    Raises
    ------
    UnsupportedError
        If no law can, or one puts differences at zero.
    """
    blocks = model.loss_resolved.blocks
    found = frozenset(block.source for block in blocks if not block.penalty.is_flat and not block.law.traits.smooth)
    tied = next((block for block in blocks if isinstance(block.penalty, FusedLasso)), None)
    if tied is not None:
        raise UnsupportedError(
            f"{tied.penalty!r} ties neighbours to each other, which a second stage on single coefficients would undo. "
            "relax() goes with laws that select coefficients: br.L1, br.ElasticNet, br.GroupLasso, br.MCP, br.SCAD ..."
        )
    if not found:
        raise UnsupportedError(
            f"No coefficient of {model!r} can be exactly zero, so nothing is selected that a second stage could refit. "
            "Use br.L1, br.ElasticNet, br.GroupLasso, br.MCP or br.SCAD."
        )
    return found


def second_model(model: Any, active: np.ndarray, second: L2 | None) -> Any:
    """Return the model with the selecting laws replaced: ``second`` on what is active, zero elsewhere.

    Other blocks keep their laws.

    Parameters
    ----------
    model : Model
        With all strengths given.
    active : ndarray of bool (q,)
        Of its coefficients, the intercept included.
    second : L2 or None
        None: no penalty.
    """
    resolved, chosen = model.loss_resolved, selecting_sources(model)
    lam, kept = (1.0, 0.0) if second is None else (second.lam, 1.0)

    def law_of(source: int) -> Penalty:
        columns = np.concatenate([block.columns for block in resolved.blocks if block.source == source])
        if not active[columns].any():
            return L2(1.0, weights={resolved.coefficients[j]: np.inf for j in columns})
        weights = {resolved.coefficients[j]: kept if active[j] else np.inf for j in columns}
        return L2(lam, weights=weights)

    given = model.penalty if isinstance(model.penalty, Mapping) else {...: model.penalty} if model.penalty else {}
    source_of, laws = source_finder(resolved), dict[Any, Penalty]()
    for key, law in given.items():
        laws[key] = law_of(source_of(key)) if source_of(key) in chosen else law
    formula, marks = model.formula, []
    for mark, marked in zip(model.design.marks, marked_terms(model.design.marks), strict=True):
        source = source_of(marked.label)
        if mark.is_group or source not in chosen:
            marks.append(mark)
            continue
        laws[marked.label] = law_of(source)
        formula = formula.replace(mark.text, read_mark(mark.text)[0].strip())
    return model_with(model, formula, replace(model.design, marks=tuple(marks)), laws or None)


def fit_second(stage: Any) -> Any:
    """Return the fit of the model of a second stage, an open strength of it chosen by the evidence."""
    return stage.select(by="evidence").fit if stage.loss_resolved.is_open else stage.fit()
