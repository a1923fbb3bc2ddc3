"""Each oracle against quadrature of the density that it states, or against another form of the same posterior."""

import itertools

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import dblquad, quad

from tests.reference.oracles import (
    HalfLine,
    OneLasso,
    from_rows,
    known_sigma,
    log_spaced,
    normal_inverse_gamma,
    one_coefficient,
    orthonormal,
    orthonormal_lasso,
    two_coefficients,
    two_lasso,
)
from tests.reference.oracles import densities as of

RNG = np.random.default_rng(3)
X = RNG.normal(size=(12, 2)) @ np.array([[1.0, 0.6], [0.0, 0.8]])
Y = X @ np.array([0.9, -0.1]) + RNG.normal(size=12)
SIGMAS = log_spaced(0.15, 12.0, 90)


def close(first, second, *, rtol):
    """Compare margins that may state their probabilities at different places."""
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        assert one.mean == pytest.approx(other.mean, rel=rtol, abs=rtol * other.sd)
        assert one.sd == pytest.approx(other.sd, rel=rtol)


def interpolated(margin, others):
    """Compare probabilities at common places."""
    for at, below in zip(margin.at, margin.below, strict=True):
        k = np.flatnonzero(others.at == at)
        if k.size:
            assert below == pytest.approx(others.below[k[0]], abs=1e-7)


def lasso_density(a, c, rate):
    return lambda b: np.exp(-0.5 * a * b * b + c * b - rate * abs(b))


@pytest.mark.parametrize(("a", "c", "rate"), [(2.0, 1.5, 0.7), (0.5, -4.0, 2.0), (30.0, 3.0, 9.0), (1.0, 0.0, 40.0)])
def test_the_lasso_of_one_coefficient_is_its_quadrature(a, c, rate):
    """Adaptive quadrature to 1e-12."""
    density, edges = lasso_density(a, c, rate), [-40.0, 0.0, c / a if c > 0.0 else 1e-3, 40.0]

    def integral(f, edges=edges):
        pairs = itertools.pairwise(edges)
        return sum(quad(f, x, z, epsabs=0.0, epsrel=1e-12, limit=300)[0] for x, z in pairs)

    law = OneLasso(np.float64(a), np.float64(c), np.float64(rate))
    total = integral(density)
    assert law.log_mass == pytest.approx(np.log(total), abs=1e-10)
    first, second = law.moments()
    assert first == pytest.approx(integral(lambda b: b * density(b)) / total, rel=1e-9, abs=1e-12)
    assert second == pytest.approx(integral(lambda b: b * b * density(b)) / total, rel=1e-9)
    for x in (-0.4, 0.0, 0.3):
        assert law.below(x) == pytest.approx(integral(density, [-40.0, min(x, 0.0), x]) / total, abs=1e-10)


@pytest.mark.parametrize("rate", [-300.0, -8.0, 0.0, 3.0, 500.0, 1e6])
def test_half_lines_far_from_the_origin(rate):
    """Moments against each other: ``a E b^2 + rate E b = 1`` by parts, and against quadrature in scaled units."""
    half = HalfLine.of(1.0, rate)
    assert 1.0 * half.second + rate * half.mean == pytest.approx(1.0, rel=1e-9)
    if rate >= 0.0:
        unit = 1.0 / (1.0 + rate)
        f = lambda t: np.exp(-0.5 * (t * unit) ** 2 - rate * t * unit)  # noqa: E731
        mass = quad(f, 0.0, 60.0, epsabs=0.0, epsrel=1e-12)[0]
        assert half.mean == pytest.approx(unit * quad(lambda t: t * f(t), 0.0, 60.0, epsrel=1e-12)[0] / mass, rel=1e-9)
        assert half.log_mass == pytest.approx(np.log(unit * mass), abs=1e-10)
    else:
        assert half.mean == pytest.approx(-rate, rel=1e-9)


