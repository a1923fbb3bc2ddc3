"""Latent variables of scale mixtures as plain data: their normalised densities, and their draws.

Densities are written once against ``xp``: the graph builds its variables from them, and tests compare them
with SciPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, final

import numpy as np
from scipy.special import betaln, gammaln

from bayesreg.xp import NUMPY, Array, Namespace

LatentLaw = Literal[
    "exponential",
    "gamma",
    "inverse_gamma",
    "half_cauchy",
    "half_cauchy_product",
    "half_t",
    "beta",
    "beta_prime",
    "dirichlet",
    "uniform",
    "bernoulli",
]
Parameters = Mapping[str, float]


@final
@dataclass(frozen=True)
class Latent:
    """A latent variable that does not depend on the strength.

    =================== ===============  ================================================
    law                 parameters       density
    =================== ===============  ================================================
    exponential         rate             ``rate exp(-rate x)``
    gamma               shape, rate      ``x^(shape - 1) exp(-rate x)``, normalised
    inverse_gamma       shape, scale     ``x^(-shape - 1) exp(-scale / x)``, normalised
    half_cauchy         scale            ``2 / (pi scale (1 + (x / scale)^2))``
    half_cauchy_product                  ``4 log(x) / (pi^2 (x^2 - 1))``: of two of scale 1
    half_t              df, scale        twice the t density of that scale, ``x > 0``
    beta                a, b             ``x^(a - 1) (1 - x)^(b - 1)``, normalised
    beta_prime          a, b             of the odds of a beta variable, ``x > 0``
    dirichlet           concentration,   symmetric, over the last axis
                        size
    uniform             lower, upper     ``1 / (upper - lower)``
    bernoulli           prob             ``prob`` at 1, ``1 - prob`` at 0
    =================== ===============  ================================================

    Attributes
    ----------
    name : str
    law : str
        One of `LatentLaw`.
    parameters : mapping of str to float
    each : {"coefficient", "block"}
        One for each coefficient, or one for the block. A Dirichlet is one share for each coefficient.
    """

    name: str
    law: LatentLaw
    parameters: Parameters = field(default_factory=dict)
    each: Literal["coefficient", "block"] = "coefficient"

    @property
    def support(self) -> str:
        """Where it lives: "positive", "interval", "simplex" or "binary"."""
        return _LAWS[self.law].support

    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        """Return the normalised log density, elementwise; of a Dirichlet over the last axis."""
        return _LAWS[self.law].log_density(x, {key: np.float64(at) for key, at in self.parameters.items()}, xp)

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        """Return draws of shape ``size``; the last axis of a Dirichlet holds its shares."""
        return _LAWS[self.law].draw(rng, self.parameters, size)


class _Law(NamedTuple):
    support: str
    log_density: Callable[[Array, Parameters, Namespace], Array]
    draw: Callable[[np.random.Generator, Parameters, tuple[int, ...]], np.ndarray]


def _exponential(x: Array, at: Parameters, xp: Namespace) -> Array:
    return np.log(at["rate"]) - at["rate"] * x


def _gamma(x: Array, at: Parameters, xp: Namespace) -> Array:
    a, rate = at["shape"], at["rate"]
    return a * np.log(rate) - gammaln(a) + (a - 1.0) * xp.log(x) - rate * x


def _inverse_gamma(x: Array, at: Parameters, xp: Namespace) -> Array:
    a, scale = at["shape"], at["scale"]
    return a * np.log(scale) - gammaln(a) - (a + 1.0) * xp.log(x) - scale / x


def _half_cauchy(x: Array, at: Parameters, xp: Namespace) -> Array:
    return np.log(2.0 / (np.pi * at["scale"])) - xp.log1p((x / at["scale"]) ** 2)


def _half_cauchy_product(x: Array, at: Parameters, xp: Namespace) -> Array:
    log_x = xp.log(x)
    size = xp.abs(log_x)
    safe = xp.where(size > 0.0, size, 1.0)
    of_size = xp.where(size > 0.0, xp.log(safe / -xp.expm1(-2.0 * safe)), -np.log(2.0))
    return np.log(4.0 / np.pi**2) + of_size - size - log_x


def _half_t(x: Array, at: Parameters, xp: Namespace) -> Array:
    df, scale = at["df"], at["scale"]
    constant = np.log(2.0 / scale) - 0.5 * np.log(df) - betaln(0.5, 0.5 * df)
    return constant - 0.5 * (df + 1.0) * xp.log1p((x / scale) ** 2 / df)


def _beta(x: Array, at: Parameters, xp: Namespace) -> Array:
    return (at["a"] - 1.0) * xp.log(x) + (at["b"] - 1.0) * xp.log1p(-x) - betaln(at["a"], at["b"])


def _beta_prime(x: Array, at: Parameters, xp: Namespace) -> Array:
    return (at["a"] - 1.0) * xp.log(x) - (at["a"] + at["b"]) * xp.log1p(x) - betaln(at["a"], at["b"])


def _dirichlet(x: Array, at: Parameters, xp: Namespace) -> Array:
    a, size = at["concentration"], at["size"]
    return gammaln(a * size) - size * gammaln(a) + (a - 1.0) * xp.log(x).sum(axis=-1)


def _uniform(x: Array, at: Parameters, xp: Namespace) -> Array:
    return 0.0 * x - np.log(at["upper"] - at["lower"])


def _bernoulli(x: Array, at: Parameters, xp: Namespace) -> Array:
    return x * np.log(at["prob"]) + (1.0 - x) * np.log1p(-at["prob"])


_LAWS: dict[str, _Law] = {
    "exponential": _Law("positive", _exponential, lambda rng, at, size: rng.exponential(1.0 / at["rate"], size)),
    "gamma": _Law("positive", _gamma, lambda rng, at, size: rng.gamma(at["shape"], 1.0 / at["rate"], size)),
    "inverse_gamma": _Law(
        "positive", _inverse_gamma, lambda rng, at, size: at["scale"] / rng.gamma(at["shape"], 1.0, size)
    ),
    "half_cauchy": _Law(
        "positive", _half_cauchy, lambda rng, at, size: at["scale"] * np.abs(rng.standard_cauchy(size))
    ),
    "half_cauchy_product": _Law(
        "positive",
        _half_cauchy_product,
        lambda rng, at, size: np.abs(rng.standard_cauchy(size) * rng.standard_cauchy(size)),
    ),
    "half_t": _Law("positive", _half_t, lambda rng, at, size: at["scale"] * np.abs(rng.standard_t(at["df"], size))),
    "beta": _Law("interval", _beta, lambda rng, at, size: rng.beta(at["a"], at["b"], size)),
    "beta_prime": _Law(
        "positive", _beta_prime, lambda rng, at, size: rng.gamma(at["a"], size=size) / rng.gamma(at["b"], size=size)
    ),
    "dirichlet": _Law(
        "simplex",
        _dirichlet,
        lambda rng, at, size: rng.dirichlet(np.full(size[-1], at["concentration"]), size[:-1]),
    ),
    "uniform": _Law("interval", _uniform, lambda rng, at, size: rng.uniform(at["lower"], at["upper"], size)),
    "bernoulli": _Law("binary", _bernoulli, lambda rng, at, size: (rng.random(size) < at["prob"]).astype(float)),
}
