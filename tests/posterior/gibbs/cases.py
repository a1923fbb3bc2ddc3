"""Models whose posterior is known, with what is known of it: one row a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, final

import numpy as np
from scipy.integrate import quad

import bayesreg as br
from tests.reference.oracles import (
    Margin,
    OneLasso,
    log_spaced,
    normal_inverse_gamma,
    one_coefficient,
    orthonormal,
    orthonormal_lasso,
    two_coefficients,
    two_lasso,
)
from tests.reference.oracles import densities as of
from tests.reference.oracles.margins import from_cdf

IG = br.InverseGamma(3.0, 2.0)
Quantities = Callable[[Any], Sequence[np.ndarray]]


@final
@dataclass(frozen=True, eq=False)
class Case:
    """A model, what to read from its draws, and the exact margins of that.

    Attributes
    ----------
    model : Model
    read : callable
        From the group ``posterior`` to arrays (chains, draws).
    margins : sequence of Margin
    """

    model: br.Model
    read: Quantities
    margins: Sequence[Margin]


def log_sigma(s: np.ndarray) -> np.ndarray:
    """Return the log density of sigma under the inverse gamma prior of sigma^2, up to a constant."""
    return -(2.0 * IG.a + 1.0) * np.log(s) - IG.b / s**2


def problem(n: int, p: int, seed: int, *, centred: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return correlated columns and a response."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) @ (0.6 * np.eye(p) + 0.4)
    y = X @ np.linspace(0.8, -0.2, p) + 0.8 * rng.normal(size=n)
    return (X - X.mean(axis=0), y - y.mean()) if centred else (X, y)


def straight(n: int, p: int, seed: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return orthonormal columns, a response, ``z = X'y`` and what is left of ``y'y``."""
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(n, p)))[0]
    y = Q @ np.linspace(2.8, -0.3, p) + 0.8 * rng.normal(size=n)
    z = Q.T @ y
    return Q, y, z, float(y @ y - z @ z)


def model_of(X: np.ndarray, y: np.ndarray, prior: Any, *, dispersion: Any = IG, intercept: bool = False) -> br.Model:
    """Return the model of columns as they are."""
    return br.Model.from_arrays(X, y, intercept=intercept, standardize=False, prior=prior, dispersion=dispersion)


def coefficients_and_sigma(posterior: Any) -> list[np.ndarray]:
    """Return the coefficients without an intercept, and sigma where it is sampled."""
    slopes = [k for k, name in enumerate(posterior["coef"].values) if name != "Intercept"]
    found = [np.asarray(posterior["beta"])[..., k] for k in slopes]
    return [*found, np.asarray(posterior["sigma"])] if "sigma" in posterior else found


def normal() -> Case:
    """Conjugate, with a flat intercept."""
    X, y = problem(15, 3, 1, centred=True)
    margins = normal_inverse_gamma(X, y, np.eye(3) / 0.49, IG.a, IG.b, lost=1.0)
    model = model_of(X, y, br.Normal(0.7, relative_to="sigma"), intercept=True)
    return Case(model, coefficients_and_sigma, margins)


def normal_wide() -> Case:
    """Conjugate, with more columns than rows."""
    X, y = problem(6, 9, 2)
    margins = normal_inverse_gamma(X, y, np.eye(9) / 0.49, IG.a, IG.b)
    return Case(model_of(X, y, br.Normal(0.7, relative_to="sigma")), coefficients_and_sigma, margins)


def one_lasso() -> Case:
    """One coefficient at a known sigma, in closed form."""
    X, y = problem(12, 1, 3)
    law = OneLasso(*(np.float64(v) for v in ((X.T @ X)[0, 0] / 0.64, (X.T @ y)[0] / 0.64, 1.0 / 0.4)))
    first, second = law.moments()
    margin = from_cdf(first, np.sqrt(second - first**2), np.vectorize(law.below), (0.0,))
    return Case(model_of(X, y, br.Laplace(0.4), dispersion=0.64), coefficients_and_sigma, [margin])


def one_of(prior: Any, log_density: Callable[[np.ndarray], np.ndarray], scale: float) -> Case:
    """One coefficient at a known sigma, by adaptive quadrature."""
    X, y = problem(12, 1, 3)
    a, c = (X.T @ X)[0, 0] / 0.64, (X.T @ y)[0] / 0.64
    margin = one_coefficient(lambda b: log_density(b / scale), a, c)
    return Case(model_of(X, y, prior, dispersion=0.64), coefficients_and_sigma, [margin])


