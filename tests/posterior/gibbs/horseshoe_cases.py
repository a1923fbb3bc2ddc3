"""Two coefficients under laws with a pole at 0 whose scales are shared, with their margins by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import gammaln, kve

import bayesreg as br
from tests.posterior.gibbs.cases import CASES, Case, coefficients_and_sigma, model_of, problem
from tests.reference.oracles import densities as of
from tests.reference.oracles import from_rows, log_spaced

VARIANCE = 0.64
LogDensity = Callable[[np.ndarray, float], np.ndarray]


def share(s: np.ndarray) -> np.ndarray:
    """Return where a scale lies between 0 and infinity."""
    return s / (1.0 + s)


def given_a_scale(prior: Any, log_density: LogDensity, s: np.ndarray, log_prior: Any, *, shown: bool) -> Case:
    """Two coefficients at a known sigma, independent given one scale of density ``exp(log_prior)``."""
    X, y = problem(12, 2, 3)
    margins = from_rows(
        X,
        lambda eta, _: -0.5 * (y[:, None, None] - eta) ** 2 / VARIANCE,
        lambda one, two, at: log_density(one, at) + log_density(two, at),
        extra=s,
        log_extra=log_prior,
        of_rows=False,
        shown=share,
        reach=6.0,
        smallest=1e-9,
    )

    def read(posterior: Any) -> list[np.ndarray]:
        found = coefficients_and_sigma(posterior)
        return [*found, share(np.asarray(posterior["scale"])[..., 0])] if shown else found

    return Case(model_of(X, y, prior, dispersion=VARIANCE), read, margins if shown else margins[:2])


def learned_horseshoe() -> Case:
    """The scale is half-Cauchy."""
    return given_a_scale(
        br.Horseshoe(br.HalfCauchy(0.5)),
        lambda b, tau: of.horseshoe(b / tau) - np.log(tau),
        log_spaced(1e-9, 1e9, 120),
        lambda tau: stats.halfcauchy.logpdf(tau, scale=0.5),
        shown=True,
    )


def learned_regularized() -> Case:
    """The same with a normal slab; the law says ``N(0, v)``, ``1 / v = 1 / (tau l)^2 + 1 / 1.5^2``."""
    return given_a_scale(
        br.RegularizedHorseshoe(br.HalfCauchy(0.5), 1.5, np.inf, relative_to=None),
        lambda b, tau: of.regularized_horseshoe(tau, 1.5)(b),
        log_spaced(1e-9, 1e9, 120),
        lambda tau: stats.halfcauchy.logpdf(tau, scale=0.5),
        shown=False,
    )


def regularized_with_a_t_slab() -> Case:
    """``c^2 ~ InverseGamma(1, 0.2^2)``, one for both coefficients, at ``tau = 1``: the slab is what shrinks them."""
    squared = stats.invgamma(1.0, scale=0.2**2)
    return given_a_scale(
        br.RegularizedHorseshoe(1.0, 0.2, 2.0, relative_to=None),
        lambda b, c: of.regularized_horseshoe(1.0, c)(b),
        log_spaced(0.02, 2e4, 120),
        lambda c: squared.logpdf(c**2) + np.log(2.0 * c),
        shown=False,
    )


def normal_of_gamma_variance(b: np.ndarray, rate: float, shape: float) -> np.ndarray:
    """Return the log density of ``N(0, w / rate)`` with ``w`` gamma of a shape, by a Bessel function."""
    u = np.sqrt(2.0 * rate) * np.abs(b)
    order = shape - 0.5
    bessel = np.log(kve(order, u)) - u
    return 0.5 * np.log(2.0 * rate / np.pi) - gammaln(shape) + order * np.log(0.5 * u) + bessel


def r2d2() -> Case:
    """``tau^2`` is a ratio of gamma variables of shapes 1 and 1.5, and the shares divide the first.

    Where the first shape is the sum of those of the Dirichlet, the parts are independent gamma variables.
    """
    return given_a_scale(
        br.R2D2(0.4, 2.5, 0.5, relative_to=None),
        lambda b, rate: normal_of_gamma_variance(b, rate, 0.5),
        log_spaced(1e-8, 60.0, 100),
        lambda rate: stats.gamma.logpdf(rate, 1.5),
        shown=False,
    )


HORSESHOES: dict[str, Callable[[], Case]] = {
    **{name: CASES[name] for name in ("one horseshoe", "two horseshoes", "two double Paretos")},
    "two horseshoes, learned": learned_horseshoe,
    "two regularised horseshoes, learned": learned_regularized,
    "two regularised horseshoes, t slab": regularized_with_a_t_slab,
    "two of an R2D2": r2d2,
}


@cache
def horseshoe(name: str) -> Case:
    """Return a case, made once."""
    return HORSESHOES[name]()