def test_an_elastic_net_of_one_coefficient_is_a_lasso_with_more_precision():
    law = OneLasso(np.float64(2.0 + 3.0), np.float64(1.5), np.float64(0.7))
    other = one_coefficient(of.elastic_net(0.7, 3.0), 2.0, 1.5)
    first, second = law.moments()
    assert first == pytest.approx(other.mean, rel=1e-8)
    assert second - first**2 == pytest.approx(other.sd**2, rel=1e-8)
    np.testing.assert_allclose([law.below(x) for x in other.at], other.below, atol=1e-9)


DENSITIES = {
    "laplace": of.laplace,
    "elastic net": of.elastic_net(0.8, 0.5),
    "student": of.student(3.0),
    "horseshoe": of.horseshoe,
    "double pareto": of.double_pareto(3.0),
    "spike and slab": of.spike_slab(0.3, 2.0, 0.2),
    "regularised horseshoe": of.regularized_horseshoe(0.5, 2.0),
}


@pytest.mark.parametrize("name", DENSITIES)
def test_densities_integrate_to_one(name):
    """In ``log x``, which makes tails and poles smooth."""
    log_x = np.linspace(-60.0, 60.0, 6001)
    mass = np.exp(DENSITIES[name](np.exp(log_x)) + log_x)
    assert 2.0 * mass.sum() * (log_x[1] - log_x[0]) == pytest.approx(1.0, rel=1e-9)


def mixture_mean(variances, weights, z):
    """Posterior mean of ``b`` given one observation ``z ~ N(b, 1)`` under a mixture of normals."""
    evidence = weights * stats.norm.pdf(z, scale=np.sqrt(1.0 + variances))
    return z * (evidence * variances / (1.0 + variances)).sum() / evidence.sum()


@pytest.mark.parametrize("z", [0.3, 2.0, 5.0])
def test_one_coefficient_against_the_mixture_of_normals(z):
    """``E b = z E[1 - kappa]``: the prior's latent variance integrated instead of the coefficient."""
    log_v = np.linspace(-90.0, 90.0, 40001)
    v = np.exp(log_v)
    half_cauchy = v**0.5 / (np.pi * (1.0 + v))  # of l = sqrt(v), with respect to log v
    assert one_coefficient(of.horseshoe, 1.0, z).mean == pytest.approx(mixture_mean(v, half_cauchy, z), rel=1e-7)
    inverse_gamma = stats.invgamma.pdf(v, 1.5, scale=1.5) * v
    assert one_coefficient(of.student(3.0), 1.0, z).mean == pytest.approx(mixture_mean(v, inverse_gamma, z), rel=1e-7)


@pytest.mark.parametrize("z", [0.3, 2.0, 5.0])
def test_a_double_pareto_is_a_mixture_of_lassos(z):
    """With rates of law Gamma(shape, rate shape): closed forms of the lasso, averaged."""
    rates = np.exp(np.linspace(-25.0, 6.0, 3001))
    law = OneLasso(np.ones_like(rates), np.full_like(rates, z), rates)
    weight = stats.gamma.pdf(rates, 3.0, scale=1.0 / 3.0) * rates * rates * np.exp(law.log_mass)
    expected = (weight * law.moments()[0]).sum() / weight.sum()
    assert one_coefficient(of.double_pareto(3.0), 1.0, z).mean == pytest.approx(expected, rel=1e-8)


def normal_prior(one, two):
    return -0.5 * (2.0 * one**2 + 2.0 * two**2)


def test_two_coefficients_reproduce_the_normal_posterior():
    exact = known_sigma(X, Y, 0.8, 2.0 * np.eye(2))
    sigma = np.array([0.8])
    found = two_coefficients(X, Y, normal_prior, sigma, lambda s: 0.0 * s, relative=False, reach=3.0, width=0.1)
    close(found, exact, rtol=1e-9)
    for one, other in zip(found, exact, strict=True):
        interpolated(one, other)


