"""Which penalty acts on which coefficients: one for all, or a mapping by term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.keys import SHOWN, Keys
from bayesreg.marks import Marked
from bayesreg.penalties import REGISTRY, Flat, Penalty


@final
@dataclass(frozen=True, eq=False)
class Block:
    """Coefficients that share a penalty.

    Attributes
    ----------
    label : str
        The key that named them, or "..." for the rest.
    penalty : Penalty
        As it was written.
    columns : ndarray of int
        Positions among the model's coefficients.
    source : int
        Blocks of one source were named together and share a strength.
    law : Penalty
        What is evaluated: the penalty, or the law that it is for this design.
    metric : ndarray (d, d) or None
        Joint laws act on ``metric @ b``; None: on ``s_j b_j``.
    is_group : bool
        Whether these are effects of the levels of a group, ``(1 | g)``, whose penalty acts on raw coefficients.
    """

    label: str
    penalty: Penalty
    columns: np.ndarray
    source: int
    law: Penalty
    metric: np.ndarray | None = None
    is_group: bool = False


def make_blocks(
    penalty: Any,
    names: tuple[str, ...],
    terms: tuple[str, ...],
    *,
    intercept: bool,
    marked: tuple[Marked, ...] = (),
) -> tuple[Block, ...]:
    """Return the blocks of a penalty or a mapping of terms to penalties, covering every coefficient once.

    Terms that the formula marks have the penalty of their mark, and the penalty given covers the others; it may name
    the effects of a group, which have a penalty of open strength otherwise.

    Raises
    ------
    InputError
        If a value is not a penalty, a key names no term or coefficient, two keys name the same one, or a key names a
        marked term.
    """
    table = dict(penalty) if isinstance(penalty, Mapping) else {...: penalty if penalty is not None else Flat()}
    if ... in table and "..." in table:
        raise InputError(
            "The penalty has both ... and '...' as keys, which name the same remaining terms; give one of them."
        )
    places = [[j for j, term in enumerate(terms) if term in one.terms] for one in marked]
    by_mark = {j: one for one, columns in zip(marked, places, strict=True) for j in columns}
    keys = Keys(names, terms)
    taken: dict[int, str] = {}
    blocks: list[Block] = []
    for key, law in table.items():
        if not isinstance(law, Penalty):
            raise InputError(
                f"The penalty {'' if key is ... else f'of {key!r} '}is {law!r}, which is not a penalty; allowed: an "
                "object such as br.L1(lam=3), br.GroupLasso(lam=3) or br.Normal(scale=1), br.Flat() for none, or a "
                f"dict of terms to these.{_hint(law)}"
            )
        if key in (..., "..."):
            continue
        columns = keys.find(key)
        for column in columns:
            _check_mark(by_mark.get(column), names[column], key)
            if column in taken:
                raise InputError(
                    f"The coefficient {names[column]!r} is penalised by two keys: {taken[column]!r} and {key!r}."
                )
            taken[column] = str(key)
        if intercept and 0 in columns:
            _check_intercept(key, law)
        is_group = all(column in by_mark for column in columns)
        at = np.sort(np.array(columns, dtype=int))
        blocks.append(Block(str(key), law, at, len(blocks), law, is_group=is_group))
    for one, columns in zip(marked, places, strict=True):
        at = np.array([j for j in columns if j not in taken], dtype=int)
        taken.update(dict.fromkeys(columns, one.text))
        if at.size:
            blocks.append(Block(one.label, one.penalty, at, len(blocks), one.penalty, is_group=one.is_group))
    left = np.arange(len(names)) >= int(intercept)
    left[list(taken)] = False
    rest = np.flatnonzero(left)
    if not rest.size and marked and isinstance(penalty, Penalty) and not penalty.is_flat:
        raise InputError(
            f"The penalty {penalty!r} has no terms left to act on: the formula marks them all. Leave it out, or take a "
            "term out of its mark."
        )
    if rest.size:
        law, source = table.get(..., table.get("...", Flat())), len(blocks)
        groups = _by_term(rest, terms) if law.by_term else [rest]
        blocks += [Block("..." if len(groups) == 1 else terms[at[0]], law, at, source, law) for at in groups]
    if intercept and 0 not in taken:
        blocks.insert(0, Block("Intercept", Flat(), np.array([0]), -1, Flat()))
    return tuple(blocks)


def _hint(law: Any) -> str:
    """Return the penalty that a class, a name or a number may stand for."""
    if isinstance(law, type) and issubclass(law, Penalty):
        return f" br.{law.__name__} is a class; write br.{law.__name__}(...)."
    names = {name.lower(): name for name in REGISTRY}
    if isinstance(law, str) and law.lower() in names:
        return f" Did you mean br.{names[law.lower()]}(...)?"
    return ""


def _check_mark(mark: Marked | None, name: str, key: Any) -> None:
    if mark is not None and not mark.is_group:
        raise InputError(
            f"The coefficient {name!r} is penalised twice: by {mark.text} in the formula and by the key {key!r} of the "
            "penalty. Keep one of the two."
        )


def _by_term(columns: np.ndarray, terms: tuple[str, ...]) -> list[np.ndarray]:
    """Return the columns of each term, in order."""
    found: dict[str, list[int]] = {}
    for j in columns.tolist():
        found.setdefault(terms[j], []).append(j)
    return [np.array(together, dtype=int) for together in found.values()]


def _check_intercept(key: Any, law: Penalty) -> None:
    if law.bounds != (-np.inf, np.inf):
        what = "positive=True" if law.positive else f"limits={law.bounds!r}"
        raise InputError(
            f"The penalty of {key!r} is {what} and acts on the intercept, which can not be restricted. Name the "
            "intercept under a penalty without bounds, or not at all."
        )
    if not law.traits.separable:
        raise InputError(
            f"The penalty of {key!r}, {type(law).__name__}, acts on its coefficients together and names the intercept "
            "among them. Give the intercept a penalty of its own, e.g. br.Normal(scale), or none."
        )


def penalty_weights(blocks: tuple[Block, ...], names: tuple[str, ...], terms: tuple[str, ...]) -> np.ndarray:
    """Return the factor ``w_j`` of each coefficient (q,) from the penalties' ``weights``."""
    factor, keys = np.ones(len(names)), Keys(names, terms)
    source = np.empty(len(names), dtype=int)
    for block in blocks:
        source[block.columns] = block.source
    weighed: dict[int, dict[int, float]] = {}
    for block in blocks:
        weights = block.penalty.weights
        if isinstance(weights, Mapping):
            if block.source not in weighed:
                weighed[block.source] = _named_weights(weights, keys, source == block.source)
            own = weighed[block.source]
            factor[block.columns] = [own.get(j, 1.0) for j in block.columns.tolist()]
            _check_group_factor(block, factor, names)
        elif weights is not None and not isinstance(weights, str):
            values = np.asarray(weights, dtype=float)
            if values.shape != (block.columns.size,):
                acted_on = [names[j] for j in block.columns]
                raise InputError(
                    f"The penalty weights have shape {values.shape}, but the penalty acts on {block.columns.size} "
                    f"coefficients: {_listed(acted_on)}. Give one factor each, or a mapping from names."
                )
            factor[block.columns] = values
    if names[:1] == ("Intercept",) and np.isinf(factor[0]):
        raise InputError(
            "The penalty weight of the intercept is infinite. For a model without it write '0 +' in the formula."
        )
    return factor


def _named_weights(weights: Mapping[Any, Any], keys: Keys, acted_on: np.ndarray) -> dict[int, float]:
    """Return the weight of each position that is named, all of which the penalty acts on (q,)."""
    found: dict[int, float] = {}
    for key, value in weights.items():
        columns = keys.find(key)
        outside = [keys.names[j] for j in columns if not acted_on[j]]
        if outside:
            raise InputError(f"The penalty weight of {key!r} concerns {outside}, which this penalty does not act on.")
        found.update(dict.fromkeys(columns, float(value)))
    return found


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _check_group_factor(block: Block, factor: np.ndarray, names: tuple[str, ...]) -> None:
    """Raise where the coefficients of one joint penalty have different factors."""
    own = factor[block.columns]
    if not block.penalty.traits.separable and np.any(own != own[0]):
        acted_on = _listed([names[j] for j in block.columns])
        raise InputError(
            f"The penalty weights give different factors to the coefficients {acted_on}, on which "
            f"{type(block.penalty).__name__} acts together. Name whole groups, by their term."
        )
