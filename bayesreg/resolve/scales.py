"""Centres, scales and sizes of the columns of a design, and what the penalties act on."""

from __future__ import annotations

import numpy as np

from bayesreg.blocks import Block
from bayesreg.design import Design, column_scales
from bayesreg.errors import DataError, InputError
from bayesreg.matrices import indicators
from bayesreg.resolved import Standardize

UNITS = (1e-120, 1e120)


def columns_of(design: Design) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return centres, 1/n standard deviations and root mean squares about the centres (q,), the intercept's first."""
    center, sd = column_scales(design.X, weights=design.weights)
    if design.intercept:
        sd = np.concatenate([[1.0], sd])
        return np.concatenate([[0.0], center]), sd, sd
    return np.zeros(design.p), sd, np.hypot(center, sd)


def penalty_scale(design: Design, blocks: tuple[Block, ...], sd: np.ndarray, standardize: Standardize) -> np.ndarray:
    """Return the scale ``s_j`` (q,) that the penalties act on."""
    if not (isinstance(standardize, bool) or (isinstance(standardize, str) and standardize == "numeric")):
        raise InputError(
            f"standardize={standardize!r} is not known; allowed: True (columns of unit standard deviation), False "
            "(raw columns), 'numeric' (all but 0/1 columns)."
        )
    scale = np.ones_like(sd)
    if standardize is False:
        return scale
    for block in blocks:
        if block.penalty.traits.scales_columns:
            scale[block.columns] = sd[block.columns]
    if standardize == "numeric":
        scale[int(design.intercept) :][indicators(design.X)] = 1.0
    scale[int(design.intercept) :][design.group_effects] = 1.0
    return scale


def unseen_columns(design: Design, blocks: tuple[Block, ...], sd: np.ndarray) -> np.ndarray:
    """Return which coefficients (q,) have a penalty of their own and a column that is the same in all rows.

    Nothing but the penalty acts on them, next to an intercept: they are at 0.
    """
    unseen = np.zeros(sd.size, dtype=bool)
    for block in blocks:
        if block.penalty.traits.separable and not block.penalty.is_flat:
            unseen[block.columns] = (sd[block.columns] == 0.0) & design.intercept
    return unseen


def check_columns(
    design: Design, names: tuple[str, ...], sd: np.ndarray, scale: np.ndarray, excluded: np.ndarray
) -> None:
    """Raise where a column is constant or too large or small to compute with."""
    constant = (sd == 0.0) & ((scale == 0.0) | design.intercept)
    extreme = (sd > 0.0) & ~((sd > UNITS[0]) & (sd < UNITS[1]))
    for j in np.flatnonzero((constant | extreme) & ~excluded)[:1]:
        name = names[j]
        if constant[j]:
            what = "can not be told from the intercept" if design.intercept else "can not be standardised"
            raise DataError(
                f"The column {name!r} is constant over the rows used: it {what}. Remove it from the formula."
            )
        raise DataError(
            f"The column {name!r} has standard deviation {sd[j]:.3g}, outside the range {UNITS[0]:g} to "
            f"{UNITS[1]:g} in which its strength can be represented. Give it in other units."
        )


def check_size(name: str, size: float, what: str) -> None:
    """Raise where a size is too large or small to compute with."""
    if not UNITS[0] < size < UNITS[1]:
        raise DataError(
            f"The {what} {name!r} has size {size:.3g}, outside the range {UNITS[0]:g} to {UNITS[1]:g} that "
            "can be computed with. Give it in other units."
        )
