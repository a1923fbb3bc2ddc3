"""Bridge penalties up to the square as normal scale mixtures: over a positive stable variable, made of two others.

``exp(-x^a) = E exp(-x S)`` with ``S`` positive stable of index ``a = q / 2 < 1``, and
``S = (A(u) / w)^((1 - a) / a)`` with ``u`` uniform on ``(0, pi)`` and ``w`` exponential. A normal of variance
``1 / (2 S)`` needs the weight ``S^(-1/2)``: it makes ``w`` a Gamma variable, and tilts ``u``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import gammaln

from bayesreg.penalties.base import Strength
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.xp import NUMPY, Array, Namespace


def bridge_mixture(q: float) -> Mixture:
    r"""Return the law ``exp(-|rate b|^q)``, ``0 < q < 2``, as a normal scale mixture.

    References
    ----------
    West (1987), On scale mixtures of normal distributions. Kanter (1975), Stable densities under change of scale and
    total variation inequalities.
    """
    index = 0.5 * q
    power = (1.0 - index) / (2.0 * index)
    constant = gammaln(1.0 + power) - gammaln(1.0 + 1.0 / q) + gammaln(1.5)
    angle = Latent("angle", "uniform", {"lower": 0.0, "upper": np.pi})
    size = Latent("size", "gamma", {"shape": 1.0 + power, "rate": 1.0})

    def sd(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
        log_inverse = power * (xp.log(values["size"]) - _log_shape(values["angle"], index, xp))
        return np.sqrt(0.5) * xp.exp(log_inverse) / strength.rate

    def tilt(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
        return np.float64(constant) - power * _log_shape(values["angle"], index, xp)

    def sampler(strength: Strength, rng: np.random.Generator, size_: tuple[int, ...]) -> dict[str, np.ndarray]:
        """Draw the angle by rejection from the uniform: the tilt is largest at 0."""
        top = index / (1.0 - index) * np.log(index) + np.log1p(-index)
        draws, left = np.empty(size_), np.arange(int(np.prod(size_)))
        while left.size:
            proposal = angle.draw(rng, (left.size,))
            accepted = np.log(1.0 - rng.random(left.size)) < power * (top - _log_shape(proposal, index, NUMPY))
            draws.flat[left[accepted]] = proposal[accepted]
            left = left[~accepted]
        return {"angle": draws, "size": size.draw(rng, size_)}

    return Mixture((angle, size), sd, tilt, sampler)


def _log_shape(u: Array, index: float, xp: Namespace) -> Array:
    """Return ``log A(u)``: ``A = sin(a u)^(a / (1 - a)) sin((1 - a) u) / sin(u)^(1 / (1 - a))``."""
    a = np.float64(index)
    inner = a * xp.log(xp.sin(a * u)) - xp.log(xp.sin(u))
    return inner / (1.0 - a) + xp.log(xp.sin((1.0 - a) * u))
