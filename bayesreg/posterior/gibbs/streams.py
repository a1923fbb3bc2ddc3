"""One random stream a chain, drawn from side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import numpy as np


@final
class Streams:
    """The generators of K chains; every method returns an array whose first axis is the chain.

    A chain's numbers depend on its own stream only, so chains may be advanced together or apart.

    Parameters
    ----------
    seeds : list of SeedSequence (K,)
    """

    def __init__(self, seeds: list[np.random.SeedSequence]) -> None:
        self.rngs = [np.random.default_rng(seed) for seed in seeds]

    def __len__(self) -> int:
        return len(self.rngs)

    def normal(self, *shape: int) -> np.ndarray:
        """Return standard normal deviates (K, *shape)."""
        return self._each(lambda rng: rng.standard_normal(shape))

    def uniform(self, *shape: int) -> np.ndarray:
        """Return uniform deviates (K, *shape) in (0, 1]."""
        return 1.0 - self._each(lambda rng: rng.random(shape))

    def exponential(self, *shape: int) -> np.ndarray:
        """Return exponential deviates (K, *shape) of rate 1."""
        return self._each(lambda rng: rng.standard_exponential(shape))

    def gamma(self, shape: np.ndarray) -> np.ndarray:
        """Return gamma deviates of scale 1 and of shapes (K, ...)."""
        return np.stack([rng.standard_gamma(at) for rng, at in zip(self.rngs, shape, strict=True)])

    def inverse_gaussian(self, mean: np.ndarray, shape: np.ndarray | float = 1.0) -> np.ndarray:
        r"""Return inverse Gaussian deviates of means (K, ...), infinite ones included, and shapes (K, ...).

        The smaller root ``x`` of ``shape (x - mean)^2 / (mean^2 x) = z^2``, ``z`` normal, or ``mean^2 / x``, in a
        form without cancellation; with an infinite mean it is ``shape / z^2``.

        References
        ----------
        Michael, Schucany and Haas (1976), Generating random variates using transformations with multiple roots.
        """
        inner = mean.shape[1:]
        square, u = self.normal(*inner) ** 2, self.uniform(*inner)
        inverse = 1.0 / mean
        half = 0.5 * square / shape
        root = half + np.sqrt(half * (half + 2.0 * inverse))
        small = 1.0 / (inverse + root)
        with np.errstate(divide="ignore", over="ignore"):
            return np.where(
                u * (1.0 + small * inverse) <= 1.0, small, mean / np.where(inverse > 0.0, small * inverse, 1.0)
            )

    def _each(self, draw: Callable[[np.random.Generator], np.ndarray]) -> np.ndarray:
        return np.stack([np.asarray(draw(rng)) for rng in self.rngs])
