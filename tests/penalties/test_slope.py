"""SLOPE: the sorted norm, its isotonic prox, clusters, normaliser and draws."""

from itertools import permutations, product

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.optimize import nnls
from scipy.stats import kstest, norm
from sklearn.isotonic import isotonic_regression

import bayesreg as br
from bayesreg.errors import InputError
from bayesreg.penalties.sorted import normal_sequence
from tests.penalties.joint_oracles import at, brute_prox, objective, polyhedral_dual_norm, standard_errors


def signed_permutations(weights):
    """Return all rows whose largest product with b is the sorted norm of b."""
    orders = set(permutations(weights.tolist()))
    return np.array([np.array(order) * sign for order in orders for sign in product((-1.0, 1.0), repeat=weights.size)])


def test_sequence_is_that_of_the_multiple_testing_rule():
    expected = norm.isf(np.arange(1, 11) * 0.1 / 20.0)
    assert normal_sequence(10, 0.1) == pytest.approx(expected / expected[0], rel=1e-13)
    assert normal_sequence(1, 0.1) == 1.0


@pytest.mark.parametrize("d", [1, 2, 4])
def test_value_and_dual_norm_are_those_of_signed_permutations(d):
    """The dual norm by linear programming, to 1e-7."""
    law, rng = br.SLOPE(1.0, q=0.4).sized(d), np.random.default_rng(0)
    rows = signed_permutations(normal_sequence(d, 0.4))
    for b in rng.normal(size=(5, d)):
        assert float(law.value(b, at(1.0))) == pytest.approx((rows @ b).max(), rel=1e-14)
        assert law.gauge(b, at(1.0), np.zeros(d)) == pytest.approx(polyhedral_dual_norm(b, rows), rel=1e-7)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_normalizer_by_quadrature(d):
    """d = 3 on the sphere's octant by its sorted cone (the angles integrated numerically): to 1e-10."""
    law = br.SLOPE(2.0, q=0.5).sized(d)
    w = normal_sequence(d, 0.5)
    if d == 1:
        expected = np.log(2.0)
    elif d == 2:
        expected = np.log(
            8.0 * dblquad(lambda y, x: np.exp(-w[0] * x - w[1] * y), 0, 60, 0, lambda x: x, epsabs=1e-13)[0]
        )
    else:

        def plane(y, x):
            return 2.0 / (w[0] + w[1] * x + w[2] * y) ** 3  # b = t (1, x, y) with y <= x <= 1

        expected = np.log(48.0 * dblquad(plane, 0.0, 1.0, 0.0, lambda x: x, epsabs=1e-14)[0])
    assert float(law.log_normalizer(at(1.0))) == pytest.approx(expected, abs=1e-10)


def test_equal_weights_are_the_lasso():
    slope, lasso = br.SLOPE(2.0, sequence=(1.0,) * 4).sized(4), br.L1(2.0)
    b, s = np.array([0.3, -2.0, 0.0, 1.0]), at(2.0)
    assert float(slope.log_prior(b, s)) == pytest.approx(float(lasso.log_prior(b, s).sum()), rel=1e-14)
    assert slope.prox(b, s, 0.2) == pytest.approx(lasso.prox(b, s, 0.2))
    assert slope.absolute_quantile(0.9, s) == pytest.approx(lasso.absolute_quantile(0.9, s), rel=1e-12)
    assert slope.face(b, s).basis.shape == (4, 3)


def test_prox_against_isotonic_regression_brute_force_and_optimality():
    rng = np.random.default_rng(1)
    for k in range(300):
        d = int(rng.integers(1, 20))
        z, rate = rng.normal(size=d) * 2.0, float(rng.exponential() + 0.05)
        z = np.round(z, 1) if k % 2 else z
        law = br.SLOPE(1.0, q=0.3).sized(d)
        x = law.prox(z, at(rate))
        order = np.argsort(-np.abs(z))
        twin = np.zeros(d)
        shifted = np.abs(z)[order] - rate * normal_sequence(d, 0.3)
        twin[order] = np.maximum(isotonic_regression(shifted, increasing=False), 0.0)
        assert x == pytest.approx(np.sign(z) * twin, abs=1e-13)
        assert law.subdifferential_distance(x, z - x, at(rate)).max() <= 1e-13 * (1.0 + np.abs(z).max())
        assert float(law.fenchel_gap(x, (z - x) * (1.0 - 1e-13), at(rate))) <= 1e-11 * (1.0 + z @ z)
        if d <= 3 and k < 40:
            assert objective(law, at(rate), z, x) <= brute_prox(law, at(rate), z, [z, 0.5 * z, x]) + 1e-10


