"""The elastic-net prior against 80-digit arithmetic, over 20 decades of precision / rate^2."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

import bayesreg as br
from bayesreg.penalties import Strength
from bayesreg.penalties.elastic_net import SERIES_BELOW
from bayesreg.testing.case import penalty_case

from .decimal_oracle import elastic_net, mills

LAW = br.ElasticNet(1.0)
U = [*np.logspace(-12, 4, 33), np.nextafter(SERIES_BELOW, 0.0), SERIES_BELOW]


def test_the_oracle_agrees_with_itself_where_its_two_forms_meet():
    with localcontext() as context:
        context.prec = 90
        low, high = mills(Decimal(4)), mills(4 + Decimal("1e-60"))
        assert abs(low - high) < Decimal("1e-60")


@pytest.mark.parametrize("u", U)
def test_normaliser_and_moments_keep_their_digits(u):
    """Stated accuracy: log Z 1.7e-15, E|b| 2.3e-13, E b^2 2.3e-11; all with a factor of 4 to spare."""
    log_z, first, second = elastic_net(u)
    strength = Strength(1.0, u)
    assert LAW.log_normalizer(strength) == pytest.approx(log_z, abs=8e-15)
    moments = LAW.absolute_moments(strength)
    assert moments[0] == pytest.approx(first, rel=1e-12)
    assert moments[1] == pytest.approx(second, rel=1e-10)


@pytest.mark.parametrize("u", [1e-12, 1e-6, 1e-3, 4.9e-3, 5.1e-3, 1.0, 1e4])
def test_gradient_in_the_graph_keeps_its_digits(u):
    """The energy E[rate |b| + precision b^2 / 2], as PyTensor's derivative of the log normaliser."""
    _, first, second = elastic_net(u)
    law = br.ElasticNetPrior(1.0, u)
    energy = penalty_case(law, 0).graph(np.zeros(1), law.strength(1.0))[3]
    assert energy == pytest.approx(first + 0.5 * u * second, rel=1e-10)


@pytest.mark.parametrize("rate", [1e-100, 1e100])
def test_no_overflow_at_the_ends_of_the_range(rate):
    log_z, first, second = elastic_net(0.25)
    strength = Strength(rate, 0.25 * rate**2)
    assert LAW.log_normalizer(strength) == pytest.approx(log_z - np.log(rate), rel=1e-14)
    assert LAW.absolute_moments(strength) == pytest.approx((first / rate, second / rate**2), rel=1e-11)


def test_ends_are_the_laplace_and_the_normal():
    for prob in (0.1, 0.9, 0.9999):
        laplace = br.L1(1.0).absolute_quantile(prob, Strength(3.0, 0.0))
        normal = br.L2(1.0).absolute_quantile(prob, Strength(0.0, 3.0))
        assert LAW.absolute_quantile(prob, Strength(3.0, 0.0)) == pytest.approx(laplace, rel=1e-14)
        assert LAW.absolute_quantile(prob, Strength(3.0, 1e-19)) == pytest.approx(laplace, rel=1e-12)
        assert LAW.absolute_quantile(prob, Strength(0.0, 3.0)) == pytest.approx(normal, rel=1e-13)


def test_quantiles_of_nearly_exponential_draws_keep_their_digits():
    """To first order ``x = L - u L^2 (1 + 2 / L) / 2`` with ``L = -log(tail)``, relative to rate 1.

    The truncated normal loses the difference of two numbers near 1 / sqrt(u): 4 digits were left at u = 1e-12.
    """
    u, tail = 1e-9, np.array([0.9, 0.5, 1e-3])
    got = np.array([LAW.absolute_quantile(1.0 - t, Strength(1.0, u)) for t in tail])
    size = -np.log1p(-(1.0 - tail))
    assert got == pytest.approx(size - u * (0.5 * size**2 + size), abs=1e-14)
