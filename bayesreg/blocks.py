"""Which penalty acts on which coefficients: one for all, or a mapping by term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.penalties import Flat, Penalty


@final
@dataclass(frozen=True, eq=False)
class Block:
    """Coefficients that share a penalty.

    Attributes
    ----------
    label : str
        The key that named them, or "..." for the rest.
    penalty : Penalty
    columns : ndarray of int
        Positions among the model's coefficients.
    """

    label: str
    penalty: Penalty
    columns: np.ndarray


def make_blocks(penalty: Any, names: tuple[str, ...], terms: tuple[str, ...], *, intercept: bool) -> tuple[Block, ...]:
    """Return the blocks of a penalty or a mapping of terms to penalties, covering every coefficient once.

    Raises
    ------
    InputError
        If a value is not a penalty, a key names no term or coefficient, or two keys name the same one.
    """
    table = dict(penalty) if isinstance(penalty, Mapping) else {...: penalty if penalty is not None else Flat()}
    if ... in table and "..." in table:
        raise InputError(
            "The penalty has both ... and '...' as keys, which name the same remaining terms; give one of them."
        )
    taken: dict[int, str] = {}
    blocks = []
    for key, law in table.items():
        if not isinstance(law, Penalty):
            raise InputError(
                f"The penalty {'' if key is ... else f'of {key!r} '}is {law!r}, which is not a penalty; allowed: "
                "br.L1, br.L2, br.ElasticNet, br.Laplace, br.Normal, br.ElasticNetPrior, br.Flat, or a dict of terms "
                "to these."
            )
        if key in (..., "..."):
            continue
        columns = _find(key, names, terms)
        for column in columns:
            if column in taken:
                raise InputError(
                    f"The coefficient {names[column]!r} is penalised by two keys: {taken[column]!r} and {key!r}."
                )
            taken[column] = str(key)
        if intercept and 0 in columns and law.positive:
            raise InputError(
                f"The penalty of {key!r} is positive=True and acts on the intercept, which can not be restricted to be "
                ">= 0. Name the intercept under a penalty without positive=True, or not at all."
            )
        blocks.append(Block(str(key), law, np.sort(np.array(columns, dtype=int))))
    rest = np.array([j for j in range(int(intercept), len(names)) if j not in taken], dtype=int)
    if rest.size:
        law = table.get(..., table.get("...", Flat()))
        blocks.append(Block("...", law, rest))
    if intercept and 0 not in taken:
        blocks.insert(0, Block("Intercept", Flat(), np.array([0])))
    return tuple(blocks)


def penalty_weights(blocks: tuple[Block, ...], names: tuple[str, ...], terms: tuple[str, ...]) -> np.ndarray:
    """Return the factor ``w_j`` of each coefficient (q,) from the penalties' ``weights``."""
    factor = np.ones(len(names))
    for block in blocks:
        weights = block.penalty.weights
        if isinstance(weights, Mapping):
            for key, value in weights.items():
                columns = _find(key, names, terms)
                outside = [names[j] for j in columns if j not in block.columns]
                if outside:
                    raise InputError(
                        f"The penalty weight of {key!r} concerns {outside}, which this penalty does not act on."
                    )
                factor[columns] = float(value)
        elif weights is not None:
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


def _find(key: Any, names: tuple[str, ...], terms: tuple[str, ...]) -> list[int]:
    """Return the positions that a key such as ``"bmi + C(site)"`` names."""
    if not isinstance(key, str):
        raise InputError(
            f"The key {key!r} of a penalty or weight is not a term; give its name as text, or ... for the rest."
        )
    whole = _matching(key, names, terms)
    parts = [key] if whole else _split_plus(key)
    found: list[int] = []
    for part in parts:
        columns = _matching(part, names, terms)
        if not columns:
            known = ", ".join(dict.fromkeys((*terms, *names)))
            raise InputError(f"{part.strip()!r} is not a term or coefficient of this model. Known: {known}.")
        found += [column for column in columns if column not in found]
    return found


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
