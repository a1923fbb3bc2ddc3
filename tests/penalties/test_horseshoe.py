"""The horseshoe against quadrature, its published bounds and its scale mixture."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

import bayesreg as br
from bayesreg.penalties import Strength
from bayesreg.xp import pytensor_namespace

LAW = br.Horseshoe(0.5)
AT = LAW.strength(1.0)
B = np.array([1e-8, 1e-3, 0.1, 0.5, 2.0, 4.99, 5.01, 30.0, 1e4])


def test_the_density_is_an_exponential_integral():
    """``e^z E1(z) = integral of exp(u - e^u) / (z + e^u) du``, by the trapezoidal rule, to 1e-12."""
    u = np.arange(-120.0, 7.0, 0.02)
    for b in B:
        z = 0.5 * (b / 0.5) ** 2
        area = 0.02 * np.sum(np.exp(u - np.exp(u)) / (z + np.exp(u)))
        assert LAW.value(b, AT) == pytest.approx(-np.log(area), abs=1e-12)


def test_the_density_integrates_to_one():
    ends = [0.0, 1e-12, 1e-6, 1e-2, 1.0, 1e2, 1e5, np.inf]
    area = 2.0 * sum(
        integrate.quad(lambda b: np.exp(LAW.log_prior(b, AT)), low, high, epsrel=1e-12, epsabs=0.0, limit=200)[0]
        for low, high in pairwise(ends)
    )
    assert area == pytest.approx(1.0, abs=1e-10)


def test_the_published_bounds_hold():
    """Carvalho, Polson and Scott (2010), theorem 1."""
    density, constant = np.exp(LAW.log_prior(B[:-1], AT)), (2.0 * np.pi**3) ** -0.5 / 0.5
    assert np.all(density > 0.5 * constant * np.log1p(4.0 * (0.5 / B[:-1]) ** 2))
    assert np.all(density < constant * np.log1p(2.0 * (0.5 / B[:-1]) ** 2))


def test_the_two_formulas_meet():
    edge = 0.5 * np.sqrt(2.0 * 50.0)
    below, above = (np.nextafter(edge, at) for at in (0.0, np.inf))
    for curve in (LAW.value, LAW.slope, LAW.curvature):
        assert curve(below, AT) == pytest.approx(float(curve(above, AT)), rel=1e-11)


def test_slope_and_curvature_are_derivatives():
    step = 1e-5 * B
    for curve, derivative in ((LAW.value, LAW.slope), (LAW.slope, LAW.curvature)):
        expected = (curve(B + step, AT) - curve(B - step, AT)) / (2.0 * step)
        assert derivative(B, AT) == pytest.approx(expected, rel=1e-8)
    assert LAW.slope(np.zeros(1), AT) == np.inf


def test_quantiles_invert_the_distribution():
    for prob in (0.05, 0.5, 0.95, 0.9999):
        end = float(LAW.absolute_quantile(prob, AT))
        pieces = [0.0, *(end * np.logspace(-12, 0, 13))]
        got = 2.0 * sum(
            integrate.quad(lambda b: np.exp(LAW.log_prior(b, AT)), low, high, epsrel=1e-12, epsabs=0.0)[0]
            for low, high in pairwise(pieces)
        )
        assert got == pytest.approx(prob, abs=1e-10)
    assert np.all(np.isinf(LAW.absolute_moments(Strength(np.ones(2), np.zeros(2)))))


def test_expected_signals():
    """Under orthogonal columns the shares ``1 - kappa_j`` add up to p0 on average: 1e6 draws, four standard errors."""
    p0, p, n, sigma = 7.0, 40, 200, 3.0
    law = br.Horseshoe.from_signals(p0, p, n, sigma)
    ratio = n * (law.tau * np.abs(np.random.default_rng(8).standard_cauchy(1_000_000)) / sigma) ** 2
    effective = p * ratio / (1.0 + ratio)
    assert abs(effective.mean() - p0) < 4.0 * effective.std() / 1000.0
    relative = br.Horseshoe.from_signals(p0, p, n, relative_to="sigma")
    assert relative.strength(sigma**2).rate == pytest.approx(law.strength(sigma**2).rate)


@pytest.mark.parametrize("numbers", [(0, 5, 10), (5, 5, 10), (1, 5, 0), (1, 5, np.inf), ("1", 5, 10), (1, 5, 10, -1.0)])
def test_impossible_signals_are_refused(numbers):
    with pytest.raises(br.errors.InputError):
        br.Horseshoe.from_signals(*numbers)


def test_what_does_not_exist_is_refused_with_a_way_out():
    with pytest.raises(br.errors.UnsupportedError, match=r"infinite at 0.*mean or median of sample\(\)"):
        LAW.prox(np.ones(2), AT)
    xp = pytensor_namespace()
    with pytest.raises(br.errors.UnsupportedError, match="non-centred"):
        LAW.value(xp.log(2.0), AT, xp)
    with pytest.raises(br.errors.UnsupportedError, match="no strength"):
        br.Horseshoe().strength(1.0)
    assert LAW.value(0.0, AT) == -np.inf
    assert not br.Horseshoe().is_given
    assert br.Horseshoe().multiplied(1.0).tau == 1.0


def test_sizes_whose_squares_leave_the_range_of_floats():
    """They had a log density of plus and minus infinity; there ``E1(z)`` is ``-gamma - log z``, or ``e^-z / z``."""
    law = br.Horseshoe(2.0)
    constant = -0.5 * np.log(2.0 * np.pi**3) - np.log(2.0)
    small, large = np.array([1e-300, 1e-200, 1e-151, 1e-149]), np.array([1e100, 1e160, 1e300])
    pole = np.log(-np.euler_gamma - 2.0 * np.log(0.5 * small) + np.log(2.0)) + constant
    tail = np.log(2.0) - 2.0 * np.log(0.5 * large) + constant
    np.testing.assert_allclose(law.log_prior(small, law.strength(1.0)), pole, rtol=1e-14)
    np.testing.assert_allclose(law.log_prior(large, law.strength(1.0)), tail, rtol=1e-14)
    assert law.log_prior(np.zeros(1), law.strength(1.0)) == np.inf