def test_two_coefficients_and_sigma_reproduce_the_normal_inverse_gamma_posterior():
    exact = normal_inverse_gamma(X, Y, 2.0 * np.eye(2), 2.5, 1.5, lost=1.0)
    prior = stats.invgamma(2.5, scale=1.5)
    found = two_coefficients(
        X,
        Y,
        normal_prior,
        SIGMAS,
        lambda s: prior.logpdf(s * s) + np.log(s),
        relative=True,
        reach=9.0,
        width=0.15,
        lost=1.0,
    )
    close(found, exact, rtol=1e-6)
    zero = exact[0].below[exact[0].at == 0.0]
    assert found[0].below[found[0].at == 0.0] == pytest.approx(zero, abs=1e-7)


@pytest.mark.parametrize("rate", [0.3, 3.0])
def test_quadrants_are_the_quadrature_of_two_correlated_lassos(rate):
    G, h, rates = X.T @ X, X.T @ Y, rate * np.array([1.0, 2.0])
    margins, shares = two_lasso(G, h, rates)

    def log_prior(one, two):
        return -rates[0] * np.abs(one) - rates[1] * np.abs(two)

    sigma = np.array([1.0])
    found = two_coefficients(X, Y, log_prior, sigma, lambda s: 0.0 * s, relative=False, reach=4.0, width=0.1)
    close(found, margins, rtol=1e-8)
    for one, other in zip(found, margins, strict=True):
        assert one.below[one.at == 0.0] == pytest.approx(other.below, abs=1e-9)
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
    centre = np.linalg.solve(G, h)

    def density(b2, b1):
        b = np.array([b1, b2]) - centre
        return np.exp(-0.5 * b @ G @ b - rates @ np.abs([b1, b2]))

    def box(low, high):
        return dblquad(density, *low, *high, epsabs=1e-12, epsrel=1e-9)[0]

    total = sum(box(one, two) for one in ((-4, 0), (0, 4)) for two in ((-4, 0), (0, 4)))
    assert shares[1, -1] == pytest.approx(box((0, 4), (-4, 0)) / total, rel=1e-7)


Z, REST, N = np.array([2.2, -0.4]), 9.0, 13.0


def free_sigma(s, t):
    return -np.log(s) + 0.0 * t


@pytest.mark.parametrize("relative", [True, False])
def test_an_orthonormal_lasso_with_sigma_unknown_is_three_dimensional_quadrature(relative):
    """The same posterior with the coefficients integrated numerically: ``X = I_2`` with ``rest`` in further rows."""
    tau, sigma = np.array([0.7]), log_spaced(0.15, 9.0, 140)
    exact = orthonormal_lasso(Z, REST, N, sigma, tau, free_sigma, relative=relative)
    rows, response = np.zeros((13, 2)), np.r_[Z, np.sqrt(REST), np.zeros(10)]
    rows[0, 0] = rows[1, 1] = 1.0
    found = two_coefficients(
        rows,
        response,
        lambda one, two: -(np.abs(one) + np.abs(two)) / tau[0],
        sigma,
        lambda s: -np.log(s),
        relative=relative,
        reach=12.0,
        width=0.25,
    )
    close(found, exact, rtol=1e-6)
    for one, other in zip(found[:2], exact[:2], strict=True):
        zero = other.below[other.at == 0.0]
        assert one.below[one.at == 0.0] == pytest.approx(zero, abs=1e-8)


def share(t):
    return t * t / (1.0 + t * t)


def uniform_share(s, t):
    """The share ``t^2 / (1 + t^2)`` is uniform."""
    return -np.log(s) + np.log(t) - 2.0 * np.log1p(t * t)


