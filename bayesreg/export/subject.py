"""What is exported: a model's data, laws and options as one record that every target reads."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from typing import TYPE_CHECKING, final

import numpy as np

from bayesreg.dispersion import Exponential, HalfT
from bayesreg.export.formulas import Source, read_source
from bayesreg.export.parts import KINDS, Part, make_parts
from bayesreg.matrices import dense_columns
from bayesreg.resolve.spec import written

if TYPE_CHECKING:
    from bayesreg.model import Model
    from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class Subject:
    """A model whose laws are all of `KINDS`, with their strengths given.

    Attributes
    ----------
    data : str
        The name of the frame in the text.
    title : str
        The model as a line of text.
    resolved : Resolved
    source : Source
        Where the columns come from.
    names : tuple of str (k,)
        Columns that are kept; those whose penalty weight is infinite are left out.
    scaled : ndarray of bool (k,)
        Whether the penalty acts on the effect of a standard deviation of the column.
    parts : tuple of Part
        The laws of the slopes.
    level : Part or None
        The law of the intercept of centred columns; None where there is no intercept.
    weights, offset : str
        The name of the column; "" for an array or where there are none.
    """

    data: str
    title: str
    resolved: Resolved
    source: Source
    names: tuple[str, ...]
    kept: np.ndarray
    scaled: np.ndarray
    parts: tuple[Part, ...]
    level: Part | None
    weights: str
    offset: str
    has_weights: bool
    has_offset: bool
    zero_weights: bool

    @property
    def family(self) -> str:
        """Name of the family."""
        return self.resolved.family.name

    @property
    def k(self) -> int:
        """Number of columns."""
        return len(self.names)

    @property
    def counts(self) -> bool:
        """Whether the weights multiply the log likelihood: counts of rows, or any weights of a family without sigma."""
        return self.resolved.frequency or not self.resolved.likelihood.has_dispersion

    @property
    def samples_sigma(self) -> bool:
        """Whether sigma is a parameter."""
        return self.resolved.sigma_prior is not None

    @property
    def plain_sigma(self) -> bool:
        """Whether sigma has a prior with a name in every package, or none."""
        return self.resolved.sigma_prior is None or isinstance(self.resolved.sigma_prior, HalfT | Exponential)

    @cached_property
    def sd(self) -> np.ndarray:
        """What the columns are divided by (k,)."""
        return np.where(self.scaled, self.resolved.sd[self.kept], 1.0)


def read_subject(model: Model, data: str) -> Subject:
    """Return the record of a model that `features` found nothing against."""
    design, resolved = model.design, model.resolved
    start = int(resolved.intercept)
    kept = np.flatnonzero(~resolved.excluded)
    kept = kept[kept >= start]
    parts: list[Part] = []
    level: list[Part] = []
    taken: set[str] = set()
    for block in resolved.blocks:
        named = _identifier(block.label, taken)
        parts += make_parts(resolved, block, kept, named)
        if start and 0 in block.columns:
            level += make_parts(resolved, block, np.array([0]), "alpha")
    scaled = (resolved.scale[kept] == resolved.sd[kept]) & (resolved.standardize is not False)
    for part in parts:
        if part.kind == "group":
            scaled[part.at] = False
    every = [part for part in parts if part.kind not in ("flat", "group")]
    if every and all(scaled[part.at].all() for part in every):
        scaled[np.concatenate([part.at for part in parts if part.kind == "flat"] or [np.array([], int)])] = True
    family = "" if resolved.family.name == "gaussian" else f", family={resolved.family.name!r}"
    raw = "" if resolved.standardize is True else f", standardize={resolved.standardize!r}"
    return Subject(
        data=data,
        title=f"Model({model.formula!r}{family}, penalty={written(model.penalty).replace('Ellipsis:', '...:')}{raw})",
        resolved=resolved,
        source=read_source(design),
        names=tuple(resolved.coefficients[j] for j in kept),
        kept=kept,
        scaled=scaled,
        parts=tuple(replace(part, alone=len(parts) == 1) for part in parts),
        level=level[0] if level else None,
        weights=design.weights_name,
        offset=design.spec.offset.name,
        has_weights=design.weights is not None,
        has_offset=design.offset is not None,
        zero_weights=design.weights is not None and bool((design.weights == 0.0).any()),
    )


def features(model: Model) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of a model's penalties, and what it has beside them: words of `table.FEATURES`."""
    design, resolved = model.design, model.resolved
    blocks = [one for one in resolved.blocks if not resolved.excluded[one.columns].all()]
    laws = frozenset(type(one.penalty).__name__ for one in blocks if not one.penalty.is_flat) or {"Flat"}
    found: dict[str, bool] = {
        "Firth": resolved.correction is not None,
        "open strength": resolved.is_open,
        "group effects": bool(design.group_effects.any()),
        "limits": resolved.has_limits,
        "positive": bool((resolved.lower == 0.0).any()),
        "positive in part": 0 < int((resolved.lower[int(resolved.intercept) :] == 0.0).sum()) < design.p,
        "penalised intercept": resolved.intercept and not resolved.free[0],
        "no intercept": not resolved.intercept,
        "one column": int((~resolved.excluded[int(resolved.intercept) :]).sum()) == 1,
        "no columns": bool(resolved.excluded[int(resolved.intercept) :].all()),
        "offset": design.offset is not None,
        "frequency weights": design.weights is not None and resolved.frequency,
        "precision weights": design.weights is not None and not resolved.frequency,
        "dependent group": any(_is_dependent(model, one) for one in blocks),
    }
    found["weighted centre"] = found["penalised intercept"] and design.weights is not None
    found |= _sigma_features(resolved)
    if not found["open strength"] and all(name in KINDS for name in laws) and not found["group effects"]:
        found |= _strength_features(resolved)
    found |= dict.fromkeys(read_source(design).features, True)
    return frozenset(laws), frozenset(name for name, is_so in found.items() if is_so)


