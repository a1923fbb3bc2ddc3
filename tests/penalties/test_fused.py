"""The fused lasso: normaliser, exact prox, projections, dual norm, and draws of the chain."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import lsq_linear

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.penalties.chain import prox_total_variation
from bayesreg.penalties.chain_law import chain_law
from tests.penalties.joint_oracles import at, polyhedral_dual_norm, standard_errors


def exponential_sums(d, a, digits=1200):
    """Return log Z of the chain by its recursion in sums of exponentials, in ``digits`` decimal digits."""
    with localcontext() as context:
        context.prec = digits
        l1, tv = Decimal(a), Decimal(1)
        message = {(0, 0): Decimal(1)}
        for _ in range(d - 1):
            following, rest = {}, Decimal(0)
            for (j, h), c in message.items():
                m = j * l1 + h * tv + l1
                coefficient = 2 * c * tv / (tv * tv - m * m)
                following[j + 1, h] = coefficient
                rest -= coefficient * m
            following[0, 1] = rest / tv
            message = following
        return float((2 * sum(c / (j * l1 + h * tv + l1) for (j, h), c in message.items())).ln())


@pytest.mark.parametrize("a", [1e-6, 0.0123, 0.37, 3.3, 1e4])
@pytest.mark.parametrize("d", [1, 2, 3, 30, 80])
def test_normalizer_against_the_recursion_in_many_digits(d, a):
    """Relative to the size of the log normaliser, to 1e-14 a step of the chain."""
    assert chain_law(d, a).log_mass == pytest.approx(exponential_sums(d, a), rel=1e-13, abs=1e-14 * d)


@pytest.mark.parametrize("a", [0.5, 1.0, 1.0 / 3.0])
def test_normalizer_where_the_recursion_is_singular(a):
    """At resonances of the two rates the closed form of d = 2 holds, and longer chains are continuous: to 1e-9."""
    closed = 2.0 / (a + 1.0) ** 2 + 2.0 / (a * (a + 1.0))
    assert chain_law(2, a).log_mass == pytest.approx(np.log(closed), abs=1e-14)
    assert chain_law(12, a).log_mass == pytest.approx(chain_law(12, a * (1.0 + 1e-10)).log_mass, abs=1e-8)


def test_normalizer_of_three_by_quadrature():
    """Given the middle coefficient the outer two are integrated by hand, each over its three pieces: to 1e-11."""
    tv, l1 = 2.0, 0.6

    def outer(y):
        slow, fast = np.exp(-l1 * y), np.exp(-tv * y)
        return (slow + fast) / (tv + l1) + (slow - fast) / (tv - l1)

    half = quad(lambda y: np.exp(-l1 * y) * outer(y) ** 2, 0.0, np.inf, epsabs=0.0, epsrel=1e-13)[0]
    law = br.FusedLasso(tv, l1=l1).sized(3)
    assert float(law.log_normalizer(at(tv))) == pytest.approx(np.log(2.0 * half), abs=1e-11)


def test_total_variation_alone_is_normalised_on_its_differences():
    law = br.FusedLasso(2.0).sized(6)
    assert float(law.log_normalizer(at(2.0))) == pytest.approx(5 * np.log(2.0 / 2.0), abs=1e-15)
    assert not law.traits.proper
    assert law.value(law.null_space().T, at(2.0)) == 0.0
    with pytest.raises(UnsupportedError, match="flat along some direction"):
        law.draw(at(2.0), np.random.default_rng(0), 6)


def cases(count, seed, largest=25):
    rng = np.random.default_rng(seed)
    for k in range(count):
        d = int(rng.integers(1, largest))
        z = rng.normal(size=d) * rng.choice([0.1, 1.0, 10.0])
        yield (
            np.round(z) if k % 3 == 0 else z,
            float(rng.exponential() + 0.01),
            float(rng.exponential() if k % 2 else 0.0),
        )


def test_prox_is_optimal():
    """The dual of the chain has |u| <= tv, and = tv sign(step) where it steps; then the soft threshold: to 1e-12."""
    for z, tv, l1 in cases(400, 1):
        x = prox_total_variation(z, tv)
        u, step = np.cumsum(z - x), np.diff(x)
        size = 1e-12 * (1.0 + np.abs(z).sum())
        assert abs(u[-1]) <= size
        assert np.abs(u).max() <= tv + size
        assert np.abs(u[:-1] + tv * np.sign(step))[step != 0.0].max(initial=0.0) <= size
        law = br.FusedLasso(tv, l1=l1).sized(z.size)
        both = law.prox(z, at(tv))
        assert law.subdifferential_distance(both, z - both, at(tv)).max() <= size
        assert float(law.fenchel_gap(both, (z - both) * (1.0 - 1e-12), at(tv))) <= size * (1.0 + np.abs(z).max())


def test_prox_of_a_long_chain():
    rng = np.random.default_rng(2)
    z = np.cumsum(rng.normal(size=3000))
    for tv in (0.1, 10.0, 1e3):
        u = np.cumsum(z - prox_total_variation(z, tv))
        assert np.abs(u).max() <= tv + 1e-8
        assert abs(u[-1]) <= 1e-8


def subdifferential(b, tv, l1):
    """Return the fixed part, and a matrix with its box, of ``{D'u tv + l1 s}``: what SciPy projects on."""
    d = b.size
    D = np.diff(np.eye(d), axis=0)
    step = D @ b
    fixed = tv * D.T @ np.sign(step) + l1 * np.sign(b)
    free = np.vstack([tv * D[step == 0.0], l1 * np.eye(d)[b == 0.0]])
    return fixed, free.T


def test_distance_is_that_of_the_projection():
    """Against SciPy's bounded least squares, to 1e-6, its tolerance."""
    rng = np.random.default_rng(3)
    for _ in range(40):
        d, tv, l1 = int(rng.integers(2, 8)), float(rng.exponential() + 0.1), float(rng.exponential() + 0.1)
        b = np.repeat(rng.integers(-1, 2, size=d).astype(float), rng.integers(1, 3, size=d))
        score = rng.normal(size=b.size) * 2.0
        fixed, free = subdifferential(b, tv, l1)
        found = lsq_linear(free, score - fixed, bounds=(-1.0, 1.0), tol=1e-14) if free.shape[1] else None
        expected = score - fixed - (free @ found.x if found is not None else 0.0)
        got = br.FusedLasso(tv, l1=l1).sized(b.size).subdifferential_distance(b, score, at(tv))
        assert got == pytest.approx(np.abs(expected), abs=1e-6)


@pytest.mark.parametrize("l1", [0.0, 0.3, 2.0])
def test_dual_norm_by_linear_programming(l1):
    """To 1e-7, the tolerance of HiGHS."""
    rng = np.random.default_rng(4)
    for d in (1, 2, 3, 5):
        signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * (2 * d - 1))).reshape(2 * d - 1, -1).T
        rows = signs[:, : d - 1] @ np.diff(np.eye(d), axis=0) + l1 * signs[:, d - 1 :]
        for _ in range(4):
            dual = rng.normal(size=d)
            dual = dual if l1 else dual - dual.mean()
            expected = polyhedral_dual_norm(dual, rows) if l1 or d > 1 else 0.0
            got = br.FusedLasso(1.0, l1=l1).sized(d).gauge(dual, at(1.0), np.zeros(d))
            assert got == pytest.approx(expected, rel=1e-7, abs=1e-9)


