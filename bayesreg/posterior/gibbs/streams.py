"""One random stream a chain, drawn from side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import numpy as np

BUFFER = 4096
"""Numbers that are drawn ahead, so that a few of them cost no call of each generator."""

NOTHING = np.zeros((0, 0))


@final
class Streams:
    """The generators of K chains; every method returns an array whose first axis is the chain.

    A chain's numbers depend on its own stream and on the sizes asked for only.

    Parameters
    ----------
    seeds : list of SeedSequence (K,)
    """

    def __init__(self, seeds: list[np.random.SeedSequence]) -> None:
        self.rngs = [np.random.default_rng(seed) for seed in seeds]
        self._ahead: dict[object, tuple[np.ndarray, int]] = {}

    def __len__(self) -> int:
        return len(self.rngs)

    def normal(self, *shape: int) -> np.ndarray:
        """Return standard normal deviates (K, *shape)."""
        return self._buffered("normal", shape, lambda rng, size: rng.standard_normal(size))

    def uniform(self, *shape: int) -> np.ndarray:
        """Return uniform deviates (K, *shape) in (0, 1]."""
        return self._buffered("uniform", shape, lambda rng, size: 1.0 - rng.random(size))

    def exponential(self, *shape: int) -> np.ndarray:
        """Return exponential deviates (K, *shape) of rate 1."""
        return self._buffered("exponential", shape, lambda rng, size: rng.standard_exponential(size))

    def gamma_of(self, alpha: float, *shape: int) -> np.ndarray:
        """Return gamma deviates (K, *shape) of scale 1 and of one shape ``alpha``."""
        return self._buffered(alpha, shape, lambda rng, size: rng.standard_gamma(alpha, size))

    def gamma(self, shape: np.ndarray) -> np.ndarray:
        """Return gamma deviates of scale 1 and of shapes (K, ...)."""
        return np.stack([np.asarray(rng.standard_gamma(at)) for rng, at in zip(self.rngs, shape, strict=True)])

    def inverse_gaussian(self, mean: np.ndarray, shape: np.ndarray | float = 1.0) -> np.ndarray:
        r"""Return inverse Gaussian deviates of means (K, ...), infinite ones included, and shapes (K, ...).

        The smaller root ``x`` of ``shape (x - mean)^2 / (mean^2 x) = z^2``, ``z`` normal, or ``mean^2 / x``, in a
        form without cancellation; with an infinite mean it is ``shape / z^2``.

        References
        ----------
        Michael, Schucany and Haas (1976), Generating random variates using transformations with multiple roots.
        """
        inner = mean.shape[1:]
        inverse, half = 1.0 / mean, 0.5 * self.normal(*inner) ** 2 / shape
        total = inverse + half + np.sqrt(half * (half + 2.0 * inverse))
        small = 1.0 / total
        with np.errstate(divide="ignore", over="ignore"):
            return np.where(self.uniform(*inner) * (1.0 + small * inverse) <= 1.0, small, mean * (mean * total))

    def _buffered(
        self, key: object, shape: tuple[int, ...], draw: Callable[[np.random.Generator, int], np.ndarray]
    ) -> np.ndarray:
        size = 1
        for length in shape:
            size *= length
        if 4 * size > BUFFER:
            return np.stack([draw(rng, size).reshape(shape) for rng in self.rngs])
        numbers, used = self._ahead.get(key, (NOTHING, BUFFER))
        if used + size > BUFFER:
            numbers, used = np.stack([draw(rng, BUFFER) for rng in self.rngs]), 0
        self._ahead[key] = (numbers, used + size)
        return numbers[:, used : used + size].reshape(len(self.rngs), *shape)
