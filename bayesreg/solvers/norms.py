"""Absolute values, squares and lengths of groups in one record: what many group penalties are, without a loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import final

import numpy as np

GAUGE_STEPS = 100


@final
@dataclass(frozen=True, eq=False)
class Norms:
    """The penalty ``sum_j l1_j |v_j| + l2_j v_j^2 / 2 + sum_k height_k ||v_k||``.

    Attributes
    ----------
    l1, l2 : ndarray (m,)
        Strengths of the single coordinates, >= 0; ``l2`` is 0 in groups with a height.
    owner : ndarray of int (m,)
        The group of each coordinate; a coordinate without one is a group by itself, of height 0.
    height : ndarray (K,)
        Strengths of the lengths, >= 0.
    """

    l1: np.ndarray
    l2: np.ndarray
    owner: np.ndarray
    height: np.ndarray

    def multiplied(self, factor: float) -> Norms:
        """Return the penalty ``factor`` times as strong."""
        return replace(self, l1=factor * self.l1, l2=factor * self.l2, height=factor * self.height)

    def restricted(self, at: np.ndarray) -> Norms:
        """Return the penalty of the coordinates ``at``, which hold whole groups."""
        groups, owner = np.unique(self.owner[at], return_inverse=True)
        return Norms(self.l1[at], self.l2[at], owner, self.height[groups])

    @cached_property
    def free(self) -> np.ndarray:
        """Coordinates (m,) of bool that the penalty does not act on."""
        return (self.l1 <= 0.0) & (self.l2 <= 0.0) & (self.height[self.owner] <= 0.0)

    @cached_property
    def kinked(self) -> np.ndarray:
        """Coordinates (m,) of bool that it can hold at 0."""
        return (self.l1 > 0.0) | (self.height[self.owner] > 0.0)

    def lengths(self, v: np.ndarray) -> np.ndarray:
        """Return the length of each group (K,) of ``v`` (m,)."""
        return np.sqrt(np.bincount(self.owner, weights=v * v, minlength=self.height.size))

    def value(self, v: np.ndarray) -> float:
        """Return the penalty of ``v`` (m,)."""
        return float(self.l1 @ np.abs(v) + 0.5 * self.l2 @ (v * v) + self.height @ self.lengths(v))

    def is_zero_group(self, v: np.ndarray) -> np.ndarray:
        """Return the coordinates (m,) of bool of groups with a height that are all at 0."""
        return ((self.height > 0.0) & (self.lengths(v) == 0.0))[self.owner]

    def soft(self, score: np.ndarray) -> np.ndarray:
        """Return ``score`` (m,) less its projection on the subdifferential at 0, without squares."""
        beyond = np.sign(score) * np.maximum(np.abs(score) - self.l1, 0.0)
        length = self.lengths(beyond)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(length > self.height, 1.0 - self.height / length, 0.0)
        return beyond * share[self.owner]

    def distance(self, v: np.ndarray, score: np.ndarray) -> np.ndarray:
        """Return how far each coordinate of ``score`` (m,) is from the subdifferential at ``v`` (m,)."""
        length = self.lengths(v)
        with np.errstate(divide="ignore", invalid="ignore"):
            pull = np.where(length > 0.0, self.height / length, 0.0)[self.owner]
        rest = score - (self.l2 + pull) * v
        inside = np.where(v == 0.0, np.maximum(np.abs(rest) - self.l1, 0.0), np.abs(rest - self.l1 * np.sign(v)))
        closed = (length == 0.0)[self.owner]
        return np.where(closed, np.abs(self.soft(score)), inside) if closed.any() else inside

    def gauge(self, score: np.ndarray) -> np.ndarray:
        """Return for each group (K,) the smallest multiple of the penalty that holds it at 0 against ``score`` (m,).

        Groups without a kink have 0. Where a group has absolute values too it is the root ``t`` of
        ``||soft(score, l1 t)|| = height t``, a convex decreasing function: Newton steps from 0 rise to it.
        """
        size = np.where(self.kinked, np.abs(score), 0.0)
        mixed = (self.l1 > 0.0) & (self.height[self.owner] > 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(self.height > 0.0, self.lengths(size) / self.height, 0.0)
            single = np.where(self.l1 > 0.0, size / self.l1, 0.0)
        alone = ~mixed & (self.l1 > 0.0)
        found[self.owner[alone]] = single[alone]
        if not mixed.any():
            return found
        at = np.flatnonzero(mixed)
        groups, owner = np.unique(self.owner[at], return_inverse=True)
        found[groups] = _mixed_gauge(size[at], self.l1[at], owner, self.height[groups])
        return found


def _mixed_gauge(size: np.ndarray, l1: np.ndarray, owner: np.ndarray, height: np.ndarray) -> np.ndarray:
    largest = np.zeros(height.size)
    np.maximum.at(largest, owner, size)
    size = size / np.where(largest > 0.0, largest, 1.0)[owner]
    root = np.zeros(height.size)
    for _ in range(GAUGE_STEPS):
        left = np.maximum(size - l1 * root[owner], 0.0)
        length = np.sqrt(np.bincount(owner, weights=left * left, minlength=height.size))
        with np.errstate(divide="ignore", invalid="ignore"):
            fall = np.where(length > 0.0, np.bincount(owner, weights=l1 * left, minlength=height.size) / length, 0.0)
        new = root + np.maximum(length - height * root, 0.0) / (fall + height)
        if np.all(new <= root * (1.0 + 2e-16)):
            break
        root = new
    return root * largest