def quadrants() -> Case:
    """Two correlated lassos at a known sigma, with the probability of each pattern of signs."""
    X, y = problem(10, 2, 6)
    margins, shares = two_lasso(X.T @ X / 0.64, X.T @ y / 0.64, np.full(2, 1.0 / 0.3))
    shares = {sign: share for sign, share in shares.items() if share > 0.02}
    shared = [Margin(share, np.nan, np.zeros(0), np.zeros(0)) for share in shares.values()]

    def read(posterior: Any) -> list[np.ndarray]:
        beta = np.asarray(posterior["beta"])
        patterns = [np.all(np.sign(beta) == sign, axis=-1).astype(float) for sign in shares]
        return [beta[..., 0], beta[..., 1], *patterns]

    return Case(model_of(X, y, br.Laplace(0.3), dispersion=0.64), read, [*margins, *shared])


def lasso(*, relative: bool) -> Case:
    """Four orthonormal columns, sigma unknown."""
    Q, y, z, rest = straight(14, 4)
    tau, sigma = np.array([0.9]), log_spaced(0.08, 30.0, 300)
    margins = orthonormal_lasso(z, rest, 14.0, sigma, tau, lambda s, t: log_sigma(s) + 0.0 * t, relative=relative)
    prior = br.Laplace(0.9, relative_to="sigma" if relative else None)
    return Case(model_of(Q, y, prior), coefficients_and_sigma, margins)


def elastic_net() -> Case:
    """Four orthonormal columns under an elastic net in units of sigma."""
    Q, y, z, rest = straight(14, 4)
    margins = orthonormal_lasso(
        z,
        rest,
        14.0,
        log_spaced(0.08, 30.0, 300),
        np.ones(1),
        lambda s, t: log_sigma(s) + 0.0 * t,
        rate=0.8,
        precision=0.5,
    )
    return Case(model_of(Q, y, br.ElasticNetPrior(0.8, 0.5, relative_to="sigma")), coefficients_and_sigma, margins)


def learned_lasso(n: int = 14, p: int = 4, penalty: Any = None, rate: float = 1.0, precision: float = 0.0) -> Case:
    """Orthonormal columns, sigma unknown, R^2 uniform: the default priors; many columns for the rows or few."""
    Q, y, z, rest = straight(n, p)
    log_density = of.laplace if precision == 0.0 else of.elastic_net(rate, precision)
    second = 2.0 * quad(lambda x: x * x * np.exp(log_density(x)), 0.0, 80.0, epsabs=0.0, epsrel=1e-10)[0]
    spread = p * second / n

    def share(t: np.ndarray) -> np.ndarray:
        return spread * t**2 / (1.0 + spread * t**2)

    def log_prior(s: np.ndarray, t: np.ndarray) -> np.ndarray:
        return log_sigma(s) + np.log(t) - 2.0 * np.log1p(spread * t**2)

    margins = orthonormal_lasso(
        z,
        rest,
        float(n),
        log_spaced(0.08, 30.0, 160),
        log_spaced(1e-6, 1e6, 500),
        log_prior,
        rate=rate,
        precision=precision,
        shown=share,
    )
    model = model_of(Q, y, br.L1() if penalty is None else penalty)
    return Case(model, lambda post: [*coefficients_and_sigma(post), np.asarray(post["R2"])], margins)


def learned(prior: Any, log_density: Callable[[np.ndarray], np.ndarray], scale: float) -> Case:
    """Three orthonormal columns under any law in units of sigma whose scale is half-Cauchy."""
    Q, y, z, rest = straight(14, 3)

    def share(t: np.ndarray) -> np.ndarray:
        return t / (t + scale)

    def log_prior(s: np.ndarray, t: np.ndarray) -> np.ndarray:
        return log_sigma(s) - np.log1p((t / scale) ** 2)

    margins = orthonormal(
        z, rest, 14.0, log_spaced(0.08, 30.0, 100), log_spaced(1e-9, 1e9, 300), log_prior, log_density, shown=share
    )

    def read(posterior: Any) -> list[np.ndarray]:
        *beta, sigma = coefficients_and_sigma(posterior)
        return [*(b / sigma for b in beta), sigma, share(np.asarray(posterior["scale"])[..., 0])]

    return Case(model_of(Q, y, prior), read, margins)


