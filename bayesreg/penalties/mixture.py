"""A prior as a normal scale mixture, as plain data: latent variables of known laws, and the conditional sd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.penalties.latents import Latent, LatentLaw
from bayesreg.xp import NUMPY, Array, Namespace

__all__ = ["Latent", "LatentLaw", "Mixture"]


@final
@dataclass(frozen=True, eq=False)
class Mixture:
    """``b_j | latents ~ N(0, sd_j^2)`` independently, with the latents of known laws.

    The *scale mixture* representation samples ``b`` given the latents, the *non-centred* one ``z ~ N(0, 1)``
    with ``b = sd z``. The density of the latents is the product of their own densities, times ``exp(tilt)`` where
    there is a tilt; it is normalised. A folded mixture is that of ``|b|``.

    Attributes
    ----------
    latents : tuple of Latent
        None at all: a normal.
    sd : callable
        ``sd(values, strength, xp)``: the conditional standard deviations (..., d) from the values of the
        latents by name and the canonical strength. Those of each coefficient have shape (..., d), those of the
        block (..., 1).
    tilt : callable or None
        ``tilt(values, strength, xp)``: log factors (..., d) of the density of the latents, whose sum over the
        coefficients is that of the block. Through it the latents may depend on the strength.
    sampler : callable or None
        ``sampler(strength, rng, size)``: draws of the tilted latents by name. None: there is no tilt.
    folded : bool
        The prior is that of ``|b|``: ``b = |sd z|``, and given the latents ``b`` is half-normal.
    """

    latents: tuple[Latent, ...]
    sd: Callable[[Mapping[str, Array], Any, Any], Array]
    tilt: Callable[[Mapping[str, Array], Any, Any], Array] | None = None
    sampler: Callable[[Any, np.random.Generator, tuple[int, ...]], Mapping[str, np.ndarray]] | None = None
    folded: bool = False

    @property
    def continuous(self) -> bool:
        """Whether every latent variable has a density, so that a gradient-based sampler can move it."""
        return all(latent.support != "binary" for latent in self.latents)

    def log_density(self, values: Mapping[str, Array], strength: Any, xp: Namespace = NUMPY) -> Array:
        """Return the log density of all latents of one block, a number."""
        total: Array = 0.0
        for latent in self.latents:
            total = total + xp.sum(latent.log_density(values[latent.name], xp))
        return total if self.tilt is None else total + xp.sum(self.tilt(values, strength, xp))

    def draw_latents(self, strength: Any, rng: np.random.Generator, size: tuple[int, ...]) -> Mapping[str, np.ndarray]:
        """Return draws of the latents by name, for coefficients of shape ``size`` = (..., d)."""
        if self.sampler is not None:
            return self.sampler(strength, rng, size)
        return {
            latent.name: latent.draw(rng, size if latent.each == "coefficient" else (*size[:-1], 1))
            for latent in self.latents
        }

    def draw(self, strength: Any, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Return draws of the coefficients (..., d)."""
        shape = (size,) if isinstance(size, int) else tuple(size)
        values = self.draw_latents(strength, rng, shape)
        draws = self.sd(values, strength, NUMPY) * rng.standard_normal(shape)
        return np.abs(draws) if self.folded else draws

    def marginal(self, b: Any, strength: Any) -> np.ndarray:
        """Return the density of one coefficient at ``b``, by quadrature over the latents; ``strength`` is scalar."""
        from bayesreg.penalties.mixture_integrals import Grid

        density = np.exp(Grid.of(self, strength).log_density(np.abs(b)))
        return np.where(np.asarray(b) < 0.0, 0.0, 2.0 * density) if self.folded else density
