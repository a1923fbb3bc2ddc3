"""Which penalty acts on which coefficients: one for all, or a mapping by term."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError
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
        columns = _find(key, names, terms)
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
    rest = np.array([j for j in range(int(intercept), len(names)) if j not in taken], dtype=int)
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
    found = dict.fromkeys(terms[j] for j in columns)
    return [np.array([j for j in columns if terms[j] == term], dtype=int) for term in found]


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
    factor = np.ones(len(names))
    for block in blocks:
        weights = block.penalty.weights
        if isinstance(weights, Mapping):
            together = {j for other in blocks if other.source == block.source for j in other.columns.tolist()}
            for key, value in weights.items():
                columns = _find(key, names, terms)
                outside = [names[j] for j in columns if j not in together]
                if outside:
                    raise InputError(
                        f"The penalty weight of {key!r} concerns {outside}, which this penalty does not act on."
                    )
                factor[[j for j in columns if j in block.columns]] = float(value)
            _check_group_factor(block, factor, names)
        elif weights is not None and not isinstance(weights, str):
            values = np.asarray(weights, dtype=float)
            if values.shape != (block.columns.size,):
                acted_on = [names[j] for j in block.columns]
                raise InputError(
                    f"The penalty weights have shape {values.shape}, but the penalty acts on {block.columns.size} "
                    f"coefficients: {', '.join(acted_on)}. Give one factor each, or a mapping from names."
                )
            factor[block.columns] = values
    if names[:1] == ("Intercept",) and np.isinf(factor[0]):
        raise InputError(
            "The penalty weight of the intercept is infinite. For a model without it write '0 +' in the formula."
        )
    return factor


def _check_group_factor(block: Block, factor: np.ndarray, names: tuple[str, ...]) -> None:
    """Raise where the coefficients of one joint penalty have different factors."""
    own = factor[block.columns]
    if not block.penalty.traits.separable and np.any(own != own[0]):
        acted_on = ", ".join(names[j] for j in block.columns)
        raise InputError(
            f"The penalty weights give different factors to the coefficients {acted_on}, on which "
            f"{type(block.penalty).__name__} acts together. Name whole groups, by their term."
        )


def _find(key: Any, names: tuple[str, ...], terms: tuple[str, ...]) -> list[int]:
    """Return the positions that a key such as ``"bmi + C(site)"`` names."""
    if not isinstance(key, str):
        raise InputError(
            f"The key {key!r} of a penalty or weight is not a term; give its name as text, or ... for the rest."
        )
    whole = _matching(key, names, terms)
    parts = [key] if whole else _split_plus(key)
    found: list[int] = []
    for part in (term for written in parts for term in _group_terms(written)):
        columns = _matching(part, names, terms)
        if not columns:
            known = list(dict.fromkeys((*terms, *names)))
            close = difflib.get_close_matches(part.strip(), known)
            meant = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
            raise InputError(
                f"{part.strip()!r} is not a term or coefficient of this model.{meant} Known: {', '.join(known)}."
            )
        found += [column for column in columns if column not in found]
    return found


def _group_terms(text: str) -> list[str]:
    """Return the terms of group effects that a formula writes as ``(1 | g)`` or ``(x || g)``; other text as it is."""
    inner = text.strip()
    if "|" not in inner:
        return [text]
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    if "||" not in inner:
        return [inner]
    slopes, _, group = inner.partition("||")
    names = [name.strip() for name in _split_plus(slopes)]
    whole = [] if "0" in names or "1" in names else ["1"]
    return [f"{name} | {group.strip()}" for name in [*whole, *names] if name != "0"]


def _matching(key: str, names: tuple[str, ...], terms: tuple[str, ...]) -> list[int]:
    wanted = _plain(key)
    by_term = [j for j, term in enumerate(terms) if _plain(term) == wanted]
    return by_term or [j for j, name in enumerate(names) if _plain(name) == wanted]


def _plain(text: str) -> str:
    return "".join(text.split()).replace("`", "")


def _split_plus(key: str) -> list[str]:
    """Split at the ``+`` signs that stand outside brackets and back-quotes."""
    parts, depth, quoted, current = [], 0, False, ""
    for character in key:
        quoted ^= character == "`"
        depth += (character in "([{") - (character in ")]}")
        if character == "+" and depth == 0 and not quoted:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]