def two_of(
    prior: Any,
    log_prior: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    relative: bool,
    n: int = 10,
    coordinates: np.ndarray | None = None,
) -> Case:
    """Two correlated coefficients and sigma, by quadrature in three dimensions."""
    X, y = problem(n, 2, 6)
    T = np.eye(2) if coordinates is None else coordinates
    margins = two_coefficients(
        X,
        y,
        log_prior,
        log_spaced(0.12, 12.0, 70) if n > 2 else log_spaced(0.12, 120.0, 160),
        log_sigma,
        relative=relative,
        reach=8.0 if n > 2 else 60.0,
        width=0.16 if n > 2 else 0.5,
        coordinates=T,
    )

    def read(posterior: Any) -> list[np.ndarray]:
        beta = np.asarray(posterior["beta"]) @ np.linalg.inv(T).T
        return [beta[..., 0], beta[..., 1], np.asarray(posterior["sigma"])]

    return Case(model_of(X, y, prior), read, margins)


def separable(log_density: Callable[[np.ndarray], np.ndarray], scale: float = 1.0):
    """Return the joint log density of two independent coefficients, each evaluated on its own axis."""
    return lambda one, two: log_density(one / scale) + log_density(two / scale)


def group(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Two coefficients of one group of rate ``sqrt(2) / 0.6``."""
    return -np.sqrt(2.0) / 0.6 * np.hypot(one, two)


def sparse_group(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Half of the rate ``1 / 0.3`` on each coefficient, half on the length."""
    return -(np.abs(one) + np.abs(two) + np.sqrt(2.0) * np.hypot(one, two)) / 0.6


def chain(level: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Laplace differences; the level is flat."""
    return -np.abs(step) / 0.5 + 0.0 * level


LEVEL_AND_STEP = np.array([[1.0, -0.5], [1.0, 0.5]])

CASES: dict[str, Callable[[], Case]] = {
    "normal": normal,
    "normal, wide": normal_wide,
    "one lasso": one_lasso,
    "one horseshoe": lambda: one_of(br.Horseshoe(0.3), of.horseshoe, 0.3),
    "one t": lambda: one_of(br.StudentT(3.0, scale=0.2), of.student(3.0), 0.2),
    "one double Pareto": lambda: one_of(br.GeneralizedDoublePareto(0.2, 2.5), of.double_pareto(2.5), 0.2),
    "quadrants": quadrants,
    "lasso": lambda: lasso(relative=False),
    "lasso, relative": lambda: lasso(relative=True),
    "elastic net, relative": elastic_net,
    "learned lasso": learned_lasso,
    "learned lasso, few columns": lambda: learned_lasso(40, 3),
    "learned elastic net": lambda: learned_lasso(14, 4, br.ElasticNet(l1_ratio=0.5), 0.5, 0.5),
    "learned horseshoe": lambda: learned(br.Horseshoe(), of.horseshoe, 1.0),
    "learned t": lambda: learned(br.StudentT(4.0, scale=br.HalfCauchy(0.5), relative_to="sigma"), of.student(4.0), 0.5),
    "learned double Pareto": lambda: learned(
        br.GeneralizedDoublePareto(br.HalfCauchy(0.5), 3.0, relative_to="sigma"), of.double_pareto(3.0), 0.5
    ),
    "two lassos of one row": lambda: two_of(br.Laplace(0.7), separable(of.laplace, 0.7), relative=False, n=1),
    "two t": lambda: two_of(br.StudentT(3.0, scale=0.3), separable(of.student(3.0), 0.3), relative=False),
    "two horseshoes": lambda: two_of(
        br.Horseshoe(0.4, relative_to="sigma"), separable(of.horseshoe, 0.4), relative=True
    ),
    "two double Paretos": lambda: two_of(
        br.GeneralizedDoublePareto(0.3, 2.5, relative_to="sigma"), separable(of.double_pareto(2.5), 0.3), relative=True
    ),
    "two spikes and slabs": lambda: two_of(
        br.SpikeSlab(0.4, 1.5, 0.15, relative_to="sigma"), separable(of.spike_slab(0.4, 1.5, 0.15)), relative=True
    ),
    "two regularised horseshoes": lambda: two_of(
        br.RegularizedHorseshoe(0.3, 1.5, np.inf, relative_to=None),
        separable(of.regularized_horseshoe(0.3, 1.5)),
        relative=False,
    ),
    "group": lambda: two_of({"x0 + x1": br.GroupLaplace(0.6, relative_to="sigma")}, group, relative=True),
    "sparse group": lambda: two_of(
        {"x0 + x1": br.SparseGroupLaplace(0.3, 0.5, weights=None)}, sparse_group, relative=False
    ),
    "fused": lambda: two_of({"x0 + x1": br.FusedLaplace(0.5)}, chain, relative=False, coordinates=LEVEL_AND_STEP),
}


@cache
def case(name: str) -> Case:
    """Return a case, made once."""
    return CASES[name]()
