"""Models that are not Gaussian of one or two coefficients, with their margins by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import gammaln, log_ndtr

import bayesreg as br
from tests.posterior.gibbs.cases import Case, separable
from tests.posterior.gibbs.horseshoe_cases import share
from tests.reference.oracles import densities as of
from tests.reference.oracles import from_rows, log_spaced

ROWS = 20
OFFSET = np.linspace(-0.6, 0.4, ROWS)
DATA = np.random.default_rng(8)
X = DATA.normal(size=(ROWS, 2)) @ np.array([[1.0, 0.6], [0.0, 0.8]])
ETA = X @ np.array([0.9, -0.4])
TRIALS = DATA.integers(1, 4, size=ROWS)
SUCCESSES = DATA.binomial(TRIALS, 1.0 / (1.0 + np.exp(-ETA)))
SIGN = np.where(DATA.random(ROWS) < 1.0 / (1.0 + np.exp(-ETA)), 1.0, -1.0)
COUNTS = DATA.poisson(np.exp(ETA) * DATA.gamma(2.0, 0.5, ROWS))
MEASURED = ETA + 0.7 * DATA.standard_t(4.0, ROWS)
IG = br.InverseGamma(3.0, 2.0)
PROBIT = br.Family("bernoulli", link="probit")


def column(values: np.ndarray) -> np.ndarray:
    """Return values of rows as linear predictors (n, ...) are."""
    return values[:, None, None]


def logit(eta: np.ndarray, s: float) -> np.ndarray:
    """Return the log probability of classes."""
    return -np.logaddexp(0.0, -column(SIGN) * eta)


def trials(eta: np.ndarray, s: float) -> np.ndarray:
    """Return the log probability of successes, up to a constant."""
    return column(SUCCESSES) * eta - column(TRIALS) * np.logaddexp(0.0, eta)


def probit(eta: np.ndarray, s: float) -> np.ndarray:
    """Return the log probability of classes."""
    return log_ndtr(column(SIGN) * eta)


def poisson(eta: np.ndarray, s: float) -> np.ndarray:
    """Return the log probability of counts, up to a constant."""
    return column(COUNTS) * eta - np.exp(eta)


def counts(eta: np.ndarray, spread: float) -> np.ndarray:
    """Return the log probability of counts of shape ``spread^-2``, in a form that holds for large shapes."""
    square = spread * spread
    rising = np.array([np.log1p(square * np.arange(y)).sum() for y in COUNTS])
    times = column(COUNTS) + 1.0 / square
    return column(rising - gammaln(COUNTS + 1.0)) + column(COUNTS) * eta - times * np.log1p(square * np.exp(eta))


def heavy(eta: np.ndarray, sigma: float) -> np.ndarray:
    """Return the log density of t errors of 4 degrees of freedom."""
    return stats.t.logpdf(column(MEASURED), 4.0, eta, sigma)


def model(y: np.ndarray, family: Any, prior: Any, *, columns: int = 2, **options: Any) -> br.Model:
    """Return the model of columns as they are."""
    given = {"intercept": False, "standardize": False} | options
    return br.Model.from_arrays(X[:, :columns], y, family=family, prior=prior, **given)


def slopes(posterior: Any) -> list[np.ndarray]:
    """Return the coefficients."""
    beta = np.asarray(posterior["beta"])
    return [beta[..., j] for j in range(beta.shape[-1])]


def given(rows: Any, built: br.Model, log_prior: Any, **options: Any) -> Case:
    """Two coefficients, all else known; the rows are at ``s = 1``."""
    margins = from_rows(X, rows, lambda one, two, s: log_prior(one, two), **options)
    return Case(built, slopes, margins)


def intercept() -> Case:
    """A flat intercept and one Laplace coefficient."""
    built = model((SIGN + 1.0) / 2.0, "bernoulli", br.Laplace(0.5), columns=1, intercept=True)
    design = np.column_stack([np.ones(ROWS), X[:, 0]])
    margins = from_rows(design, logit, lambda one, two, s: -np.abs(two) / 0.5 + 0.0 * one, width=0.25)
    return Case(built, slopes, margins)


def learned_horseshoe() -> Case:
    """Classes under a horseshoe whose scale is half-Cauchy."""
    built = model((SIGN + 1.0) / 2.0, "bernoulli", br.Horseshoe(br.HalfCauchy(0.5)))
    margins = from_rows(
        X,
        logit,
        lambda one, two, tau: separable(of.horseshoe, tau)(one, two) - 2.0 * np.log(tau),
        extra=log_spaced(1e-9, 1e9, 120),
        log_extra=lambda tau: stats.halfcauchy.logpdf(tau, scale=0.5),
        of_rows=False,
        shown=share,
        reach=14.0,
        smallest=1e-9,
    )
    return Case(built, lambda post: [*slopes(post), share(np.asarray(post["scale"])[..., 0])], margins)


def shape() -> Case:
    """One t coefficient of counts, and ``spread = shape^(-1/2)`` that is above 3 with probability 0.05."""
    margins = from_rows(
        X[:, :1],
        counts,
        lambda one, two, s: of.student(3.0)(one / 0.5) + 0.0 * two,
        offset=OFFSET,
        extra=log_spaced(1e-9, 60.0, 250),
        log_extra=lambda s: np.log(0.05) / 3.0 * s,
        shown=share,
    )
    built = model(COUNTS, "negative_binomial", br.StudentT(3.0, 0.5), columns=1, offset=OFFSET)
    return Case(built, lambda post: [*slopes(post), share(np.asarray(post["shape"]) ** -0.5)], margins)


def scale_of_errors() -> Case:
    """One Laplace coefficient, and sigma of t errors whose square is inverse gamma."""
    margins = from_rows(
        X[:, :1],
        heavy,
        lambda one, two, s: -np.abs(one) / 0.5 + 0.0 * two,
        extra=log_spaced(0.08, 20.0, 150),
        log_extra=lambda s: stats.invgamma.logpdf(s**2, IG.a, scale=IG.b) + np.log(2.0 * s),
    )
    built = model(MEASURED, "student_t", br.Laplace(0.5), columns=1, dispersion=IG)
    return Case(built, lambda post: [*slopes(post), np.asarray(post["sigma"])], margins)


LAPLACE = separable(of.laplace, 0.5)
CLASSES = (SIGN + 1.0) / 2.0
CASES: dict[str, Callable[[], Case]] = {
    "bernoulli, intercept": intercept,
    "bernoulli": lambda: given(logit, model(CLASSES, "bernoulli", br.Laplace(0.5)), LAPLACE),
    "binomial": lambda: given(
        trials,
        model(SUCCESSES / TRIALS, "binomial", br.ElasticNetPrior(1.0, 2.0), weights=TRIALS.astype(float)),
        separable(of.elastic_net(1.0, 2.0)),
    ),
    "probit": lambda: given(probit, model(CLASSES, PROBIT, br.Laplace(0.5)), LAPLACE),
    "probit, spike and slab": lambda: given(
        probit, model(CLASSES, PROBIT, br.SpikeSlab(0.4, 1.5, 0.15)), separable(of.spike_slab(0.4, 1.5, 0.15))
    ),
    "poisson": lambda: given(poisson, model(COUNTS, "poisson", br.Laplace(0.5), offset=OFFSET), LAPLACE, offset=OFFSET),
    "negative binomial": lambda: given(
        counts,
        model(COUNTS, br.Family("negative_binomial", shape=1.0), br.Normal(0.7), offset=OFFSET),
        separable(stats.norm.logpdf, 0.7),
        offset=OFFSET,
    ),
    "negative binomial, shape": shape,
    "student t": lambda: given(heavy, model(MEASURED, "student_t", br.Laplace(0.5), dispersion=1.0), LAPLACE),
    "student t, sigma": scale_of_errors,
}
POLES: dict[str, Callable[[], Case]] = {
    "bernoulli, horseshoe": learned_horseshoe,
    "student t, regularised horseshoe": lambda: given(
        heavy,
        model(MEASURED, "student_t", br.RegularizedHorseshoe(0.3, 1.5, np.inf, relative_to=None), dispersion=1.0),
        separable(of.regularized_horseshoe(0.3, 1.5)),
    ),
}


@cache
def glm_case(name: str) -> Case:
    """Return a case, made once."""
    return (CASES | POLES)[name]()
