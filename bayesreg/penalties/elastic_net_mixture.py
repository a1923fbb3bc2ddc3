"""The elastic net as a normal scale mixture: that of a Laplace, tilted and cut short by the square.

With ``s`` of density ``exp(-s) (1 + 2 u s)^(-1/2)``, normalised, and ``u = precision / rate^2``, the conditional
variance is ``2 s / (rate^2 + 2 precision s)``; ``1 + 2 u s`` is a Gamma variable of shape 1/2 that exceeds 1.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesreg.penalties.base import Strength
from bayesreg.penalties.half_line import log_half_line
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.xp import Array, Namespace


def elastic_net_mixture() -> Mixture:
    """Return the mixture, for any strength that is not 0."""
    return Mixture((Latent("s", "exponential", {"rate": 1.0}),), _sd, _tilt, _draw)


def _inner(values: Mapping[str, Array], strength: Strength) -> Array:
    return strength.rate * strength.rate + 2.0 * strength.precision * values["s"]


def _sd(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
    return xp.sqrt(2.0 * values["s"] / _inner(values, strength))


def _tilt(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
    """Return the log density of ``s`` over that of an exponential."""
    return -log_half_line(strength.rate, strength.precision, xp) - 0.5 * xp.log(_inner(values, strength))


def _draw(strength: Strength, rng: np.random.Generator, size: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Draws of ``s`` by rejection from an exponential (``u <= 1``) or a Gamma of shape 1/2: over half are accepted."""
    rate, precision = (np.broadcast_to(np.asarray(part, dtype=float), size) for part in strength)
    draws, left = np.empty(size), np.arange(int(np.prod(size)))
    while left.size:
        square, tilt = rate.flat[left] ** 2, 2.0 * precision.flat[left]
        light = tilt <= 2.0 * square
        proposal = rng.gamma(np.where(light, 1.0, 0.5))
        accepted = rng.random(left.size) ** 2 < np.where(light, square, tilt * proposal) / (square + tilt * proposal)
        draws.flat[left[accepted]] = proposal[accepted]
        left = left[~accepted]
    return {"s": draws}