def _sigma_features(resolved: Resolved) -> dict[str, bool]:
    prior = resolved.sigma_prior
    return {
        "relative to sigma": prior is not None and bool(resolved.sigma_relative.any()),
        "improper or squared prior of sigma": not isinstance(prior, HalfT | Exponential | None),
    }


def _strength_features(resolved: Resolved) -> dict[str, bool]:
    """Return how the strengths of the slopes compare with each other, in loss units on what they act on."""
    start = int(resolved.intercept)
    kept = ~resolved.excluded[start:]
    scale = resolved.scale[start:][kept]
    rate = resolved.strength.rate[start:][kept] / scale
    precision = resolved.strength.precision[start:][kept] / scale**2
    free = rate + precision <= 0.0
    held = ~free
    share = rate[held] / (rate[held] + precision[held])
    size = (rate + precision)[held]
    same = bool(np.ptp(size) <= 1e-12 * size.max()) if held.any() else True
    mixed = bool(np.ptp(share) > 1e-12) if held.any() else False
    both = bool(held.any()) and 0.0 < float(share[0]) < 1.0
    return {
        "unpenalised terms": bool(free.any() and held.any()),
        "several strengths": not same and not mixed,
        "several strengths of an elastic net": not same and not mixed and both,
        "squares and absolute values apart": mixed,
        "0/1 columns spared": resolved.standardize == "numeric" and bool((scale != resolved.sd[start:][kept]).any()),
    }


def _is_dependent(model: Model, block: object) -> bool:
    """Whether a group's columns are linearly dependent, so that its geometry is filled up."""
    from bayesreg.penalties.grouping import geometry

    columns = block.columns  # type: ignore[attr-defined]
    if KINDS.get(type(block.penalty).__name__) != "group" or len(columns) == 1:  # type: ignore[attr-defined]
        return False
    resolved = model.resolved
    start = int(resolved.intercept)
    X = dense_columns(model.design.X, columns - start, what="The export") - resolved.center[columns]
    return geometry(X, resolved.weights).rank < len(columns)


def _identifier(label: str, taken: set[str]) -> str:
    """Return a label as a short identifier that is not taken yet."""
    name = "rest" if label == "..." else re.sub(r"[^A-Za-z0-9]+", "_", label).strip("_")[:40] or "block"
    free = next(one for one in chain([name], (f"{name}_{i}" for i in count(2))) if one not in taken)
    taken.add(free)
    return free
