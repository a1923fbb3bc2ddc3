"""The penalised coefficients of a model as the Gibbs sampler sees them: blocks with conditionals, and their scales."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from bayesreg.learned import Learned, central_scales, log_hyperprior
from bayesreg.objective import Piece, penalised
from bayesreg.posterior.gibbs.conditionals import Conditional, conditional_of
from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class Block:
    """Coefficients under one law.

    Attributes
    ----------
    at : slice
        Its coordinates among all penalised ones.
    piece : Piece
        Of coefficients that are not free.
    conditional : Conditional
    relative : bool
        The law acts on coordinates in units of sigma.
    slot : int
        Which of the scales is its width; -1: none, its strength is a number.
    """

    at: slice
    piece: Piece
    conditional: Conditional
    relative: bool
    slot: int


@final
@dataclass(frozen=True, eq=False)
class Blocks:
    """All blocks, in the order of their coordinates ``v`` (p,): what the laws act on, not divided by sigma.

    The scales (K, S) are first those of the learned strengths, then those that laws have of their own.

    Attributes
    ----------
    blocks : tuple of Block
    learned : tuple of Learned
    flat : ndarray of int
        Coefficients with a flat prior.
    owners : tuple of int
        The blocks that have scales of their own.
    """

    blocks: tuple[Block, ...]
    learned: tuple[Learned, ...]
    flat: np.ndarray
    owners: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of penalised coordinates."""
        return self.blocks[-1].at.stop if self.blocks else 0

    @property
    def slots(self) -> int:
        """Number of scales."""
        return len(self.learned) + len(self.owners)

    @property
    def diagonal(self) -> bool:
        """Whether the precision of all coordinates is diagonal."""
        return all(block.conditional.diagonal for block in self.blocks)

    def log_scale_prior(self, scales: np.ndarray) -> np.ndarray:
        """Return the log density (K,) of scales (K, S), with respect to their Lebesgue measure."""
        total = np.zeros(scales.shape[0])
        if self.learned:
            total = total + log_hyperprior(self.learned, scales.T)
        for slot, owner in enumerate(self.owners, start=len(self.learned)):
            total = total + self.blocks[owner].conditional.log_scale_prior(scales[:, slot])
        return total

    def middle(self) -> np.ndarray:
        """Return scales (S,) in the middle of their priors."""
        return np.concatenate([central_scales(self.learned), np.ones(len(self.owners))])

    def scale(self, block: Block, scales: np.ndarray) -> np.ndarray:
        """Return the scale (K,) of a block's law."""
        return scales[:, block.slot] if block.slot >= 0 else np.ones(scales.shape[0])

    def columns(self, columns: np.ndarray) -> np.ndarray:
        """Return the columns (r, p) of the coordinates from those of centred coefficients (r, q)."""
        parts = [_times_inverse(columns[:, block.piece.at], block.piece.map) for block in self.blocks]
        return np.concatenate(parts, axis=1) if parts else np.zeros((columns.shape[0], 0))

    def coefficients(self, v: np.ndarray, q: int) -> np.ndarray:
        """Return centred coefficients (..., q) from the coordinates (..., p), flat ones 0."""
        beta = np.zeros((*v.shape[:-1], q))
        for block in self.blocks:
            change = block.piece.map
            beta[..., block.piece.at] = _times_inverse(v[..., block.at], None if change is None else change.T)
        return beta


def _times_inverse(rows: np.ndarray, change: np.ndarray | None) -> np.ndarray:
    """Return ``rows change^-1`` (..., d)."""
    if change is None:
        return rows
    return rows / change if change.ndim == 1 else rows @ np.linalg.inv(change)


def make_blocks(resolved: Resolved) -> Blocks:
    """Return the blocks of a model; flat coefficients, and those that weights leave free, are in none."""
    found: list[Block] = []
    owners: list[int] = []
    start, sigma = 0, float(np.sqrt(resolved.phi))
    for whole in penalised(resolved):
        piece = _penalised_part(whole)
        if piece.at.size == 0:
            continue
        conditional = conditional_of(piece, sigma if piece.relative else 1.0)
        slot = piece.learned
        if conditional.has_scale:
            slot = len(resolved.learned) + len(owners)
            owners.append(len(found))
        stop = start + piece.at.size
        found.append(Block(slice(start, stop), piece, conditional, piece.relative, slot))
        start = stop
    kept = np.flatnonzero(~resolved.excluded)
    flat = np.setdiff1d(kept, np.concatenate([block.piece.at for block in found]) if found else [])
    return Blocks(tuple(found), resolved.learned, flat.astype(int), tuple(owners))


def _penalised_part(piece: Piece) -> Piece:
    """Return a piece without the coefficients that its weights leave free."""
    if not piece.law.traits.separable:
        return piece
    kept = np.asarray(piece.unit.rate + piece.unit.precision) > 0.0
    if kept.all():
        return piece
    return replace(piece, at=piece.at[kept], strength=piece.strength.at(kept), unit=piece.unit.at(kept))
