"""Bridge and generalised normal: SciPy's gennorm, quadrature, thresholds of the paper, brute force."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.penalties import Strength

from . import separable_oracles as oracle

Q = [0.3, 0.5, 2.0 / 3.0, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0, 6.0]
SIZES = [1e-6, 0.05, 0.3, 0.8, 1.3, 2.0, 5.0, 40.0]


@pytest.mark.parametrize("q", Q)
def test_density_moments_and_quantiles_are_scipys(q):
    law = br.GeneralizedNormal(0.7, q)
    b, strength = np.array([-3.0, -1e-3, 0.0, 0.4, 9.0]), law.strength(1.0)
    scipy = stats.gennorm(q, scale=0.7)
    np.testing.assert_allclose(law.log_prior(b, strength), scipy.logpdf(b), rtol=1e-12, atol=1e-13)
    assert law.absolute_moments(strength)[1] == pytest.approx(scipy.var(), rel=1e-11)
    for prob in (0.01, 0.5, 0.999):
        assert law.absolute_quantile(prob, strength) == pytest.approx(scipy.ppf(0.5 + 0.5 * prob), rel=1e-9)
    folded = br.GeneralizedNormal(0.7, q, positive=True)
    assert folded.log_prior(0.4, strength) == pytest.approx(scipy.logpdf(0.4) + np.log(2.0), rel=1e-12)


@pytest.mark.parametrize("q", Q)
def test_normalizer_is_the_integral(q):
    law = br.Bridge(2.0, q)
    strength = law.strength(1.0)
    assert law.log_normalizer(strength) == pytest.approx(oracle.log_area(law, strength), abs=1e-10)


@pytest.mark.parametrize("q", Q)
@pytest.mark.parametrize("positive", [False, True])
def test_prox_is_the_global_minimum(q, positive):
    law = br.Bridge(1.5, q, positive=positive)
    oracle.check_prox(law, law.strength(1.0), SIZES, (0.2, 3.0))


@pytest.mark.parametrize("q", [0.3, 0.5, 2.0 / 3.0, 0.9])
def test_prox_jumps_at_the_threshold(q):
    """0 up to T = (2 - q) / (2 (1 - q)) x*, where it jumps to x* = (2 c (1 - q))^(1 / (2 - q)) at equal cost."""
    law, c = br.Bridge(1.5, q), 1.5 * 0.8
    jump = (2.0 * c * (1.0 - q)) ** (1.0 / (2.0 - q))
    edge = (2.0 - q) / (2.0 * (1.0 - q)) * jump
    below, above = law.prox(np.array([edge * (1 - 1e-9), edge * (1 + 1e-9)]), law.strength(1.0), 0.8)
    assert below == 0.0
    assert above == pytest.approx(jump, rel=1e-7)


@pytest.mark.parametrize("q", [0.5, 2.0 / 3.0, 1.5, 2.0])
def test_closed_forms_solve_the_equation_of_the_newton_steps(q):
    from bayesreg.penalties import bridge_prox

    size = np.logspace(0.5, 6, 30)
    for pull in (1e-8, 0.3, 1.0):
        x = bridge_prox.shrink(size, pull, q)
        np.testing.assert_allclose(x + pull * q * x ** (q - 1.0), size, rtol=1e-13)
        near = bridge_prox.shrink(size, pull, np.nextafter(q, 3.0))
        np.testing.assert_allclose(near, x, rtol=1e-12)


@pytest.mark.parametrize("q", [1.001, 1.05, 40.0])
@pytest.mark.parametrize("pull", [1e-6, 1.0, 1e6])
def test_newton_steps_arrive_at_hard_exponents(q, pull):
    from bayesreg.penalties import bridge_prox

    size = np.logspace(-3, 5, 20)
    x = bridge_prox.shrink(size, pull, q)
    some = x > 0.0  # a root below the smallest float is 0
    assert some[size > 1.1 * pull].all()
    np.testing.assert_allclose((x + pull * q * x ** (q - 1.0))[some], size[some], rtol=1e-11)


@pytest.mark.parametrize("q", Q)
def test_derivatives(q):
    law = br.Bridge(1.5, q)
    oracle.check_derivatives(law, law.strength(1.0), [0.01, 0.4, 1.0, 3.0])
    slope = law.slope(np.zeros(1), law.strength(1.0))[0]
    assert slope == (np.inf if q < 1.0 else 1.5 if q == 1.0 else 0.0)


@pytest.mark.parametrize("q", [1.0, 1.3, 2.0, 5.0])
@pytest.mark.parametrize("positive", [False, True])
def test_fenchel_gap_is_a_supremum(q, positive):
    law = br.Bridge(1.5, q, positive=positive)
    strength = law.strength(1.0)
    grid = np.union1d(np.linspace(0.0 if positive else -30.0, 30.0, 200_001), [0.0])
    for dual in (-3.0, -0.4, 0.0, 0.9, 1.4):
        if q == 1.0 and abs(dual) > 1.5:
            continue
        top = np.max(grid * dual - law.value(grid, strength))
        for b in (0.0, 0.2, 3.0):
            expected = float(law.value(b, strength)) + top - b * dual
            got = float(law.fenchel_gap(np.array([b]), np.array([dual]), strength)[0])
            assert got == pytest.approx(expected, abs=1e-6)  # the grid's distance to the supremum
    b = np.array([0.1, 0.8, 4.0])
    assert np.all(law.fenchel_gap(b, law.slope(b, strength), strength) <= 1e-13 * (1.0 + law.value(b, strength)))


def test_conjugate_is_finite_where_the_gauge_says():
    law = br.Bridge(1.5, 1.0)
    strength = Strength(np.full(2, 1.5), np.zeros(2))
    assert law.gauge(np.array([3.0, 1.0]), strength, np.zeros(2)) == 2.0
    assert law.fenchel_gap(np.zeros(2), np.array([1.6, 1.4]), strength).tolist() == [np.inf, 0.0]
    assert br.Bridge(1.5, 1.5).gauge(np.array([30.0, 1.0]), strength, np.zeros(2)) == 0.0


@pytest.mark.parametrize("q", [0.5, 1.5, 4.0])
def test_draws_scaling_and_graph(q):
    law = br.GeneralizedNormal(0.7, q)
    oracle.check_draws(law, law.strength(1.0))
    oracle.check_scaling(law, law.strength(1.0))
    oracle.check_graph(law, law.strength(1.0))


@pytest.mark.parametrize("relative_to", [None, "sigma"])
def test_faces(relative_to):
    oracle.check_round_trip(br.Bridge(4.0, 0.5, relative_to=relative_to, weights=[1.0, 2.0]))
    oracle.check_round_trip(br.GeneralizedNormal(0.25, 1.7, relative_to=relative_to, positive=True))
    assert br.Bridge(4.0, 0.5).to_prior(2.0).scale == 0.25


@pytest.mark.parametrize(("law", "same"), [(br.Bridge(3.0, 1.0), br.L1(3.0)), (br.Bridge(3.0, 2.0), br.L2(6.0))])
def test_one_and_two_are_the_lasso_and_the_ridge(law, same):
    b, strength, other = np.array([-2.0, 0.0, 0.1]), law.strength(1.5), same.strength(1.5)
    np.testing.assert_allclose(law.log_prior(b, strength), same.log_prior(b, other), rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(law.prox(b, strength, 0.3), same.prox(b, other, 0.3), rtol=1e-14)


def test_weights_multiply_the_penalty():
    law, b = br.Bridge(3.0, 0.5), np.array([0.2, 5.0])
    strength = law.strength(2.0)
    np.testing.assert_allclose(law.value(b, law.weighted(strength, 7.0)), 7.0 * law.value(b, strength), rtol=1e-14)
    assert law.lam_of(law.weighted(strength, 7.0), 2.0) == pytest.approx(21.0, rel=1e-14)
    for face in (law, law.to_prior(2.0)):
        assert face.multiplied(7.0).strength(2.0).rate == pytest.approx(strength.rate * 49.0, rel=1e-14)


def test_flat_at_strength_zero():
    law, zero = br.Bridge(1.0, 0.5), Strength(np.zeros(3), np.zeros(3))
    b = np.array([-1.0, 0.0, 3.0])
    assert not law.value(b, zero).any()
    assert not law.log_normalizer(zero).any()
    assert np.array_equal(law.prox(b, zero), b)
    assert not law.slope(np.abs(b), zero).any()
    assert not law.curvature(np.abs(b) + 1.0, zero).any()


def test_a_face_leaves_out_coefficients_at_0():
    strength = Strength(np.ones(2), np.zeros(2))
    for q in (0.5, 1.5):
        found = br.Bridge(1.0, q).face(np.array([0.0, 2.0]), strength)
        assert found.basis.tolist() == [[0.0], [1.0]]
        assert np.isfinite(found.hessian).all()


def test_traits_and_errors():
    traits = {q: br.Bridge(1.0, q).traits for q in (0.5, 1.0, 1.5)}
    assert [traits[q].convex for q in traits] == [False, True, True]
    assert [traits[q].smooth for q in traits] == [False, False, True]
    assert [traits[q].sparse for q in traits] == [True, True, False]
    for q in (0.0, -1.0, np.inf, "x", True):
        with pytest.raises(br.errors.InputError, match=r"q=.* it must be a finite number > 0"):
            br.Bridge(1.0, q)
    with pytest.raises(br.errors.InputError, match="Bridge takes no limits="):
        br.Bridge(1.0, limits=(0, 1))