def test_conjugate_of_total_variation_needs_a_sum_of_zero():
    law = br.FusedLasso(1.0).sized(3)
    assert law.fenchel_gap(np.ones(3), np.array([0.1, 0.1, 0.0]), at(1.0)) == np.inf
    assert law.fenchel_gap(np.ones(3), np.array([0.1, -0.1, 1e-17]), at(1.0)) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(("d", "a"), [(1, 1.0), (2, 0.7), (6, 0.05), (40, 0.2), (5, 20.0)])
def test_draws_follow_the_chain(d, a):
    """The mean of the value is d; moments and quantiles within 5 standard errors of 10,000 draws."""
    law, s = br.FusedLasso(2.0, l1=2.0 * a).sized(d), at(2.0)
    draws = law.draw(s, np.random.default_rng(5), (10_000, d))
    assert standard_errors(law.value(draws, s), d) < 5.0
    first, second = law.absolute_moments(s)
    assert standard_errors(np.abs(draws), first) < 5.0
    assert standard_errors(draws**2, second) < 5.0
    assert standard_errors(np.abs(draws) <= law.absolute_quantile(0.9, s), 0.9) < 5.0
    if d > 1:
        half = d // 2
        assert standard_errors(np.sign(draws[:, half]), 0.0) < 5.0


