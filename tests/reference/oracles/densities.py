"""Log densities of priors at unit scale, normalised, written out here once more from the literature."""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.special import exp1, log_ndtr, logsumexp

FAR = 200.0


def laplace(x: np.ndarray) -> np.ndarray:
    """``exp(-|x|) / 2``."""
    return -np.abs(x) - np.log(2.0)


def elastic_net(rate: float, precision: float):
    """``exp(-rate |x| - precision x^2 / 2) / Z``."""
    ratio = rate / np.sqrt(precision)
    log_z = np.log(2.0) + 0.5 * np.log(2.0 * np.pi / precision) + 0.5 * ratio**2 + log_ndtr(-ratio)
    return lambda x: -rate * np.abs(x) - 0.5 * precision * x * x - log_z


def student(df: float):
    """The t density."""
    return lambda x: stats.t.logpdf(x, df)


def horseshoe(x: np.ndarray) -> np.ndarray:
    """``(2 pi^3)^(-1/2) e^z E1(z)``, ``z = x^2 / 2``; far out by the asymptotic series of ``E1``."""
    z = 0.5 * np.square(x)
    far = z > FAR
    near = np.where(far, 1.0, z)
    with np.errstate(divide="ignore"):
        inner = near + np.log(exp1(near))
    outer = np.where(far, z, FAR)
    series = (1.0 - 1.0 / outer * (1.0 - 2.0 / outer * (1.0 - 3.0 / outer))) / outer
    return -0.5 * np.log(2.0 * np.pi**3) + np.where(far, np.log(series), inner)


def double_pareto(shape: float):
    """``(1 + |x| / shape)^-(shape + 1) / 2``."""
    return lambda x: -(shape + 1.0) * np.log1p(np.abs(x) / shape) - np.log(2.0)


def spike_slab(inclusion: float, slab: float, spike: float):
    """``(1 - inclusion) N(0, spike^2) + inclusion N(0, slab^2)``."""
    return lambda x: np.logaddexp(
        np.log1p(-inclusion) + stats.norm.logpdf(x, scale=spike), np.log(inclusion) + stats.norm.logpdf(x, scale=slab)
    )


def regularized_horseshoe(tau: float, slab: float, count: int = 400):
    """The average of ``N(0, v)``, ``1 / v = 1 / (tau l)^2 + 1 / slab^2``, over a half-Cauchy ``l``.

    By the trapezoidal rule in ``log l``, whose density is ``1 / (pi cosh)``.
    """
    log_l = np.linspace(-36.0, 36.0, count)
    log_weight = -np.log(np.pi * np.cosh(log_l)) + np.log(log_l[1] - log_l[0])
    sd = 1.0 / np.sqrt(np.exp(-2.0 * log_l) / tau**2 + 1.0 / slab**2)

    def log_density(x: np.ndarray) -> np.ndarray:
        each = stats.norm.logpdf(np.asarray(x, dtype=float)[..., None], scale=sd) + log_weight
        return logsumexp(each, axis=-1)

    return log_density