def test_one_more_dimension_for_the_scale():
    """Closed forms in the coefficients against quadrature in them, sigma and the scale unknown in both."""
    sigma, tau = log_spaced(0.15, 9.0, 120), log_spaced(1e-5, 1e5, 400)
    exact = orthonormal_lasso(Z, REST, N, sigma, tau, uniform_share, shown=share)
    found = orthonormal(Z, REST, N, sigma, tau, uniform_share, of.laplace, shown=share)
    close(found[2:], exact[2:], rtol=1e-7)
    for one, other in zip(found[:2], exact[:2], strict=True):  # of b / sigma here and of b there: the signs agree
        assert one.below[one.at == 0.0] == pytest.approx(other.below[other.at == 0.0], abs=1e-8)
    np.testing.assert_allclose(found[3].at, exact[3].at)
    np.testing.assert_allclose(found[3].below, exact[3].below, atol=1e-8)


def test_an_elastic_net_with_sigma_and_scale_unknown():
    sigma, tau = log_spaced(0.15, 9.0, 120), log_spaced(1e-5, 1e5, 400)
    exact = orthonormal_lasso(Z, REST, N, sigma, tau, uniform_share, rate=0.8, precision=0.5, shown=share)
    found = orthonormal(Z, REST, N, sigma, tau, uniform_share, of.elastic_net(0.8, 0.5), shown=share)
    np.testing.assert_allclose(found[3].below, exact[3].below, atol=1e-8)
    assert found[2].mean == pytest.approx(exact[2].mean, rel=1e-8)


def test_rows_that_are_normal_are_the_linear_model():
    """Row by row and by sufficient statistics: the same posterior of two coefficients and sigma."""
    sigma = log_spaced(0.15, 12.0, 45)

    def log_prior(one, two, s=1.0):
        return -(np.abs(one) + np.abs(two)) / 0.6

    sizes = {"reach": 6.0, "width": 0.4}
    exact = two_coefficients(X, Y, log_prior, sigma, lambda s: -np.log(s), relative=False, **sizes)
    found = from_rows(
        X,
        lambda eta, s: -0.5 * ((Y[:, None, None] - eta) / s) ** 2 - np.log(s),
        log_prior,
        extra=sigma,
        log_extra=lambda s: -np.log(s),
        smallest=4e-6,
        **sizes,
    )
    close(found, exact, rtol=1e-9)
    for one, other in zip(found, exact, strict=True):
        np.testing.assert_allclose(one.below, other.below, atol=1e-11)


def test_counts_of_one_coefficient_and_a_scale_that_the_prior_has():
    """Against adaptive quadrature over the coefficient, with the scale summed over the same lattice.

    To 1e-6: six nodes on panels that shrink by 4 follow a normal density of any scale to about that.
    """
    x, y = X[:, 0], np.array([0, 2, 1, 0, 5, 1, 0, 3, 1, 0, 2, 4])
    tau = log_spaced(1e-8, 1e5, 60)

    def log_joint(b, s):
        rows = stats.poisson.logpmf(y, np.exp(0.3 + x * b)).sum()
        return rows + stats.norm.logpdf(b, scale=s) + stats.halfcauchy.logpdf(s) + np.log(s)

    def integral(s, power):
        edges = np.unique(np.clip([-5.0, -10.0 * s, -s, 0.0, s, 10.0 * s, 0.5, 1.0, 5.0], -5.0, 5.0))
        pieces = itertools.pairwise(edges)
        return sum(quad(lambda b: b**power * np.exp(log_joint(b, s)), *piece, epsrel=1e-11)[0] for piece in pieces)

    mass, first = (np.array([integral(s, power) for s in tau]) for power in (0, 1))
    found = from_rows(
        X[:, :1],
        lambda eta, s: stats.poisson.logpmf(y[:, None, None], np.exp(eta)),
        lambda one, two, s: stats.norm.logpdf(one, scale=s) + 0.0 * two,
        offset=0.3,
        extra=tau,
        log_extra=stats.halfcauchy.logpdf,
        of_rows=False,
        shown=lambda s: s / (1.0 + s),
        smallest=1e-9,
    )
    assert found[0].mean == pytest.approx(first.sum() / mass.sum(), rel=2e-6)
    assert found[1].mean == pytest.approx((mass * tau / (1.0 + tau)).sum() / mass.sum(), rel=2e-6)