def test_draws_of_a_pair_have_the_density_of_their_difference():
    """P(|b_1 - b_2| > t) of the closed form for d = 2, within 5 standard errors."""
    a, t = 0.5, 1.0
    draws = br.FusedLasso(1.0, l1=a).sized(2).draw(at(1.0), np.random.default_rng(6), (20_000, 2))

    def mass(delta):
        """Integral over the level of exp(-a |x| - a |x - delta|): with its decay, as a function of the difference."""
        return np.exp(-a * delta) * (delta + 1.0 / a)

    grid = np.linspace(0.0, 60.0, 200_001)
    density = mass(grid) * np.exp(-grid)
    expected = density[grid > t].sum() / density.sum()
    assert standard_errors(np.abs(draws[:, 0] - draws[:, 1]) > t, expected) < 5.0 + 1e-3


def test_face_moves_segments():
    law = br.FusedLasso(2.0, l1=1.0).sized(6)
    face = law.face(np.array([1.0, 1.0, 0.0, -2.0, -2.0, -2.0]), at(2.0))
    runs = np.array([[1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1]]).T
    assert face.basis.toarray() == pytest.approx(runs / np.sqrt([2.0, 3.0]))
    assert face.basis.T @ face.gradient == pytest.approx([(2.0 + 2.0) / np.sqrt(2.0), (-3.0 - 2.0) / np.sqrt(3.0)])
    assert face.hessian is None


@pytest.mark.parametrize("l1", [0.0, 0.7])
@pytest.mark.parametrize("seed", range(10))
def test_the_first_meeting_is_where_the_face_ends(seed, l1):
    """Up to it the value is linear along a direction of the face; beyond it the face is another."""
    rng = np.random.default_rng(seed)
    law, b = br.FusedLasso(1.0, l1=l1).sized(6), np.round(rng.normal(size=6))
    face = law.face(b, at(1.0))
    direction = face.basis @ rng.normal(size=face.basis.shape[1])
    step = law.first_change(b, direction)
    inside = min(step, 10.0) * np.array([0.3, 0.9, 1.0])
    expected = float(law.value(b, at(1.0))) + inside * float(face.gradient @ direction)
    assert [float(law.value(b + t * direction, at(1.0))) for t in inside] == pytest.approx(expected, abs=1e-12)
    if np.isfinite(step):
        ended = law.face(b + 1.001 * step * direction, at(1.0))
        assert abs(float((ended.gradient - face.gradient) @ direction)) > 1e-6


def test_the_strength_of_absolute_values_moves_with_the_differences():
    assert br.FusedLasso(2.0, l1=1.0).at(6.0).l1 == 3.0
    assert br.FusedLasso(l1=0.5).at(6.0).l1 == 3.0
    assert br.FusedLasso(2.0, l1=1.0).multiplied(0.5) == br.FusedLasso(1.0, l1=0.5)
    assert br.FusedLaplace(2.0, l1_scale=1.0).multiplied(0.5) == br.FusedLaplace(4.0, l1_scale=2.0)
    for relative_to in ("dispersion", "sigma"):
        penalty = br.FusedLasso(3.0, l1=1.5, relative_to=relative_to)
        back = penalty.to_prior(4.0).to_penalty(4.0)
        assert back == penalty
        assert penalty.to_prior(4.0).strength(4.0) == penalty.strength(4.0)
        assert penalty.to_prior(4.0).ratio == penalty.ratio


def test_arguments():
    with pytest.raises(InputError, match=r"l1=-1.0 is not a strength"):
        br.FusedLasso(1.0, l1=-1.0)
    with pytest.raises(InputError, match=r"lam=0 leaves only l1=2.0 on the absolute values; use br.L1\(2.0\)"):
        br.FusedLasso(0.0, l1=2.0)
    with pytest.raises(InputError, match="l1_scale=0 is not a scale"):
        br.FusedLaplace(1.0, l1_scale=0)