def test_distance_is_that_of_the_projection_on_the_signed_permutohedron():
    """Convex combinations of the active rows, by SciPy's non-negative least squares with a heavy sum: to 1e-5."""
    rng = np.random.default_rng(2)
    w = normal_sequence(4, 0.5)
    rows = signed_permutations(w)
    for b in ([1.0, -1.0, 0.0, 0.0], [2.0, 1.0, -1.0, 0.5], [0.0] * 4, [1.0, 1.0, -1.0, 1.0], [3.0, 0.0, 2.0, -1.0]):
        b = np.array(b)
        active = rows[rows @ b >= (rows @ b).max() - 1e-12]
        score = rng.normal(size=4) * 1.5
        heavy = 1e4
        A = np.vstack([active.T, np.full(len(active), heavy)])
        share, _ = nnls(A, np.concatenate([score, [heavy]]))
        expected = np.abs(score - active.T @ share)
        got = br.SLOPE(1.0, q=0.5).sized(4).subdifferential_distance(b, score, at(1.0))
        assert got == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_the_first_tie_is_where_the_face_ends(seed):
    """Up to it the value is linear along a direction of the face; beyond it the face is another."""
    rng = np.random.default_rng(seed)
    law, b = br.SLOPE(1.0, q=0.4).sized(6), np.round(rng.normal(size=6), 1)
    face = law.face(b, at(1.0))
    direction = face.basis @ rng.normal(size=face.basis.shape[1])
    step = law.first_change(b, direction)
    inside = min(step, 10.0) * np.array([0.3, 0.9, 1.0])
    expected = float(law.value(b, at(1.0))) + inside * float(face.gradient @ direction)
    assert [float(law.value(b + t * direction, at(1.0))) for t in inside] == pytest.approx(expected, abs=1e-12)
    if np.isfinite(step):
        ended = law.face(b + 1.001 * step * direction, at(1.0))
        assert abs(float((ended.gradient - face.gradient) @ direction)) > 1e-6


def test_ties_survive_a_change_of_units():
    """Sizes that rounding has parted by its last digits are one cluster."""
    law = br.SLOPE(1.0, q=0.5).sized(3)
    b = np.array([1.0, -1.0, 0.0])
    parted = b * np.array([0.3, 0.3 * (1.0 + 2e-16), 1.0]) / 0.3
    inside = np.array([0.9, -0.9, 0.1]) * normal_sequence(3, 0.5)[0]
    assert law.subdifferential_distance(parted, inside, at(1.0)) == pytest.approx(
        law.subdifferential_distance(b, inside, at(1.0)), abs=1e-14
    )
    assert law.face(parted, at(1.0)).basis.toarray() == pytest.approx(np.array([[1.0, -1.0, 0.0]]).T / np.sqrt(2.0))


@pytest.mark.parametrize(("d", "q"), [(1, 0.1), (3, 0.5), (40, 0.1)])
def test_draws_have_the_law(d, q):
    """The mean of the value is d; moments, quantiles and the largest size within 5 standard errors; KS p > 1e-4."""
    law, s = br.SLOPE(2.0, q=q).sized(d), at(2.0)
    draws = law.draw(s, np.random.default_rng(3), (20_000, d))
    assert standard_errors(law.value(draws, s), d) < 5.0
    first, second = law.absolute_moments(s)
    assert standard_errors(np.abs(draws), first) < 5.0
    assert standard_errors(draws**2, second) < 5.0
    for prob in (0.1, 0.9, 0.99):
        assert standard_errors(np.abs(draws) <= law.absolute_quantile(prob, s), prob) < 5.0
    smallest = np.abs(draws).min(axis=1)
    assert kstest(smallest, "expon", args=(0.0, 1.0 / (2.0 * normal_sequence(d, q).sum()))).pvalue > 1e-4


def test_quantile_of_two_by_the_hypoexponential():
    """d = 2: the smaller size is Exp(W_2), the larger adds Exp(W_1): the mixture in closed form, to 1e-12."""
    law = br.SLOPE(1.0, sequence=(1.0, 0.5)).sized(2)
    x = float(law.absolute_quantile(0.9, at(1.0))[0])
    slow, fast = 1.0, 1.5
    tail = 0.5 * np.exp(-fast * x) + 0.5 * (fast * np.exp(-slow * x) - slow * np.exp(-fast * x)) / (fast - slow)
    assert tail == pytest.approx(0.1, rel=1e-12)


def test_both_faces_and_arguments():
    penalty = br.SLOPE(4.0, sequence=[2.0, 1.0, 0.0])
    assert penalty.to_prior(2.0).to_penalty(2.0) == penalty
    assert penalty.to_prior(2.0).strength(2.0) == penalty.strength(2.0)
    with pytest.raises(InputError, match="sequence= has 3 weights, but the penalty acts on 2"):
        penalty.value(np.ones(2), at(1.0))
    for sequence in ([1.0, 2.0], [0.0, 0.0], [1.0, -1.0], [], "ab", [[1.0]]):
        with pytest.raises(InputError, match="is not a sequence of weights"):
            br.SLOPE(1.0, sequence=sequence)
    with pytest.raises(InputError, match="is not a false discovery rate"):
        br.SLOPE(1.0, q=1.0)
    with pytest.raises(InputError, match="takes no weights= by coefficient"):
        br.SLOPE(1.0, weights=[1.0, 2.0])
